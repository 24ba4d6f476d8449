/* contiguous.c - ravel and flatten: copies in one axis, where NumPy makes no view. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "move.h"

static int flag_of(NPY_ORDER order)
{
    return order == NPY_CORDER ? NPY_ARRAY_C_CONTIGUOUS : NPY_ARRAY_F_CONTIGUOUS;
}

/* Returns a copy in one axis, in C or Fortran order. */
static PyObject *copy_flat(struct hook_call *hook, PyArrayObject *array,
                           NPY_ORDER order)
{
    npy_intp strides[NPY_MAXDIMS];
    const int ndim = PyArray_NDIM(array);
    const npy_intp size = PyArray_SIZE(array);
    npy_intp stride = PyArray_ITEMSIZE(array);
    for (int i = 0; i < ndim; i++) {
        const int d = order == NPY_CORDER ? ndim - 1 - i : i;
        strides[d] = stride;
        stride *= PyArray_DIM(array, d);
    }
    PyArrayObject *flat = array_new_of(array, 1, &size);
    PyArrayObject *shaped = flat ? (PyArrayObject *)array_view(
                                       flat, PyArray_BYTES(flat), PyArray_NDIM(array),
                                       PyArray_DIMS(array), strides)
                                 : NULL;
    if (shaped == NULL || !move_into(hook, shaped, array, NULL)) {
        Py_CLEAR(flat);
    }
    Py_XDECREF(shaped);
    return (PyObject *)flat;
}

static PyObject *flatten(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames, bool always)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    NPY_ORDER order = NPY_CORDER;
    PyObject *given = arguments_find(&arguments, 0, "order");
    if (nargs > 1 || !arguments_known(&arguments) || !arguments_order(given, &order) ||
        (order != NPY_CORDER && order != NPY_FORTRANORDER)) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    if (!move_is_plain(self) || (!always && (PyArray_FLAGS(array) & flag_of(order)))) {
        return decline(hook, reason_no_copy_needed);
    }
    return copy_flat(hook, array, order);
}

PyObject *movement_flatten(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    return flatten(hook, self, args, nargs, kwnames, true);
}

PyObject *movement_ravel(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    return flatten(hook, self, args, nargs, kwnames, false);
}
