/* repeat.c - repeat, and so tile: each element, or each row, several times. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "move.h"
#include "repeat.h"

struct repeating {
    const char *from;
    char *to;
    npy_intp count;
    int width;
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct repeating *repeating = job->context;
    const int width = repeating->width;
    kernels_rearrange()->repeat[width](
        repeating->from + (begin << width), end - begin, repeating->count,
        repeating->to + ((begin * repeating->count) << width));
    return 0;
}

static bool repeat_elements(struct hook_call *hook, PyArrayObject *array,
                            npy_intp count, PyArrayObject *result)
{
    struct repeating repeating = {PyArray_BYTES(array), PyArray_BYTES(result), count,
                                  width_of(PyArray_ITEMSIZE(array))};
    struct job job;
    if (!hook_pays(hook, array, (uint64_t)count + 1, true, &job)) {
        return false;
    }
    return hook_run(hook, &job, "repeated", run, &repeating, PyArray_SIZE(array),
                    split_anywhere());
}

/* Rows are broadcast: (rows, 1, length) to (rows, count, length). */
static bool repeat_rows(struct hook_call *hook, PyArrayObject *array, npy_intp rows,
                        npy_intp count, PyArrayObject *result)
{
    const npy_intp itemsize = PyArray_ITEMSIZE(array);
    const npy_intp length = PyArray_SIZE(array) / rows;
    const npy_intp to_shape[] = {rows, count, length};
    const npy_intp to_strides[] = {count * length * itemsize, length * itemsize,
                                   itemsize};
    const npy_intp from_shape[] = {rows, 1, length};
    const npy_intp from_strides[] = {length * itemsize, 0, itemsize};
    PyArrayObject *to = (PyArrayObject *)array_view(result, PyArray_BYTES(result), 3,
                                                    to_shape, to_strides);
    PyArrayObject *from = (PyArrayObject *)array_view(array, PyArray_BYTES(array), 3,
                                                      from_shape, from_strides);
    const bool done = to && from && move_into(hook, to, from, NULL);
    Py_XDECREF(to);
    Py_XDECREF(from);
    return done;
}

/* Returns how often all elements are repeated: an integer, or an array of one; -1: each
 * has a count of its own, or NumPy has to judge. */
static npy_intp count_of_all(PyObject *repeats)
{
    npy_intp count = -1;
    if (PyLong_CheckExact(repeats) || PyArray_IsScalar(repeats, Int) ||
        PyArray_IsScalar(repeats, Long) || PyArray_IsScalar(repeats, LongLong)) {
        count = PyNumber_AsSsize_t(repeats, PyExc_OverflowError);
    } else if (PyArray_CheckExact(repeats) &&
               PyArray_SIZE((PyArrayObject *)repeats) == 1 &&
               PyArray_NDIM((PyArrayObject *)repeats) < 2 &&
               PyArray_TYPE((PyArrayObject *)repeats) == NPY_INTP &&
               PyArray_ISBEHAVED_RO((PyArrayObject *)repeats)) {
        count = *(npy_intp *)PyArray_DATA((PyArrayObject *)repeats);
    }
    PyErr_Clear();
    return count;
}

static PyObject *repeat_all(struct hook_call *hook, PyArrayObject *array, int ndim,
                            npy_intp *shape, int axis, npy_intp count)
{
    npy_intp rows = 1, bytes;
    if (__builtin_mul_overflow(PyArray_NBYTES(array), count, &bytes)) {
        return decline(hook, reason_counts_refused);
    }
    for (int d = 0; d <= axis; d++) {
        rows *= shape[d];
    }
    shape[axis] *= count;
    PyObject *result = (PyObject *)array_new_of(array, ndim, shape);
    if (result == NULL) {
        return NULL;
    }
    const bool by_kernel =
        rows == PyArray_SIZE(array) && width_of(PyArray_ITEMSIZE(array)) < WIDTHS;
    if (!(by_kernel ? repeat_elements(hook, array, count, (PyArrayObject *)result)
                    : repeat_rows(hook, array, rows, count, (PyArrayObject *)result))) {
        Py_CLEAR(result);
    }
    return result;
}

PyObject *movement_repeat(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *repeats = arguments_find(&arguments, 0, "repeats");
    PyObject *axis_given = arguments_find(&arguments, 1, "axis");
    npy_intp shape[NPY_MAXDIMS] = {1};
    int axis = 0;
    if (nargs > 2 || !repeats || !arguments_known(&arguments)) {
        return decline(hook, reason_arguments_refused);
    }
    if (!move_is_plain(self) || !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)self)) {
        return decline(hook, reason_copy_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    const bool flat = axis_given == NULL || axis_given == Py_None;
    const int ndim = flat ? 1 : PyArray_NDIM(array);
    if (PyArray_SIZE(array) == 0 ||
        (!flat && !arguments_axis(axis_given, ndim, &axis))) {
        return decline(hook, reason_arguments_refused);
    }
    for (int d = 0; d < ndim; d++) {
        shape[d] = flat ? PyArray_SIZE(array) : PyArray_DIM(array, d);
    }
    const npy_intp count = count_of_all(repeats);
    return count > 0 ? repeat_all(hook, array, ndim, shape, axis, count)
           : PyArray_CheckExact(repeats)
               ? repeat_each(hook, array, ndim, shape, axis, (PyArrayObject *)repeats)
               : decline(hook, reason_counts_refused);
}
