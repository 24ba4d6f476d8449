/* bits.c - packbits and unpackbits: eight elements to a byte, and back. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include <string.h>

#include "move.h"

/* From so many bytes on, packing takes less than NumPy on one thread too, where there
 * are quick lines. */
enum { LEAST_PACKED = 1 << 15 };

/* `outer` times elements along the axis, `inner` of which lie side by side: elements of
 * one byte or more on the one side, bytes of eight of them on the other. */
struct bits {
    char *elements, *bytes;
    npy_intp outer, inner;
    npy_intp length; /* elements along the axis */
    npy_intp groups; /* eights of them, of which ... */
    npy_intp held;   /* ... there are bytes; what is behind these is 0 */
    int width;       /* of an element */
    bool big;        /* the first element is the highest bit */
    bool packs;
};

/* Returns how many elements the groups from `group` on have. */
static npy_intp elements_of(const struct bits *bits, npy_intp group, npy_intp groups)
{
    const npy_intp left = bits->length - 8 * group;
    return left < 8 * groups ? left : 8 * groups;
}

/* Groups side by side of one of the outer steps. */
static void run_line(const struct bits *bits, npy_intp outer, npy_intp group,
                     npy_intp groups)
{
    const npy_intp n = elements_of(bits, group, groups);
    char *elements =
        bits->elements + ((outer * bits->length + 8 * group) << bits->width);
    char *bytes = bits->bytes + outer * bits->held + group;
    if (bits->packs) {
        kernels_bytes()->pack[bits->width](elements, n, bytes, bits->big);
        return;
    }
    const npy_intp left = 8 * (bits->held - group);
    const npy_intp there = left < 0 ? 0 : left < n ? left : n;
    kernels_bytes()->unpack(bytes, there, elements, bits->big);
    memset(elements + there, 0, (size_t)(n - there));
}

/* `columns` columns, from the one at `column` on, of one group. */
static void run_columns(const struct bits *bits, npy_intp outer, npy_intp group,
                        npy_intp column, npy_intp columns)
{
    const npy_intp rows = elements_of(bits, group, 1);
    const npy_intp stride = bits->inner << bits->width;
    char *elements = bits->elements + (outer * bits->length + 8 * group) * stride +
                     (column << bits->width);
    char *bytes = bits->bytes + (outer * bits->held + group) * bits->inner + column;
    if (bits->packs) {
        kernels_bytes()->pack_columns[bits->width](elements, stride, rows, columns,
                                                   bytes, bits->big);
    } else if (group < bits->held) {
        kernels_bytes()->unpack_columns(bytes, columns, elements, stride, rows,
                                        bits->big);
    } else {
        for (npy_intp row = 0; row < rows; row++) {
            memset(elements + row * stride, 0, (size_t)columns);
        }
    }
}

/* The range is outer steps, groups, columns. */
static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct bits *bits = job->context;
    const npy_intp length = bits->inner == 1 ? bits->groups : bits->inner;
    for (npy_intp at = begin; at < end;) {
        const npy_intp line = at / length, first = at % length;
        const npy_intp n = end - at < length - first ? end - at : length - first;
        if (bits->inner == 1) {
            run_line(bits, line, first, n);
        } else {
            run_columns(bits, line / bits->groups, line % bits->groups, first, n);
        }
        at += n;
    }
    return 0;
}

/* Takes axis= and bitorder=.  Returns NULL, or the reason why NumPy runs the call. */
static const char *take(struct bits *bits, PyArrayObject *array, PyObject *axis_given,
                        PyObject *bitorder, npy_intp *shape, int *ndim, int *axis)
{
    const bool flat = axis_given == NULL || axis_given == Py_None;
    const char *order = "big";
    if (bitorder) {
        order = PyUnicode_CheckExact(bitorder) ? PyUnicode_AsUTF8(bitorder) : NULL;
    }
    *axis = 0;
    *ndim = flat ? 1 : PyArray_NDIM(array);
    if (!order || (strcmp(order, "big") != 0 && strcmp(order, "little") != 0) ||
        PyArray_NDIM(array) == 0 || PyArray_SIZE(array) == 0 ||
        (!flat && !arguments_axis(axis_given, *ndim, axis))) {
        PyErr_Clear();
        return reason_arguments_refused;
    }
    *bits = (struct bits){.outer = 1, .inner = 1, .big = *order == 'b'};
    for (int d = 0; d < *ndim; d++) {
        shape[d] = flat ? PyArray_SIZE(array) : PyArray_DIM(array, d);
        bits->outer *= d < *axis ? shape[d] : 1;
        bits->inner *= d > *axis ? shape[d] : 1;
    }
    return NULL;
}

/* Runs it, with elements and bytes in place. */
static bool run_bits(struct hook_call *hook, struct job *job, struct bits *bits)
{
    if (bits->inner == 1 && bits->length == 8 * bits->held) { /* all is one line */
        bits->length *= bits->outer;
        bits->groups = bits->held *= bits->outer;
        bits->outer = 1;
    }
    return hook_run(hook, job, "bits", run, bits,
                    bits->outer * bits->groups * bits->inner, split_anywhere());
}

/* Returns a new array of bytes. */
static PyObject *new_bytes(int ndim, const npy_intp *shape)
{
    return PyArray_SimpleNew(ndim, shape, NPY_UBYTE);
}

PyObject *movement_packbits(struct hook_call *hook, PyObject *self,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *given = arguments_find(&arguments, 0, "a");
    PyObject *axis_given = arguments_find(&arguments, 1, "axis");
    PyObject *bitorder = arguments_find(&arguments, 2, "bitorder");
    npy_intp shape[NPY_MAXDIMS];
    struct bits bits;
    struct job job;
    int ndim, axis;
    if (nargs > 3 || !given || !arguments_known(&arguments)) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)given;
    if (!move_is_plain(given) || !PyArray_IS_C_CONTIGUOUS(array) ||
        !(PyArray_ISINTEGER(array) || PyArray_ISBOOL(array))) {
        return decline(hook, reason_bits_not_plain);
    }
    hook->report.reason = take(&bits, array, axis_given, bitorder, shape, &ndim, &axis);
    bits.packs = true;
    bits.width = width_of(PyArray_ITEMSIZE(array));
    /* NumPy packs bytes that lie side by side in vectors too. */
    const bool pays_alone =
        bits.width > 0 || bits.inner > 1 ||
        (kernels_bytes()->quick_lines && PyArray_SIZE(array) >= LEAST_PACKED);
    if (hook->report.reason ||
        !hook_pays(hook, array, cost_magnitude(bits.inner) + 1, pays_alone, &job)) {
        return NULL;
    }
    bits.length = shape[axis];
    bits.groups = bits.held = shape[axis] = (bits.length + 7) / 8;
    bits.elements = PyArray_BYTES(array);
    PyObject *result = new_bytes(ndim, shape);
    if (result) {
        bits.bytes = PyArray_BYTES((PyArrayObject *)result);
        if (!run_bits(hook, &job, &bits)) {
            Py_CLEAR(result);
        }
    }
    return result;
}

/* Stores how many of the bits along an axis count= asks for; negative: without so many.
 * Returns false if NumPy has to judge it. */
static bool take_count(PyObject *given, npy_intp *length)
{
    if (given == NULL || given == Py_None) {
        return true;
    }
    const npy_intp count = PyLong_CheckExact(given) ? PyLong_AsSsize_t(given) : -1;
    if (!PyLong_CheckExact(given) || PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    *length = count < 0 ? *length + count : count;
    return *length > 0;
}

PyObject *movement_unpackbits(struct hook_call *hook, PyObject *self,
                              PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *given = arguments_find(&arguments, 0, "a");
    PyObject *axis_given = arguments_find(&arguments, 1, "axis");
    PyObject *count = arguments_find(&arguments, 2, "count");
    PyObject *bitorder = arguments_find(&arguments, 3, "bitorder");
    npy_intp shape[NPY_MAXDIMS], size;
    struct bits bits;
    struct job job;
    int ndim, axis;
    if (nargs > 4 || !given || !arguments_known(&arguments)) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)given;
    if (!move_is_plain(given) || !PyArray_IS_C_CONTIGUOUS(array) ||
        PyArray_TYPE(array) != NPY_UBYTE) {
        return decline(hook, reason_bits_not_plain);
    }
    hook->report.reason = take(&bits, array, axis_given, bitorder, shape, &ndim, &axis);
    if (hook->report.reason) {
        return NULL;
    }
    bits.held = shape[axis];
    if (__builtin_mul_overflow(bits.held, (npy_intp)8, &bits.length) ||
        !take_count(count, &bits.length) ||
        __builtin_mul_overflow(bits.outer * bits.inner, bits.length, &size)) {
        return decline(hook, reason_arguments_refused);
    }
    const bool pays_alone = bits.inner > 1 || kernels_bytes()->quick_lines;
    if (!hook_pays(hook, array, cost_magnitude(bits.inner) + 1, pays_alone, &job)) {
        return NULL;
    }
    bits.groups = (bits.length + 7) / 8;
    bits.bytes = PyArray_BYTES(array);
    shape[axis] = bits.length;
    PyObject *result = new_bytes(ndim, shape);
    if (result) {
        bits.elements = PyArray_BYTES((PyArrayObject *)result);
        if (!run_bits(hook, &job, &bits)) {
            Py_CLEAR(result);
        }
    }
    return result;
}
