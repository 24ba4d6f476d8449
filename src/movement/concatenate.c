/* concatenate.c - concatenate, and so stack, hstack and the like. */
#include <string.h>

#include "engine/hook_call.h"
#include "python/arguments.h"
#include "reasons/reasons.h"

#include "move.h"

/* Set `shape` to the shape of a concatenation along `axis`.  Returns NULL, or the
 * reason why `arrays` are not plain C-contiguous arrays of one dtype that fit together.
 * For other layouts NumPy finds the strides of the result by a vote, in which axes of
 * length 1 take part with strides that say nothing. */
static const char *concatenated_shape(PyObject *arrays, int *axis, npy_intp *shape)
{
    const Py_ssize_t count = PyTuple_GET_SIZE(arrays);
    PyArrayObject *first = (PyArrayObject *)PyTuple_GET_ITEM(arrays, 0);
    if (!PyArray_CheckExact(first)) {
        return reason_concatenate_not_plain;
    }
    const int ndim = PyArray_NDIM(first);
    *axis += *axis < 0 ? ndim : 0;
    if (*axis < 0 || *axis >= ndim) {
        return reason_arguments_refused;
    }
    memcpy(shape, PyArray_DIMS(first), sizeof *shape * (size_t)ndim);
    shape[*axis] = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyArrayObject *array = (PyArrayObject *)PyTuple_GET_ITEM(arrays, i);
        if (!move_is_alike((PyObject *)array, first) || PyArray_NDIM(array) != ndim) {
            return reason_concatenate_not_plain;
        }
        for (int d = 0; d < ndim; d++) {
            const npy_intp length = PyArray_DIM(array, d);
            if ((d != *axis && length != shape[d]) || (ndim > 1 && length < 2)) {
                return reason_arguments_refused;
            }
        }
        shape[*axis] += PyArray_DIM(array, *axis);
    }
    return NULL;
}

/* Returns a view of `length` elements of `whole` along `axis`, from `begin` on. */
static PyObject *window(PyArrayObject *whole, int axis, npy_intp begin, npy_intp length)
{
    npy_intp shape[NPY_MAXDIMS];
    memcpy(shape, PyArray_DIMS(whole), sizeof *shape * (size_t)PyArray_NDIM(whole));
    shape[axis] = length;
    return array_view(whole, PyArray_BYTES(whole) + begin * PyArray_STRIDE(whole, axis),
                      PyArray_NDIM(whole), shape, PyArray_STRIDES(whole));
}

/* Add the report of a part to `sum`, the one report of all parts: parallel if one part
 * was, else with the reason why the last part was not. */
static void add_report(struct report *sum, const struct report *part)
{
    const double ns =
        sum->ns * (double)sum->elements + part->ns * (double)part->elements;
    sum->elements += part->elements;
    sum->ns = sum->elements ? ns / (double)sum->elements : -1;
    sum->without_gil_ns += part->without_gil_ns;
    if (part->reason == NULL && part->threads > sum->threads) {
        sum->threads = part->threads;
    }
    sum->reason = sum->threads > 1 ? NULL : part->reason;
}

/* Copy `arrays` side by side into the existing array `whole`.  Returns -1 with an
 * exception set. */
static int fill(struct hook_call *hook, PyArrayObject *whole, PyObject *arrays,
                int axis)
{
    struct report sum = {.threads = 1};
    npy_intp begin = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(arrays); i++) {
        PyArrayObject *array = (PyArrayObject *)PyTuple_GET_ITEM(arrays, i);
        const npy_intp length = PyArray_DIM(array, axis);
        PyArrayObject *view = (PyArrayObject *)window(whole, axis, begin, length);
        if (view == NULL) {
            return -1;
        }
        hook->report = (struct report){0};
        const int status = move_into(hook, view, array, NULL) ? 0
                           : PyErr_Occurred()                 ? -1
                                              : PyArray_CopyInto(view, array);
        Py_DECREF(view);
        if (status < 0) {
            return -1;
        }
        add_report(&sum, &hook->report);
        begin += length;
    }
    hook->report = sum;
    return 0;
}

PyObject *movement_concatenate(struct hook_call *hook, PyObject *self,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    npy_intp shape[NPY_MAXDIMS];
    PyObject *result = NULL;
    PyObject *given = arguments_find(&arguments, 0, "seq");
    PyObject *axis_given = arguments_find(&arguments, 1, "axis");

    if (nargs > 2 || !given || !arguments_known(&arguments) || axis_given == Py_None ||
        !(PyList_CheckExact(given) || PyTuple_CheckExact(given)) ||
        (axis_given && !PyLong_CheckExact(axis_given))) {
        return decline(hook, reason_arguments_refused);
    }
    int axis = axis_given ? PyArray_PyIntAsInt(axis_given) : 0;
    if (PyErr_Occurred()) {
        PyErr_Clear(); /* `axis` is out of range */
        return decline(hook, reason_arguments_refused);
    }
    /* A list may change while loops run without the GIL. */
    PyObject *arrays = PySequence_Tuple(given);
    if (arrays == NULL) {
        return NULL;
    }
    if (PyTuple_GET_SIZE(arrays) == 0) {
        decline(hook, reason_arguments_refused);
        goto finish;
    }
    hook->report.reason = concatenated_shape(arrays, &axis, shape);
    if (hook->report.reason) {
        goto finish;
    }
    PyArrayObject *first = (PyArrayObject *)PyTuple_GET_ITEM(arrays, 0);
    PyArray_Descr *descr = PyArray_DESCR(first);
    Py_INCREF(descr);
    result = PyArray_Empty(PyArray_NDIM(first), shape, descr, 0);
    if (result && fill(hook, (PyArrayObject *)result, arrays, axis) < 0) {
        Py_CLEAR(result);
    }

finish:
    Py_DECREF(arrays);
    return result;
}
