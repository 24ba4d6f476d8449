/* values.c - see values.h. */
#include "values.h"

#include <string.h>

#include "python/array.h"
#include "reasons/reasons.h"

bool values_fit(PyArrayObject *array, PyArrayObject *values)
{
    PyArray_Descr *from = PyArray_DESCR(values), *to = PyArray_DESCR(array);
    return PyArray_EquivTypes(from, to) ||
           (array_type_is_number(from->type_num) &&
            array_type_is_number(to->type_num) &&
            PyArray_CanCastTypeTo(from, to, NPY_SAFE_CASTING));
}

const char *values_refuse(PyArrayObject *array, PyArrayObject *values)
{
    return PyArray_SIZE(array) == 0 || PyArray_SIZE(values) == 0
               ? reason_too_few_elements
           : !values_fit(array, values)   ? reason_value_needs_cast
           : array_overlaps_itself(array) ? reason_out_overlaps_itself
                                          : NULL;
}

/* Copies `values` into a new array, which it takes over, and returns it. */
static PyArrayObject *copied(struct hook_call *hook, PyArrayObject *fresh,
                             PyArrayObject *values)
{
    if (fresh && PyArray_CopyInto(fresh, values) < 0) {
        PyErr_Clear(); /* NumPy raises */
        hook->report.reason = reason_shapes_refused;
        Py_CLEAR(fresh);
    }
    return fresh;
}

PyArrayObject *values_cast(struct hook_call *hook, PyArrayObject *array,
                           PyArrayObject *values)
{
    return copied(hook, array_new_of(array, PyArray_NDIM(values), PyArray_DIMS(values)),
                  values);
}

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

PyArrayObject *values_broadcast(struct hook_call *hook, PyArrayObject *array,
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
    return copied(hook, array_new_of(array, ndim - first, shape + first), values);
}

/* Fills `size` bytes by repeating the first `known` of them, in pieces that stay in the
 * first-level cache. */
static void repeat(char *to, npy_intp known, npy_intp size)
{
    enum { CACHED = 1 << 14 };
    npy_intp piece = known;
    for (npy_intp at = known; at < size; at += piece) {
        piece = at <= CACHED ? at / known * known : piece;
        piece = piece < size - at ? piece : size - at;
        memcpy(to + at, to, (size_t)piece);
    }
}

PyArrayObject *values_list(struct hook_call *hook, PyArrayObject *array,
                           PyArrayObject *values, npy_intp count)
{
    const npy_intp given = PyArray_SIZE(values);
    if (given == 0) {
        hook->report.reason = reason_values_of_other_number;
        return NULL;
    }
    if (given >= count && PyArray_IS_C_CONTIGUOUS(values) &&
        PyArray_EquivTypes(PyArray_DESCR(values), PyArray_DESCR(array)) &&
        !arrays_overlap(array, values)) {
        return (PyArrayObject *)Py_NewRef(values);
    }
    const npy_intp size = given > count ? given : count;
    PyArrayObject *list = array_new_of(array, 1, &size);
    /* The first ones, in the shape of the values. */
    PyObject *view =
        list ? PyArray_NewLikeArray(values, NPY_CORDER,
                                    (PyArray_Descr *)Py_NewRef(PyArray_DESCR(array)), 0)
             : NULL;
    PyArrayObject *first = copied(hook, (PyArrayObject *)view, values);
    if (first == NULL) {
        Py_XDECREF(list);
        return NULL;
    }
    const npy_intp itemsize = PyArray_ITEMSIZE(array);
    memcpy(PyArray_BYTES(list), PyArray_BYTES(first), (size_t)(given * itemsize));
    repeat(PyArray_BYTES(list), given * itemsize, size * itemsize);
    Py_DECREF(first);
    return list;
}
