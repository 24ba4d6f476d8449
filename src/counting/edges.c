/* edges.c - what NumPy's functions say: the outermost edges, and the edges between. */
#include <math.h>

#include "counting.h"

bool counting_extremes(struct hook_call *hook, PyArrayObject *elements,
                       PyObject **least, PyObject **greatest)
{
    struct hook_call own = *hook;
    PyObject *args[] = {(PyObject *)elements, Py_None};
    own.explain = false;
    *least = *greatest = NULL;
    PyObject *both = reduction_minmax(&own, NULL, args, 2, NULL);
    if (both) {
        *least = Py_NewRef(PyTuple_GET_ITEM(both, 0));
        *greatest = Py_NewRef(PyTuple_GET_ITEM(both, 1));
        Py_DECREF(both);
    } else if (!PyErr_Occurred()) {
        *least = PyObject_CallMethod((PyObject *)elements, "min", NULL);
        *greatest =
            *least ? PyObject_CallMethod((PyObject *)elements, "max", NULL) : NULL;
    }
    if (*greatest == NULL) {
        Py_CLEAR(*least);
    }
    return *greatest != NULL;
}

PyObject *counting_numpy(const struct state *state, const char *name,
                         PyObject *const *args, size_t nargs)
{
    PyObject *function = attribute_of(state->numpy_module, name);
    PyObject *result =
        function ? PyObject_Vectorcall(function, args, nargs, NULL) : NULL;
    Py_XDECREF(function);
    return result;
}

/* Returns whether `object` is a number, and finite: a Python number, or one of NumPy's
 * own of the type that NumPy computes with in any case. */
static bool is_finite(PyObject *object)
{
    const double value = PyFloat_Check(object) || PyLong_CheckExact(object) ||
                                 PyArray_IsScalar(object, Number)
                             ? PyFloat_AsDouble(object)
                             : (double)INFINITY;
    PyErr_Clear();
    return isfinite(value);
}

bool counting_take_range(PyObject *range, PyObject **least, PyObject **greatest)
{
    if (!(PyTuple_CheckExact(range) || PyList_CheckExact(range)) ||
        PySequence_Fast_GET_SIZE(range) != 2) {
        return false;
    }
    PyObject *const low = PySequence_Fast_GET_ITEM(range, 0);
    PyObject *const high = PySequence_Fast_GET_ITEM(range, 1);
    const bool plain = (PyFloat_Check(low) || PyLong_CheckExact(low)) &&
                       (PyFloat_Check(high) || PyLong_CheckExact(high));
    if (!plain || !is_finite(low) || !is_finite(high)) {
        return false;
    }
    *least = Py_NewRef(low);
    *greatest = Py_NewRef(high);
    return true;
}

/* Moves two edges that are equal apart, as NumPy does. */
static bool move_apart(PyObject **least, PyObject **greatest)
{
    const int equal = PyObject_RichCompareBool(*least, *greatest, Py_EQ);
    if (equal <= 0) {
        return equal == 0;
    }
    PyObject *half = PyFloat_FromDouble(0.5);
    PyObject *low = half ? PyNumber_Subtract(*least, half) : NULL;
    PyObject *high = low ? PyNumber_Add(*greatest, half) : NULL;
    Py_XDECREF(half);
    if (high == NULL) {
        Py_XDECREF(low);
        return false;
    }
    Py_SETREF(*least, low);
    Py_SETREF(*greatest, high);
    return true;
}

PyObject *counting_edges(struct hook_call *hook, PyArrayObject *elements,
                         PyObject *range, Py_ssize_t bins)
{
    PyObject *least = NULL, *greatest = NULL, *edges = NULL;
    if (range == Py_None ? !counting_extremes(hook, elements, &least, &greatest)
                         : !counting_take_range(range, &least, &greatest)) {
        return NULL;
    }
    PyObject *number = PyLong_FromSsize_t(bins + 1);
    const int ascend = PyObject_RichCompareBool(least, greatest, Py_LE);
    if (number && ascend > 0 && is_finite(least) && is_finite(greatest) &&
        move_apart(&least, &greatest)) {
        PyObject *args[] = {least, greatest, number};
        edges = counting_numpy(hook->state, "linspace", args, 3);
    }
    Py_XDECREF(number);
    Py_XDECREF(least);
    Py_XDECREF(greatest);
    return edges;
}

bool counting_take_bins(PyObject *object, Py_ssize_t *bins)
{
    if (!PyLong_CheckExact(object) && !PyArray_IsScalar(object, Integer)) {
        return false;
    }
    *bins = PyNumber_AsSsize_t(object, PyExc_OverflowError);
    PyErr_Clear();
    return *bins > 0;
}
