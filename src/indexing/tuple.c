/* tuple.c - array[rows, columns]: elements by an index for each of the first axes. */
#include <stdatomic.h>

#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"
#include "offsets.h"

enum { AT_ONCE = 256 };

struct taking {
    const char *from;
    const struct offsets *offsets;
    char *to;
    _Atomic bool beyond; /* an index is out of bounds */
};

struct row {
    struct taking *taking;
    char *to;
};

/* Takes `n` elements.  Indices that are the same for all of them are one offset; if one
 * index is left, it is all that a kernel needs. */
static bool take_some(const struct taking *taking, char *const *data, npy_intp n,
                      char *to)
{
    const struct offsets *offsets = taking->offsets;
    npy_intp offset, some[AT_ONCE];
    const int k = offsets_single(offsets, data, &offset);
    if (k >= 0) {
        return indexing_gather(taking->from + offset, offsets->stride[k],
                               offsets->length[k], (const npy_intp *)(void *)data[k], n,
                               to, offsets->itemsize);
    }
    char *at[OFFSET_AXES];
    for (npy_intp first = 0; first < n; first += AT_ONCE) {
        const npy_intp m = n - first < AT_ONCE ? n - first : AT_ONCE;
        for (int i = 0; i < offsets->axes; i++) {
            at[i] = data[i] + first * offsets->nest.stride[0][i];
        }
        if (!offsets_make(offsets, at, m, some) ||
            !indexing_gather(taking->from, 1, offsets->extent, some, m,
                             to + first * offsets->itemsize, offsets->itemsize)) {
            return false;
        }
    }
    return true;
}

static int take_row(void *context, char **data, npy_intp n)
{
    struct row *row = context;
    struct taking *taking = row->taking;
    if (!take_some(taking, data, n, row->to)) {
        atomic_store(&taking->beyond, true);
        return 1;
    }
    row->to += n * taking->offsets->itemsize;
    return 0;
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct taking *taking = job->context;
    const struct offsets *offsets = taking->offsets;
    struct row row = {taking, taking->to + begin * offsets->itemsize};
    return nest_run(&offsets->nest, begin, end, take_row, &row);
}

PyArrayObject *indexing_take_by_tuple(struct hook_call *hook, PyArrayObject *array,
                                      PyObject *key)
{
    struct offsets offsets;
    struct taking taking = {.from = PyArray_BYTES(array), .offsets = &offsets};
    struct call call = {.state = hook->state, .pays_alone = true};
    struct job job;
    hook->report.reason = offsets_take(&offsets, array, key);
    if (hook->report.reason) {
        return NULL;
    }
    offsets_cost(&offsets, &call);
    hook->report.elements = call.size;
    if (!hook_call_pays(hook, &call, &job)) {
        return NULL;
    }
    PyArrayObject *result = array_new_of(array, offsets.ndim, offsets.shape);
    if (result == NULL) {
        return NULL;
    }
    taking.to = PyArray_BYTES(result);
    const bool done = hook_run(hook, &job, "indexing", run, &taking, offsets.nest.size,
                               split_anywhere());
    return indexing_finish(hook, result, done, atomic_load(&taking.beyond));
}
