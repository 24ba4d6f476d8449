/* nonzero.c - where an array is not zero: nonzero, and so flatnonzero and argwhere, and
 * where() of one argument. */
#include <string.h>

#include "kernels/bits64.h"
#include "movement/movement.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "selection.h"

struct places {
    const struct selection *selection;
    int ndim;
    const npy_intp *shape;
    int64_t *to; /* the places of an element lie side by side, as NumPy has them */
};

/* Places are unraveled from that many indices at a time. */
enum { AT_ONCE = 512 };

/* Turns `n` indices in C order, which ascend, into places. */
static void unravel(const struct places *places, const int64_t *index, npy_intp n,
                    int64_t *to)
{
    const int last = places->ndim - 1;
    const npy_intp length = places->shape[last];
    int64_t row[NPY_MAXDIMS] = {0}, begin = 0, end = 0; /* the row of the last index */
    for (npy_intp i = 0; i < n; i++, to += places->ndim) {
        if (index[i] >= end) {
            int64_t rest = index[i] / length;
            begin = rest * length;
            end = begin + length;
            for (int d = last - 1; d >= 0; d--) {
                row[d] = rest % places->shape[d];
                rest /= places->shape[d];
            }
        }
        for (int d = 0; d < last; d++) {
            to[d] = row[d];
        }
        to[last] = index[i] - begin;
    }
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct places *places = job->context;
    const struct selection *selection = places->selection;
    places_function *const kernel = kernels_masks()->places;
    const npy_intp before = selection_before(selection, begin);
    int64_t *to = places->to + before * places->ndim;
    if (places->ndim == 1) {
        kernel(selection->bits + begin / 64, end - begin, begin, to,
               selection_before(selection, end) - before);
        return 0;
    }
    int64_t index[AT_ONCE];
    for (npy_intp at = begin; at < end; at += AT_ONCE) {
        const npy_intp n = end - at < AT_ONCE ? end - at : AT_ONCE;
        const uint64_t *bits = selection->bits + at / 64;
        const npy_intp count = bits_count(bits, n);
        kernel(bits, n, at, index, count);
        unravel(places, index, count, to);
        to += count * places->ndim;
    }
    return 0;
}

/* Returns a new array of indices: NumPy makes one, (elements, axes), of which the
 * result has views. */
static PyArrayObject *make_base(npy_intp count, int ndim)
{
    npy_intp shape[] = {count, ndim};
    return (PyArrayObject *)PyArray_EMPTY(2, shape, NPY_INTP, 0);
}

static PyObject *make_result(PyArrayObject *base, int ndim)
{
    const npy_intp stride = ndim * (npy_intp)sizeof(npy_intp); /* also of none */
    PyObject *result = PyTuple_New(ndim);
    for (int d = 0; d < ndim && result; d++) {
        char *data = PyArray_BYTES(base) + (size_t)d * sizeof(npy_intp);
        PyObject *axis = array_view(base, data, 1, PyArray_DIMS(base), &stride);
        if (axis == NULL) {
            Py_CLEAR(result);
        } else {
            PyTuple_SET_ITEM(result, d, axis);
        }
    }
    return result;
}

/* Returns the places of the elements that are selected. */
static PyObject *find_places(struct hook_call *hook, struct job *job,
                             PyArrayObject *array, const struct predicate *nonzero)
{
    struct selection selection;
    PyArrayObject *base = NULL;
    PyObject *result = NULL;
    if (!selection_make(&selection, hook, job, array, nonzero)) {
        goto finish;
    }
    base = make_base(selection.count, PyArray_NDIM(array));
    if (base == NULL) {
        goto finish;
    }
    struct places places = {&selection, PyArray_NDIM(array), PyArray_DIMS(array),
                            PyArray_DATA(base)};
    if (selection_run(&selection, hook, job, run, &places)) {
        result = make_result(base, places.ndim);
    }

finish:
    Py_XDECREF(base);
    selection_clear(&selection);
    return result;
}

static PyObject *nonzero_of_numbers(struct hook_call *hook, PyArrayObject *array)
{
    struct predicate nonzero;
    struct job job;
    PyObject *result = NULL;
    hook->report.reason = predicate_take_nonzero(&nonzero, hook->state, array);
    if (hook->report.reason) {
        return NULL;
    }
    if (hook_call_pays(hook, &nonzero.call, &job)) {
        hook->report.reason = predicate_plan_nonzero(&nonzero);
        result = hook->report.reason ? NULL : find_places(hook, &job, array, &nonzero);
    }
    predicate_clear(&nonzero);
    return result;
}

static PyObject *nonzero_of(struct hook_call *hook, PyArrayObject *array)
{
    struct job job;
    hook->report.elements = PyArray_SIZE(array);
    if (PyArray_TYPE(array) != NPY_BOOL) {
        return nonzero_of_numbers(hook, array);
    }
    return hook_pays(hook, array, 0, true, &job) ? find_places(hook, &job, array, NULL)
                                                 : NULL;
}

PyObject *indexing_nonzero(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyObject *array = self ? self : nargs == 1 ? args[0] : NULL;
    if (kwnames || array == NULL || (self && nargs > 0) ||
        !array_is_plain_numbers(array) || PyArray_NDIM((PyArrayObject *)array) == 0) {
        return decline(hook, reason_not_plain_numbers);
    }
    return nonzero_of(hook, (PyArrayObject *)array);
}

PyObject *indexing_where(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    return nargs == 1 ? indexing_nonzero(hook, NULL, args, nargs, kwnames)
                      : movement_where(hook, self, args, nargs, kwnames);
}
