/*
 * numpy_api.h - Python and NumPy, included in one way by every file that may see them.
 *
 * Built against any NumPy 2 and run with any NumPy 2: nothing newer than 2.0 is used.
 */
#ifndef NPP_PYTHON_NUMPY_API_H
#define NPP_PYTHON_NUMPY_API_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#define NPY_TARGET_VERSION NPY_2_0_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL npp_array_api
#define PY_UFUNC_UNIQUE_SYMBOL npp_ufunc_api
#ifndef NPP_IMPORTS_NUMPY /* module.c */
#  define NO_IMPORT_ARRAY
#  define NO_IMPORT_UFUNC
#endif
#include <numpy/ndarrayobject.h>
#include <numpy/ufuncobject.h>
#include <numpy/dtype_api.h>

#include <stdbool.h>

/* How a method table holds a function with another signature than PyCFunction's. */
#define C_FUNCTION(f) ((PyCFunction)(void (*)(void))(f))

/* Values of PyArray_GetNDArrayCFeatureVersion() for the NumPy that runs. */
enum { NUMPY_2_3 = 0x14, NUMPY_2_5 = 0x16 };

/* More operands than any ufunc of NumPy or SciPy has; the where= mask is one more. */
enum { NPP_MAX_OPERANDS = 15, NPP_MAX_SLOTS = NPP_MAX_OPERANDS + 1 };

/*
 * Returns an attribute; use it for names that are asked for again and again.  Python's
 * cache of attributes has a place for each address of a name and keeps the name, and
 * PyObject_GetAttrString() makes a new name each time: up to 4096 of them stay.
 */
static inline PyObject *attribute_of(PyObject *object, const char *name)
{
    PyObject *only = PyUnicode_InternFromString(name);
    PyObject *value = only ? PyObject_GetAttr(object, only) : NULL;
    Py_XDECREF(only);
    return value;
}

#endif
