/* finite.c - nan_to_num: a copy with numbers in the place of NaNs and infinities. */
#include <float.h>
#include <math.h>

#include "engine/hook_call.h"
#include "engine/level.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "move.h"

struct replacing {
    finite_function *kernel;
    struct replacements with;
    const char *from;
    char *to;
    npy_intp itemsize;
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct replacing *replacing = job->context;
    const npy_intp offset = begin * replacing->itemsize;
    replacing->kernel(replacing->from + offset, replacing->to + offset, end - begin,
                      &replacing->with);
    return 0;
}

/* Takes a number, or the default.  Returns false if the type does not hold it. */
static bool take_number(PyObject *given, double otherwise, int type, double *number)
{
    *number = given && given != Py_None ? 0
              : type == NPY_FLOAT       ? (double)(float)otherwise
                                        : otherwise;
    if (given == NULL || given == Py_None) {
        return true;
    }
    if (!PyFloat_CheckExact(given) && !PyLong_CheckExact(given)) {
        return false;
    }
    *number = PyFloat_AsDouble(given);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return type != NPY_FLOAT || !isfinite(*number) || fabs(*number) <= (double)FLT_MAX;
}

/* Takes the arguments.  Returns NULL, or the reason why NumPy runs the call. */
static const char *take(struct replacing *replacing, struct arguments *arguments,
                        Py_ssize_t nargs)
{
    PyObject *x = arguments_find(arguments, 0, "x");
    PyObject *copy = arguments_find(arguments, 1, "copy");
    PyObject *nan = arguments_find(arguments, 2, "nan");
    PyObject *infinite = arguments_find(arguments, 3, "posinf");
    PyObject *negative = arguments_find(arguments, 4, "neginf");
    if (nargs < 1 || nargs > 5 || !arguments_known(arguments) ||
        (copy && copy != Py_True) || nan == Py_None) {
        return reason_arguments_refused;
    }
    if (!array_is_plain_numbers(x) || PyArray_NDIM((PyArrayObject *)x) == 0) {
        return reason_not_plain_numbers;
    }
    PyArrayObject *array = (PyArrayObject *)x;
    const int type = PyArray_TYPE(array);
    const int number = level_number(type);
    replacing->kernel =
        number < NUMBER_COUNT ? (*level_or_least()->tables->finite)[number] : NULL;
    if (replacing->kernel == NULL) {
        return reason_operations_of_other_dtypes;
    }
    if (!PyArray_IS_C_CONTIGUOUS(array) && !PyArray_IS_F_CONTIGUOUS(array)) {
        return reason_rows_not_contiguous;
    }
    const double most = type == NPY_FLOAT ? (double)FLT_MAX : (double)DBL_MAX;
    replacing->from = PyArray_BYTES(array);
    replacing->itemsize = PyArray_ITEMSIZE(array);
    return take_number(nan, 0, type, &replacing->with.nan) &&
                   take_number(infinite, most, type, &replacing->with.infinite) &&
                   take_number(negative, -most, type, &replacing->with.negative)
               ? NULL
               : reason_value_needs_cast;
}

PyObject *movement_nan_to_num(struct hook_call *hook, PyObject *self,
                              PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    struct replacing replacing = {0};
    struct job job;
    hook->report.reason = take(&replacing, &arguments, nargs);
    if (hook->report.reason ||
        !hook_pays(hook, (PyArrayObject *)args[0], 0, true, &job)) {
        return NULL;
    }
    PyArrayObject *array = (PyArrayObject *)args[0];
    PyObject *result = PyArray_NewLikeArray(array, NPY_KEEPORDER, NULL, 0);
    if (result == NULL) {
        return NULL;
    }
    replacing.to = PyArray_BYTES((PyArrayObject *)result);
    if (!hook_run(hook, &job, "direct", run, &replacing, PyArray_SIZE(array),
                  split_anywhere())) {
        Py_CLEAR(result);
    }
    return result;
}
