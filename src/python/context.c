/* context.c - see context.h. */
#include "context.h"

PyObject *context_value(PyObject *variable)
{
    PyObject *value = NULL;
    if (PyContextVar_Get(variable, NULL, &value) < 0) {
        PyErr_Clear();
    }
    /* A block's value is in a cell; the cell of a block that ended in another context
     * leads on. */
    while (value && PyCell_Check(value)) {
        PyObject *cell = value;
        value = PyCell_Get(cell);
        Py_DECREF(cell);
    }
    if (value == Py_None) {
        Py_CLEAR(value);
    }
    return value;
}
