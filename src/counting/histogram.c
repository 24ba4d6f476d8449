/* histogram.c - np.histogram without weights. */
#include "counting.h"

#include <fenv.h>

#include "python/arguments.h"
#include "python/array.h"
#include "python/errstate.h"
#include "reasons/reasons.h"

/*
 * Returns the edges that NumPy has for a number of bins, or for the name of an
 * estimator.  NumPy sees no element but those two that it would look for, unless it
 * estimates.
 */
static PyObject *make_edges(struct hook_call *hook, PyArrayObject *a, PyObject *bins,
                            PyObject *range)
{
    PyObject *least = NULL, *greatest = NULL, *seen = NULL, *ends = NULL, *edges = NULL;
    npy_intp none = 0;
    if (PyUnicode_CheckExact(bins)) {
        seen = Py_NewRef((PyObject *)a);
        ends = Py_NewRef(range);
    } else if (range == Py_None ? counting_extremes(hook, a, &least, &greatest)
                                : counting_take_range(range, &least, &greatest)) {
        seen = (PyObject *)array_new_of(a, 1, &none);
        ends = PyTuple_Pack(2, least, greatest);
    }
    if (seen && ends) {
        PyObject *args[] = {seen, bins, ends};
        edges = counting_numpy(hook->state, "histogram_bin_edges", args, 3);
    }
    Py_XDECREF(ends);
    Py_XDECREF(seen);
    Py_XDECREF(greatest);
    Py_XDECREF(least);
    return edges;
}

/* Returns counts / widths / sum of the counts. */
static PyObject *make_density(struct hook_call *hook, PyObject *counts, PyObject *edges)
{
    PyObject *widths = counting_numpy(hook->state, "diff", &edges, 1);
    PyObject *floats =
        widths ? PyArray_FROM_OTF(widths, NPY_DOUBLE, NPY_ARRAY_CARRAY_RO) : NULL;
    PyObject *each = floats ? PyNumber_TrueDivide(counts, floats) : NULL;
    PyObject *sum = each ? PyObject_CallMethod(counts, "sum", NULL) : NULL;
    PyObject *density = sum ? PyNumber_TrueDivide(each, sum) : NULL;
    Py_XDECREF(sum);
    Py_XDECREF(each);
    Py_XDECREF(floats);
    Py_XDECREF(widths);
    return density;
}

/* Returns the tuple that NumPy does, from counts with two slots too many. */
static PyObject *make_result(struct hook_call *hook, PyArrayObject *slots,
                             PyObject *edges, bool density)
{
    npy_intp bins = PyArray_SIZE(slots) - 2;
    PyArrayObject *counts = array_new_of(slots, 1, &bins);
    PyObject *values = NULL, *result = NULL;
    if (counts) {
        memcpy(PyArray_DATA(counts), (npy_intp *)PyArray_DATA(slots) + 1,
               (size_t)bins * sizeof(npy_intp));
        values = density ? make_density(hook, (PyObject *)counts, edges)
                         : Py_NewRef((PyObject *)counts);
    }
    if (values) {
        result = PyTuple_Pack(2, values, edges);
    }
    Py_XDECREF(values);
    Py_XDECREF(counts);
    return result;
}

static PyObject *count(struct hook_call *hook, struct job *job, PyArrayObject *a,
                       PyObject *bins, PyObject *range, bool density)
{
    struct axis axis = {0};
    PyObject *edges, *result = NULL;
    PyArrayObject *slots = NULL;
    Py_ssize_t number;
    const bool formula =
        PyUnicode_CheckExact(bins) || counting_take_bins(bins, &number);
    edges = formula ? make_edges(hook, a, bins, range) : PyArray_FROM_O(bins);
    if (edges == NULL || !PyArray_CheckExact(edges)) {
        PyErr_Clear(); /* NumPy will say it */
        hook->report.reason = reason_edges_refused;
        goto finish;
    }
    hook->report.reason = axis_make(&axis, a, (PyArrayObject *)edges, formula);
    if (hook->report.reason || PyErr_Occurred()) {
        goto finish;
    }
    slots = counting_run(hook, job, &axis, 1, PyArray_SIZE(a));
    if (slots) {
        result = make_result(hook, slots, edges, density);
    }

finish:
    axis_clear(&axis);
    Py_XDECREF(slots);
    Py_XDECREF(edges);
    return result;
}

PyObject *counting_histogram(struct hook_call *hook, PyObject *self,
                             PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *a = arguments_find(&arguments, 0, "a");
    PyObject *bins = arguments_find(&arguments, 1, "bins");
    PyObject *range = arguments_find(&arguments, 2, "range");
    PyObject *density = arguments_find(&arguments, 3, "density");
    PyObject *weights = arguments_find(&arguments, 4, "weights");
    PyObject *ten = NULL, *result = NULL;
    struct job job;
    if (nargs > 5 || !a || !arguments_known(&arguments) ||
        (density && density != Py_None && !PyBool_Check(density))) {
        return decline(hook, reason_arguments_refused);
    }
    if (weights && weights != Py_None) {
        return decline(hook, reason_weights_given);
    }
    if (!axis_is_plain(a)) {
        return decline(hook, reason_not_plain_numbers);
    }
    if (errstate_reports(hook->state, FE_UNDERFLOW)) {
        return decline(hook, reason_flags_reported);
    }
    hook->report.elements = PyArray_SIZE((PyArrayObject *)a);
    if (!hook_pays(hook, (PyArrayObject *)a, 1, true, &job)) {
        return NULL;
    }
    ten = bins ? Py_NewRef(bins) : PyLong_FromLong(10);
    if (ten) {
        result = count(hook, &job, (PyArrayObject *)a, ten, range ? range : Py_None,
                       density == Py_True);
    }
    Py_XDECREF(ten);
    return result;
}
