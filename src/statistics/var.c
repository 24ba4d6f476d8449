/*
 * var.c - var, std and the nan functions of floats, with NumPy's bits.
 *
 * NumPy makes arrays of the deviations, of their squares, and of the elements with 0 in
 * the place of NaN, and sums these.  Here a kernel computes these values of each
 * element while it is summed, in the order of NumPy's sums.  The rest is arithmetic on
 * a few results.
 */
#include <math.h>

#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"
#include "reduction/reduction.h"
#include "threads/fpu.h"

/* A call, with its hook. */
struct moment {
    struct hook_call *hook;
    PyArrayObject *array; /* borrowed, as the others */
    PyObject *axis, *keepdims;
    npy_intp each; /* elements of a result */
    long ddof;
};

/* -- the call ------------------------------------------------------------------- */

/* Returns the number of elements of a result.  0: NumPy judges the axes. */
static npy_intp elements_of_result(PyArrayObject *array, PyObject *axis)
{
    const bool several = PyTuple_CheckExact(axis);
    const Py_ssize_t count = several ? PyTuple_GET_SIZE(axis) : 1;
    npy_intp n = 1;
    if (axis == Py_None) {
        return PyArray_SIZE(array);
    }
    for (Py_ssize_t i = 0; i < count && n > 0; i++) {
        PyObject *one = several ? PyTuple_GET_ITEM(axis, i) : axis;
        int at;
        n = arguments_axis(one, PyArray_NDIM(array), &at) ? n * PyArray_DIM(array, at)
                                                          : 0;
    }
    return n;
}

/* Returns whether `object` is an array that can be done here.  Deviations have the
 * order of the array only where NumPy's copies of it have that order. */
static bool is_array(PyObject *object)
{
    PyArrayObject *array = (PyArrayObject *)object;
    return object && array_is_plain_numbers(object) && PyArray_ISONESEGMENT(array) &&
           (PyArray_TYPE(array) == NPY_FLOAT || PyArray_TYPE(array) == NPY_DOUBLE);
}

/* Take the arguments of a method of an array (`self`), or of a function of one.
 * Returns NULL, or the reason why NumPy runs the call. */
static const char *take(struct moment *moment, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames, bool has_ddof)
{
    const struct state *state = moment->hook->state;
    if (self == NULL && nargs > 0) {
        self = *args++;
        nargs--;
    }
    if (!is_array(self)) {
        return reason_not_contiguous_floats;
    }
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *axis = arguments_find(&arguments, 0, "axis");
    PyObject *dtype = arguments_find(&arguments, 1, "dtype");
    PyObject *out = arguments_find(&arguments, 2, "out");
    PyObject *ddof = has_ddof ? arguments_find(&arguments, 3, "ddof") : NULL;
    PyObject *keepdims = arguments_find(&arguments, has_ddof ? 4 : 3, "keepdims");
    if (nargs > (has_ddof ? 5 : 4) || !arguments_known(&arguments) ||
        (dtype && dtype != Py_None) || (out && out != Py_None) ||
        (keepdims && keepdims != state->no_value && !PyBool_Check(keepdims)) ||
        (ddof && !PyLong_CheckExact(ddof))) {
        return reason_arguments_refused;
    }
    int overflow = 0;
    moment->array = (PyArrayObject *)self;
    moment->axis = axis ? axis : Py_None;
    moment->keepdims = keepdims ? keepdims : state->no_value;
    moment->ddof = ddof ? PyLong_AsLongAndOverflow(ddof, &overflow) : 0;
    moment->each = elements_of_result(moment->array, moment->axis);
    return overflow || moment->each == 0 ? reason_arguments_refused : NULL;
}

/* -- results -------------------------------------------------------------------- */

/* Returns the sums of what `map` makes of the elements.  NULL: NumPy runs the call, or
 * an exception is set. */
static PyArrayObject *sum(const struct moment *moment, enum map map,
                          PyArrayObject *centers)
{
    return reduction_map_sum(moment->hook, map, moment->array, moment->axis,
                             moment->keepdims, centers);
}

/* The results of all sums of a call lie alike, without gaps. */
#define EACH(x, STATEMENT)                                                             \
  for (npy_intp i = 0, n = PyArray_SIZE(x); i < n; i++) {                              \
    if (PyArray_TYPE(x) == NPY_FLOAT) {                                                \
      float *const at = (float *)PyArray_DATA(x) + i;                                  \
      STATEMENT;                                                                       \
    } else {                                                                           \
      double *const at = (double *)PyArray_DATA(x) + i;                                \
      STATEMENT;                                                                       \
    }                                                                                  \
  }

static double number(PyArrayObject *x, npy_intp i)
{
    return PyArray_TYPE(x) == NPY_FLOAT ? (double)((float *)PyArray_DATA(x))[i]
                                        : ((double *)PyArray_DATA(x))[i];
}

/*
 * Divide `sums` by `counts` (NULL: zeros) plus `more` in double, as NumPy divides
 * floats by integers.  Takes over the reference to `sums`.  Returns `sums`, or NULL,
 * for NumPy, if there is an error to tell.
 */
static PyArrayObject *divide(const struct moment *moment, PyArrayObject *sums,
                             PyArrayObject *counts, npy_intp more)
{
    if (sums == NULL) {
        return NULL;
    }
    fpu_clear_flags();
    EACH(sums, *at = (__typeof__(*at))((double)*at / ((counts ? number(counts, i) : 0) +
                                                      (double)more)))
    if (fpu_get_flags() & FPU_FLAGS) {
        moment->hook->report.reason = reason_fpe_names_call;
        Py_CLEAR(sums);
    }
    fpu_clear_flags();
    return sums;
}

static PyArrayObject *root(PyArrayObject *squares)
{
    if (squares) {
        EACH(squares, *at = (__typeof__(*at))sqrt((double)*at))
    }
    return squares;
}

static PyArrayObject *var(const struct moment *moment)
{
    if (moment->ddof >= moment->each) {
        moment->hook->report.reason = reason_no_degrees_of_freedom;
        return NULL;
    }
    PyArrayObject *squares = NULL;
    PyArrayObject *means =
        divide(moment, sum(moment, MAP_PLAIN, NULL), NULL, moment->each);
    if (means) {
        squares = divide(moment, sum(moment, MAP_SQUARE, means), NULL,
                         moment->each - moment->ddof);
    }
    Py_XDECREF((PyObject *)means);
    return squares;
}

/* Returns how many elements of each result are not NaN, more than ddof for each; or
 * NULL. */
static PyArrayObject *count(const struct moment *moment)
{
    const npy_intp exact =
        PyArray_TYPE(moment->array) == NPY_FLOAT ? 1 << 24 : NPY_MAX_INTP;
    bool enough = true;
    if (moment->each > exact) {
        moment->hook->report.reason = reason_too_many_for_float32;
        return NULL;
    }
    PyArrayObject *counts = sum(moment, MAP_IS_NUMBER, NULL);
    for (npy_intp i = 0; counts && i < PyArray_SIZE(counts); i++) {
        const double numbers = number(counts, i);
        enough &= numbers > 0 && numbers > (double)moment->ddof;
    }
    if (!enough) {
        moment->hook->report.reason = reason_too_few_numbers;
        Py_CLEAR(counts);
    }
    return counts;
}

static PyArrayObject *nansum(const struct moment *moment)
{
    return sum(moment, MAP_NUMBER, NULL);
}

static PyArrayObject *nanmean_of(const struct moment *moment, PyArrayObject *counts)
{
    return divide(moment, sum(moment, MAP_NUMBER, NULL), counts, 0);
}

static PyArrayObject *nanmean(const struct moment *moment)
{
    PyArrayObject *counts = count(moment);
    PyArrayObject *means = counts ? nanmean_of(moment, counts) : NULL;
    Py_XDECREF((PyObject *)counts);
    return means;
}

static PyArrayObject *nanvar(const struct moment *moment)
{
    PyArrayObject *counts = count(moment);
    PyArrayObject *means = counts ? nanmean_of(moment, counts) : NULL;
    PyArrayObject *squares = NULL;
    if (means) {
        squares = divide(moment, sum(moment, MAP_NUMBER_SQUARE, means), counts,
                         -moment->ddof);
    }
    Py_XDECREF((PyObject *)means);
    Py_XDECREF((PyObject *)counts);
    return squares;
}

static PyArrayObject *std(const struct moment *moment)
{
    return root(var(moment));
}

static PyArrayObject *nanstd(const struct moment *moment)
{
    return root(nanvar(moment));
}

/* -- hooks ---------------------------------------------------------------------- */

typedef PyArrayObject *moment_function(const struct moment *);

static PyObject *call(moment_function *function, bool has_ddof, struct hook_call *hook,
                      PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                      PyObject *kwnames)
{
    struct moment moment = {.hook = hook};
    hook->report.reason = take(&moment, self, args, nargs, kwnames, has_ddof);
    PyArrayObject *result = hook->report.reason ? NULL : function(&moment);
    return result ? PyArray_Return(result) : NULL;
}

#define HOOK_OF(name, has_ddof)                                                        \
  PyObject *statistics_##name(struct hook_call *hook, PyObject *self,                  \
                              PyObject *const *args, Py_ssize_t nargs,                 \
                              PyObject *kwnames)                                       \
  {                                                                                    \
    return call(name, has_ddof, hook, self, args, nargs, kwnames);                     \
  }

HOOK_OF(var, true)
HOOK_OF(std, true)
HOOK_OF(nansum, false)
HOOK_OF(nanmean, false)
HOOK_OF(nanvar, true)
HOOK_OF(nanstd, true)
