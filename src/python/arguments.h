/* arguments.h - the parameters of a function of NumPy's, by position or by name. */
#ifndef NPP_PYTHON_ARGUMENTS_H
#define NPP_PYTHON_ARGUMENTS_H

#include "numpy_api.h"

struct arguments {
    PyObject *const *values;
    Py_ssize_t nargs;
    PyObject *kwnames;
    Py_ssize_t known; /* keywords that were asked for */
};

/* The value of a parameter, or NULL. */
PyObject *arguments_find(struct arguments *arguments, Py_ssize_t position,
                         const char *name);

/* Whether all keywords that were given have been asked for. */
bool arguments_known(const struct arguments *arguments);

/* True unless NumPy refuses an argument that is there as what it is to be. */
bool arguments_order(PyObject *object, NPY_ORDER *order);
bool arguments_casting(PyObject *object, NPY_CASTING *casting);
bool arguments_dtype(PyObject *object, PyArray_Descr **descr); /* a new reference */

/* An int, counted from the end if it is negative, as an axis of ndim.  False: NumPy is
 * to judge it. */
bool arguments_axis(PyObject *object, int ndim, int *axis);

#endif
