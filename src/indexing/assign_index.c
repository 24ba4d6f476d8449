/* assign_index.c - array[index] = values, array[rows, columns] = values, put. */
#include <stdatomic.h>

#include "movement/move.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "assign.h"
#include "indexing.h"
#include "offsets.h"
#include "room.h"

/* -- values ---------------------------------------------------------------------- */

/* Returns whether `values` have one value for all indices: axes of length 1 where the
 * indices have theirs, the first `index_ndim` of `ndim`. */
static bool is_one_for_all(PyArrayObject *values, int index_ndim, int ndim)
{
    const int before = PyArray_NDIM(values) - (ndim - index_ndim);
    for (int d = 0; d < before; d++) {
        if (PyArray_DIM(values, d) != 1) {
            return false;
        }
    }
    return true;
}

/* Returns the values, in the dtype of the array, so that those of one index lie side by
 * side, and stores the bytes from one index to the next: the array itself, or a new one
 * of all of the shape that they are broadcast to, or of what belongs to one index.
 * Returns NULL as a hook does. */
static PyArrayObject *lay_out_values(struct hook_call *hook, PyArrayObject *array,
                                     PyArrayObject *values, int index_ndim, int ndim,
                                     const npy_intp *shape, npy_intp *step)
{
    const bool one = is_one_for_all(values, index_ndim, ndim);
    const int first = one ? index_ndim : 0;
    const bool same = PyArray_EquivTypes(PyArray_DESCR(values), PyArray_DESCR(array));
    npy_intp itemsize = PyArray_ITEMSIZE(array);
    for (int d = index_ndim; d < ndim; d++) {
        itemsize *= shape[d];
    }
    *step = one ? 0 : itemsize;
    if (PyArray_NDIM(values) > ndim) {
        hook->report.reason = reason_shapes_refused;
        return NULL;
    }
    if (same && !arrays_overlap(array, values)) {
        if (one ? PyArray_SIZE(values) * PyArray_ITEMSIZE(values) == itemsize &&
                      PyArray_IS_C_CONTIGUOUS(values)
                : PyArray_NDIM(values) == ndim &&
                      PyArray_CompareLists(PyArray_DIMS(values), shape, ndim) &&
                      (PyArray_IS_C_CONTIGUOUS(values) || ndim == 1)) {
            *step = one || ndim > 1 ? *step : PyArray_STRIDE(values, 0);
            return (PyArrayObject *)Py_NewRef(values);
        }
    }
    PyArrayObject *laid_out = array_new_of(array, ndim - first, shape + first);
    if (laid_out && PyArray_CopyInto(laid_out, values) < 0) {
        PyErr_Clear(); /* NumPy raises */
        hook->report.reason = reason_shapes_refused;
        Py_CLEAR(laid_out);
    }
    return laid_out;
}

/* Returns NULL, or the reason why NumPy runs an assignment to the array, whatever the
 * shapes. */
static const char *refuse(PyArrayObject *array, PyArrayObject *values)
{
    PyArray_Descr *from = PyArray_DESCR(values), *to = PyArray_DESCR(array);
    const bool exact =
        PyArray_EquivTypes(from, to) ||
        (array_type_is_number(from->type_num) && array_type_is_number(to->type_num) &&
         PyArray_CanCastTypeTo(from, to, NPY_SAFE_CASTING));
    return PyArray_SIZE(array) == 0 || PyArray_SIZE(values) == 0
               ? reason_too_few_elements
           : !exact                       ? reason_value_needs_cast
           : array_overlaps_itself(array) ? reason_out_overlaps_itself
                                          : NULL;
}

/* -- one index ------------------------------------------------------------------- */

/* Returns whether what belongs to one index of the first axis lies side by side. */
static bool has_rows(PyArrayObject *array)
{
    npy_intp stride = PyArray_ITEMSIZE(array);
    for (int d = PyArray_NDIM(array) - 1; d > 0; d--) {
        if (PyArray_STRIDE(array, d) != stride) {
            return false;
        }
        stride *= PyArray_DIM(array, d);
    }
    return true;
}

/* Begins an assignment to elements along the first axis.  Returns whether it pays. */
static bool begin(struct hook_call *hook, struct assigning *assigning,
                  PyArrayObject *array, PyArrayObject *index, PyArrayObject *values,
                  NPY_CLIPMODE mode, struct job *job)
{
    *assigning = (struct assigning){.to = PyArray_BYTES(array),
                                    .stride = PyArray_STRIDE(array, 0),
                                    .itemsize = PyArray_ITEMSIZE(array)};
    hook->report.elements = PyArray_SIZE(index);
    hook->report.reason = refuse(array, values);
    if (!hook->report.reason) {
        hook->report.reason =
            !has_rows(array)           ? reason_rows_not_contiguous
            : PyArray_SIZE(index) == 0 ? reason_too_few_elements
            : arrays_overlap(array, index)
                ? reason_copy_overlaps
                : index_take(&assigning->index, index, PyArray_DIM(array, 0), mode);
    }
    if (hook->report.reason) {
        return false;
    }
    for (int d = 1; d < PyArray_NDIM(array); d++) {
        assigning->itemsize *= PyArray_DIM(array, d);
    }
    /* What an index costs depends on the size of the items, and of the array. */
    const struct call call = {.state = hook->state,
                              .nin = 2,
                              .nop = 2,
                              .op = {array, index},
                              .more = cost_magnitude(PyArray_NBYTES(array)) * 64 +
                                      cost_magnitude(assigning->itemsize) +
                                      ((uint64_t)mode << 16),
                              .size = assigning->index.n,
                              .pays_alone = kernels_select()->quick_bounds};
    return hook_call_pays(hook, &call, job);
}

bool indexing_assign_by(struct hook_call *hook, PyArrayObject *array,
                        PyArrayObject *index, PyArrayObject *values)
{
    struct assigning assigning;
    struct job job;
    npy_intp shape[2 * NPY_MAXDIMS];
    int ndim = PyArray_NDIM(index);
    if (PyArray_NDIM(array) == 0 || ndim + PyArray_NDIM(array) - 1 > NPY_MAXDIMS) {
        hook->report.reason = reason_shapes_refused;
        return false;
    }
    if (!begin(hook, &assigning, array, index, values, NPY_RAISE, &job)) {
        return false;
    }
    for (int d = 0; d < ndim; d++) {
        shape[d] = PyArray_DIM(index, d);
    }
    for (int d = 1; d < PyArray_NDIM(array); d++) {
        shape[ndim++] = PyArray_DIM(array, d);
    }
    PyArrayObject *laid_out = lay_out_values(hook, array, values, PyArray_NDIM(index),
                                             ndim, shape, &assigning.step);
    if (laid_out == NULL) {
        return false;
    }
    assigning.values = PyArray_BYTES(laid_out);
    const bool done = assign_run(hook, &job, &assigning);
    Py_DECREF(laid_out);
    return done;
}

/* -- an index for each of several axes ------------------------------------------- */

struct listing {
    const struct offsets *offsets;
    npy_intp *list;
    _Atomic bool beyond; /* an index is out of bounds */
};

struct row {
    const struct offsets *offsets;
    npy_intp *to;
};

static int list_row(void *context, char **data, npy_intp n)
{
    struct row *row = context;
    const bool good = offsets_make(row->offsets, data, n, row->to);
    row->to += n;
    return good ? 0 : 1;
}

static int run_list(const struct job *job, npy_intp begin, npy_intp end)
{
    struct listing *listing = job->context;
    struct row row = {listing->offsets, listing->list + begin};
    if (nest_run(&listing->offsets->nest, begin, end, list_row, &row) != 0) {
        atomic_store(&listing->beyond, true);
        return 1;
    }
    return 0;
}

/* Makes a list of where the elements lie, in bytes: the indices of an assignment whose
 * elements begin at each byte. */
static bool list_offsets(struct hook_call *hook, const struct job *job,
                         const struct offsets *offsets, npy_intp *list)
{
    struct listing listing = {.offsets = offsets, .list = list};
    struct job own = *job;
    own.key = cost_mix(job->key, 2); /* this has a cost of its own */
    own.asked = job->asked ? own.key : 0;
    const npy_intp n = offsets->nest.size;
    if (n < 2) {
        own.context = &listing;
        run_list(&own, 0, n);
    } else if (!hook_run(hook, &own, "indexing", run_list, &listing, n,
                         split_anywhere())) {
        return false;
    }
    if (atomic_load(&listing.beyond)) {
        hook->report.reason = reason_index_out_of_bounds;
        return false;
    }
    return true;
}

bool indexing_assign_by_tuple(struct hook_call *hook, PyArrayObject *array,
                              PyObject *key, PyArrayObject *values)
{
    struct offsets offsets;
    struct call call = {.state = hook->state,
                        .pays_alone = kernels_select()->quick_bounds};
    struct job job;
    npy_intp *list = NULL;
    PyArrayObject *laid_out = NULL;
    bool done = false;
    hook->report.reason = offsets_take(&offsets, array, key);
    if (!hook->report.reason) {
        hook->report.elements = offsets.nest.size;
        hook->report.reason = refuse(array, values);
    }
    for (int k = 0; k < offsets.axes && !hook->report.reason; k++) {
        if (offsets.nest.size == 0 || arrays_overlap(array, offsets.index[k])) {
            hook->report.reason = reason_copy_overlaps;
        }
    }
    if (hook->report.reason) {
        return false;
    }
    offsets_cost(&offsets, &call);
    call.more += cost_magnitude(PyArray_NBYTES(array)) * 64;
    if (!hook_call_pays(hook, &call, &job)) {
        return false;
    }
    struct assigning assigning = {.index = {.n = offsets.nest.size,
                                            .size = sizeof *list,
                                            .length = offsets.extent,
                                            .mode = NPY_RAISE},
                                  .to = PyArray_BYTES(array),
                                  .stride = 1,
                                  .itemsize = offsets.itemsize};
    laid_out = lay_out_values(hook, array, values, offsets.index_ndim, offsets.ndim,
                              offsets.shape, &assigning.step);
    if (laid_out == NULL) {
        return false;
    }
    assigning.values = PyArray_BYTES(laid_out);
    list = hook->explain ? NULL : room_take((size_t)offsets.nest.size * sizeof *list);
    assigning.index.data = (const char *)list;
    if (hook->explain) {
        assign_run(hook, &job, &assigning);
    } else if (list == NULL) {
        PyErr_NoMemory();
    } else {
        done = list_offsets(hook, &job, &offsets, list) &&
               assign_run(hook, &job, &assigning);
    }
    room_give(list);
    Py_DECREF(laid_out);
    return done;
}
