/* compress.c - the selected elements of an array, side by side: x[mask], compress,
 * extract. */
#include <string.h>

#include "movement/move.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"
#include "selection.h"

struct compressing {
    const struct selection *selection;
    const char *from; /* NULL: `nest` has the elements */
    struct nest nest;
    char *to;
    char *rest; /* for the elements that are not selected; NULL: they are not wanted */
    npy_intp itemsize;
};

/* Elements of a part, one row of the nest after the other. */
struct row {
    const struct compressing *compressing;
    char *to;
};

static int copy_row(void *context, char **data, npy_intp n)
{
    struct row *row = context;
    const npy_intp itemsize = row->compressing->itemsize;
    char *const ends[] = {data[0], row->to};
    const intptr_t strides[] = {row->compressing->nest.stride[0][0], itemsize};
    move_copy(itemsize)(ends, n, strides, itemsize);
    row->to += n * itemsize;
    return 0;
}

/* Where elements do not lie side by side, that many bytes of them are brought together
 * at a time: they stay in the second-level cache. */
enum { TOGETHER = 1 << 15 };

static int compress_parts(const struct compressing *compressing, npy_intp begin,
                          npy_intp end, char *to)
{
    char together[TOGETHER];
    const struct selection *selection = compressing->selection;
    const npy_intp size = compressing->itemsize;
    const npy_intp most = TOGETHER / size & ~(npy_intp)63;
    for (npy_intp at = begin; at < end; at += most) {
        const npy_intp n = end - at < most ? end - at : most;
        const uint64_t *bits = selection->bits + at / 64;
        struct row row = {compressing, together};
        nest_run(&compressing->nest, at, at + n, copy_row, &row);
        to += selection_move(bits, together, n, to, size) * size;
    }
    return 0;
}

/* Moves the elements that are not selected, a chunk at a time. */
static void move_rest(const struct compressing *compressing, npy_intp begin,
                      npy_intp end, char *to)
{
    uint64_t bits[SELECTION_CHUNK_MOST / 64];
    const struct selection *selection = compressing->selection;
    const npy_intp size = compressing->itemsize;
    for (npy_intp at = begin; at < end; at += SELECTION_CHUNK_MOST) {
        const npy_intp left = end - at;
        const npy_intp n = left < SELECTION_CHUNK_MOST ? left : SELECTION_CHUNK_MOST;
        for (npy_intp i = 0; i < (n + 63) / 64; i++) {
            bits[i] = ~selection->bits[at / 64 + i];
        }
        if (n % 64) {
            bits[n / 64] &= (UINT64_C(1) << n % 64) - 1;
        }
        to += selection_move(bits, compressing->from + at * size, n, to, size) * size;
    }
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct compressing *compressing = job->context;
    const struct selection *selection = compressing->selection;
    const npy_intp size = compressing->itemsize;
    const npy_intp before = selection_before(selection, begin);
    char *to = compressing->to + before * size;
    if (compressing->from == NULL) {
        return compress_parts(compressing, begin, end, to);
    }
    selection_move(selection->bits + begin / 64, compressing->from + begin * size,
                   end - begin, to, size);
    if (compressing->rest) {
        move_rest(compressing, begin, end, compressing->rest + (begin - before) * size);
    }
    return 0;
}

/* Returns a new array of the selected elements; those of the axes that the mask does
 * not have go together. */
static PyArrayObject *make_result(PyArrayObject *array, int mask_axes, npy_intp count)
{
    npy_intp shape[NPY_MAXDIMS];
    const int ndim = PyArray_NDIM(array) - mask_axes + 1;
    shape[0] = count;
    for (int d = 1; d < ndim; d++) {
        shape[d] = PyArray_DIM(array, mask_axes + d - 1);
    }
    return array_new_of(array, ndim, shape);
}

/* Returns the selected elements, in `out` unless it is NULL, and stores the others in
 * `rest` unless that is. */
static PyArrayObject *compress(struct hook_call *hook, PyArrayObject *array,
                               PyArrayObject *mask, int axes, PyObject *out,
                               PyArrayObject **rest)
{
    struct compressing compressing = {.itemsize = PyArray_ITEMSIZE(array)};
    struct selection selection = {0};
    const struct call call = {.state = hook->state,
                              .nin = 2,
                              .nop = 2,
                              .op = {array, mask},
                              .size = PyArray_SIZE(mask),
                              .more = rest != NULL,
                              .pays_alone = true};
    struct job job;
    PyArrayObject *result = NULL;
    for (int d = axes; d < PyArray_NDIM(array); d++) {
        compressing.itemsize *= PyArray_DIM(array, d);
    }
    hook->report.elements = call.size;
    const bool contiguous = PyArray_IS_C_CONTIGUOUS(array);
    if ((!contiguous && rest) ||
        (axes < PyArray_NDIM(array) && !array_has_c_strides(array)) ||
        (!contiguous && compressing.itemsize > TOGETHER / 64)) {
        hook->report.reason = reason_rows_not_contiguous;
        return NULL;
    }
    if (compressing.itemsize == 0) {
        hook->report.reason = reason_too_few_elements;
        return NULL;
    }
    if (contiguous) {
        compressing.from = PyArray_BYTES(array);
    } else {
        hook->report.reason = nest_of_arrays(&compressing.nest, &array, 1, NPY_CORDER);
    }
    if (hook->report.reason || !hook_call_pays(hook, &call, &job) ||
        !selection_make(&selection, hook, &job, mask, NULL)) {
        goto finish;
    }
    compressing.selection = &selection;
    if (out && !indexing_fits_out(out, array, mask, 1, &selection.count)) {
        hook->report.reason = reason_out_not_suitable;
        goto finish;
    }
    job.given = out != NULL;
    result = out ? (PyArrayObject *)Py_NewRef(out)
                 : make_result(array, axes, selection.count);
    if (result == NULL) {
        goto finish;
    }
    compressing.to = PyArray_BYTES(result);
    if (rest) {
        *rest = make_result(array, axes, selection.n - selection.count);
        if (*rest == NULL) {
            Py_CLEAR(result);
            goto finish;
        }
        compressing.rest = PyArray_BYTES(*rest);
    }
    if (!selection_run(&selection, hook, &job, run, &compressing)) {
        Py_CLEAR(result);
    }

finish:
    selection_clear(&selection);
    return result;
}

PyArrayObject *indexing_compress_by(struct hook_call *hook, PyArrayObject *array,
                                    PyArrayObject *mask, int axes)
{
    return compress(hook, array, mask, axes, NULL, NULL);
}

bool indexing_is_mask(PyObject *object)
{
    return PyArray_CheckExact(object) &&
           PyArray_TYPE((PyArrayObject *)object) == NPY_BOOL &&
           PyArray_NDIM((PyArrayObject *)object) > 0;
}

bool indexing_mask_fits(PyArrayObject *array, PyArrayObject *mask)
{
    return PyArray_NDIM(mask) <= PyArray_NDIM(array) &&
           PyArray_CompareLists(PyArray_DIMS(array), PyArray_DIMS(mask),
                                PyArray_NDIM(mask));
}

/* Returns whether axis= is for all elements in a row, as they lie, or for the only
 * axis. */
static bool is_flat(PyArrayObject *array, PyObject *axis)
{
    int number;
    return axis == NULL || axis == Py_None
               ? PyArray_NDIM(array) == 1 || PyArray_IS_C_CONTIGUOUS(array)
               : PyArray_NDIM(array) == 1 && arguments_axis(axis, 1, &number);
}

/* The elements of a flat view of `array`, as many as the mask has. */
static PyObject *compress_flat(struct hook_call *hook, PyArrayObject *array,
                               PyArrayObject *mask, PyObject *out)
{
    npy_intp n = PyArray_SIZE(mask);
    npy_intp stride =
        PyArray_NDIM(array) == 1 ? PyArray_STRIDE(array, 0) : PyArray_ITEMSIZE(array);
    PyArrayObject *flat =
        (PyArrayObject *)array_view(array, PyArray_BYTES(array), 1, &n, &stride);
    PyArrayObject *result = flat ? compress(hook, flat, mask, 1, out, NULL) : NULL;
    Py_XDECREF(flat);
    return (PyObject *)result;
}

static PyObject *compress_along(struct hook_call *hook, PyObject *given,
                                PyObject *condition, PyObject *axis, PyObject *out)
{
    if (!move_is_plain(given) || !indexing_is_mask(condition) ||
        PyArray_NDIM((PyArrayObject *)condition) != 1 ||
        !is_flat((PyArrayObject *)given, axis)) {
        return decline(hook, reason_mask_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)given, *mask = (PyArrayObject *)condition;
    if (PyArray_SIZE(mask) > PyArray_SIZE(array)) {
        return decline(hook, reason_mask_of_other_shape);
    }
    return compress_flat(hook, array, mask, out == Py_None ? NULL : out);
}

/* The method of an array, or if `self` is NULL the function, which takes the array as
 * its second argument. */
static PyObject *compress_by_name(struct hook_call *hook, PyObject *self,
                                  struct arguments arguments)
{
    const int more = self ? 0 : 1;
    PyObject *condition = arguments_find(&arguments, 0, "condition");
    PyObject *array = self ? self : arguments_find(&arguments, 1, "a");
    PyObject *axis = arguments_find(&arguments, more + 1, "axis");
    PyObject *out = arguments_find(&arguments, more + 2, "out");
    return arguments.nargs > more + 3 || !condition || !array ||
                   !arguments_known(&arguments)
               ? decline(hook, reason_arguments_refused)
               : compress_along(hook, array, condition, axis, out);
}

PyObject *indexing_compress(struct hook_call *hook, PyObject *self,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    return compress_by_name(hook, self, (struct arguments){args, nargs, kwnames, 0});
}

PyObject *indexing_compress_of(struct hook_call *hook, PyObject *self,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    return compress_by_name(hook, NULL, (struct arguments){args, nargs, kwnames, 0});
}

PyObject *indexing_extract(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *condition = arguments_find(&arguments, 0, "condition");
    PyObject *given = arguments_find(&arguments, 1, "arr");
    if (nargs > 2 || !condition || !given || !arguments_known(&arguments)) {
        return decline(hook, reason_arguments_refused);
    }
    if (!move_is_plain(given) || !indexing_is_mask(condition) ||
        PyArray_SIZE((PyArrayObject *)condition) !=
            PyArray_SIZE((PyArrayObject *)given) ||
        !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)condition) ||
        !is_flat((PyArrayObject *)given, NULL)) {
        return decline(hook, reason_mask_not_plain);
    }
    return compress_flat(hook, (PyArrayObject *)given, (PyArrayObject *)condition,
                         NULL);
}

PyObject *indexing_partition_by(struct hook_call *hook, PyObject *self,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames)
{
    if (nargs != 2 || kwnames || !indexing_is_mask(args[0]) ||
        !move_is_plain(args[1])) {
        return decline(hook, reason_mask_not_plain);
    }
    PyArrayObject *mask = (PyArrayObject *)args[0], *array = (PyArrayObject *)args[1];
    if (!indexing_mask_fits(array, mask)) {
        return decline(hook, reason_mask_of_other_shape);
    }
    PyArrayObject *rest = NULL;
    PyArrayObject *selected =
        compress(hook, array, mask, PyArray_NDIM(mask), NULL, &rest);
    PyObject *result = selected ? PyTuple_Pack(2, selected, rest) : NULL;
    Py_XDECREF(selected);
    Py_XDECREF(rest);
    return result;
}
