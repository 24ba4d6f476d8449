/* repeat.c - repeat, and so tile: each element, or each row, several times. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "move.h"

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

PyObject *movement_repeat(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *repeats = arguments_find(&arguments, 0, "repeats");
    PyObject *axis_given = arguments_find(&arguments, 1, "axis");
    npy_intp shape[NPY_MAXDIMS], rows = 1;
    int axis = 0;
    if (nargs > 2 || !repeats || !PyLong_CheckExact(repeats) ||
        !arguments_known(&arguments)) {
        return decline(hook, reason_arguments_refused);
    }
    if (!move_is_plain(self) || !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)self)) {
        return decline(hook, reason_copy_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    const npy_intp count = PyLong_AsSsize_t(repeats);
    const bool flat = axis_given == NULL || axis_given == Py_None;
    int ndim = flat ? 1 : PyArray_NDIM(array);
    npy_intp size;
    if (count < 1 || PyArray_SIZE(array) == 0 ||
        __builtin_mul_overflow(PyArray_NBYTES(array), count, &size) ||
        (!flat && !arguments_axis(axis_given, ndim, &axis))) {
        PyErr_Clear();
        return decline(hook, reason_arguments_refused);
    }
    for (int d = 0; d < ndim; d++) {
        shape[d] = flat ? PyArray_SIZE(array) : PyArray_DIM(array, d);
        rows *= d <= axis ? shape[d] : 1;
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
