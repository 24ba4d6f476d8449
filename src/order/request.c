/* request.c - see request.h. */
#include "request.h"

#include "python/array.h"
#include "reasons/reasons.h"
#include "threads/fpu.h"

static bool is_small_number(int type)
{
    switch (level_number(type)) {
    case NUMBER_b1:
    case NUMBER_i8:
    case NUMBER_u8:
    case NUMBER_i16:
    case NUMBER_u16:
    case NUMBER_f16:
        return true;
    default:
        return false;
    }
}

/* Stores whether kind= and stable= ask for a stable sort.  Returns false if NumPy has
 * to judge them. */
static bool read_kind(PyObject *kind, PyObject *stable, bool *is_stable)
{
    static const char *const names[] = {"quicksort", "heapsort", "stable", "mergesort"};
    const bool has_kind = kind && kind != Py_None;
    *is_stable = stable == Py_True;
    if (stable && stable != Py_None) {
        return PyBool_Check(stable) && !has_kind;
    }
    for (int i = 0; has_kind && i < 4; i++) {
        if (PyUnicode_Check(kind) &&
            PyUnicode_CompareWithASCIIString(kind, names[i]) == 0) {
            *is_stable = i >= 2;
            return true;
        }
    }
    return !has_kind;
}

const char *request_parse(struct request *request, PyObject *self,
                          struct arguments *arguments)
{
    PyObject *axis = arguments_find(arguments, 0, "axis");
    PyObject *kind = arguments_find(arguments, 1, "kind");
    PyObject *order = arguments_find(arguments, 2, "order");
    PyObject *stable = arguments_find(arguments, 3, "stable");
    if (arguments->nargs > 3 || !arguments_known(arguments) ||
        (order && order != Py_None) || !read_kind(kind, stable, &request->stable)) {
        return reason_arguments_refused;
    }
    if (!PyArray_CheckExact(self) || !PyArray_ISBEHAVED_RO((PyArrayObject *)self)) {
        return reason_not_sortable;
    }
    PyArrayObject *array = request->array = (PyArrayObject *)self;
    const int ndim = PyArray_NDIM(array), type = PyArray_TYPE(array);
    request->kind = keys_kind(type);
    if (request->kind == KEY_KINDS && !is_small_number(type)) {
        return reason_not_sortable;
    }
    if (PyTypeNum_ISFLOAT(type) && fpu_flushes()) {
        return reason_subnormals_as_zeros;
    }
    request->axis = ndim - 1;
    if (ndim == 0 || axis == Py_None ||
        (axis && !arguments_axis(axis, ndim, &request->axis))) {
        return reason_arguments_refused;
    }
    request->n = PyArray_DIM(array, request->axis);
    if (request->n < 2 || PyArray_SIZE(array) == 0) {
        return reason_too_few_elements;
    }
    if (request->in_place &&
        (!array_is_writeable(array) || array_overlaps_itself(array))) {
        return reason_copy_overlaps;
    }
    return NULL;
}
