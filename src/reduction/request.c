/* request.c - see request.h. */
#include "request.h"

#include <string.h>

#include "../arguments.h"
#include "../call.h"
#include "../cost.h"

bool request_is_plain_number(int type)
{
    return type <= NPY_CLONGDOUBLE || type == NPY_HALF;
}

bool request_is_plain(PyObject *object)
{
    if (!PyArray_CheckExact(object)) {
        return false;
    }
    PyArrayObject *array = (PyArrayObject *)object;
    return request_is_plain_number(PyArray_TYPE(array)) && PyArray_ISBEHAVED_RO(array);
}

static bool mark_axis(struct request *request, PyObject *object)
{
    const int ndim = PyArray_NDIM(request->array);
    if (!PyLong_CheckExact(object)) {
        return false;
    }
    int overflow;
    long axis = PyLong_AsLongAndOverflow(object, &overflow);
    axis += axis < 0 ? ndim : 0;
    if (overflow || axis < 0 || axis >= ndim || request->axes[axis]) {
        return false;
    }
    request->axes[axis] = true;
    return true;
}

static bool take_axes(struct request *request, PyObject *object)
{
    const int ndim = PyArray_NDIM(request->array);
    Py_ssize_t count = 1;
    if (object == Py_None) {
        memset(request->axes, true, (size_t)ndim);
        count = ndim;
    } else if (object == NULL) {
        request->axes[0] = true;
    } else if (PyTuple_CheckExact(object)) {
        count = PyTuple_GET_SIZE(object);
        for (Py_ssize_t i = 0; i < count; i++) {
            if (!mark_axis(request, PyTuple_GET_ITEM(object, i))) {
                return false;
            }
        }
    } else if (!mark_axis(request, object)) {
        return false;
    }
    request->naxes = count;
    return count > 0;
}

/* Whether an array has the axes that the result has. */
static bool has_shape_of_result(const struct request *request, PyArrayObject *out)
{
    int next = 0;
    if (request->scans) {
        return PyArray_SAMESHAPE(out, request->array);
    }
    for (int axis = 0; axis < PyArray_NDIM(request->array); axis++) {
        if (request->axes[axis] && !request->keepdims) {
            continue;
        }
        const npy_intp n = request->axes[axis] ? 1 : PyArray_DIM(request->array, axis);
        if (next >= PyArray_NDIM(out) || PyArray_DIM(out, next) != n) {
            return false;
        }
        next++;
    }
    return next == PyArray_NDIM(out);
}

/* Which NumPy's iterator may turn where it does not make the result. */
static bool goes_backwards(PyArrayObject *array)
{
    bool found = false;
    for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
        found |= PyArray_STRIDE(array, axis) < 0;
    }
    return found;
}

static bool take_out(struct request *request, PyObject *object)
{
    if (object && PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) == 1) {
        object = PyTuple_GET_ITEM(object, 0);
    } else if (object == NULL || object == Py_None) {
        return true;
    }
    request->out = (PyArrayObject *)object;
    return request_is_plain(object) && PyArray_ISBEHAVED(request->out) &&
           has_shape_of_result(request, request->out) &&
           !goes_backwards(request->array) && !goes_backwards(request->out) &&
           PyArray_FLAGS(request->out) >= 0 /* NumPy's "warn on write" */ &&
           !arrays_overlap(request->out, request->array) &&
           !array_overlaps_itself(request->out);
}

/* What both have: the array, the axes, a dtype and an out=. */
static const char *take(struct request *request, PyObject *array, PyObject *axis,
                        PyObject *dtype, PyObject *out)
{
    if (!request_is_plain(array) || PyArray_NDIM((PyArrayObject *)array) == 0) {
        return "not a plain, aligned ndarray of numbers in this machine's byte order";
    }
    request->array = (PyArrayObject *)array;
    if (!take_axes(request, axis)) {
        return arguments_refused;
    }
    if (!take_out(request, out)) {
        return "an out= of another shape, that is no plain array, or overlaps, or strides "
               "that go backwards beside it";
    }
    return (dtype && dtype != Py_None && !arguments_dtype(dtype, &request->dtype)) ||
                   (request->dtype &&
                    !request_is_plain_number(request->dtype->type_num))
               ? "a dtype of other than numbers"
               : NULL;
}

/* By its name it is known how a ufunc's elements may be put together: so it has to be
 * NumPy's of that name. */
static bool is_numpys(const struct state *state, PyObject *ufunc)
{
    PyObject *numpys =
        PyObject_GetAttrString(state->numpy_module, ((PyUFuncObject *)ufunc)->name);
    PyErr_Clear();
    Py_XDECREF(numpys);
    return numpys == ufunc;
}

static const char *begin(struct request *request, const struct state *state,
                         PyObject *self, bool scans)
{
    memset(request, 0, sizeof *request);
    request->ufunc = (PyUFuncObject *)self;
    request->scans = scans;
    return request->ufunc->nin != 2 || request->ufunc->nout != 1 ||
                   request->ufunc->core_enabled
               ? "a ufunc of other than two inputs and one output"
           : !is_numpys(state, self) ? "a ufunc that is not one of NumPy's own"
                                     : NULL;
}

const char *request_take(struct request *request, const struct state *state,
                         PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    const char *reason = begin(request, state, self, false);
    if (reason) {
        return reason;
    }
    PyObject *array = arguments_find(&arguments, 0, "array");
    PyObject *axis = arguments_find(&arguments, 1, "axis");
    PyObject *dtype = arguments_find(&arguments, 2, "dtype");
    PyObject *out = arguments_find(&arguments, 3, "out");
    PyObject *keepdims = arguments_find(&arguments, 4, "keepdims");
    PyObject *initial = arguments_find(&arguments, 5, "initial");
    PyObject *where = arguments_find(&arguments, 6, "where");
    if (nargs > 7 || !array || !arguments_known(&arguments)) {
        return arguments_refused;
    }
    if (where && where != Py_True) {
        return "under a where= mask";
    }
    request->initial = initial == state->no_value ? NULL : initial;
    request->keepdims = keepdims == Py_True;
    if (request->initial == Py_None ||
        (keepdims && keepdims != state->no_value && !PyBool_Check(keepdims))) {
        return arguments_refused;
    }
    return take(request, array, axis, dtype, out);
}

const char *request_take_scan(struct request *request, const struct state *state,
                              PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    const char *reason = begin(request, state, self, true);
    if (reason) {
        return reason;
    }
    PyObject *array = arguments_find(&arguments, 0, "array");
    PyObject *axis = arguments_find(&arguments, 1, "axis");
    PyObject *dtype = arguments_find(&arguments, 2, "dtype");
    PyObject *out = arguments_find(&arguments, 3, "out");
    if (nargs > 4 || !array || !arguments_known(&arguments) ||
        (axis && !PyLong_CheckExact(axis))) {
        return arguments_refused;
    }
    return take(request, array, axis, dtype, out);
}

uint32_t request_key(const struct request *request, uint32_t key)
{
    uint64_t axes = 0;
    for (int axis = 0; axis < PyArray_NDIM(request->array); axis++) {
        axes = axes * 2 + request->axes[axis];
    }
    key = cost_mix(key, (uint64_t)(uintptr_t)request->ufunc);
    return cost_mix(key, axes);
}
