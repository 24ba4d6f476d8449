/* bincount.c - numpy.bincount on the engine: adds 1 at each index, or its weight, in
 * the order of the indices. */
#include "scatter.h"

#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

static const npy_intp one = 1;

/* Returns NULL, or the reason why NumPy runs the call. */
static const char *take(struct scatter *scatter, struct arguments *arguments,
                        Py_ssize_t nargs, npy_intp *least)
{
    PyObject *weights = arguments_find(arguments, 1, "weights");
    PyObject *minlength = arguments_find(arguments, 2, "minlength");
    if (nargs < 1 || nargs > 3 || !arguments_known(arguments) ||
        (minlength && !PyLong_CheckExact(minlength))) {
        return reason_arguments_refused;
    }
    *least = minlength ? PyLong_AsSsize_t(minlength) : 0;
    if (*least < 0) {
        PyErr_Clear();
        return reason_arguments_refused;
    }
    const char *reason = scatter_take_index(scatter, arguments->values[0]);
    if (reason) {
        return reason;
    }
    const bool weighted = weights && weights != Py_None;
    PyArrayObject *array = (PyArrayObject *)weights;
    if (weighted &&
        (!array_is_plain_numbers(weights) || PyArray_TYPE(array) != NPY_DOUBLE ||
         PyArray_NDIM(array) != 1 || PyArray_SIZE(array) != scatter->n)) {
        return reason_weights_not_float64;
    }
    scatter->values = weighted ? PyArray_BYTES(array) : (const char *)&one;
    scatter->step = weighted ? PyArray_STRIDE(array, 0) : 0;
    scatter->kernels = scatter_find("add", weighted ? NPY_DOUBLE : NPY_INTP);
    scatter->into_bins = weighted ? NULL : scatter->kernels;
    scatter->itemsize = sizeof one;
    return NULL;
}

PyObject *scatter_bincount(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    struct scatter scatter = {0};
    struct plan plan = {0};
    struct job job;
    PyArrayObject *result = NULL;
    npy_intp least;
    int fpe = 0;

    hook->report.reason = take(&scatter, &arguments, nargs, &least);
    hook->report.elements = scatter.n;
    if (hook->report.reason ||
        !hook_pays(hook, (PyArrayObject *)args[0], scatter.step != 0, false, &job)) {
        return NULL;
    }
    job.plan = &plan;
    job.path = "scatter";
    if (!scatter_bounds(hook, &scatter, &job)) {
        return NULL;
    }
    if (scatter.least < 0) {
        return decline(hook, reason_negative_number);
    }
    scatter.length = scatter.greatest + 1 > least ? scatter.greatest + 1 : least;
    result = (PyArrayObject *)PyArray_ZEROS(
        1, &scatter.length, scatter.into_bins ? NPY_INTP : NPY_DOUBLE, 0);
    if (result == NULL) {
        return NULL;
    }
    scatter.a = PyArray_BYTES(result);
    if (!scatter_run(hook, &scatter, &job, true, &fpe) &&
        (hook->explain || PyErr_Occurred() ||
         !scatter_alone(hook, &scatter, true, &fpe))) {
        Py_CLEAR(result);
    }
    hook->report.elements = scatter.n;
    return (PyObject *)result;
}
