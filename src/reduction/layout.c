/* layout.c - the axes of a reduction, in the order of NumPy's iterator. */
#include "reduction.h"

#include <string.h>

#include "request.h"

/* The flags of NumPy's own iterator, without the one for buffers.  NumPy goes along
 * negative strides where it makes the result.  Where the result is given, NumPy may
 * turn them, depending on its version, so no such call comes here. */
#define ITERATOR_FLAGS                                                                 \
  (NPY_ITER_EXTERNAL_LOOP | NPY_ITER_REDUCE_OK | NPY_ITER_REFS_OK |                    \
   NPY_ITER_DONT_NEGATE_STRIDES)
#define BUFFER_FLAGS (NPY_ITER_BUFFERED | NPY_ITER_GROWINNER | NPY_ITER_DELAY_BUFALLOC)
#define RESULT_FLAGS                                                                   \
  (NPY_ITER_READWRITE | NPY_ITER_ALIGNED | NPY_ITER_ALLOCATE | NPY_ITER_NO_SUBTYPE)
#define ARRAY_FLAGS (NPY_ITER_READONLY | NPY_ITER_ALIGNED | NPY_ITER_NO_BROADCAST)

static NpyIter *make_iterator(const struct request *request, PyArrayObject *out,
                              const struct plan *plan, npy_uint32 flags,
                              npy_intp buffer)
{
    const bool buffered = (flags & NPY_ITER_BUFFERED) != 0;
    PyArrayObject *array = request->array, *mask = request->mask;
    PyArrayObject *op[] = {out, array, mask};
    PyArray_Descr *descrs[] = {plan_descr(plan, 0),
                               buffered ? plan_descr(plan, 1) : NULL, NULL};
    npy_uint32 op_flags[] = {RESULT_FLAGS, ARRAY_FLAGS, NPY_ITER_READONLY};
    int of_result[NPY_MAXDIMS], of_array[NPY_MAXDIMS], of_mask[NPY_MAXDIMS];
    int *op_axes[] = {of_result, of_array, of_mask};
    int next = 0;
    const int ndim = PyArray_NDIM(array), less = mask ? ndim - PyArray_NDIM(mask) : 0;
    for (int axis = 0; axis < ndim; axis++) {
        of_array[axis] = axis;
        of_result[axis] = request->axes[axis] ? -1 : next++;
        of_mask[axis] = axis < less ? -1 : axis - less;
    }
    return NpyIter_AdvancedNew(mask ? 3 : 2, op, ITERATOR_FLAGS | flags, NPY_KEEPORDER,
                               NPY_UNSAFE_CASTING, op_flags, descrs, ndim, op_axes,
                               NULL, buffer);
}

/* `mask` may be NULL. */
static PyArrayObject *new_like(PyArrayObject *array, PyArrayObject *mask,
                               PyArray_Descr *descr)
{
    PyArrayObject *op[] = {array, NULL, mask}, *result = NULL;
    PyArray_Descr *descrs[] = {NULL, descr, NULL};
    npy_uint32 op_flags[] = {NPY_ITER_READONLY, NPY_ITER_WRITEONLY | NPY_ITER_ALLOCATE,
                             NPY_ITER_READONLY};
    NpyIter *iter = NpyIter_MultiNew(mask ? 3 : 2, op, 0, NPY_KEEPORDER,
                                     NPY_UNSAFE_CASTING, op_flags, descrs);
    if (iter) {
        result =
            (PyArrayObject *)Py_NewRef((PyObject *)NpyIter_GetOperandArray(iter)[1]);
        NpyIter_Deallocate(iter);
    }
    return result;
}

PyArrayObject *reduction_new_like(PyArrayObject *array, PyArray_Descr *descr)
{
    return new_like(array, NULL, descr);
}

/* Returns a new result with all axes; the axes that are reduced have length 1. */
static PyArrayObject *make_result(const struct request *request, PyArray_Descr *descr)
{
    PyArrayObject *array = request->array;
    const bool *axes = request->axes;
    npy_intp shape[NPY_MAXDIMS], strides[NPY_MAXDIMS];
    const int ndim = PyArray_NDIM(array);
    PyArray_Descr *byte = PyArray_DescrFromType(NPY_BOOL);
    PyArrayObject *like = new_like(array, request->mask, byte);
    Py_DECREF(byte);
    if (like == NULL) {
        return NULL;
    }
    const npy_intp *alike = PyArray_STRIDES(like); /* the order of the axes */
    for (int axis = 0; axis < ndim; axis++) {
        shape[axis] = axes[axis] ? 1 : PyArray_DIM(array, axis);
        strides[axis] = PyDataType_ELSIZE(descr);
        /* The elements of all axes within this one that are not reduced. */
        for (int other = 0; other < ndim; other++) {
            if (alike[other] < alike[axis] && !axes[other]) {
                strides[axis] *= PyArray_DIM(array, other);
            }
        }
    }
    Py_DECREF((PyObject *)like);
    Py_INCREF(descr);
    return (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, descr, ndim, shape,
                                                 strides, NULL, 0, NULL);
}

/* Returns a view of `out` without the reduced axes, which have length 1. */
static PyArrayObject *without_axes(PyArrayObject *out, const bool *axes)
{
    npy_intp shape[NPY_MAXDIMS], strides[NPY_MAXDIMS];
    int ndim = 0;
    for (int axis = 0; axis < PyArray_NDIM(out); axis++) {
        if (!axes[axis]) {
            shape[ndim] = PyArray_DIM(out, axis);
            strides[ndim++] = PyArray_STRIDE(out, axis);
        }
    }
    return (PyArrayObject *)array_view(out, PyArray_BYTES(out), ndim, shape, strides);
}

static int take_axes(struct reduction *reduction, NpyIter *iter)
{
    char **base = NpyIter_GetInitialDataPtrArray(iter);
    reduction->out = base[0];
    reduction->in = base[1];
    reduction->mask = NpyIter_GetNOp(iter) > 2 ? base[2] : NULL;
    reduction->ndim = NpyIter_GetNDim(iter);
    NpyIter_GetShape(iter, reduction->shape);
    for (int axis = 0; axis < reduction->ndim; axis++) {
        const npy_intp *stride = NpyIter_GetAxisStrideArray(iter, axis);
        reduction->to[axis] = stride[0];
        reduction->from[axis] = stride[1];
        reduction->masks[axis] = reduction->mask ? stride[2] : 0;
        reduction->reduced[axis] = stride[0] == 0;
    }
    return NpyIter_Deallocate(iter) == NPY_SUCCEED ? 0 : -1;
}

/* Returns how many elements NumPy's buffers have room for, or -1 if it is not known.
 * It asks a function in C, in which no signal is handled, so that it clears no
 * exception of a signal handler. */
static npy_intp buffer_size(const struct state *state)
{
    PyObject *settings =
        state->get_extobj ? PyObject_CallNoArgs(state->get_extobj) : NULL;
    PyObject *size = settings ? PyDict_GetItemString(settings, "bufsize") : NULL;
    const npy_intp n = size ? PyLong_AsSsize_t(size) : -1;
    Py_XDECREF(settings);
    PyErr_Clear();
    return n;
}

/*
 * Returns what NumPy passes to its loop at a time, where that is not a row as it lies
 * in memory.  NumPy's iterator casts in buffers.  Since 2.3 it gathers short rows in
 * them, if the next axis is reduced as well.  Up to 2.2 it passes nothing longer than a
 * buffer.  The iterator itself knows when it does so: the first of its buffers tells.
 */
static enum rows rows_of_numpy(struct reduction *reduction,
                               const struct request *request, PyArrayObject *out)
{
    const bool old = PyArray_GetNDArrayCFeatureVersion() < NUMPY_2_3;
    const bool more = reduction->ndim > 1;
    /* For results side by side the rows make no difference, except to extremes: which
     * zero an extreme is depends on where in a vector that zero was. */
    const bool asks = reduction->reduced[0]
                          ? old || reduction->cast || (more && reduction->reduced[1])
                          : more && reduction->order == ORDER_EXTREME;
    if (!asks) {
        return ROWS_NATURAL;
    }
    if (old && more && reduction->cast) {
        return ROWS_UNKNOWN; /* its buffers may end within rows */
    }
    const npy_intp size = buffer_size(reduction->state);
    NpyIter *iter =
        size < 0 ? NULL
                 : make_iterator(request, out, &reduction->plan, BUFFER_FLAGS, size);
    enum rows rows = ROWS_UNKNOWN;
    if (iter && NpyIter_Reset(iter, NULL) == NPY_SUCCEED) {
        const npy_intp n = *NpyIter_GetInnerLoopSizePtr(iter);
        const bool in_place =
            NpyIter_GetInnerStrideArray(iter)[1] == reduction->from[0];
        reduction->chunk = n;
        rows = n == reduction->shape[0] &&
                       (reduction->cast ? n <= REDUCTION_CHUNK : in_place)
                   ? ROWS_NATURAL
               : more && n % reduction->shape[0] != 0 ? ROWS_UNKNOWN
                                                      : ROWS_GATHERED;
    }
    if (iter) {
        NpyIter_Deallocate(iter);
    }
    PyErr_Clear();
    return rows;
}

int reduction_lay_out(struct reduction *reduction, const struct request *request,
                      PyArrayObject **out)
{
    const struct plan *plan = &reduction->plan;
    PyArrayObject *view = NULL;
    int status = -1;
    if (request->keepdims) {
        *out = *out ? *out : make_result(request, plan_descr(plan, 0));
        view = *out ? without_axes(*out, request->axes) : NULL;
        if (view == NULL) {
            return -1;
        }
    }
    PyArrayObject *given = request->keepdims ? view : *out;
    NpyIter *iter = make_iterator(request, given, plan, 0, 0);
    if (iter) {
        PyArrayObject *made = NpyIter_GetOperandArray(iter)[0];
        *out = *out ? *out : (PyArrayObject *)Py_NewRef((PyObject *)made);
        status = take_axes(reduction, iter);
        reduction->rows_are = rows_of_numpy(reduction, request, given ? given : *out);
    }
    Py_XDECREF((PyObject *)view);
    return status;
}
