/*
 * glance.h - how large is a call?  What all calls pay, so a few instructions on what is
 * there: no call, no reference count, no judgement.
 */
#ifndef NPP_GLANCE_H
#define NPP_GLANCE_H

#include <stdatomic.h>

#include "numpy_api.h"

/*
 * Calls of fewer elements go to NumPy without a second look: too few for any loop to
 * gain, or 0 while profile() wants to see all of them.  A variable, because every small
 * call asks.
 */
extern _Atomic int64_t glance_gate;

/* Set both of these; at import, and when either reason changes. */
void glance_set(bool everything);

/* &PyArray_Type, which NumPy's headers look up in a table of a table. */
extern PyTypeObject *glance_ndarray;

static inline bool glance_is_array(const PyObject *object)
{
    return Py_TYPE((PyObject *)object) == glance_ndarray;
}

#ifdef Py_GIL_DISABLED
#  define FREE_THREADED true
#else
#  define FREE_THREADED false
#endif

/* The elements of an ndarray, of the first arrays in a list or tuple; else 1. */
static inline int64_t glance_elements(PyObject *object)
{
    int64_t size = 1;
    if (glance_is_array(object)) {
        PyArrayObject *array = (PyArrayObject *)object;
        for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
            size *= PyArray_DIM(array, axis);
        }
    } else if (PyList_CheckExact(object) && FREE_THREADED) {
        size = INT64_MAX; /* another thread may change it: a closer look is needed */
    } else if (PyTuple_CheckExact(object) || PyList_CheckExact(object)) {
        size = PySequence_Fast_GET_SIZE(object);
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object) && i < 16; i++) {
            PyObject *item = PySequence_Fast_GET_ITEM(object, i);
            size += glance_is_array(item) ? glance_elements(item) : 0;
        }
    }
    return size;
}

/*
 * What most small calls look like: arrays of one or two axes, numbers, few elements.
 * All of them broadcast have at most the longest rows and columns there are.
 */
static inline bool glance_is_tiny(PyObject *const *args, Py_ssize_t n)
{
    int64_t rows = 1, columns = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!glance_is_array(args[i])) {
            if (!PyFloat_CheckExact(args[i]) && !PyLong_CheckExact(args[i])) {
                return false;
            }
            continue;
        }
        PyArrayObject *array = (PyArrayObject *)args[i];
        const npy_intp *shape = PyArray_DIMS(array);
        const int ndim = PyArray_NDIM(array);
        if (ndim > 2) {
            return false;
        }
        if (ndim > 0) {
            columns = shape[ndim - 1] > columns ? shape[ndim - 1] : columns;
        }
        if (ndim == 2) {
            rows = shape[0] > rows ? shape[0] : rows;
        }
    }
    /* Neither is near 2^32 if both are below the gate. */
    const int64_t gate = atomic_load_explicit(&glance_gate, memory_order_relaxed);
    return rows < gate && columns < gate && rows * columns < gate;
}

#endif
