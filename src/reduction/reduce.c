/* reduce.c - a call of ufunc.reduce. */
#include "reduce.h"

#include <string.h>

#include "engine/stream.h"
#include "python/array.h"
#include "reasons/reasons.h"
#include "threads/fpu.h"

int reduction_init(struct state *state)
{
    PyObject *umath = PyImport_ImportModule("numpy._core.umath");
    state->get_extobj =
        umath ? PyObject_GetAttrString(umath, "_get_extobj_dict") : NULL;
    Py_XDECREF(umath);
    if (state->get_extobj == NULL) {
        PyErr_Clear(); /* then what depends on it is left to NumPy */
    }
    state->numpy_module = PyImport_ImportModule("numpy");
    state->numpys = PySet_New(NULL);
    state->no_value = state->numpy_module
                          ? PyObject_GetAttrString(state->numpy_module, "_NoValue")
                          : NULL;
    if (state->no_value) {
        state->equal = PyObject_GetAttrString(state->numpy_module, "equal");
        state->not_equal = PyObject_GetAttrString(state->numpy_module, "not_equal");
        state->isnan = PyObject_GetAttrString(state->numpy_module, "isnan");
    }
    return state->numpys && state->equal && state->not_equal && state->isnan ? 0 : -1;
}

/* -- what the ufunc is ---------------------------------------------------------- */

static bool is_any_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

enum order reduction_order(const char *ufunc, int type)
{
    static const char *const free_ones[] = {
        "add",        "multiply",    "bitwise_and", "bitwise_or", "bitwise_xor",
        "logical_or", "logical_and", "logical_xor", "gcd",        NULL};
    const bool exact = PyTypeNum_ISINTEGER(type) || PyTypeNum_ISBOOL(type);
    const bool real = type == NPY_HALF || type == NPY_FLOAT || type == NPY_DOUBLE;
    if (kernels_extreme_of(ufunc) != EXTREME_COUNT) {
        /* Where subnormals count as zeros, many elements may be the extreme. */
        return exact                    ? ORDER_FREE
               : real && !fpu_flushes() ? ORDER_EXTREME
                                        : ORDER_FIXED;
    }
    return exact && is_any_of(ufunc, free_ones) ? ORDER_FREE
           : !exact && strcmp(ufunc, "add") == 0 &&
                   kernels_sum(type, MAP_PLAIN, SUM_NEAR)
               ? ORDER_TREE
               : ORDER_FIXED;
}

bool reduction_has_numpys_bits(const char *ufunc)
{
    return reduction_order(ufunc, NPY_LONG) == ORDER_FREE ||
           strcmp(ufunc, "subtract") == 0;
}

/* Returns whether several axes may be reduced by `ufunc` at once.  NumPy keeps this for
 * each ufunc. */
static bool is_reorderable(const PyUFuncObject *ufunc)
{
    return ufunc->identity != PyUFunc_None;
}

/* -- the loop ------------------------------------------------------------------- */

/* Returns where the elements of `array` come from.  An array of half of the last-level
 * cache is taken to come from memory, by the same rule as for results that are written
 * past the caches. */
static enum sum_place place_of(PyArrayObject *array)
{
    return stream_is_far(PyArray_NBYTES(array)) ? SUM_FAR : SUM_NEAR;
}

const char *reduction_choose_loop(struct reduction *reduction,
                                  const struct request *request)
{
    const int from = PyArray_TYPE(request->array);
    reduction->type = plan_descr(&reduction->plan, 1)->type_num;
    reduction->itemsize = PyDataType_ELSIZE(plan_descr(&reduction->plan, 0));
    reduction->cast_size = PyDataType_ELSIZE(plan_descr(&reduction->plan, 1));
    reduction->ufunc = request->ufunc->name;
    reduction->order = reduction_order(reduction->ufunc, reduction->type);
    if (!array_type_is_number(reduction->type) ||
        plan_descr(&reduction->plan, 0)->type_num != reduction->type) {
        return reason_other_result_type;
    }
    if (strcmp(reduction->ufunc, "power") == 0 &&
        PyTypeNum_ISINTEGER(reduction->type)) {
        return reason_integer_power;
    }
    if (from != reduction->type) {
        reduction->cast = kernels_cast(from, reduction->type);
        if (reduction->cast == NULL) {
            return reason_numpys_cast;
        }
    }
    reduction->sum =
        reduction->order == ORDER_TREE
            ? kernels_sum(reduction->type, reduction->map, place_of(request->array))
            : NULL;
    reduction->runs = reduction->sum && request->mask && !reduction->cast
                          ? kernels_runs(reduction->type)
                          : NULL;
    const bool adds = strcmp(reduction->ufunc, "add") == 0;
    reduction->columns = adds && !reduction->cast && !request->mask
                             ? kernels_columns(reduction->type, reduction->map)
                             : NULL;
    const enum extreme extreme = kernels_extreme_of(reduction->ufunc);
    if (extreme == EXTREME_FMAX || extreme == EXTREME_FMIN) {
        reduction->signalling = kernels_signalling(reduction->type);
    }
    if (reduction->order == ORDER_EXTREME && !reduction->cast && !request->mask) {
        kernels_extreme(reduction->ufunc, reduction->type, &reduction->extreme,
                        &reduction->extremes);
    }
    return NULL;
}

/* -- the call ------------------------------------------------------------------- */

/* Returns NULL, or the reason why NumPy runs the call; no exception is set. */
static const char *prepare_loop(struct reduction *reduction, struct request *request,
                                struct initials *initials, PyArrayObject **out)
{
    if (!is_reorderable(request->ufunc) && request->naxes > 1) {
        return reason_axes_of_ordered;
    }
    const char *reason =
        plan_make_reduction(&reduction->plan, reduction->state, request->ufunc,
                            request->array, request->dtype);
    reason = reason ? reason : reduction_choose_loop(reduction, request);
    if (reason) {
        return reason;
    }
    PyArray_Descr *descr = plan_descr(&reduction->plan, 0);
    if (request->out && !PyArray_EquivTypes(PyArray_DESCR(request->out), descr)) {
        return reason_out_other_dtype;
    }
    reason = initial_take(initials, request, descr);
    if (reason) {
        return reason;
    }
    if (request->mask && !initials->identity && !initials->initial) {
        return reason_where_without_initial;
    }
    if (!initials->identity && reduction->cast) {
        return reason_initial_cast;
    }
    *out = (PyArrayObject *)Py_XNewRef((PyObject *)request->out);
    if (reduction_lay_out(reduction, request, out) < 0) {
        PyErr_Clear();
        return reason_iterator_raises;
    }
    return NULL;
}

static bool is_alike(PyArrayObject *a, PyArrayObject *b)
{
    return PyArray_CheckExact(a) && PyArray_TYPE(a) == PyArray_TYPE(b) &&
           PyArray_ISBEHAVED_RO(a) && PyArray_SAMESHAPE(a, b) &&
           PyArray_CompareLists(PyArray_STRIDES(a), PyArray_STRIDES(b),
                                PyArray_NDIM(a));
}

/* Returns NULL, or the reason why the sum of what `map` makes of the elements cannot be
 * computed here. */
static const char *refuse_map(const struct reduction *reduction)
{
    const bool rows = reduction->sum && !reduction->cast && reduction->reduced[0];
    return reduction->map == MAP_PLAIN || rows || reduction_has_columns(reduction)
               ? NULL
               : reason_no_kernel_for_order;
}

/*
 * Returns whether the call pays on one thread.  For the other parts of a larger call,
 * NumPy makes arrays.  NumPy sums float16 one by one.  A sum of a million float32 takes
 * NumPy 150 us, and 60 us here.  For float64 it is 160 us, and 110 to 150 us here,
 * depending on the machine's memory.  Below FEW elements, taking the call apart, half a
 * microsecond, costs more than is gained.
 */
static bool pays_alone(const struct request *request, const struct part *part)
{
    enum { FEW = 16384 };
    PyArrayObject *array = request->array;
    const int type = PyArray_TYPE(array);
    const bool simple = (type == NPY_FLOAT || type == NPY_DOUBLE) && !request->mask &&
                        PyArray_ISONESEGMENT(array) && PyArray_SIZE(array) >= FEW;
    return part ||
           (strcmp(request->ufunc->name, "add") == 0 && (type == NPY_HALF || simple));
}

bool reduce_start(struct reducing *reducing, struct hook_call *hook, PyObject *ufunc,
                  PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                  const struct part *part)
{
    struct request *request = &reducing->request;
    struct reduction *reduction = &reducing->reduction;
    struct job *job = &reducing->job;
    PyArrayObject *centers = part ? part->centers : NULL;
    const enum map map = part ? part->map : MAP_PLAIN;
    reduction->state = hook->state;
    reduction->map = map;
    reduction->is_part = part != NULL;
    const char **reason = &hook->report.reason;
    *reason = request_take(request, hook->state, ufunc, args, nargs, kwnames, REDUCE);
    if (*reason || !hook_pays(hook, request->array, request_key(request, (uint32_t)map),
                              pays_alone(request, part), job)) {
        return false;
    }
    *reason = prepare_loop(reduction, request, &reducing->initials, &reducing->out);
    *reason = *reason ? *reason : refuse_map(reduction);
    if (!*reason && centers && !is_alike(centers, reducing->out)) {
        *reason = reason_means_lie_otherwise;
    }
    if (*reason) {
        return false;
    }
    reduction->centers = centers ? PyArray_BYTES(centers) : NULL;
    job->plan = &reduction->plan;
    job->context = reduction;
    job->given = request->out != NULL;
    *reason = reduction_choose(reduction, job);
    if (*reason ||
        initial_put(&reducing->initials, reduction,
                    job->run == reduction_run_within_output,
                    hook->explain && request->out ? NULL : reducing->out) < 0) {
        return false;
    }
    *reason =
        reduction_prepare(reduction, job) < 0 ? reason_no_room_for_partials : NULL;
    return !*reason;
}

bool reduce_complete(struct reducing *reducing, struct hook_call *hook, int fpe)
{
    struct reduction *reduction = &reducing->reduction;
    const struct initials *initials = &reducing->initials;
    if (reducing->job.run == reduction_run_within_output) {
        fpu_clear_flags();
        const bool clear =
            reduction_combine(reduction, initials->initial || initials->identity);
        fpe |= fpu_get_flags();
        fpu_clear_flags();
        if (!clear) {
            hook->report.reason = reason_ambiguous_extreme;
            return false;
        }
    }
    if (reduction->is_part && (fpe & FPU_FLAGS)) {
        hook->report.reason = reason_fpe_names_call;
        return false;
    }
    return !reduction->plan.fpe || execute_give_fpe("reduce", fpe) == 0;
}

void reduce_clear(struct reducing *reducing)
{
    Py_XDECREF((PyObject *)reducing->out);
    request_clear(&reducing->request);
    initial_clear(&reducing->initials);
    reduction_clear(&reducing->reduction);
}

static PyArrayObject *reduce(struct hook_call *hook, PyObject *ufunc,
                             PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                             const struct part *part, bool *given)
{
    struct reducing reducing = {0};
    PyArrayObject *result = NULL;
    int fpe = 0;
    if (reduce_start(&reducing, hook, ufunc, args, nargs, kwnames, part) &&
        execute(&reducing.job, hook->explain, &fpe, &hook->report) &&
        reduce_complete(&reducing, hook, fpe)) {
        result = (PyArrayObject *)Py_NewRef((PyObject *)reducing.out);
    }
    PyArrayObject *array = reducing.request.array;
    hook->report.elements = array ? PyArray_SIZE(array) : 0;
    *given = reducing.request.out != NULL;
    reduce_clear(&reducing);
    return result;
}

/* Returns whether NumPy's any() or all() ends with one of the first elements, sooner
 * than a call is taken apart here. */
static bool ends_at_once(const char *ufunc, PyObject *const *args, Py_ssize_t nargs)
{
    enum { FIRST = 64, WHERE = 6 };
    const bool any = strcmp(ufunc, "logical_or") == 0;
    if ((!any && strcmp(ufunc, "logical_and") != 0) || nargs > WHERE ||
        !PyArray_CheckExact(args[0])) {
        return false;
    }
    PyArrayObject *array = (PyArrayObject *)args[0];
    const bool whole = PyArray_NDIM(array) == 1 || (nargs > 1 && args[1] == Py_None);
    return whole && PyArray_TYPE(array) == NPY_BOOL && PyArray_IS_C_CONTIGUOUS(array) &&
           PyArray_SIZE(array) >= FIRST &&
           memchr(PyArray_BYTES(array), any ? 1 : 0, FIRST) != NULL;
}

PyObject *reduction_reduce(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs > 0 && kwnames == NULL &&
        ends_at_once(((PyUFuncObject *)self)->name, args, nargs)) {
        hook->report.reason = reason_ended_early;
        hook->report.elements = PyArray_SIZE((PyArrayObject *)args[0]);
        return NULL;
    }
    bool given;
    PyArrayObject *result = reduce(hook, self, args, nargs, kwnames, NULL, &given);
    return result == NULL || given ? (PyObject *)result : PyArray_Return(result);
}

PyArrayObject *reduction_map_sum(struct hook_call *hook, enum map map,
                                 PyArrayObject *array, PyObject *axis,
                                 PyObject *keepdims, PyArrayObject *centers)
{
    PyObject *args[] = {(PyObject *)array, axis, Py_None, Py_None, keepdims};
    const struct part part = {map, centers};
    bool given;
    return reduce(hook, hook->state->add, args, 5, NULL, &part, &given);
}
