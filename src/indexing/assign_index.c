/* assign_index.c - array[index] = values, array[rows, columns] = values, put. */
#include <stdatomic.h>

#include "memory/pool.h"
#include "movement/move.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "assign.h"
#include "indexing.h"
#include "offsets.h"
#include "values.h"

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
    hook->report.reason = values_refuse(array, values);
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
    PyArrayObject *laid_out = values_broadcast(hook, array, values, PyArray_NDIM(index),
                                               ndim, shape, &assigning.step);
    if (laid_out == NULL) {
        return false;
    }
    assigning.values = PyArray_BYTES(laid_out);
    const bool done = assign_run(hook, &job, &assigning);
    Py_DECREF(laid_out);
    return done;
}

/* Assigns values, repeated if they are fewer, to elements of an array in C order. */
static bool put(struct hook_call *hook, PyArrayObject *array, PyArrayObject *index,
                PyArrayObject *values, NPY_CLIPMODE mode)
{
    struct assigning assigning;
    struct job job;
    bool done = false;
    const npy_intp n = PyArray_SIZE(array), stride = PyArray_ITEMSIZE(array);
    PyArrayObject *flat =
        (PyArrayObject *)array_view(array, PyArray_BYTES(array), 1, &n, &stride);
    if (flat && begin(hook, &assigning, flat, index, values, mode, &job)) {
        const bool one = PyArray_SIZE(values) == 1;
        PyArrayObject *list =
            values_list(hook, array, values, one ? 1 : assigning.index.n);
        if (list) {
            assigning.values = PyArray_BYTES(list);
            assigning.step = one ? 0 : stride;
            done = assign_run(hook, &job, &assigning);
            Py_DECREF(list);
        }
    }
    Py_XDECREF(flat);
    return done;
}

PyObject *indexing_put(struct hook_call *hook, PyObject *self, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *indices = arguments_find(&arguments, 0, "indices");
    PyObject *given = arguments_find(&arguments, 1, "values");
    PyObject *mode_given = arguments_find(&arguments, 2, "mode");
    NPY_CLIPMODE mode = NPY_RAISE;
    if (nargs > 3 || !indices || !given || !arguments_known(&arguments) ||
        !arguments_mode(mode_given, &mode)) {
        return decline(hook, reason_arguments_refused);
    }
    /* Of unsigned indices of 64 bits NumPy refuses the cast. */
    if (!move_is_plain(self) || !indexing_is_index(indices) ||
        !PyArray_CanCastSafely(PyArray_TYPE((PyArrayObject *)indices), NPY_INTP)) {
        return decline(hook, reason_index_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    if (!PyArray_IS_C_CONTIGUOUS(array)) {
        return decline(hook, reason_rows_not_contiguous);
    }
    if (!array_is_writeable(array)) {
        return decline(hook, reason_out_read_only);
    }
    PyArrayObject *values = move_value(array, given);
    if (values == NULL) {
        return decline(hook, reason_value_needs_cast);
    }
    const bool done = put(hook, array, (PyArrayObject *)indices, values, mode);
    Py_DECREF(values);
    return done ? Py_NewRef(Py_None) : NULL;
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
                         const struct offsets *offsets,
                         npy_intp *list) /* NOLINT(readability-non-const-parameter) */
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
    /* On one thread the list of offsets takes what it saves: 0.8 to 0.9 of NumPy. */
    struct call call = {.state = hook->state, .pays_alone = false};
    struct job job;
    npy_intp *list = NULL;
    PyArrayObject *laid_out = NULL;
    bool done = false;
    hook->report.reason = offsets_take(&offsets, array, key);
    if (!hook->report.reason) {
        hook->report.elements = offsets.nest.size;
        hook->report.reason = values_refuse(array, values);
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
    laid_out = values_broadcast(hook, array, values, offsets.index_ndim, offsets.ndim,
                                offsets.shape, &assigning.step);
    if (laid_out == NULL) {
        return false;
    }
    assigning.values = PyArray_BYTES(laid_out);
    list =
        hook->explain ? NULL : pool_take_any((size_t)offsets.nest.size * sizeof *list);
    assigning.index.data = (const char *)list;
    if (hook->explain) {
        assign_run(hook, &job, &assigning);
    } else if (list == NULL) {
        PyErr_NoMemory();
    } else {
        done = list_offsets(hook, &job, &offsets, list) &&
               assign_run(hook, &job, &assigning);
    }
    pool_give_any(list);
    Py_DECREF(laid_out);
    return done;
}
