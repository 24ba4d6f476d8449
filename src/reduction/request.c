/* request.c - see request.h. */
#include "request.h"

#include <string.h>

#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

static bool mark_axis(struct request *request, PyObject *object)
{
    int axis;
    if (!arguments_axis(object, PyArray_NDIM(request->array), &axis) ||
        request->axes[axis]) {
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

/* Returns whether `out` has the axes that the result has. */
static bool has_shape_of_result(const struct request *request, PyArrayObject *out)
{
    int next = 0;
    for (int axis = 0; axis < PyArray_NDIM(request->array); axis++) {
        npy_intp n = PyArray_DIM(request->array, axis);
        if (request->axes[axis] && request->method == REDUCE) {
            if (!request->keepdims) {
                continue;
            }
            n = 1;
        } else if (request->axes[axis] && request->method == REDUCEAT) {
            n = PyArray_SIZE(request->indices);
        }
        if (next >= PyArray_NDIM(out) || PyArray_DIM(out, next) != n) {
            return false;
        }
        next++;
    }
    return next == PyArray_NDIM(out);
}

/* Returns whether `array` has negative strides, which NumPy's iterator may turn where
 * it does not make the result. */
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
    return array_is_plain_numbers(object) && PyArray_ISBEHAVED(request->out) &&
           has_shape_of_result(request, request->out) &&
           !goes_backwards(request->array) && !goes_backwards(request->out) &&
           array_is_writeable(request->out) &&
           !arrays_overlap(request->out, request->array) &&
           !array_overlaps_itself(request->out);
}

/* Returns whether `ufunc` is NumPy's ufunc of its name.  How its elements may be put
 * together is known by the name.  Ufuncs that were found are noted, because the look-up
 * took half of the time of taking a call apart. */
static bool is_numpys(const struct state *state, PyObject *ufunc)
{
    bool found = PySet_Contains(state->numpys, ufunc) == 1;
    if (!found) {
        PyObject *numpys =
            attribute_of(state->numpy_module, ((PyUFuncObject *)ufunc)->name);
        found = numpys == ufunc && PySet_Add(state->numpys, ufunc) == 0;
        Py_XDECREF(numpys);
    }
    PyErr_Clear();
    return found;
}

/* Take the mask.  It has to be of bool, with no more axes than the array, each as long
 * as the array's or broadcast. */
static bool take_mask(struct request *request, PyObject *object)
{
    PyArrayObject *mask = (PyArrayObject *)object;
    if (object == NULL || object == Py_True) {
        return true;
    }
    if (!array_is_plain_numbers(object) || PyArray_TYPE(mask) != NPY_BOOL) {
        return false;
    }
    const int more = PyArray_NDIM(request->array) - PyArray_NDIM(mask);
    for (int axis = 0; more >= 0 && axis < PyArray_NDIM(mask); axis++) {
        const npy_intp n = PyArray_DIM(mask, axis);
        if (n != 1 && n != PyArray_DIM(request->array, axis + more)) {
            return false;
        }
    }
    request->mask = mask;
    return more >= 0 && !(request->out && arrays_overlap(request->out, mask));
}

const char *request_take_ufunc(const struct state *state, PyObject *self)
{
    const PyUFuncObject *ufunc = (PyUFuncObject *)self;
    return ufunc->nin != 2 || ufunc->nout != 1 || ufunc->core_enabled
               ? reason_ufunc_not_binary
           : !is_numpys(state, self) ? reason_ufunc_not_numpys
                                     : NULL;
}

/* Take the indices, without the conversions that run the caller's code, because NumPy
 * would run it again. */
static bool take_indices(struct request *request, PyObject *object)
{
    const bool array = PyArray_CheckExact(object) &&
                       PyTypeNum_ISINTEGER(PyArray_TYPE((PyArrayObject *)object));
    if (array || PyList_CheckExact(object) || PyTuple_CheckExact(object)) {
        request->indices = (PyArrayObject *)PyArray_FromAny(
            object, PyArray_DescrFromType(NPY_INTP), 1, 1, NPY_ARRAY_CARRAY_RO, NULL);
        PyErr_Clear();
    }
    return request->indices != NULL;
}

const char *request_take(struct request *request, const struct state *state,
                         PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames, enum method method)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    *request = (struct request){.method = method};
    request->ufunc = (PyUFuncObject *)self;
    const char *reason = request_take_ufunc(state, self);
    if (reason) {
        return reason;
    }
    PyObject *array = arguments_find(&arguments, 0, "array");
    PyObject *indices = NULL;
    Py_ssize_t at = 1;
    if (method == REDUCEAT) {
        indices = arguments_find(&arguments, at++, "indices");
    }
    PyObject *axis = arguments_find(&arguments, at++, "axis");
    PyObject *dtype = arguments_find(&arguments, at++, "dtype");
    PyObject *out = arguments_find(&arguments, at++, "out");
    PyObject *keepdims = NULL, *initial = NULL, *where = NULL;
    if (method == REDUCE) {
        keepdims = arguments_find(&arguments, at++, "keepdims");
        initial = arguments_find(&arguments, at++, "initial");
        where = arguments_find(&arguments, at++, "where");
    }
    if (nargs > at || !array || (method == REDUCEAT && !indices) ||
        !arguments_known(&arguments)) {
        return reason_arguments_refused;
    }
    request->initial = initial == state->no_value ? NULL : initial;
    request->keepdims = keepdims == Py_True;
    if (request->initial == Py_None ||
        (method != REDUCE && axis && !PyLong_CheckExact(axis)) ||
        (keepdims && keepdims != state->no_value && !PyBool_Check(keepdims))) {
        return reason_arguments_refused;
    }
    if (!array_is_plain_numbers(array) || PyArray_NDIM((PyArrayObject *)array) == 0) {
        return reason_not_plain_numbers;
    }
    request->array = (PyArrayObject *)array;
    if (!take_axes(request, axis)) {
        return reason_arguments_refused;
    }
    if (indices && !take_indices(request, indices)) {
        return reason_indices_refused;
    }
    if (!take_out(request, out)) {
        return reason_out_not_suitable;
    }
    if (!take_mask(request, where)) {
        return reason_where_not_bool;
    }
    return (dtype && dtype != Py_None && !arguments_dtype(dtype, &request->dtype)) ||
                   (request->dtype && !array_type_is_number(request->dtype->type_num))
               ? reason_dtype_not_number
               : NULL;
}

void request_clear(struct request *request)
{
    Py_CLEAR(request->indices);
    Py_CLEAR(request->dtype);
}

uint32_t request_key(const struct request *request, uint32_t more)
{
    uint64_t axes = 0;
    for (int axis = 0; axis < PyArray_NDIM(request->array); axis++) {
        axes = axes * 2 + request->axes[axis];
    }
    more += request->mask ? 1U << 31 : 0;
    return cost_mix(cost_mix(more, (uint64_t)(uintptr_t)request->ufunc), axes);
}
