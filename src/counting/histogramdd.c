/* histogramdd.c - np.histogramdd, and so np.histogram2d, without weights or density. */
#include "counting.h"

#include <string.h>

#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

/* The elements of each axis: a column of an array, or one of several arrays. */
struct sample {
    PyArrayObject *elements[COUNTING_AXES]; /* owned */
    int naxes;
    npy_intp size;
};

static void sample_clear(struct sample *sample)
{
    for (int d = 0; d < sample->naxes; d++) {
        Py_XDECREF(sample->elements[d]);
    }
}

/* Takes arrays of one type and length, of which NumPy would make one array. */
static bool take_arrays(struct sample *sample, PyObject *arrays)
{
    const Py_ssize_t n = PySequence_Fast_GET_SIZE(arrays);
    if (n < 1 || n > COUNTING_AXES) {
        return false;
    }
    for (Py_ssize_t d = 0; d < n; d++) {
        PyArrayObject *array = (PyArrayObject *)PySequence_Fast_GET_ITEM(arrays, d);
        if (!axis_is_plain((PyObject *)array) || PyArray_NDIM(array) != 1 ||
            (d > 0 && (PyArray_SIZE(array) != sample->size ||
                       PyArray_TYPE(array) != PyArray_TYPE(sample->elements[0])))) {
            return false;
        }
        sample->size = PyArray_SIZE(array);
        sample->elements[sample->naxes++] =
            (PyArrayObject *)Py_NewRef((PyObject *)array);
    }
    return true;
}

static bool take_columns(struct sample *sample, PyArrayObject *array)
{
    if (!axis_is_plain((PyObject *)array) || PyArray_NDIM(array) != 2 ||
        PyArray_DIM(array, 1) < 1 || PyArray_DIM(array, 1) > COUNTING_AXES) {
        return false;
    }
    sample->size = PyArray_DIM(array, 0);
    for (npy_intp d = 0; d < PyArray_DIM(array, 1); d++) {
        char *data = PyArray_BYTES(array) + d * PyArray_STRIDE(array, 1);
        PyObject *column =
            array_view(array, data, 1, &sample->size, PyArray_STRIDES(array));
        if (column == NULL) {
            return false;
        }
        sample->elements[sample->naxes++] = (PyArrayObject *)column;
    }
    return true;
}

/* Returns item `d` of bins= or range=, which is one for all axes or a sequence. */
static PyObject *item_of(PyObject *object, int d, bool is_sequence)
{
    return is_sequence ? PySequence_Fast_GET_ITEM(object, d) : object;
}

static bool is_sequence(PyObject *object)
{
    return PyTuple_CheckExact(object) || PyList_CheckExact(object);
}

/* Returns the list of all edges, or NULL, maybe with an exception set. */
static PyObject *make_edges(struct hook_call *hook, const struct sample *sample,
                            PyObject *bins, PyObject *range)
{
    Py_ssize_t number;
    const bool many = is_sequence(bins), ranges = is_sequence(range);
    if ((many && PySequence_Fast_GET_SIZE(bins) != sample->naxes) ||
        (ranges && PySequence_Fast_GET_SIZE(range) != sample->naxes) ||
        (!many && !counting_take_bins(bins, &number)) ||
        (!ranges && range != Py_None)) {
        return NULL;
    }
    PyObject *all = PyList_New(sample->naxes);
    for (int d = 0; all && d < sample->naxes; d++) {
        PyObject *own = item_of(bins, d, many);
        PyObject *edges = counting_take_bins(own, &number)
                              ? counting_edges(hook, sample->elements[d],
                                               item_of(range, d, ranges), number)
                              : PyArray_FROM_O(own);
        if (edges == NULL) {
            Py_CLEAR(all);
        } else {
            PyList_SET_ITEM(all, d, edges);
        }
    }
    return all;
}

/* Returns the counts as NumPy does: floats, with the outer slots cut off. */
static PyObject *make_counts(PyArrayObject *slots)
{
    PyObject *floats = PyArray_Cast(slots, NPY_DOUBLE), *inner = NULL;
    if (floats) {
        PyArrayObject *array = (PyArrayObject *)floats;
        npy_intp shape[COUNTING_AXES];
        char *data = PyArray_BYTES(array);
        for (int d = 0; d < PyArray_NDIM(array); d++) {
            shape[d] = PyArray_DIM(array, d) - 2;
            data += PyArray_STRIDE(array, d);
        }
        inner =
            array_view(array, data, PyArray_NDIM(array), shape, PyArray_STRIDES(array));
        Py_DECREF(floats);
    }
    return inner;
}

static PyObject *count(struct hook_call *hook, struct job *job,
                       const struct sample *sample, PyObject *bins, PyObject *range)
{
    struct axis axes[COUNTING_AXES] = {0};
    PyArrayObject *slots = NULL;
    PyObject *result = NULL, *counts = NULL;
    PyObject *edges = make_edges(hook, sample, bins, range);
    if (edges == NULL) {
        PyErr_Clear(); /* NumPy will say it */
        hook->report.reason = reason_edges_refused;
        return NULL;
    }
    for (int d = 0; d < sample->naxes; d++) {
        PyArrayObject *own = (PyArrayObject *)PyList_GET_ITEM(edges, d);
        hook->report.reason = axis_make(&axes[d], sample->elements[d], own, false);
        if (hook->report.reason || PyErr_Occurred()) {
            goto finish;
        }
    }
    slots = counting_run(hook, job, axes, sample->naxes, sample->size);
    counts = slots ? make_counts(slots) : NULL;
    result = counts ? PyTuple_Pack(2, counts, edges) : NULL;

finish:
    for (int d = 0; d < sample->naxes; d++) {
        axis_clear(&axes[d]);
    }
    Py_XDECREF(counts);
    Py_XDECREF(slots);
    Py_XDECREF(edges);
    return result;
}

PyObject *counting_histogramdd(struct hook_call *hook, PyObject *self,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *given = arguments_find(&arguments, 0, "sample");
    PyObject *bins = arguments_find(&arguments, 1, "bins");
    PyObject *range = arguments_find(&arguments, 2, "range");
    PyObject *density = arguments_find(&arguments, 3, "density");
    PyObject *weights = arguments_find(&arguments, 4, "weights");
    PyObject *ten = NULL, *result = NULL;
    struct sample sample = {.naxes = 0};
    struct job job;
    if (nargs > 5 || !given || !arguments_known(&arguments) ||
        (density && density != Py_None && density != Py_False)) {
        return decline(hook, reason_arguments_refused);
    }
    if (weights && weights != Py_None) {
        return decline(hook, reason_weights_given);
    }
    const bool taken = is_sequence(given) ? take_arrays(&sample, given)
                       : PyArray_CheckExact(given)
                           ? take_columns(&sample, (PyArrayObject *)given)
                           : false;
    if (!taken) {
        PyErr_Clear();
        hook->report.reason = reason_not_plain_numbers;
        goto finish;
    }
    hook->report.elements = sample.size;
    if (!hook_pays(hook, sample.elements[0], (uint64_t)sample.naxes + 1, true, &job)) {
        goto finish;
    }
    ten = bins ? Py_NewRef(bins) : PyLong_FromLong(10);
    if (ten) {
        result = count(hook, &job, &sample, ten, range ? range : Py_None);
    }

finish:
    sample_clear(&sample);
    Py_XDECREF(ten);
    return result;
}
