/* subscript.c - array[key] and array[key] = value, where the key has masks or indices,
 * or the value is moved to a part of the array. */
#include "movement/move.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"
#include "values.h"

PyObject *indexing_get(struct hook_call *hook, PyObject *self, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs != 1 || kwnames || !move_is_plain(self)) {
        return decline(hook, reason_copy_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    PyObject *key = args[0];
    if (indexing_is_mask(key)) {
        PyArrayObject *mask = (PyArrayObject *)key;
        return indexing_mask_fits(array, mask)
                   ? (PyObject *)indexing_compress_by(hook, array, mask,
                                                      PyArray_NDIM(mask))
                   : decline(hook, reason_mask_of_other_shape);
    }
    if (PyTuple_CheckExact(key)) {
        return (PyObject *)indexing_take_by_tuple(hook, array, key);
    }
    if (!indexing_is_index(key) || PyArray_NDIM(array) == 0) {
        return decline(hook, reason_index_not_plain);
    }
    return (PyObject *)indexing_take_by(hook, array, (PyArrayObject *)key);
}

/* -- assignment ------------------------------------------------------------------ */

/* Returns a view of the mask with axes of length 1 behind it, as many as the array has
 * more. */
static PyArrayObject *with_axes_of(PyArrayObject *mask, int ndim)
{
    npy_intp shape[NPY_MAXDIMS], strides[NPY_MAXDIMS];
    for (int d = 0; d < ndim; d++) {
        const bool own = d < PyArray_NDIM(mask);
        shape[d] = own ? PyArray_DIM(mask, d) : 1;
        strides[d] = own ? PyArray_STRIDE(mask, d) : 0;
    }
    return (PyArrayObject *)array_view(mask, PyArray_BYTES(mask), ndim, shape, strides);
}

static bool set_by_mask(struct hook_call *hook, PyArrayObject *array,
                        PyArrayObject *mask, PyArrayObject *value)
{
    if (!indexing_mask_fits(array, mask)) {
        hook->report.reason = reason_mask_of_other_shape;
        return false;
    }
    if (!PyArray_EquivTypes(PyArray_DESCR(value), PyArray_DESCR(array))) {
        if (!values_fit(array, value)) {
            hook->report.reason = reason_masked_cast;
            return false;
        }
        PyArrayObject *cast = values_cast(hook, array, value);
        const bool done = cast && set_by_mask(hook, array, mask, cast);
        Py_XDECREF(cast);
        return done;
    }
    if (PyArray_SIZE(value) != 1 || PyArray_NDIM(value) > 1) {
        if (PyArray_NDIM(mask) < PyArray_NDIM(array)) {
            hook->report.reason = reason_values_of_other_number;
            return false;
        }
        return indexing_expand_by(hook, array, mask, value, false);
    }
    PyArrayObject *broadcast = with_axes_of(mask, PyArray_NDIM(array));
    const bool done =
        broadcast && move_assign(hook, array, value, broadcast, NPY_UNSAFE_CASTING);
    Py_XDECREF(broadcast);
    return done;
}

/* What a key is: a mask, an index, a tuple of indices, or what makes a view. */
enum kind { MASK, INDEX, TUPLE, VIEW, OTHER };

static enum kind kind_of(PyObject *key)
{
    if (indexing_is_mask(key)) {
        return MASK;
    }
    if (indexing_is_index(key)) {
        return INDEX;
    }
    bool indices = PyTuple_CheckExact(key), view = true;
    const Py_ssize_t n = indices ? PyTuple_GET_SIZE(key) : 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = PyTuple_CheckExact(key) ? PyTuple_GET_ITEM(key, i) : key;
        view &= PySlice_Check(item) || item == Py_Ellipsis || item == Py_None ||
                PyLong_CheckExact(item);
        indices &= indexing_is_index(item);
    }
    return view ? VIEW : indices ? TUPLE : OTHER;
}

static bool set_part(struct hook_call *hook, PyArrayObject *array, PyObject *key,
                     PyArrayObject *value)
{
    PyObject *part = PyObject_GetItem((PyObject *)array, key);
    bool done = false;
    if (part == NULL) {
        PyErr_Clear();
        hook->report.reason = reason_arguments_refused;
    } else if (!PyArray_CheckExact(part) ||
               PyArray_NDIM(value) > PyArray_NDIM((PyArrayObject *)part)) {
        hook->report.reason = reason_shapes_refused;
    } else {
        done =
            move_assign(hook, (PyArrayObject *)part, value, NULL, NPY_UNSAFE_CASTING);
    }
    Py_XDECREF(part);
    return done;
}

PyObject *indexing_set(struct hook_call *hook, PyObject *self, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs != 2 || kwnames || !move_is_plain(self)) {
        return decline(hook, reason_copy_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    PyObject *key = args[0];
    const enum kind kind = kind_of(key);
    if (kind == OTHER) {
        return decline(hook, reason_key_of_other_kinds);
    }
    if (!array_is_writeable(array)) {
        return decline(hook, reason_out_read_only);
    }
    PyArrayObject *value = move_value(array, args[1]);
    if (value == NULL) {
        return decline(hook, reason_value_needs_cast);
    }
    const bool done =
        kind == MASK    ? set_by_mask(hook, array, (PyArrayObject *)key, value)
        : kind == INDEX ? indexing_assign_by(hook, array, (PyArrayObject *)key, value)
        : kind == TUPLE ? indexing_assign_by_tuple(hook, array, key, value)
                        : set_part(hook, array, key, value);
    Py_DECREF(value);
    return done ? Py_NewRef(Py_None) : NULL;
}

/* putmask(array, mask, values): where values is one, or as many as the array has. */
PyObject *indexing_putmask(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs != 3 || kwnames || !move_is_plain(args[0]) ||
        !indexing_is_mask(args[1])) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)args[0], *mask = (PyArrayObject *)args[1];
    const int ndim = PyArray_NDIM(array);
    if (!array_is_writeable(array)) {
        return decline(hook, reason_out_read_only);
    }
    if (PyArray_NDIM(mask) != ndim || !indexing_mask_fits(array, mask)) {
        return decline(hook, reason_mask_of_other_shape);
    }
    PyArrayObject *value = move_value(array, args[2]);
    if (value == NULL) {
        return decline(hook, reason_value_needs_cast);
    }
    bool done = false;
    if (PyArray_NDIM(value) != 0 &&
        (PyArray_NDIM(value) != ndim ||
         !PyArray_CompareLists(PyArray_DIMS(array), PyArray_DIMS(value), ndim))) {
        hook->report.reason = reason_values_of_other_number;
    } else {
        done = move_assign(hook, array, value, mask, NPY_UNSAFE_CASTING);
    }
    Py_DECREF(value);
    return done ? Py_NewRef(Py_None) : NULL;
}
