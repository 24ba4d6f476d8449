/* offsets.c - see offsets.h. */
#include "offsets.h"

#include <string.h>

#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"

enum { AT_ONCE = 256 };

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

int offsets_single(const struct offsets *offsets, char *const *data, npy_intp *offset)
{
    const npy_intp *steps = offsets->nest.stride[0];
    int single = -1, varying = 0;
    bool good = true;
    *offset = 0;
    for (int k = 0; k < offsets->axes; k++) {
        if (steps[k] == 0) {
            good &= add_constant(offset, *(npy_intp *)(void *)data[k],
                                 offsets->length[k], offsets->stride[k]);
        } else {
            single = k;
            varying++;
        }
    }
    return good && varying == 1 && steps[single] == sizeof(npy_intp) ? single : -1;
}

bool offsets_make(const struct offsets *offsets, char *const *data, npy_intp n,
                  npy_intp *to)
{
    const npy_intp *steps = offsets->nest.stride[0];
    npy_intp offset = 0;
    bool good = true;
    for (int k = 0; k < offsets->axes; k++) {
        if (steps[k] == 0) {
            good &= add_constant(&offset, *(npy_intp *)(void *)data[k],
                                 offsets->length[k], offsets->stride[k]);
        }
    }
    for (npy_intp at = 0; at < n && good; at += AT_ONCE) {
        const npy_intp m = n - at < AT_ONCE ? n - at : AT_ONCE;
        for (npy_intp i = 0; i < m; i++) {
            to[at + i] = offset;
        }
        for (int k = 0; k < offsets->axes; k++) {
            npy_intp index[AT_ONCE]; /* nobody can change these */
            if (steps[k] != 0) {
                copy_indices(index, data[k] + at * steps[k], steps[k], m);
                good &= add_offsets(to + at, index, m, offsets->length[k],
                                    offsets->stride[k]);
            }
        }
    }
    return good;
}

/* Takes the shape of the indices, broadcast, and of the axes behind.  Returns whether
 * one of the indices has all of it: in C order, it decides the order of the result, and
 * of assignments. */
static bool take_shape(struct offsets *offsets, PyArrayObject *array)
{
    const int ndim = offsets->index_ndim;
    bool has_whole = false;
    for (int d = 0; d < ndim; d++) {
        offsets->shape[d] = 1;
        for (int k = 0; k < offsets->axes; k++) {
            const int own = d - (ndim - PyArray_NDIM(offsets->index[k]));
            const npy_intp length = own < 0 ? 1 : PyArray_DIM(offsets->index[k], own);
            offsets->shape[d] = length > offsets->shape[d] ? length : offsets->shape[d];
        }
    }
    for (int k = 0; k < offsets->axes; k++) {
        PyArrayObject *index = offsets->index[k];
        has_whole |= PyArray_NDIM(index) == ndim &&
                     PyArray_CompareLists(PyArray_DIMS(index), offsets->shape, ndim);
    }
    offsets->ndim = ndim;
    for (int d = offsets->axes; d < PyArray_NDIM(array); d++) {
        offsets->shape[offsets->ndim++] = PyArray_DIM(array, d);
        offsets->itemsize *= PyArray_DIM(array, d);
    }
    return has_whole;
}

const char *offsets_take(struct offsets *offsets, PyArrayObject *array, PyObject *key)
{
    const Py_ssize_t axes = PyTuple_GET_SIZE(key);
    *offsets = (struct offsets){.itemsize = PyArray_ITEMSIZE(array), .extent = 1};
    if (axes < 1 || axes > OFFSET_AXES || axes > PyArray_NDIM(array)) {
        return reason_key_of_other_kinds;
    }
    offsets->axes = (int)axes;
    for (int k = 0; k < offsets->axes; k++) {
        PyObject *item = PyTuple_GET_ITEM(key, k);
        if (!indexing_is_index(item) ||
            PyArray_TYPE((PyArrayObject *)item) != NPY_INTP) {
            return reason_key_of_other_kinds;
        }
        PyArrayObject *index = offsets->index[k] = (PyArrayObject *)item;
        offsets->index_ndim = PyArray_NDIM(index) > offsets->index_ndim
                                  ? PyArray_NDIM(index)
                                  : offsets->index_ndim;
        offsets->length[k] = PyArray_DIM(array, k);
        offsets->stride[k] = PyArray_STRIDE(array, k);
        if (offsets->stride[k] < 0 || offsets->length[k] == 0) {
            return reason_rows_not_contiguous;
        }
        offsets->extent += (offsets->length[k] - 1) * offsets->stride[k];
    }
    if (offsets->index_ndim + PyArray_NDIM(array) > NPY_MAXDIMS) {
        return reason_shapes_refused;
    }
    if (!take_shape(offsets, array)) {
        return reason_key_of_other_kinds;
    }
    if (offsets->axes < PyArray_NDIM(array) && !array_has_c_strides(array)) {
        return reason_rows_not_contiguous;
    }
    const char *refused =
        nest_of_arrays(&offsets->nest, offsets->index, offsets->axes, NPY_CORDER);
    return refused ? refused : offsets->itemsize == 0 ? reason_too_few_elements : NULL;
}

void offsets_cost(const struct offsets *offsets, struct call *call)
{
    call->nin = call->nop = offsets->axes;
    for (int k = 0; k < offsets->axes; k++) {
        call->op[k] = offsets->index[k];
    }
    call->size = offsets->nest.size;
    call->more = cost_magnitude(offsets->itemsize) + 1;
}
