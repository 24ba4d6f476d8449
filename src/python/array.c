/* array.c - see array.h. */
#include "array.h"

bool array_type_is_number(int type)
{
    /* Somebody else's dtype may have the number -1. */
    return (type >= 0 && type <= NPY_CLONGDOUBLE) || type == NPY_HALF;
}

bool array_is_plain_numbers(PyObject *object)
{
    if (!PyArray_CheckExact(object)) {
        return false;
    }
    PyArrayObject *array = (PyArrayObject *)object;
    return array_type_is_number(PyArray_TYPE(array)) && PyArray_ISBEHAVED_RO(array);
}

/* Stores the lowest and one past the highest byte of an array that is not empty. */
static void extent(PyArrayObject *array, uintptr_t *low, uintptr_t *high)
{
    *low = *high = (uintptr_t)PyArray_BYTES(array);
    for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
        const npy_intp reach =
            (PyArray_DIM(array, axis) - 1) * PyArray_STRIDE(array, axis);
        *(reach < 0 ? low : high) += (uintptr_t)reach;
    }
    *high += (uintptr_t)PyArray_ITEMSIZE(array);
}

bool array_needs_copy(PyArrayObject *op, PyArray_Descr *descr)
{
    return !PyArray_ISALIGNED(op) || (PyArray_DESCR(op) != descr &&
                                      !PyArray_EquivTypes(PyArray_DESCR(op), descr));
}

bool arrays_overlap(PyArrayObject *a, PyArrayObject *b)
{
    uintptr_t a_low, a_high, b_low, b_high;
    extent(a, &a_low, &a_high);
    extent(b, &b_low, &b_high);
    return a_low < b_high && b_low < a_high;
}

PyObject *array_view(PyArrayObject *array, char *data, int ndim, const npy_intp *shape,
                     const npy_intp *strides)
{
    PyArray_Descr *descr = PyArray_DESCR(array);
    Py_INCREF(descr);
    PyObject *view =
        PyArray_NewFromDescr(&PyArray_Type, descr, ndim, shape, strides, data,
                             PyArray_FLAGS(array) & NPY_ARRAY_WRITEABLE, NULL);
    if (view && PyArray_SetBaseObject((PyArrayObject *)view, Py_NewRef(array)) < 0) {
        Py_CLEAR(view);
    }
    return view;
}

bool array_has_c_strides(PyArrayObject *array)
{
    npy_intp stride = PyArray_ITEMSIZE(array);
    for (int d = PyArray_NDIM(array) - 1; d >= 0; d--) {
        if (PyArray_STRIDE(array, d) != stride) {
            return false;
        }
        stride *= PyArray_DIM(array, d);
    }
    return true;
}

PyArrayObject *array_new_of(PyArrayObject *array, int ndim, const npy_intp *shape)
{
    PyArray_Descr *descr = PyArray_DESCR(array);
    Py_INCREF(descr);
    return (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, descr, ndim, shape,
                                                 NULL, NULL, 0, NULL);
}

bool array_overlaps_itself(PyArrayObject *array)
{
    npy_intp strides[NPY_MAXDIMS], lengths[NPY_MAXDIMS];
    int ndim = 0;
    if (PyArray_IS_C_CONTIGUOUS(array) || PyArray_IS_F_CONTIGUOUS(array) ||
        PyArray_SIZE(array) == 0) {
        return false;
    }
    for (int axis = 0; axis < PyArray_NDIM(array); axis++) { /* sorted by stride */
        const npy_intp length = PyArray_DIM(array, axis);
        const npy_intp signed_stride = PyArray_STRIDE(array, axis);
        const npy_intp stride = signed_stride < 0 ? -signed_stride : signed_stride;
        if (length == 1) {
            continue;
        }
        int at = ndim++;
        for (; at > 0 && strides[at - 1] > stride; at--) {
            strides[at] = strides[at - 1];
            lengths[at] = lengths[at - 1];
        }
        strides[at] = stride;
        lengths[at] = length;
    }
    npy_intp extent = PyArray_ITEMSIZE(array);
    for (int i = 0; i < ndim; i++) {
        if (strides[i] < extent) {
            return true;
        }
        extent += (lengths[i] - 1) * strides[i];
    }
    return false;
}
