/* find.c - see find.h. */
#include "find.h"

#include <assert.h>
#include <string.h>

#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/errstate.h"
#include "reasons/reasons.h"
#include "threads/atomics.h"
#include "threads/fpu.h"
#include "ufunc/dispatch.h"

/* -- the predicate --------------------------------------------------------------- */

static struct route *find_route(const struct state *state, PyObject *ufunc)
{
    PyObject *ours = PyDict_GetItemWithError(state->registry, ufunc);
    ours = ours ? ours : ufunc;
    PyErr_Clear();
    return PyObject_TypeCheck(ours, &PyUFunc_Type) &&
                   ((PyUFuncObject *)ours)->vectorcall == dispatch_call
               ? route_of(ours)
               : NULL;
}

const char *predicate_take(struct predicate *predicate, const struct state *state,
                           PyObject *ufunc, PyObject *const *operands)
{
    memset(predicate, 0, sizeof *predicate);
    struct call *call = &predicate->call;
    const struct route *route = find_route(state, ufunc);
    if (route == NULL) {
        return reason_not_parallel;
    }
    PyUFuncObject *numpy = route->numpy;
    if (numpy->nin > FIND_INPUTS || numpy->nout != 1 || numpy->core_enabled) {
        return reason_ufunc_inputs;
    }
    const char *reason = call_parse(call, state, numpy, operands, numpy->nin, NULL);
    if (reason) {
        return reason;
    }
    call->loops = route->loops[KERNELS_SAME];
    call->more = (uint64_t)(uintptr_t)numpy;
    call->pays_alone = true; /* it may end at once */
    kernels_follow(call->loops, numpy);
    return NULL;
}

const char *predicate_plan(struct predicate *predicate)
{
    struct call *call = &predicate->call;
    struct plan *plan = &predicate->plan;
    struct route *route = find_route(call->state, (PyObject *)call->ufunc);
    const char *reason = plan_make(plan, call, &route->plans);
    if (!reason) {
        reason = plan_convert_weak(plan, call);
    }
    return reason                                              ? reason
           : plan_descr(plan, call->nin)->type_num != NPY_BOOL ? reason_result_not_bool
                                                               : NULL;
}

const char *predicate_take_nonzero(struct predicate *predicate,
                                   const struct state *state, PyArrayObject *array)
{
    PyObject *zero = PyArray_ZEROS(0, NULL, PyArray_TYPE(array), 0);
    if (zero == NULL) {
        PyErr_Clear();
        return reason_out_of_memory;
    }
    PyObject *operands[] = {(PyObject *)array, zero};
    const char *reason = predicate_take(predicate, state, state->not_equal, operands);
    Py_DECREF(zero);
    return reason;
}

const char *predicate_plan_nonzero(struct predicate *predicate)
{
    PyArrayObject *const *op = predicate->call.op;
    const struct plan *plan = &predicate->plan;
    const char *reason = predicate_plan(predicate);
    return reason ? reason
           : array_needs_copy(op[0], plan_descr(plan, 0)) ||
                   array_needs_copy(op[1], plan_descr(plan, 1))
               ? reason_comparison_needs_cast
               : NULL;
}

void predicate_clear(struct predicate *predicate)
{
    plan_clear(&predicate->plan);
    call_clear(&predicate->call);
}

/* -- casts ----------------------------------------------------------------------- */

/* Elements that are cast at a time: the ones of two operands stay in the first-level
 * cache. */
enum { CAST = 512, LARGEST_ITEM = 16 };

static int casting_run(PyArrayMethod_Context *context, char *const *data,
                       const npy_intp *count, const npy_intp *strides, NpyAuxData *aux)
{
    _Alignas(64) char buffers[FIND_INPUTS][CAST * LARGEST_ITEM];
    const struct casting *casting = (const struct casting *)aux;
    const int out = casting->nin;
    char *at[FIND_INPUTS + 1];
    npy_intp steps[FIND_INPUTS + 1];
    int status = 0;
    for (npy_intp i = 0; i < *count && status == 0; i += CAST) {
        const npy_intp n = *count - i < CAST ? *count - i : CAST;
        for (int k = 0; k <= out; k++) {
            at[k] = data[k] + i * strides[k];
            steps[k] = strides[k];
            if (k < out && casting->is_cast[k]) {
                /* A number that is the same for all elements is cast once. */
                const npy_intp m = strides[k] ? n : 1, to = casting->casts[k].steps[1];
                casting->casts[k].run((char *[]){at[k], buffers[k]}, &m,
                                      (npy_intp[]){strides[k], to}, NULL);
                at[k] = buffers[k];
                steps[k] = strides[k] ? to : 0;
            }
        }
        status = loop_run(&casting->inner, at, n, steps);
    }
    return status;
}

const char *casting_make(struct casting *casting, const struct loop *inner, int nin,
                         PyArrayObject *const *op, PyArray_Descr *const *descrs)
{
    *casting = (struct casting){.inner = *inner, .nin = nin};
    for (int k = 0; k < nin; k++) {
        casting->is_cast[k] = array_needs_copy(op[k], descrs[k]);
        casting->is_needed |= casting->is_cast[k];
        if (casting->is_cast[k] &&
            !(PyArray_ISALIGNED(op[k]) &&
              cast_find(&casting->casts[k], PyArray_DESCR(op[k]), descrs[k]))) {
            return reason_operands_need_cast;
        }
    }
    return NULL;
}

struct loop casting_loop(struct casting *casting)
{
    return casting->is_needed ? (struct loop){.run = casting_run,
                                              .context = casting->inner.context,
                                              .aux = &casting->base}
                              : casting->inner;
}

/* -- the search ------------------------------------------------------------------ */

const char *search_prepare(struct search *search, struct casting *casting,
                           const struct predicate *predicate, NPY_ORDER order)
{
    const struct call *call = &predicate->call;
    const struct plan *plan = &predicate->plan;
    PyArray_Descr *descrs[] = {plan_descr(plan, 0), plan_descr(plan, 1)};
    const char *reason =
        casting_make(casting, &plan->loop, call->nin, call->op, descrs);
    if (reason) {
        return reason;
    }
    search->plan.loop = casting_loop(casting);
    return nest_of_arrays(&search->nest, call->op, call->nin, order);
}

/* The truth values of the predicate for one block, as far as they are known. */
struct block {
    const struct search *search;
    char *end;
    char truth[FIND_BLOCK];
};

static int judge(void *context, char **data, npy_intp n)
{
    struct block *block = context;
    const struct search *search = block->search;
    char *at[FIND_INPUTS + 1];
    npy_intp steps[FIND_INPUTS + 1];
    const int nin = search->nest.nop;
    for (int k = 0; k < nin; k++) {
        at[k] = data[k];
        steps[k] = search->nest.stride[0][k];
    }
    at[nin] = block->end;
    steps[nin] = 1;
    block->end += n;
    return loop_run(&search->plan.loop, at, n, steps);
}

/* Note the flags of a block, so that flags from behind the first hit do not count,
 * whichever member was there meanwhile. */
static void take_flags(struct search *search, npy_intp begin)
{
    const int raised = fpu_get_flags() & search->flags;
    if (raised) {
        atomic_note_least(&search->flagged, begin);
        atomic_fetch_or(&search->raised, raised);
        fpu_clear_flags();
    }
}

/* Returns the first hit in a block, or -1. */
static npy_intp look(struct search *search, npy_intp begin, npy_intp end)
{
    struct block block; /* not cleared: that would cost a tenth of a search */
    block.search = search;
    block.end = block.truth;
    if (nest_run(&search->nest, begin, end, judge, &block) != 0) {
        atomic_store(&search->failed, true);
        return -1;
    }
    assert(block.end - block.truth == end - begin);
    take_flags(search, begin);
    const char *hit =
        memchr(block.truth, search->wanted ? 1 : 0, (size_t)(end - begin));
    return hit ? begin + (hit - block.truth) : -1;
}

/* Search as many elements as the range has, but take the next ones in order. */
static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct search *search = job->context;
    npy_intp at = atomic_fetch_add(&search->next, end - begin);
    const npy_intp stop =
        at + (end - begin) < search->nest.size ? at + (end - begin) : search->nest.size;
    for (; at < stop; at += FIND_BLOCK) {
        if (atomic_load_explicit(&search->found, memory_order_relaxed) < at) {
            return 1;
        }
        const npy_intp hit =
            look(search, at, at + FIND_BLOCK < stop ? at + FIND_BLOCK : stop);
        if (atomic_load_explicit(&search->failed, memory_order_relaxed)) {
            return -1;
        }
        if (hit >= 0) {
            atomic_note_least(&search->found, hit);
            return 1;
        }
    }
    return 0;
}

/* Search one block on this thread, because most arrays that differ do so at once;
 * then the others on all threads. */
static bool run_all(struct search *search, struct hook_call *hook, struct job *job)
{
    const npy_intp size = search->nest.size;
    const npy_intp first = size < FIND_BLOCK ? size : FIND_BLOCK;
    int fpe = 0;
    atomic_store(&search->next, first);
    atomic_store(&search->found, size);
    atomic_store(&search->flagged, size);
    fpu_clear_flags();
    const npy_intp hit = hook->explain ? -1 : look(search, 0, first);
    hook->report = (struct report){
        .path = job->path, .elements = size, .pieces = 1, .threads = 1, .ns = -1};
    if (hit >= 0) {
        atomic_store(&search->found, hit);
    }
    if (hit >= 0 || first == size || atomic_load(&search->failed)) {
        return !hook->explain;
    }
    const npy_intp blocks = (size - first + FIND_BLOCK - 1) / FIND_BLOCK;
    job->size = blocks * FIND_BLOCK;
    job->split = (struct split){job->size, FIND_BLOCK};
    job->run = run;
    job->context = search;
    const bool done = execute(job, hook->explain, &fpe, &hook->report);
    hook->report.elements = size;
    return done;
}

bool search_run(struct search *search, struct hook_call *hook, struct job *job,
                npy_intp *found)
{
    job->plan = &search->plan;
    if (!run_all(search, hook, job)) {
        return false;
    }
    if (atomic_load(&search->failed)) {
        /* If the loop set an exception, NumPy will set it itself. */
        PyErr_Clear();
        hook->report.reason = reason_loop_failed;
        return false;
    }
    const npy_intp hit = atomic_load(&search->found);
    *found = hit < search->nest.size ? hit : -1;
    if (atomic_load(&search->flagged) <= hit &&
        errstate_reports(hook->state, atomic_load(&search->raised))) {
        hook->report.reason = reason_flags_reported;
        return false;
    }
    return true;
}

/* -- find_first ------------------------------------------------------------------ */

/* find_first(array, predicate) or (array, predicate, value). */
PyObject *search_find_first(struct hook_call *hook, PyObject *self,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct predicate predicate;
    struct casting casting;
    struct search search = {.wanted = true, .flags = FPU_FLAGS};
    struct job job;
    PyObject *result = NULL;
    npy_intp found;
    if (kwnames || nargs < 2 || nargs > 3 || !PyArray_CheckExact(args[0]) ||
        !PyObject_TypeCheck(args[1], &PyUFunc_Type) ||
        ((PyUFuncObject *)args[1])->nin != nargs - 1) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)args[0];
    PyObject *operands[] = {args[0], nargs > 2 ? args[2] : NULL};
    hook->report.reason = predicate_take(&predicate, hook->state, args[1], operands);
    if (hook->report.reason) {
        return NULL;
    }
    struct call *call = &predicate.call;
    hook->report.elements = call->size;
    if (call->size != PyArray_SIZE(array)) {
        hook->report.reason = reason_value_too_large;
        goto finish;
    }
    if (!hook_call_pays(hook, call, &job)) {
        goto finish;
    }
    hook->report.reason = predicate_plan(&predicate);
    if (!hook->report.reason) {
        hook->report.reason = search_prepare(&search, &casting, &predicate, NPY_CORDER);
    }
    if (!hook->report.reason && search_run(&search, hook, &job, &found)) {
        result = PyLong_FromSsize_t(found);
    }

finish:
    predicate_clear(&predicate);
    return result;
}
