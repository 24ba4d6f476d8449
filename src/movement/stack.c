/* stack.c - stack along the last axis, and column_stack: arrays, element by element. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "move.h"

/* More arrays are concatenated. */
enum { MOST = 16 };

struct stacking {
    const char *from[MOST];
    npy_intp count;
    char *to;
    int width;
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct stacking *stacking = job->context;
    const int width = stacking->width;
    const char *from[MOST];
    for (npy_intp k = 0; k < stacking->count; k++) {
        from[k] = stacking->from[k] + (begin << width);
    }
    kernels_rearrange()->interleave[width](from, stacking->count, end - begin,
                                           stacking->to +
                                               ((begin * stacking->count) << width));
    return 0;
}

/* Takes the arrays: plain, C-contiguous, of one shape and dtype, with two elements at
 * least along each axis, so that NumPy gives the result C order.  Returns NULL, or the
 * reason why NumPy runs the call. */
static const char *take(struct stacking *stacking, PyObject *arrays)
{
    stacking->count = PyTuple_GET_SIZE(arrays);
    if (stacking->count < 2 || stacking->count > MOST) {
        return reason_stack_not_plain;
    }
    PyArrayObject *first = (PyArrayObject *)PyTuple_GET_ITEM(arrays, 0);
    for (npy_intp k = 0; k < stacking->count; k++) {
        PyArrayObject *array = (PyArrayObject *)PyTuple_GET_ITEM(arrays, k);
        if (!move_is_alike((PyObject *)array, first) ||
            !PyArray_SAMESHAPE(array, first)) {
            return reason_stack_not_plain;
        }
        stacking->from[k] = PyArray_BYTES(array);
    }
    for (int d = 0; d < PyArray_NDIM(first); d++) {
        if (PyArray_DIM(first, d) < 2) {
            return reason_stack_not_plain;
        }
    }
    stacking->width = width_of(PyArray_ITEMSIZE(first));
    return stacking->width == WIDTHS || PyArray_NDIM(first) == 0 ||
                   PyArray_NDIM(first) == NPY_MAXDIMS
               ? reason_stack_not_plain
               : NULL;
}

static PyObject *stack(struct hook_call *hook, PyObject *arrays)
{
    struct stacking stacking;
    npy_intp shape[NPY_MAXDIMS];
    struct job job;
    hook->report.reason = take(&stacking, arrays);
    if (hook->report.reason) {
        return NULL;
    }
    PyArrayObject *first = (PyArrayObject *)PyTuple_GET_ITEM(arrays, 0);
    const int ndim = PyArray_NDIM(first);
    if (!hook_pays(hook, first, (uint64_t)stacking.count, true, &job)) {
        return NULL;
    }
    for (int d = 0; d < ndim; d++) {
        shape[d] = PyArray_DIM(first, d);
    }
    shape[ndim] = stacking.count;
    PyObject *result = (PyObject *)array_new_of(first, ndim + 1, shape);
    if (result == NULL) {
        return NULL;
    }
    stacking.to = PyArray_BYTES((PyArrayObject *)result);
    if (!hook_run(hook, &job, "interleaved", run, &stacking, PyArray_SIZE(first),
                  split_anywhere())) {
        Py_CLEAR(result);
    }
    return result;
}

/* Stacks what is in a list or tuple, which may change while loops run. */
static PyObject *stack_items(struct hook_call *hook, PyObject *given, int ndim)
{
    if (!PyList_CheckExact(given) && !PyTuple_CheckExact(given)) {
        return decline(hook, reason_arguments_refused);
    }
    PyObject *arrays = PySequence_Tuple(given);
    if (arrays == NULL) {
        return NULL;
    }
    PyObject *result = NULL;
    PyObject *first = PyTuple_GET_SIZE(arrays) ? PyTuple_GET_ITEM(arrays, 0) : Py_None;
    if (ndim > 0 &&
        !(PyArray_CheckExact(first) && PyArray_NDIM((PyArrayObject *)first) == ndim)) {
        hook->report.reason = reason_stack_not_plain;
    } else {
        result = stack(hook, arrays);
    }
    Py_DECREF(arrays);
    return result;
}

PyObject *movement_stack(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *given = arguments_find(&arguments, 0, "arrays");
    PyObject *axis = arguments_find(&arguments, 1, "axis");
    if (nargs > 2 || !given || !arguments_known(&arguments) || !axis ||
        !PyLong_CheckExact(axis) || PySequence_Size(given) < 1) {
        PyErr_Clear();
        return decline(hook, reason_arguments_refused);
    }
    PyObject *first = PyList_CheckExact(given)    ? PyList_GET_ITEM(given, 0)
                      : PyTuple_CheckExact(given) ? PyTuple_GET_ITEM(given, 0)
                                                  : Py_None;
    const int ndim =
        PyArray_CheckExact(first) ? PyArray_NDIM((PyArrayObject *)first) : 0;
    int number;
    return ndim > 0 && arguments_axis(axis, ndim + 1, &number) && number == ndim
               ? stack_items(hook, given, ndim)
               : decline(hook, reason_stack_not_plain);
}

PyObject *movement_column_stack(struct hook_call *hook, PyObject *self,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames)
{
    return nargs == 1 && !kwnames ? stack_items(hook, args[0], 1)
                                  : decline(hook, reason_arguments_refused);
}
