/* arguments.h - the arguments of one of NumPy's functions, by position or by name. */
#ifndef NPP_PYTHON_ARGUMENTS_H
#define NPP_PYTHON_ARGUMENTS_H

#include "numpy_api.h"

struct arguments {
    PyObject *const *values;
    Py_ssize_t nargs;
    PyObject *kwnames;
    Py_ssize_t known; /* keywords that were asked for */
};

/* Returns the value of a parameter, or NULL. */
PyObject *arguments_find(struct arguments *arguments, Py_ssize_t position,
                         const char *name);

/* Returns whether all keywords that were given have been asked for. */
bool arguments_known(const struct arguments *arguments);

/* Convert an argument, if it is given.  Return false if NumPy refuses it. */
bool arguments_order(PyObject *object, NPY_ORDER *order);
bool arguments_casting(PyObject *object, NPY_CASTING *casting);
bool arguments_dtype(PyObject *object, PyArray_Descr **descr); /* a new reference */

bool arguments_mode(PyObject *object, NPY_CLIPMODE *mode); /* of indices; by name */

/* Returns whether a mode= is "raise", or not given. */
bool arguments_is_raise(PyObject *object);

/* Stores an int, counted from the end if it is negative, as an axis of `ndim`.  Returns
 * false if NumPy has to judge it. */
bool arguments_axis(PyObject *object, int ndim, int *axis);

#endif
