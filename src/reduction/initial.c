/* initial.c - see initial.h. */
#include "initial.h"

#include <string.h>

#include "reasons/reasons.h"

/* Returns `value` as a number of the result's dtype `descr`, in an array without axes.
 */
static PyArrayObject *make_number(PyArray_Descr *descr, PyObject *value)
{
    Py_INCREF(descr);
    PyArrayObject *number = (PyArrayObject *)PyArray_NewFromDescr(
        &PyArray_Type, descr, 0, NULL, NULL, NULL, 0, NULL);
    if (number && PyArray_SETITEM(number, PyArray_BYTES(number), value) < 0) {
        Py_CLEAR(number);
    }
    return number;
}

/* Returns the ufunc's identity.  NULL without an exception: it has none. */
static PyArrayObject *make_identity(const PyUFuncObject *ufunc, PyArray_Descr *descr)
{
    PyObject *value = attribute_of((PyObject *)ufunc, "identity");
    PyArrayObject *number = NULL;
    if (value && PyLong_Check(value) && PyTypeNum_ISUNSIGNED(descr->type_num) &&
        PyObject_RichCompareBool(value, Py_False, Py_LT) == 1) {
        /* -1 stands for all bits. */
        Py_SETREF(value, PyLong_FromLong(0));
        number = value ? make_number(descr, value) : NULL;
        if (number) {
            memset(PyArray_BYTES(number), -1, (size_t)PyArray_ITEMSIZE(number));
        }
    } else if (value && value != Py_None) {
        number = make_number(descr, value);
    }
    Py_XDECREF(value);
    return number;
}

/* Returns whether `value` becomes a number of dtype `descr` without a warning.  NumPy
 * judges what is not a number, or may not fit. */
static bool fits(PyObject *value, PyArray_Descr *descr)
{
    const double least = -60000, most = 60000; /* float16 holds them */
    const double number =
        PyLong_CheckExact(value) || PyFloat_CheckExact(value) || PyBool_Check(value)
            ? PyFloat_AsDouble(value)
            : most;
    PyErr_Clear();
    if (Py_TYPE(value) == descr->typeobj) {
        return true;
    }
    const bool whole = PyTypeNum_ISINTEGER(descr->type_num);
    return least < number && number < most && !(whole && PyFloat_CheckExact(value));
}

const char *initial_take(struct initials *initials, const struct request *request,
                         PyArray_Descr *descr)
{
    if (request->initial && !fits(request->initial, descr)) {
        return reason_initial_may_not_fit;
    }
    initials->identity = make_identity(request->ufunc, descr);
    if (request->initial && !PyErr_Occurred()) {
        initials->initial = make_number(descr, request->initial);
    }
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return reason_initial_does_not_fit;
    }
    return NULL;
}

int initial_put(const struct initials *initials, struct reduction *reduction,
                bool split, PyArrayObject *out)
{
    PyArrayObject *identity = initials->identity;
    PyArrayObject *value = initials->initial ? initials->initial : identity;
    if (reduction->mask && !identity) {
        identity = value; /* of an extreme, into which `value` may come several times */
    }
    reduction->copies_first = split ? !identity : !value;
    if (identity && PyArray_ITEMSIZE(identity) <= (npy_intp)sizeof reduction->neutral) {
        memcpy(reduction->neutral.bytes, PyArray_BYTES(identity),
               (size_t)PyArray_ITEMSIZE(identity));
    }
    reduction->has_end =
        reduction->type == NPY_BOOL && (strcmp(reduction->ufunc, "logical_or") == 0 ||
                                        strcmp(reduction->ufunc, "logical_and") == 0);
    return value && out ? PyArray_CopyInto(out, value) : 0;
}

void initial_clear(struct initials *initials)
{
    Py_XDECREF((PyObject *)initials->initial);
    Py_XDECREF((PyObject *)initials->identity);
}
