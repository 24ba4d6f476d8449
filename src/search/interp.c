/* interp.c - the C function behind np.interp, for real numbers. */
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "ranking.h"

/* Points for each element, at most: all points are looked at, to see that they
 * ascend. */
enum { POINTS_EACH = 16 };

/* NumPy looks for an element beside the one before it, so that few elements in order
 * take it 5 ns each, whatever instructions there are. */
enum { FEW_IN_ORDER = 1 << 14 };

static bool are_few_in_order(PyArrayObject *x)
{
    return PyArray_SIZE(x) < FEW_IN_ORDER && PyArray_TYPE(x) == NPY_DOUBLE &&
           PyArray_IS_C_CONTIGUOUS(x) && cost_min_elements() < 0 &&
           kernels_interpolation()->ascends(PyArray_DATA(x), PyArray_SIZE(x));
}

struct interpolating {
    const struct ranking *ranking;
    struct points points;
    double *to;
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct interpolating *interpolating = job->context;
    const struct ranking *ranking = interpolating->ranking;
    _Alignas(8) char room[SOURCE_ROOM];
    npy_intp ranks[SOURCE_BLOCK];
    for (npy_intp at = begin, next; at < end; at = next) {
        next = source_block_end(at, end);
        const void *x = source_block(&ranking->keys, at, next - at, room);
        ranking->rank(&ranking->tree, x, next - at, ranks);
        kernels_interpolation()->at(&interpolating->points, x, ranks, next - at,
                                    interpolating->to + at);
    }
    return 0;
}

/* Returns whether `object` is a plain array of numbers that are not complex. */
static bool is_real(PyObject *object)
{
    return array_is_plain_numbers(object) &&
           !PyTypeNum_ISCOMPLEX(PyArray_TYPE((PyArrayObject *)object));
}

/* Returns points as a contiguous array of doubles with one axis; NULL: NumPy has to
 * judge them. */
static PyArrayObject *take_points(PyObject *object)
{
    PyObject *array = PyArray_FROM_O(object), *doubles = NULL;
    if (array && is_real(array) && PyArray_NDIM((PyArrayObject *)array) == 1) {
        doubles = PyArray_FROM_OTF(array, NPY_DOUBLE, NPY_ARRAY_CARRAY_RO);
    }
    PyErr_Clear();
    Py_XDECREF(array);
    return (PyArrayObject *)doubles;
}

/* Stores left= or right=.  Returns false if NumPy has to judge it. */
static bool take_end(PyObject *object, double usual, double *value)
{
    *value = usual;
    if (object == NULL || object == Py_None) {
        return true;
    }
    if (!PyFloat_Check(object) && !PyLong_CheckExact(object)) {
        return false;
    }
    *value = PyFloat_AsDouble(object);
    const bool good = !PyErr_Occurred();
    PyErr_Clear();
    return good;
}

static PyObject *interpolate(struct hook_call *hook, struct interpolating interpolating,
                             PyArrayObject *x, PyArrayObject *xp, struct job *job)
{
    struct ranking ranking = {0};
    PyObject *result = NULL;
    hook->report.reason = ranking_make(&ranking, xp, x, NPY_DOUBLE, true);
    if (hook->report.reason || PyErr_Occurred()) {
        goto finish;
    }
    result = PyArray_SimpleNew(PyArray_NDIM(x), PyArray_DIMS(x), NPY_DOUBLE);
    if (result == NULL) {
        goto finish;
    }
    interpolating.ranking = &ranking;
    interpolating.to = PyArray_DATA((PyArrayObject *)result);
    if (!hook_run(hook, job, "search", run, &interpolating, PyArray_SIZE(x),
                  split_anywhere())) {
        Py_CLEAR(result);
    }

finish:
    ranking_clear(&ranking);
    return result;
}

PyObject *search_interp(struct hook_call *hook, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *x = arguments_find(&arguments, 0, "x");
    PyObject *left = arguments_find(&arguments, 3, "left");
    PyObject *right = arguments_find(&arguments, 4, "right");
    PyObject *xp_given = arguments_find(&arguments, 1, "xp");
    PyObject *fp_given = arguments_find(&arguments, 2, "fp");
    PyArrayObject *xp = NULL, *fp = NULL;
    PyObject *result = NULL;
    struct interpolating interpolating;
    struct points *points = &interpolating.points;
    struct job job;
    if (nargs > 5 || !x || !xp_given || !fp_given || !arguments_known(&arguments)) {
        return decline(hook, reason_arguments_refused);
    }
    if (!is_real(x)) {
        return decline(hook, reason_not_plain_numbers);
    }
    xp = take_points(xp_given);
    fp = take_points(fp_given);
    if (!xp || !fp || PyArray_SIZE(xp) < 2 || PyArray_SIZE(xp) != PyArray_SIZE(fp)) {
        hook->report.reason = reason_points_refused;
        goto finish;
    }
    *points = (struct points){
        .x = PyArray_DATA(xp), .y = PyArray_DATA(fp), .n = PyArray_SIZE(xp)};
    const struct call call = {.state = hook->state,
                              .nin = 2,
                              .nop = 2,
                              .op = {(PyArrayObject *)x, xp},
                              .more = cost_magnitude(points->n) + 1,
                              .pays_alone = true,
                              .size = PyArray_SIZE((PyArrayObject *)x)};
    hook->report.elements = call.size;
    if (!hook_call_pays(hook, &call, &job)) {
        goto finish;
    }
    if (points->n / POINTS_EACH > call.size ||
        !take_end(left, points->y[0], &points->left) ||
        !take_end(right, points->y[points->n - 1], &points->right)) {
        hook->report.reason = reason_arguments_refused;
    } else if (!kernels_interpolation()->ascends(points->x, points->n)) {
        hook->report.reason = reason_points_refused;
    } else if (are_few_in_order((PyArrayObject *)x)) {
        hook->report.reason = reason_few_in_order;
    } else {
        result = interpolate(hook, interpolating, (PyArrayObject *)x, xp, &job);
    }

finish:
    Py_XDECREF(xp);
    Py_XDECREF(fp);
    return result;
}
