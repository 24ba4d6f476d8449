/* outer.c - ufunc.outer(a, b): the ufunc of a[..., None, None] and b. */

#include "engine/hook_call.h"
#include "reasons/reasons.h"

#include "dispatch.h"

/* Returns a view of `array` with `more` axes of length 1 at its end. */
static PyObject *with_axes(PyArrayObject *array, int more)
{
    npy_intp shape[NPY_MAXDIMS], strides[NPY_MAXDIMS];
    const int ndim = PyArray_NDIM(array);
    for (int axis = 0; axis < ndim + more; axis++) {
        shape[axis] = axis < ndim ? PyArray_DIM(array, axis) : 1;
        strides[axis] = axis < ndim ? PyArray_STRIDE(array, axis) : 0;
    }
    return array_view(array, PyArray_BYTES(array), ndim + more, shape, strides);
}

PyObject *outer_call(struct hook_call *hook, PyObject *self, PyObject *const *args,
                     Py_ssize_t nargs, PyObject *kwnames)
{
    const PyUFuncObject *ufunc = (PyUFuncObject *)self;
    if (nargs != 2 || ufunc->nin != 2 || ufunc->core_enabled ||
        !PyArray_CheckExact(args[0]) || !PyArray_CheckExact(args[1])) {
        hook->report.reason = reason_outer_not_plain;
        return NULL;
    }
    PyArrayObject *a = (PyArrayObject *)args[0], *b = (PyArrayObject *)args[1];
    PyObject *parallel = PyDict_GetItemWithError(hook->state->registry, self);
    const Py_ssize_t values = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (parallel == NULL || PyArray_NDIM(a) + PyArray_NDIM(b) > NPY_MAXDIMS ||
        values > NPP_MAX_OPERANDS) {
        return decline(hook, reason_unknown_ufunc);
    }
    PyObject *view = with_axes(a, PyArray_NDIM(b));
    if (view == NULL) {
        return NULL;
    }
    PyObject *all[2 + NPP_MAX_OPERANDS] = {view, args[1]};
    for (Py_ssize_t i = 0; i < values; i++) {
        all[2 + i] = args[2 + i];
    }
    PyObject *result =
        dispatch_engine(route_of(parallel), hook->bits, all, 2, kwnames, &hook->report);
    Py_DECREF(view);
    return result;
}
