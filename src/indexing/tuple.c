/* tuple.c - array[rows, columns]: elements by an index for each of the first axes. */
#include <stdatomic.h>
#include <string.h>

#include "movement/move.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"

/* More axes are NumPy's. */
enum { AXES = 4, AT_ONCE = 256 };

struct taking {
    const char *from;
    int axes;
    npy_intp length[AXES], stride[AXES];
    npy_intp extent; /* the bytes in which items begin */
    npy_intp itemsize;
    struct nest nest; /* of the indices */
    char *to;
    _Atomic bool beyond; /* an index is out of bounds */
};

struct row {
    struct taking *taking;
    char *to;
};

static void copy_indices(npy_intp *index, const char *from, npy_intp step, npy_intp n)
{
    if (step == sizeof *index) {
        memcpy(index, from, (size_t)n * sizeof *index);
        return;
    }
    for (npy_intp i = 0; i < n; i++) {
        index[i] = *(const npy_intp *)(const void *)(from + i * step);
    }
}

/* Adds the bytes that one index of each element stands for.  Returns false if one is
 * out of bounds: then a sign bit comes up. */
static bool add_offsets(npy_intp *offsets, const npy_intp *index, npy_intp n,
                        npy_intp length, npy_intp stride)
{
    const npy_uintp last = (npy_uintp)length - 1, sign = ~(NPY_MAX_UINTP >> 1);
    npy_uintp signs = 0;
    for (npy_intp i = 0; i < n; i++) {
        const npy_uintp at = (npy_uintp)index[i] + (index[i] < 0 ? last + 1 : 0);
        signs |= at | (last - at);
        offsets[i] = (npy_intp)((npy_uintp)offsets[i] + at * (npy_uintp)stride);
    }
    return !(signs & sign);
}

/* Adds the bytes of an index that all elements share.  Returns false if it is out of
 * bounds. */
static bool add_constant(npy_intp *offset, npy_intp at, npy_intp length,
                         npy_intp stride)
{
    at += at < 0 ? length : 0;
    const bool good = at >= 0 && at < length;
    *offset += good ? at * stride : 0;
    return good;
}

/* Takes `n` elements.  Indices that are the same for all of them are one offset; if one
 * index is left, it is all that a kernel needs. */
static bool take_some(const struct taking *taking, char *const *data, npy_intp n,
                      char *to)
{
    const npy_intp *steps = taking->nest.stride[0];
    npy_intp offsets[AT_ONCE], offset = 0;
    int varying[AXES], count = 0;
    bool good = true;
    for (int k = 0; k < taking->axes; k++) {
        if (steps[k] == 0) {
            good &= add_constant(&offset, *(npy_intp *)(void *)data[k],
                                 taking->length[k], taking->stride[k]);
        } else {
            varying[count++] = k;
        }
    }
    if (good && count == 1 && steps[varying[0]] == sizeof(npy_intp)) {
        const int k = varying[0];
        return indexing_gather(taking->from + offset, taking->stride[k],
                               taking->length[k], (const npy_intp *)(void *)data[k], n,
                               to, taking->itemsize);
    }
    for (npy_intp at = 0; at < n && good; at += AT_ONCE) {
        const npy_intp m = n - at < AT_ONCE ? n - at : AT_ONCE;
        for (npy_intp i = 0; i < m; i++) {
            offsets[i] = offset;
        }
        for (int k = 0; k < count; k++) {
            const int axis = varying[k];
            npy_intp index[AT_ONCE]; /* nobody can change these */
            copy_indices(index, data[axis] + at * steps[axis], steps[axis], m);
            good &= add_offsets(offsets, index, m, taking->length[axis],
                                taking->stride[axis]);
        }
        good = good && indexing_gather(taking->from, 1, taking->extent, offsets, m,
                                       to + at * taking->itemsize, taking->itemsize);
    }
    return good;
}

static int take_row(void *context, char **data, npy_intp n)
{
    struct row *row = context;
    struct taking *taking = row->taking;
    if (!take_some(taking, data, n, row->to)) {
        atomic_store(&taking->beyond, true);
        return 1;
    }
    row->to += n * taking->itemsize;
    return 0;
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct taking *taking = job->context;
    struct row row = {taking, taking->to + begin * taking->itemsize};
    return nest_run(&taking->nest, begin, end, take_row, &row);
}

/* Takes the indices, and the shape of the result, whose last axes are those of the
 * array behind the indexed ones.  Returns NULL, or the reason why NumPy runs the
 * call. */
static const char *take_key(struct taking *taking, PyArrayObject *array, PyObject *key,
                            PyArrayObject **index, npy_intp *shape, int *ndim)
{
    const Py_ssize_t axes = PyTuple_GET_SIZE(key);
    bool has_whole = false;
    if (axes < 1 || axes > AXES || axes > PyArray_NDIM(array)) {
        return reason_key_of_other_kinds;
    }
    *ndim = 0;
    for (Py_ssize_t k = 0; k < axes; k++) {
        PyObject *item = PyTuple_GET_ITEM(key, k);
        if (!indexing_is_index(item) ||
            PyArray_TYPE((PyArrayObject *)item) != NPY_INTP) {
            return reason_key_of_other_kinds;
        }
        index[k] = (PyArrayObject *)item;
        *ndim = PyArray_NDIM(index[k]) > *ndim ? PyArray_NDIM(index[k]) : *ndim;
        taking->length[k] = PyArray_DIM(array, (int)k);
        taking->stride[k] = PyArray_STRIDE(array, (int)k);
        if (taking->stride[k] < 0 || taking->length[k] == 0) {
            return reason_rows_not_contiguous;
        }
        taking->extent += (taking->length[k] - 1) * taking->stride[k];
    }
    if (*ndim + PyArray_NDIM(array) > NPY_MAXDIMS) {
        return reason_shapes_refused;
    }
    taking->extent += 1;
    taking->axes = (int)axes;
    for (int d = 0; d < *ndim; d++) {
        shape[d] = 1;
        for (Py_ssize_t k = 0; k < axes; k++) {
            const int own = d - (*ndim - PyArray_NDIM(index[k]));
            const npy_intp length = own < 0 ? 1 : PyArray_DIM(index[k], own);
            shape[d] = length > shape[d] ? length : shape[d];
        }
    }
    /* An index of the whole shape, in C order, decides the order of the result. */
    for (Py_ssize_t k = 0; k < axes; k++) {
        has_whole |= PyArray_NDIM(index[k]) == *ndim &&
                     PyArray_CompareLists(PyArray_DIMS(index[k]), shape, *ndim);
    }
    if (!has_whole) {
        return reason_key_of_other_kinds;
    }
    for (int d = (int)axes; d < PyArray_NDIM(array); d++) {
        shape[(*ndim)++] = PyArray_DIM(array, d);
        taking->itemsize *= PyArray_DIM(array, d);
    }
    return axes < PyArray_NDIM(array) && !array_has_c_strides(array)
               ? reason_rows_not_contiguous
               : NULL;
}

PyArrayObject *indexing_take_by_tuple(struct hook_call *hook, PyArrayObject *array,
                                      PyObject *key)
{
    struct taking taking = {.from = PyArray_BYTES(array),
                            .itemsize = PyArray_ITEMSIZE(array)};
    struct call call = {.state = hook->state, .pays_alone = true};
    PyArrayObject *index[AXES] = {NULL}, *result = NULL;
    npy_intp shape[NPY_MAXDIMS];
    struct job job;
    int ndim;
    hook->report.reason = take_key(&taking, array, key, index, shape, &ndim);
    if (!hook->report.reason) {
        hook->report.reason =
            nest_of_arrays(&taking.nest, index, taking.axes, NPY_CORDER);
    }
    if (hook->report.reason) {
        return NULL;
    }
    if (taking.itemsize == 0) {
        hook->report.reason = reason_too_few_elements;
        return NULL;
    }
    call.nin = call.nop = taking.axes;
    for (int k = 0; k < taking.axes; k++) {
        call.op[k] = index[k];
    }
    call.size = taking.nest.size;
    call.more = cost_magnitude(taking.itemsize) + 1;
    hook->report.elements = call.size;
    if (!hook_call_pays(hook, &call, &job)) {
        return NULL;
    }
    result = array_new_of(array, ndim, shape);
    if (result == NULL) {
        return NULL;
    }
    taking.to = PyArray_BYTES(result);
    const bool done = hook_run(hook, &job, "indexing", run, &taking, taking.nest.size,
                               split_anywhere());
    return indexing_finish(hook, result, done, atomic_load(&taking.beyond));
}
