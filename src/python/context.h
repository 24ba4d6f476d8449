/*
 * context.h - reads what one of our blocks has set in this context
 * (numpy_par/_context.py).
 */
#ifndef NPP_PYTHON_CONTEXT_H
#define NPP_PYTHON_CONTEXT_H

#include "numpy_api.h"

/* Returns a new reference to the value of a context variable; NULL, without an
 * exception: it has none. */
PyObject *context_value(PyObject *variable);

#endif
