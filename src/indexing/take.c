/* take.c - elements by their indices, along one axis: take, x[index]. */
#include <stdatomic.h>
#include <string.h>

#include "movement/move.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "index.h"
#include "indexing.h"

struct taking {
    /* `outer` times: items, `stride` bytes apart, of which there are `index.length`. */
    const char *from;
    npy_intp outer, outer_stride, stride, itemsize;
    struct index index;
    char *to;
    _Atomic bool beyond; /* an index is out of bounds */
};

bool indexing_gather(const char *from, npy_intp stride, npy_intp length,
                     const npy_intp *index, npy_intp n, char *to, npy_intp itemsize)
{
    const struct rearrange_kernels *kernels = kernels_rearrange();
    const int width = width_of(itemsize);
    return width < WIDTHS
               ? kernels->gather[width](from, stride, length, index, n, to)
               : kernels->gather_items(from, stride, length, index, n, to, itemsize);
}

static bool gather(const struct taking *taking, const char *from, const npy_intp *index,
                   npy_intp n, char *to)
{
    return indexing_gather(from, taking->stride, taking->index.length, index, n, to,
                           taking->itemsize);
}

PyArrayObject *indexing_finish(struct hook_call *hook, PyArrayObject *result, bool done,
                               bool beyond)
{
    if (beyond) {
        hook->report.reason = reason_index_out_of_bounds;
    }
    if (!done || beyond) {
        Py_CLEAR(result);
    }
    return result;
}

/* Takes the items of indices [begin, end) in one of the outer steps. */
static bool take_part(const struct taking *taking, npy_intp outer, npy_intp begin,
                      npy_intp end)
{
    const char *from = taking->from + outer * taking->outer_stride;
    char *to = taking->to + (outer * taking->index.n + begin) * taking->itemsize;
    bool good = true;
    npy_intp room[INDEX_BLOCK];
    for (npy_intp at = begin; at < end && good; at += INDEX_BLOCK) {
        const npy_intp n = end - at < INDEX_BLOCK ? end - at : INDEX_BLOCK;
        good = gather(taking, from, index_block(&taking->index, at, n, room), n, to);
        to += n * taking->itemsize;
    }
    return good;
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct taking *taking = job->context;
    for (npy_intp at = begin; at < end;) {
        const npy_intp outer = at / taking->index.n, first = at % taking->index.n;
        const npy_intp rest = taking->index.n - first;
        const npy_intp n = end - at < rest ? end - at : rest;
        if (!take_part(taking, outer, first, first + n)) {
            atomic_store(&taking->beyond, true);
            return 1;
        }
        at += n;
    }
    return 0;
}

bool indexing_is_index(PyObject *object)
{
    if (!array_is_plain_numbers(object)) {
        return false;
    }
    PyArrayObject *array = (PyArrayObject *)object;
    return PyTypeNum_ISINTEGER(PyArray_TYPE(array)) && PyArray_NDIM(array) > 0 &&
           PyArray_IS_C_CONTIGUOUS(array);
}

/* Lays out what is taken from axis `axis` of the array, and the shape of the result.
 * Returns NULL, or the reason why NumPy runs the call. */
static const char *lay_out(struct taking *taking, PyArrayObject *array, int axis,
                           PyArrayObject *index, NPY_CLIPMODE mode, npy_intp *shape,
                           int *ndim)
{
    *taking = (struct taking){.outer = 1,
                              .stride = PyArray_STRIDE(array, axis),
                              .itemsize = PyArray_ITEMSIZE(array),
                              .from = PyArray_BYTES(array)};
    const char *refused =
        index_take(&taking->index, index, PyArray_DIM(array, axis), mode);
    *ndim = 0;
    for (int d = 0; d < axis; d++) {
        taking->outer *= shape[(*ndim)++] = PyArray_DIM(array, d);
    }
    for (int d = 0; d < PyArray_NDIM(index); d++) {
        shape[(*ndim)++] = PyArray_DIM(index, d);
    }
    for (int d = axis + 1; d < PyArray_NDIM(array); d++) {
        taking->itemsize *= shape[(*ndim)++] = PyArray_DIM(array, d);
    }
    taking->outer_stride = taking->index.length * taking->stride;
    if (*ndim > NPY_MAXDIMS) {
        return reason_shapes_refused;
    }
    if (PyArray_NDIM(array) > 1 && !array_has_c_strides(array)) {
        return reason_rows_not_contiguous;
    }
    if (taking->outer * taking->index.n == 0 || taking->itemsize == 0 ||
        taking->index.length == 0) {
        return reason_too_few_elements;
    }
    return refused;
}

static int run_check(const struct job *job, npy_intp begin, npy_intp end)
{
    struct taking *taking = job->context;
    const npy_intp length = taking->index.length;
    npy_intp room[INDEX_BLOCK], least = 0, greatest = -1;
    for (npy_intp at = begin; at < end; at += INDEX_BLOCK) {
        const npy_intp n = end - at < INDEX_BLOCK ? end - at : INDEX_BLOCK;
        kernels_select()->bounds(index_block(&taking->index, at, n, room), n, &least,
                                 &greatest);
    }
    if (least < -length || greatest >= length) {
        atomic_store(&taking->beyond, true);
        return 1;
    }
    return 0;
}

/* Checks the indices before out= is written to: NumPy leaves it as it is if it raises.
 */
static bool check_first(struct hook_call *hook, const struct job *job,
                        struct taking *taking)
{
    struct job checking = *job;
    checking.key = cost_mix(job->key, 1); /* this has a cost of its own */
    checking.asked = job->asked ? checking.key : 0;
    return taking->index.mode != NPY_RAISE || taking->index.n < 2 || hook->explain ||
           hook_run(hook, &checking, "indexing", run_check, taking, taking->index.n,
                    split_anywhere());
}

/* `out` is NULL, or what the result is to be in. */
static PyArrayObject *take_along(struct hook_call *hook, PyArrayObject *array, int axis,
                                 PyArrayObject *index, NPY_CLIPMODE mode, PyObject *out)
{
    struct taking taking;
    npy_intp shape[2 * NPY_MAXDIMS];
    struct job job;
    int ndim;
    hook->report.reason = lay_out(&taking, array, axis, index, mode, shape, &ndim);
    const npy_intp size = taking.outer * taking.index.n;
    /* What an index costs depends on the size of the items, and of the array. */
    const uint64_t more = cost_magnitude(PyArray_NBYTES(array)) * 64 +
                          cost_magnitude(taking.itemsize) + ((uint64_t)mode << 16);
    const struct call call = {.state = hook->state,
                              .nin = 2,
                              .nop = 2,
                              .op = {array, index},
                              .more = more,
                              .size = size};
    hook->report.elements = size;
    if (!hook->report.reason && out &&
        !indexing_fits_out(out, array, index, ndim, shape)) {
        hook->report.reason = reason_out_not_suitable;
    }
    if (hook->report.reason || !hook_call_pays(hook, &call, &job)) {
        return NULL;
    }
    job.given = out != NULL;
    if (out && !check_first(hook, &job, &taking)) {
        return NULL;
    }
    if (atomic_load(&taking.beyond)) {
        return indexing_finish(hook, NULL, false, true);
    }
    PyArrayObject *result =
        out ? (PyArrayObject *)Py_NewRef(out) : array_new_of(array, ndim, shape);
    if (result == NULL) {
        return NULL;
    }
    taking.to = PyArray_BYTES(result);
    const bool done =
        hook_run(hook, &job, "indexing", run, &taking, size, split_anywhere());
    return indexing_finish(hook, result, done, atomic_load(&taking.beyond));
}

bool indexing_fits_out(PyObject *out, PyArrayObject *array, PyArrayObject *index,
                       int ndim, const npy_intp *shape)
{
    PyArrayObject *result = (PyArrayObject *)out;
    return move_is_plain(out) && PyArray_NDIM(result) == ndim &&
           PyArray_CompareLists(PyArray_DIMS(result), shape, ndim) &&
           PyArray_EquivTypes(PyArray_DESCR(result), PyArray_DESCR(array)) &&
           PyArray_IS_C_CONTIGUOUS(result) && array_is_writeable(result) &&
           PyArray_SIZE(result) > 0 && PyArray_SIZE(array) > 0 &&
           !arrays_overlap(result, array) && !arrays_overlap(result, index);
}

PyArrayObject *indexing_take_by(struct hook_call *hook, PyArrayObject *array,
                                PyArrayObject *index)
{
    return take_along(hook, array, 0, index, NPY_RAISE, NULL);
}

PyObject *indexing_take(struct hook_call *hook, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *indices = arguments_find(&arguments, 0, "indices");
    PyObject *axis_given = arguments_find(&arguments, 1, "axis");
    PyObject *out = arguments_find(&arguments, 2, "out");
    PyObject *mode_given = arguments_find(&arguments, 3, "mode");
    NPY_CLIPMODE mode = NPY_RAISE;
    int axis = 0;
    if (nargs > 4 || !indices || !arguments_known(&arguments) ||
        !arguments_mode(mode_given, &mode)) {
        return decline(hook, reason_arguments_refused);
    }
    if (!move_is_plain(self) || !indexing_is_index(indices)) {
        return decline(hook, reason_index_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self, *flat = NULL;
    const int ndim = PyArray_NDIM(array);
    if (ndim == 0 || (axis_given && axis_given != Py_None &&
                      !arguments_axis(axis_given, ndim, &axis))) {
        return decline(hook, reason_arguments_refused);
    }
    if ((axis_given == NULL || axis_given == Py_None) && ndim > 1) {
        if (!PyArray_IS_C_CONTIGUOUS(array)) {
            return decline(hook, reason_rows_not_contiguous);
        }
        const npy_intp n = PyArray_SIZE(array), stride = PyArray_ITEMSIZE(array);
        flat = (PyArrayObject *)array_view(array, PyArray_BYTES(array), 1, &n, &stride);
        if (flat == NULL) {
            return NULL;
        }
        array = flat;
    }
    PyArrayObject *result = take_along(hook, array, axis, (PyArrayObject *)indices,
                                       mode, out == Py_None ? NULL : out);
    Py_XDECREF(flat);
    return (PyObject *)result;
}
