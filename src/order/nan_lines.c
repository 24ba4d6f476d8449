/*
 * nan_lines.c - nanmedian, nanpercentile and nanquantile along an axis: each line is
 * copied without its NaNs, sorted by NumPy's function for the dtype, and interpolated
 * with NumPy's arithmetic.  Where a result is not finite NumPy may have something to
 * say, and so runs the call.
 */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "python/errstate.h"
#include "reasons/reasons.h"
#include "threads/fpu.h"

/* LINE_MOST: elements of a line that is sorted as a whole. */
enum { LINE_MOST = 65536 };

struct lines {
    PyArray_SortFunc *sort;
    const char *data;
    npy_intp n, stride; /* of a line */
    npy_intp count;     /* of lines */
    bool single;        /* float32; else float64 */

    /* The other axes, the last one first. */
    int ndim;
    npy_intp shape[NPY_MAXDIMS], strides[NPY_MAXDIMS];

    const double *quantiles; /* NULL: the median */
    npy_intp nquantiles;
    char *to; /* for each line, `nquantiles` results */
    _Atomic bool not_finite, no_memory;
};

/* -- one line ---------------------------------------------------------------------- */

/* Copies the numbers of a line, and returns how many there are.  `from` is read once:
 * another thread may write to it. */
#define NUMBERS_OF(T)                                                                  \
  for (npy_intp i = 0; i < n; i++) {                                                   \
    T x;                                                                               \
    memcpy(&x, from + i * stride, sizeof x);                                           \
    ((T *)to)[found] = x;                                                              \
    found += x == x;                                                                   \
  }

static npy_intp numbers_of(const struct lines *lines, const char *from, void *to)
{
    const npy_intp n = lines->n, stride = lines->stride;
    npy_intp found = 0;
    if (lines->single) {
        NUMBERS_OF(float)
    } else {
        NUMBERS_OF(double)
    }
    return found;
}

/* Returns NumPy's "linear" quantile of n sorted numbers.  From its last index on, which
 * NumPy has as -1, its weight is n; the elements are the same then. */
static double interpolate(const double *x, npy_intp n, double quantile)
{
    const double at = (double)(n - 1) * quantile;
    const bool last = at >= (double)(n - 1);
    const npy_intp i = last ? n - 1 : (npy_intp)floor(at);
    const double a = x[i], b = x[last ? i : i + 1], apart = b - a;
    const double weight = at - (last ? -1.0 : (double)i);
    return weight >= 0.5 ? b - apart * (1 - weight) : a + apart * weight;
}

/* Returns whether all results of a line are finite. */
static bool finish_line(const struct lines *lines, void *sorted, npy_intp n, char *to)
{
    if (n == 0 || lines->sort(sorted, n, NULL) < 0) {
        return false;
    }
    if (lines->single) {
        const float *x = sorted, a = x[(n - 1) / 2], b = x[n / 2];
        const float median = n % 2 ? a : (a + b) / 2;
        memcpy(to, &median, sizeof median);
        return isfinite(median);
    }
    const double *x = sorted;
    bool finite = true;
    for (npy_intp i = 0; i < lines->nquantiles; i++) {
        const double result = lines->quantiles ? interpolate(x, n, lines->quantiles[i])
                              : n % 2          ? x[n / 2]
                                               : (x[n / 2 - 1] + x[n / 2]) / 2;
        memcpy(to + i * (npy_intp)sizeof result, &result, sizeof result);
        finite &= isfinite(result) != 0;
    }
    return finite;
}

/* -- lines ------------------------------------------------------------------------- */

static const char *line_at(const struct lines *lines, npy_intp i)
{
    const char *data = lines->data;
    for (int axis = 0; axis < lines->ndim; axis++) {
        data += i % lines->shape[axis] * lines->strides[axis];
        i /= lines->shape[axis];
    }
    return data;
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct lines *lines = job->context;
    const npy_intp itemsize = lines->single ? sizeof(float) : sizeof(double);
    void *numbers = PyMem_RawMalloc((size_t)(lines->n * itemsize));
    if (numbers == NULL) {
        atomic_store(&lines->no_memory, true);
        return 1;
    }
    int status = 0;
    for (npy_intp i = begin / lines->n; i < end / lines->n && status == 0; i++) {
        const npy_intp n = numbers_of(lines, line_at(lines, i), numbers);
        char *to = lines->to + i * lines->nquantiles * itemsize;
        if (!finish_line(lines, numbers, n, to)) {
            atomic_store(&lines->not_finite, true);
            status = 1;
        }
    }
    PyMem_RawFree(numbers);
    return status;
}

/* -- the call ---------------------------------------------------------------------- */

/* Lays out the lines along an axis.  Returns the array for the results, with an axis
 * for quantiles at the end; or NULL with an exception set. */
static PyArrayObject *lay_out(struct lines *lines, PyArrayObject *array, int along)
{
    npy_intp shape[NPY_MAXDIMS + 1];
    int ndim = 0;
    lines->data = PyArray_BYTES(array);
    lines->n = PyArray_DIM(array, along);
    lines->stride = PyArray_STRIDE(array, along);
    lines->count = 1;
    for (int axis = PyArray_NDIM(array) - 1; axis >= 0; axis--) {
        if (axis != along) {
            lines->shape[lines->ndim] = PyArray_DIM(array, axis);
            lines->strides[lines->ndim++] = PyArray_STRIDE(array, axis);
            lines->count *= PyArray_DIM(array, axis);
        }
    }
    for (int axis = lines->ndim - 1; axis >= 0; axis--) {
        shape[ndim++] = lines->shape[axis];
    }
    shape[ndim++] = lines->nquantiles;
    PyArrayObject *result = array_new_of(array, ndim, shape);
    lines->to = result ? PyArray_BYTES(result) : NULL;
    return result;
}

/* Returns a view of the results in NumPy's shape: one result a line, or the quantiles
 * first. */
static PyObject *in_shape(PyArrayObject *results, bool several)
{
    npy_intp shape[NPY_MAXDIMS + 1], strides[NPY_MAXDIMS + 1];
    const int ndim = PyArray_NDIM(results) - 1;
    shape[0] = PyArray_DIM(results, ndim);
    strides[0] = PyArray_STRIDE(results, ndim);
    for (int d = 0; d < ndim; d++) {
        shape[d + 1] = PyArray_DIM(results, d);
        strides[d + 1] = PyArray_STRIDE(results, d);
    }
    return array_view(results, PyArray_BYTES(results), ndim + several, shape + !several,
                      strides + !several);
}

/* Returns a new array of the quantiles between 0 and 1, or NULL where NumPy has to look
 * at them: they are no numbers, or others than these; `several`: not a single one. */
static PyArrayObject *take_quantiles(PyObject *given, double whole, bool *several)
{
    PyArrayObject *quantiles = NULL;
    if (PyFloat_Check(given) || PyLong_CheckExact(given)) {
        quantiles =
            (PyArrayObject *)PyArray_FROM_OTF(given, NPY_DOUBLE, NPY_ARRAY_ENSURECOPY);
    } else if (PyList_CheckExact(given) || PyTuple_CheckExact(given) ||
               PyArray_CheckExact(given)) {
        PyObject *array = PyArray_FROM_O(given);
        if (array && PyArray_NDIM((PyArrayObject *)array) == 1 &&
            PyArray_TYPE((PyArrayObject *)array) == NPY_DOUBLE) {
            quantiles = (PyArrayObject *)PyArray_FROM_OTF(
                array, NPY_DOUBLE, NPY_ARRAY_ENSURECOPY | NPY_ARRAY_CARRAY);
        }
        Py_XDECREF(array);
    }
    PyErr_Clear();
    if (quantiles == NULL || PyArray_SIZE(quantiles) == 0) {
        Py_CLEAR(quantiles);
        return NULL;
    }
    *several = PyArray_NDIM(quantiles) == 1;
    double *q = PyArray_DATA(quantiles);
    for (npy_intp i = 0; i < PyArray_SIZE(quantiles); i++) {
        q[i] /= whole;
        if (!(q[i] >= 0 && q[i] <= 1)) {
            Py_CLEAR(quantiles);
            return NULL;
        }
    }
    return quantiles;
}

/* Returns NULL, or the reason why NumPy runs the call. */
static const char *check(const struct hook_call *hook, PyObject *a, PyObject *axis,
                         bool medians, int *along)
{
    if (a == NULL || !array_is_plain_numbers(a)) {
        return reason_not_plain_numbers;
    }
    PyArrayObject *array = (PyArrayObject *)a;
    const int type = PyArray_TYPE(array), ndim = PyArray_NDIM(array);
    if (type != NPY_DOUBLE && (type != NPY_FLOAT || !medians)) {
        return reason_not_float32_or_float64;
    }
    if (ndim < 2 || axis == NULL || !arguments_axis(axis, ndim, along)) {
        return reason_not_along_one_axis;
    }
    if (PyArray_SIZE(array) == 0 || PyArray_DIM(array, *along) > LINE_MOST) {
        return reason_lines_too_long;
    }
    return errstate_raises(hook->state, FPU_FLAGS) ? reason_errstate_raises : NULL;
}

static PyObject *run_lines(struct hook_call *hook, PyArrayObject *array, int along,
                           PyArrayObject *quantiles, bool several)
{
    struct lines lines = {
        .sort = PyDataType_GetArrFuncs(PyArray_DESCR(array))->sort[NPY_QUICKSORT],
        .single = PyArray_TYPE(array) == NPY_FLOAT,
        .quantiles = quantiles ? PyArray_DATA(quantiles) : NULL,
        .nquantiles = quantiles ? PyArray_SIZE(quantiles) : 1};
    struct job job;
    PyObject *result = NULL;
    hook->report.elements = PyArray_SIZE(array);
    if (lines.sort == NULL) {
        return decline(hook, reason_no_order_of_dtype);
    }
    if (!hook_pays(hook, array, (uint64_t)along + 2, true, &job)) {
        return NULL;
    }
    PyArrayObject *results = lay_out(&lines, array, along);
    if (results == NULL) {
        return NULL;
    }
    const bool done = hook_run(hook, &job, "lines", run, &lines, PyArray_SIZE(array),
                               (struct split){PyArray_SIZE(array), lines.n});
    if (atomic_load(&lines.not_finite)) {
        hook->report.reason = reason_result_not_finite;
    } else if (atomic_load(&lines.no_memory)) {
        hook->report.reason = reason_no_memory;
    } else if (done) {
        result = in_shape(results, several);
    }
    Py_DECREF(results);
    return result;
}

static bool is_default(PyObject *value, const struct hook_call *hook)
{
    return value == NULL || value == Py_False || value == hook->state->no_value;
}

PyObject *order_nanmedian(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *a = arguments_find(&arguments, 0, "a");
    PyObject *axis = arguments_find(&arguments, 1, "axis");
    PyObject *out = arguments_find(&arguments, 2, "out");
    (void)arguments_find(&arguments, 3, "overwrite_input");
    PyObject *keepdims = arguments_find(&arguments, 4, "keepdims");
    int along = 0;
    if (nargs > 5 || !arguments_known(&arguments) || (out && out != Py_None) ||
        !is_default(keepdims, hook)) {
        return decline(hook, reason_arguments_refused);
    }
    hook->report.reason = check(hook, a, axis, true, &along);
    if (!hook->report.reason && fpu_flushes()) {
        hook->report.reason = reason_subnormals_as_zeros;
    }
    if (!hook->report.reason && !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)a)) {
        hook->report.reason = reason_rows_not_contiguous; /* results have its order */
    }
    return hook->report.reason
               ? NULL
               : run_lines(hook, (PyArrayObject *)a, along, NULL, false);
}

static PyObject *nanquantile(struct hook_call *hook, double whole,
                             PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *a = arguments_find(&arguments, 0, "a");
    PyObject *q = arguments_find(&arguments, 1, "q");
    PyObject *axis = arguments_find(&arguments, 2, "axis");
    PyObject *out = arguments_find(&arguments, 3, "out");
    (void)arguments_find(&arguments, 4, "overwrite_input");
    PyObject *method = arguments_find(&arguments, 5, "method");
    PyObject *keepdims = arguments_find(&arguments, 6, "keepdims");
    int along = 0;
    bool several = false;
    if (nargs > 7 || q == NULL || !arguments_known(&arguments) ||
        (out && out != Py_None) || !is_default(keepdims, hook) ||
        (method && !(PyUnicode_Check(method) &&
                     PyUnicode_CompareWithASCIIString(method, "linear") == 0))) {
        return decline(hook, reason_arguments_refused);
    }
    hook->report.reason = check(hook, a, axis, false, &along);
    if (!hook->report.reason && fpu_flushes()) {
        hook->report.reason = reason_subnormals_as_zeros;
    }
    if (!hook->report.reason && !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)a)) {
        hook->report.reason = reason_rows_not_contiguous; /* results have its order */
    }
    if (hook->report.reason) {
        return NULL;
    }
    PyArrayObject *quantiles = take_quantiles(q, whole, &several);
    if (quantiles == NULL) {
        return decline(hook, reason_arguments_refused);
    }
    PyObject *result = run_lines(hook, (PyArrayObject *)a, along, quantiles, several);
    Py_DECREF(quantiles);
    return result;
}

PyObject *order_nanpercentile(struct hook_call *hook, PyObject *self,
                              PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    return nanquantile(hook, 100, args, nargs, kwnames);
}

PyObject *order_nanquantile(struct hook_call *hook, PyObject *self,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    return nanquantile(hook, 1, args, nargs, kwnames);
}
