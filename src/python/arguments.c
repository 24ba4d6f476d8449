/* arguments.c - see arguments.h. */
#include "arguments.h"

#include "reasons/reasons.h"

PyObject *arguments_find(struct arguments *arguments, Py_ssize_t position,
                         const char *name)
{
    if (position < arguments->nargs) {
        return arguments->values[position];
    }
    for (Py_ssize_t i = 0;
         arguments->kwnames && i < PyTuple_GET_SIZE(arguments->kwnames); i++) {
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(arguments->kwnames, i),
                                             name) == 0) {
            arguments->known++;
            return arguments->values[arguments->nargs + i];
        }
    }
    return NULL;
}

bool arguments_known(const struct arguments *arguments)
{
    return arguments->kwnames == NULL ||
           arguments->known == PyTuple_GET_SIZE(arguments->kwnames);
}

/* Returns whether one of NumPy's converters succeeded, without its exception. */
static bool converted(int status)
{
    if (status != NPY_SUCCEED) {
        PyErr_Clear();
    }
    return status == NPY_SUCCEED;
}

bool arguments_order(PyObject *object, NPY_ORDER *order)
{
    return object == NULL || converted(PyArray_OrderConverter(object, order));
}

bool arguments_casting(PyObject *object, NPY_CASTING *casting)
{
    return object == NULL || converted(PyArray_CastingConverter(object, casting));
}

bool arguments_dtype(PyObject *object, PyArray_Descr **descr)
{
    return object == NULL || converted(PyArray_DescrConverter(object, descr));
}

bool arguments_mode(PyObject *object, NPY_CLIPMODE *mode)
{
    static const struct {
        const char *name;
        NPY_CLIPMODE mode;
    } modes[] = {{"raise", NPY_RAISE}, {"wrap", NPY_WRAP}, {"clip", NPY_CLIP}};
    for (size_t i = 0; object && i < sizeof modes / sizeof *modes; i++) {
        if (PyUnicode_CheckExact(object) &&
            PyUnicode_CompareWithASCIIString(object, modes[i].name) == 0) {
            *mode = modes[i].mode;
            return true;
        }
    }
    return object == NULL;
}

bool arguments_is_raise(PyObject *object)
{
    NPY_CLIPMODE mode = NPY_RAISE;
    return arguments_mode(object, &mode) && mode == NPY_RAISE;
}

bool arguments_axis(PyObject *object, int ndim, int *axis)
{
    int overflow = 0;
    if (!PyLong_CheckExact(object)) {
        return false;
    }
    long value = PyLong_AsLongAndOverflow(object, &overflow);
    value += value < 0 ? ndim : 0;
    *axis = (int)value;
    return !overflow && value >= 0 && value < ndim;
}
