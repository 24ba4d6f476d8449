/* arguments.c - see arguments.h. */
#include "arguments.h"

const char arguments_refused[] = "arguments that NumPy is to judge";

PyObject *arguments_find(struct arguments *arguments, Py_ssize_t position,
                         const char *name)
{
    if (position >= 0 && position < arguments->nargs) {
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

bool arguments_convert(PyObject *object, int (*converter)(PyObject *, void *), void *to)
{
    if (object && converter(object, to) != NPY_SUCCEED) {
        PyErr_Clear();
        return false;
    }
    return true;
}
