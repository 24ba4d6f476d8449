/* scatter.c - see scatter.h. */
#include "scatter.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/profit.h"
#include "kernels/select.h"
#include "reasons/reasons.h"
#include "threads/atomics.h"
#include "threads/fpu.h"
#include "threads/team.h"

/* INDICES_A_BIN: indices for each bin of each member at least, so that clearing bins
 * and putting them together takes little time.  MOST_BYTES: bytes of a member's bins,
 * which stay in a second-level cache. */
enum { INDICES_A_BIN = 4, MOST_BYTES = 1 << 19 };

/* Owners go through all indices.  NumPy does few indices sooner.  Many are done in
 * stretches, between which a signal may stop the call. */
enum { LEAST_FOR_OWNERS = 1 << 17, STRETCH = 1 << 22 };

/* The bounds of fewer indices than these are known before another thread is awake. */
enum { FEW_BOUNDS = 1 << 20 };

/* The indices of a sample, which tells how all indices are spread. */
enum { SAMPLE = 1024 };

struct bins {
    _Atomic(bool) taken;
    bool used;
    char *data;
};

static const struct {
    const char *ufunc;
    enum scatter_op op;
    bool of_bools;
} ops[] = {
    {"add", SCATTER_ADD, false},           {"subtract", SCATTER_SUBTRACT, false},
    {"multiply", SCATTER_MULTIPLY, false}, {"maximum", SCATTER_MAXIMUM, false},
    {"minimum", SCATTER_MINIMUM, false},   {"bitwise_and", SCATTER_AND, false},
    {"bitwise_or", SCATTER_OR, false},     {"bitwise_xor", SCATTER_XOR, false},
    {"logical_and", SCATTER_AND, true},    {"logical_or", SCATTER_OR, true},
};

enum { OPS = sizeof ops / sizeof *ops };

const scatter_kernels *scatter_find(const char *ufunc, int type)
{
    static scatter_kernels none;
    static const int types[SCATTER_TYPES] = {
        NPY_BOOL,   NPY_INT8,  NPY_UINT8,  NPY_INT16,   NPY_UINT16, NPY_INT32,
        NPY_UINT32, NPY_INT64, NPY_UINT64, NPY_FLOAT32, NPY_FLOAT64};
    size_t i = 0;
    int number = 0;
    while (number < SCATTER_TYPES && !PyArray_EquivTypenums(types[number], type)) {
        number++;
    }
    while (i < OPS && (strcmp(ops[i].ufunc, ufunc) != 0 ||
                       (ops[i].of_bools && type != NPY_BOOL))) {
        i++;
    }
    return i < OPS && number < SCATTER_TYPES ? &scatter_table[ops[i].op][number]
                                             : &none;
}

const char *scatter_take_index(struct scatter *scatter, PyObject *index)
{
    PyArrayObject *array = (PyArrayObject *)index;
    if (!PyArray_CheckExact(index) || !PyTypeNum_ISINTEGER(PyArray_TYPE(array)) ||
        PyArray_NDIM(array) != 1 || !PyArray_IS_C_CONTIGUOUS(array) ||
        !PyArray_ISBEHAVED_RO(array)) {
        return reason_indices_not_plain;
    }
    if (!PyArray_EquivTypenums(PyArray_TYPE(array), NPY_INTP)) {
        scatter->cast = PyArray_CanCastSafely(PyArray_TYPE(array), NPY_INTP)
                            ? kernels_cast(PyArray_TYPE(array), NPY_INTP)
                            : NULL;
        if (scatter->cast == NULL) {
            return reason_indices_cast;
        }
    }
    scatter->index = PyArray_BYTES(array);
    scatter->index_size = PyArray_ITEMSIZE(array);
    scatter->n = PyArray_SIZE(array);
    return NULL;
}

/* Returns n indices, at most SELECT_BLOCK, from number `i` on.  They are in `room` if
 * they are cast. */
static const npy_intp *index_block(const struct scatter *scatter, npy_intp i,
                                   npy_intp n, npy_intp *room)
{
    char *from = (char *)scatter->index + i * scatter->index_size;
    if (!scatter->cast) {
        return (const npy_intp *)from;
    }
    char *args[] = {from, (char *)room};
    const npy_intp steps[] = {scatter->index_size, sizeof *room};
    scatter->cast(args, &n, steps, NULL);
    return room;
}

static npy_intp block_end(npy_intp i, npy_intp end)
{
    return end - i < SELECT_BLOCK ? end : i + SELECT_BLOCK;
}

/* -- bounds --------------------------------------------------------------------- */

static int run_bounds(const struct job *job, npy_intp begin, npy_intp end)
{
    struct scatter *scatter = job->context;
    npy_intp room[SELECT_BLOCK], least = NPY_MAX_INTP, greatest = NPY_MIN_INTP;
    for (npy_intp i = begin, next; i < end; i = next) {
        next = block_end(i, end);
        kernels_select()->bounds(index_block(scatter, i, next - i, room), next - i,
                                 &least, &greatest);
    }
    atomic_note_least(&scatter->least, least);
    atomic_note_greatest(&scatter->greatest, greatest);
    return 0;
}

static void bounds_alone(struct scatter *scatter)
{
    const struct job bounds = {.context = scatter};
    atomic_store(&scatter->least, NPY_MAX_INTP);
    atomic_store(&scatter->greatest, NPY_MIN_INTP);
    run_bounds(&bounds, 0, scatter->n);
}

bool scatter_bounds(struct hook_call *hook, struct scatter *scatter, struct job *job)
{
    int fpe;
    struct job bounds = *job;
    if (kernels_select()->quick_bounds && scatter->n < FEW_BOUNDS &&
        cost_min_elements() < 0) {
        Py_BEGIN_ALLOW_THREADS
        bounds_alone(scatter);
        Py_END_ALLOW_THREADS
        return true;
    }
    atomic_store(&scatter->least, NPY_MAX_INTP);
    atomic_store(&scatter->greatest, NPY_MIN_INTP);
    bounds.context = scatter;
    bounds.run = run_bounds;
    bounds.size = scatter->n;
    bounds.split = split_anywhere();
    bounds.key = cost_mix(job->key, 2);
    return execute(&bounds, false, &fpe, &hook->report);
}

static bool has_beyond(const struct scatter *scatter)
{
    return scatter->least < -scatter->length || scatter->greatest >= scatter->length;
}

/* -- bins ----------------------------------------------------------------------- */

static struct bins *take_bins(struct scatter *scatter)
{
    struct bins *set = scatter->sets;
    while (atomic_exchange(&set->taken, true)) {
        set++;
        set = set < scatter->sets + scatter->limit ? set : scatter->sets;
    }
    if (!set->used) {
        scatter->into_bins->clear(set->data, scatter->length);
        set->used = true;
    }
    return set;
}

/* Run the indices from number `begin` to `end`.  Returns true if some are beyond the
 * elements. */
static bool run_all(const struct scatter *scatter, const scatter_kernels *kernels,
                    char *to, npy_intp begin, npy_intp end)
{
    npy_intp room[SELECT_BLOCK];
    bool beyond = false;
    for (npy_intp i = begin, next; i < end; i = next) {
        next = scatter->cast ? block_end(i, end) : end;
        beyond |= kernels->all(to, index_block(scatter, i, next - i, room), next - i,
                               scatter->length, scatter->values + i * scatter->step,
                               scatter->step);
    }
    return beyond;
}

static int run_bins(const struct job *job, npy_intp begin, npy_intp end)
{
    struct scatter *scatter = job->context;
    struct bins *set = take_bins(scatter);
    if (run_all(scatter, scatter->into_bins, set->data, begin, end)) {
        atomic_store(&scatter->beyond, true);
    }
    atomic_store(&set->taken, false);
    return 0;
}

static bool prefers_bins(const struct scatter *scatter)
{
    return scatter->into_bins && scatter->length * scatter->itemsize <= MOST_BYTES &&
           scatter->length * scatter->limit <= scatter->n / INDICES_A_BIN;
}

static bool do_by_bins(struct hook_call *hook, struct scatter *scatter, struct job *job,
                       int *fpe)
{
    /* Sets begin at cache lines of their own. */
    const npy_intp each = (scatter->length * scatter->itemsize + 127) / 128 * 128;
    const size_t limit = (size_t)scatter->limit;
    bool done = false;
    scatter->sets = PyMem_Calloc(limit, sizeof *scatter->sets);
    scatter->bins = PyMem_Malloc(limit * (size_t)each);
    if (!scatter->sets || !scatter->bins) {
        hook->report.reason = reason_no_memory_for_bins;
        goto finish;
    }
    for (int i = 0; i < scatter->limit; i++) {
        scatter->sets[i].data = scatter->bins + i * each;
    }
    job->run = run_bins;
    job->size = scatter->n;
    job->split = split_anywhere();
    if (!execute(job, hook->explain, fpe, &hook->report)) {
        goto finish;
    }
    if (atomic_load(&scatter->beyond)) {
        hook->report.reason = reason_index_out_of_bounds;
        goto finish;
    }
    for (int i = 0; i < scatter->limit; i++) {
        if (scatter->sets[i].used) {
            scatter->kernels->merge(scatter->a, scatter->sets[i].data, scatter->length);
        }
    }
    done = true;

finish:
    PyMem_Free(scatter->sets);
    PyMem_Free(scatter->bins);
    return done;
}

/* -- owners --------------------------------------------------------------------- */

static void run_owner(const struct scatter *scatter, int owner)
{
    npy_intp room[SELECT_BLOCK];
    int32_t at[SELECT_ROOM], from[SELECT_ROOM];
    const npy_intp begin = owner > 0 ? scatter->ends[owner - 1] : 0;
    const npy_intp width = scatter->ends[owner] - begin;
    char *a = scatter->a + begin * scatter->itemsize;
    for (npy_intp i = scatter->first, next; i < scatter->last; i = next) {
        next = block_end(i, scatter->last);
        const npy_intp count =
            kernels_select()->select(index_block(scatter, i, next - i, room), next - i,
                                     scatter->length, begin, width, at, from);
        scatter->kernels->some(a, at, from, count, scatter->values + i * scatter->step,
                               scatter->step);
    }
}

static int run_owners(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct scatter *scatter = job->context;
    const npy_intp each = job->size / scatter->owners;
    for (npy_intp owner = begin / each; owner < end / each; owner++) {
        run_owner(scatter, (int)owner);
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const npy_intp x = *(const npy_intp *)a, y = *(const npy_intp *)b;
    return (x > y) - (x < y);
}

/* Give each owner a range of elements, so that all owners have as many indices of a
 * sample.  Returns false if that is too much for one of them. */
static bool share_out(struct scatter *scatter)
{
    npy_intp sample[SAMPLE], room[SELECT_BLOCK];
    const int owners = scatter->owners;
    int before = 0;
    for (int i = 0; i < SAMPLE; i++) {
        const npy_intp at = (npy_intp)((double)i / SAMPLE * (double)scatter->n);
        sample[i] = *index_block(scatter, at, 1, room);
        sample[i] += sample[i] < 0 ? scatter->length : 0;
    }
    qsort(sample, SAMPLE, sizeof *sample, compare);
    for (int owner = 0; owner < owners; owner++) {
        const bool last = owner == owners - 1;
        const npy_intp end =
            last ? scatter->length : sample[SAMPLE * (owner + 1) / owners];
        const npy_intp least = owner > 0 ? scatter->ends[owner - 1] : 0;
        scatter->ends[owner] = end > least ? end : least;
        int until = before;
        while (until < SAMPLE && sample[until] < scatter->ends[owner]) {
            until++;
        }
        if (until - before > SAMPLE * 5 / 8) {
            return false;
        }
        before = until;
    }
    return true;
}

bool scatter_is_small(npy_intp n)
{
    return n < LEAST_FOR_OWNERS && cost_min_elements() < 0;
}

static bool do_by_owners(struct hook_call *hook, struct scatter *scatter,
                         struct job *job, bool known, int *fpe)
{
    const char *alone = team_unavailable();
    scatter->owners = scatter->limit < SCATTER_OWNERS ? scatter->limit : SCATTER_OWNERS;
    const int enough = kernels_select()->owners;
    scatter->few = scatter->owners < enough && !scatter_is_small(scatter->n);
    hook->report.reason = alone                          ? alone
                          : scatter->limit < 2           ? reason_one_thread
                          : scatter_is_small(scatter->n) ? reason_too_few_indices_each
                          : scatter->length > INT32_MAX  ? reason_too_many_elements
                          : scatter->owners < enough ? reason_few_threads_for_indices
                          : !share_out(scatter)      ? reason_most_at_one_place
                                                     : NULL;
    if (hook->report.reason) {
        return false;
    }
    if (!known && !hook->explain) {
        if (!scatter_bounds(hook, scatter, job)) {
            return false;
        }
        if (has_beyond(scatter)) {
            hook->report.reason = reason_index_out_of_bounds;
            return false;
        }
    }
    job->run = run_owners;
    job->key = cost_mix(job->key, 1);
    /* The stretches have about the same length.  None is too short for execute(),
     * because NumPy could not go on where the engine stopped. */
    const npy_intp n = scatter->n, stretches = (n + STRETCH - 1) / STRETCH;
    bool done = true;
    int flags = 0;
    for (npy_intp i = 0; i < stretches && done; i++) {
        scatter->first = n / stretches * i;
        scatter->last = i + 1 < stretches ? n / stretches * (i + 1) : n;
        const npy_intp each = (scatter->last - scatter->first) / scatter->owners + 1;
        job->size = each * scatter->owners;
        job->split = (struct split){job->size, each};
        done = execute(job, hook->explain, &flags, &hook->report);
        *fpe |= flags;
    }
    return done;
}

bool scatter_run(struct hook_call *hook, struct scatter *scatter, struct job *job,
                 bool known, int *fpe)
{
    scatter->limit = job->limit;
    job->context = scatter;
    job->given = true;
    return prefers_bins(scatter) ? do_by_bins(hook, scatter, job, fpe)
                                 : do_by_owners(hook, scatter, job, known, fpe);
}

bool scatter_alone(struct hook_call *hook, struct scatter *scatter, bool known,
                   int *fpe)
{
    NPY_BEGIN_THREADS_DEF;
    NPY_BEGIN_THREADS_THRESHOLDED(scatter->n);
    if (!known) {
        bounds_alone(scatter);
    }
    const bool beyond = scatter->n == 0 || has_beyond(scatter);
    if (!beyond) {
        fpu_clear_flags();
        run_all(scatter, scatter->kernels, scatter->a, 0, scatter->n);
        *fpe = fpu_get_flags();
        fpu_clear_flags();
    }
    NPY_END_THREADS;
    hook->report.reason = beyond ? reason_index_out_of_bounds : hook->report.reason;
    return !beyond;
}

bool scatter_alone_pays(void)
{
    return kernels_select()->quick_bounds;
}
