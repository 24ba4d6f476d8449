/* byteswap.c - the bytes of numbers in the other order. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "move.h"

PyObject *movement_byteswap(struct hook_call *hook, PyObject *self,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *inplace = arguments_find(&arguments, 0, "inplace");
    if (!move_is_plain(self)) {
        return decline(hook, reason_copy_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    if (nargs > 1 || !arguments_known(&arguments) ||
        (inplace && !PyBool_Check(inplace)) || !move_can_swap(PyArray_DESCR(array)) ||
        (inplace == Py_True && !array_is_writeable(array))) {
        return decline(hook, reason_arguments_refused);
    }
    if (inplace == Py_True) {
        if (array_overlaps_itself(array)) {
            return decline(hook, reason_copy_overlaps);
        }
        return move_swapped(hook, array, array) ? Py_NewRef(self) : NULL;
    }
    PyObject *result = PyArray_NewLikeArray(array, NPY_ANYORDER, NULL, 0);
    if (result && !move_swapped(hook, (PyArrayObject *)result, array)) {
        Py_CLEAR(result);
    }
    return result;
}
