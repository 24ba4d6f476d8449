/*
 * at.c - ufunc.at on the engine, with NumPy's bits: for ufuncs of two inputs, on an
 * array of one axis, at an array of integers.
 *
 * NumPy has fast loops for values of the array's own dtype.  It casts other values one
 * by one, which takes some fifty times as long.  Here they are cast first, where that
 * gives the same result.
 */
#include "scatter.h"

#include <string.h>

#include "python/array.h"
#include "reasons/reasons.h"
#include "reduction/request.h"

struct call_of_at {
    PyUFuncObject *ufunc;
    PyArrayObject *array, *values; /* values: owned */
    bool cast;
};

/* Returns whether it gives the same if NumPy's integers wrap around in a longer type,
 * or in their own. */
static bool wraps(const char *ufunc)
{
    return strcmp(ufunc, "add") == 0 || strcmp(ufunc, "subtract") == 0 ||
           strcmp(ufunc, "multiply") == 0 || strncmp(ufunc, "bitwise_", 8) == 0;
}

/* Returns whether `values` is one number that float32 holds.  Then a sum or a product
 * in double, rounded to float32, equals the one in float32 (S. Figueroa, "When is
 * double rounding innocuous?", 1995). */
static bool is_float32(PyArrayObject *values)
{
    PyObject *number = PyArray_SIZE(values) == 1
                           ? PyArray_GETITEM(values, PyArray_BYTES(values))
                           : NULL;
    const double value = number ? PyFloat_AsDouble(number) : 0.5;
    Py_XDECREF(number);
    if (number == NULL || PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return value == 0 || (1e-30 < Py_ABS(value) && Py_ABS(value) < 1e30 &&
                          (double)(float)value == value);
}

/* Returns whether values may be cast to the type `to` before the ufunc, in place of its
 * results after it. */
static bool may_cast(const struct call_of_at *call, int to)
{
    const int from = PyArray_TYPE(call->values);
    PyArray_Descr *common =
        PyArray_PromoteTypes(PyArray_DESCR(call->array), PyArray_DESCR(call->values));
    const int type = common ? common->type_num : NPY_NOTYPE;
    const char *ufunc = call->ufunc->name;
    Py_XDECREF(common);
    PyErr_Clear();
    return PyArray_EquivTypenums(type, to)
               ? to != NPY_BOOL
               : (PyTypeNum_ISINTEGER(type) && PyTypeNum_ISINTEGER(to) &&
                  wraps(ufunc)) ||
                     (type == NPY_DOUBLE && to == NPY_FLOAT && wraps(ufunc) &&
                      (from == NPY_DOUBLE || PyTypeNum_ISINTEGER(from)) &&
                      is_float32(call->values));
}

/* Take the values for n indices.  Returns NULL, or a reason. */
static const char *take_values(struct call_of_at *call, PyObject *object, npy_intp n)
{
    const int to = PyArray_TYPE(call->array);
    if (!PyLong_CheckExact(object) && !PyFloat_CheckExact(object) &&
        !array_is_plain_numbers(object)) {
        return reason_values_not_plain;
    }
    call->values = (PyArrayObject *)PyArray_FromAny(object, NULL, 0, 0, 0, NULL);
    if (call->values == NULL || !array_is_plain_numbers((PyObject *)call->values) ||
        PyArray_NDIM(call->values) > 1 ||
        (PyArray_SIZE(call->values) != 1 && PyArray_SIZE(call->values) != n)) {
        return reason_values_count;
    }
    if (!PyArray_EquivTypenums(PyArray_TYPE(call->values), to)) {
        if (!may_cast(call, to)) {
            return reason_values_dtype;
        }
        call->cast = true;
        Py_SETREF(call->values, (PyArrayObject *)PyArray_CastToType(
                                    call->values, PyArray_DescrFromType(to), 0));
    }
    return call->values ? NULL : reason_values_cast;
}

/* Returns whether NumPy is sure to have a loop of its own for this call on
 * floating-point numbers, whose order is not free. */
static bool has_loop(const struct call_of_at *call, PyObject *values)
{
    return PyTypeNum_ISFLOAT(PyArray_TYPE(call->array)) && PyArray_CheckExact(values) &&
           PyArray_TYPE((PyArrayObject *)values) == PyArray_TYPE(call->array);
}

/* Returns NULL, or the reason why NumPy runs the call; an exception may be set. */
static const char *take(struct call_of_at *call, struct scatter *scatter,
                        const struct state *state, PyObject *self,
                        PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    call->ufunc = (PyUFuncObject *)self;
    if (nargs != 3 || kwnames || call->ufunc->nin != 2) {
        return reason_ufunc_unary;
    }
    call->array = (PyArrayObject *)args[0];
    if (!array_is_plain_numbers(args[0]) || PyArray_NDIM(call->array) != 1 ||
        !PyArray_IS_C_CONTIGUOUS(call->array) || !PyArray_ISBEHAVED(call->array) ||
        !array_is_writeable(call->array)) {
        return reason_not_one_axis;
    }
    scatter->kernels = scatter_find(call->ufunc->name, PyArray_TYPE(call->array));
    if (scatter->kernels->all == NULL) {
        return reason_no_kernel_for_dtype;
    }
    const char *reason = scatter_take_index(scatter, args[1]);
    if (!reason && scatter_is_small(scatter->n) && has_loop(call, args[2])) {
        reason = reason_too_few_indices;
    }
    reason = reason ? reason : request_take_ufunc(state, self);
    reason = reason ? reason : take_values(call, args[2], scatter->n);
    if (reason) {
        return reason;
    }
    return arrays_overlap(call->array, (PyArrayObject *)args[1]) ||
                   arrays_overlap(call->array, call->values)
               ? reason_indices_overlap
               : NULL;
}

/* Returns the kernels for bins if the order is free, else NULL.  For differences these
 * are the kernels for sums: the sums are subtracted at the end. */
static const scatter_kernels *find_bins(const char *ufunc, int type)
{
    const bool subtract = strcmp(ufunc, "subtract") == 0;
    return PyTypeNum_ISFLOAT(type) ? NULL
                                   : scatter_find(subtract ? "add" : ufunc, type);
}

/* Returns whether NumPy calls its loop for each index, with casts or without. */
static bool is_slow(const struct call_of_at *call)
{
    const char *ufunc = call->ufunc->name;
    return call->cast || PyArray_TYPE(call->array) == NPY_BOOL ||
           strncmp(ufunc, "bitwise_", 8) == 0;
}

PyObject *scatter_at(struct hook_call *hook, PyObject *self, PyObject *const *args,
                     Py_ssize_t nargs, PyObject *kwnames)
{
    struct call_of_at call = {0};
    struct scatter scatter = {0};
    struct plan plan = {0};
    struct job job;
    PyObject *result = NULL;
    int fpe = 0;

    hook->report.reason =
        take(&call, &scatter, hook->state, self, args, nargs, kwnames);
    if (hook->report.reason) {
        PyErr_Clear();
        goto finish;
    }
    const int type = PyArray_TYPE(call.array);
    scatter.a = PyArray_BYTES(call.array);
    scatter.length = PyArray_SIZE(call.array);
    scatter.itemsize = PyArray_ITEMSIZE(call.array);
    scatter.values = PyArray_BYTES(call.values);
    scatter.step = PyArray_SIZE(call.values) == 1 ? 0 : PyArray_STRIDE(call.values, 0);
    scatter.into_bins = find_bins(call.ufunc->name, type);
    const uint64_t more = ((uint64_t)(uintptr_t)self << 8) + ((uint64_t)type << 3) +
                          cost_magnitude(PyArray_SIZE(call.array));
    bool done = false;
    if (hook_pays(hook, (PyArrayObject *)args[1], more, false, &job)) {
        job.plan = &plan;
        job.path = "scatter";
        done = scatter_run(hook, &scatter, &job, false, &fpe);
    }
    if (!done && !hook->explain && !PyErr_Occurred() &&
        (is_slow(&call) || (scatter.few && scatter_alone_pays()))) {
        done = scatter_alone(hook, &scatter, false, &fpe);
    }
    if (done && (!PyTypeNum_ISFLOAT(type) ||
                 execute_give_fpe(call.cast ? "at" : call.ufunc->name, fpe) == 0)) {
        result = Py_NewRef(Py_None);
    }

finish:
    hook->report.elements = scatter.n;
    Py_XDECREF((PyObject *)call.values);
    return result;
}
