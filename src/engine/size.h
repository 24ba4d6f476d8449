/*
 * size.h - how large is a call?  Every call pays for this, so it takes a few
 * instructions on what is there: no call, no reference count, no judgement.
 */
#ifndef NPP_ENGINE_SIZE_H
#define NPP_ENGINE_SIZE_H

#include <stdatomic.h>

#include "python/numpy_api.h"

/*
 * Calls of fewer elements go to NumPy without a second look, because so few are too few
 * for any loop to gain.  It is 0 while profile() wants to see all calls.  A variable,
 * because every small call asks.
 */
extern _Atomic int64_t size_gate;

/* Sets all of these variables: at import, and when either reason changes. */
void size_gate_set(bool everything);

/* Whether the gate is the usual one, which no user has set. */
extern _Atomic bool size_gate_usual;
static inline bool size_gate_is_usual(void)
{
    return atomic_load_explicit(&size_gate_usual, memory_order_relaxed);
}

/* &PyArray_Type and numpy.float64, which NumPy's headers look up in a table of a table.
 */
extern PyTypeObject *object_ndarray, *object_float64;

static inline bool object_is_array(const PyObject *object)
{
    return Py_TYPE((PyObject *)object) == object_ndarray;
}

static inline bool object_is_float(PyObject *object)
{
    return PyFloat_CheckExact(object) || Py_TYPE(object) == object_float64;
}

/* Whether `object` is a Python number (a float64 too), but not a bool. */
static inline bool object_is_number(PyObject *object)
{
    return object_is_float(object) || PyLong_CheckExact(object) ||
           PyComplex_CheckExact(object);
}

/* Whether `object` is an array of any class.  Most other objects are smaller, and that
 * is seen sooner. */
static inline bool object_is_any_array(PyObject *object)
{
    return object_is_array(object) ||
           (Py_TYPE(object)->tp_basicsize >= object_ndarray->tp_basicsize &&
            PyArray_Check(object));
}

#ifdef Py_GIL_DISABLED
#  define FREE_THREADED true
#else
#  define FREE_THREADED false
#endif

/*
 * Returns the number of elements after broadcasting all operands, where that is
 * possible.  A tuple counts as its first item, a list as as many numbers as it has
 * items, any other object as one number.
 */
int64_t size_broadcast(PyObject *const *args, Py_ssize_t n);

/* Returns the number of elements of an array, or of the arrays of a list or tuple. */
int64_t size_of_arrays(PyObject *object);

/*
 * Recognizes what most small calls look like: arrays of one axis or two with few
 * elements, or a number beside such an array.
 *
 * Every small call pays for this, and most for the code itself: a ufunc's call goes
 * through more code than a core's first cache holds, so each further line of 64 bytes
 * costs some 5 ns.  A function that has this inline is SIZE_COMPACT; size_broadcast()
 * sees to all other calls that may be small.
 */
#ifdef __clang__
#  define SIZE_COMPACT __attribute__((noinline, aligned(64), minsize))
#else
#  define SIZE_COMPACT __attribute__((noinline, aligned(64), optimize("Os")))
#endif

__attribute__((always_inline)) static inline bool
size_is_small_array(const PyArrayObject_fields *array, int64_t gate)
{
    const npy_intp *shape = array->dimensions;
    /* With two axes longer than 1, neither can be broadcast to more. */
    return array->nd == 1 ? shape[0] < gate
                          : array->nd == 2 && shape[0] > 1 && shape[1] > 1 &&
                                shape[0] < gate && shape[0] * shape[1] < gate;
}

/* Returns the number of elements that self[key], or self[key] = value, moves as far as
 * arrays in the key or the size of self tell; -1: a view, one element, or none of
 * ours. */
int64_t size_of_key_slowly(const PyObject *self, PyObject *key, PyObject *value);
static inline int64_t size_of_key(const PyObject *self, PyObject *key, PyObject *value)
{
    const int64_t gate = atomic_load_explicit(&size_gate, memory_order_relaxed);
    if (object_is_array(key)) {
        const PyArrayObject_fields *array = (const PyArrayObject_fields *)key;
        return array->nd == 1 ? array->dimensions[0]
                              : PyArray_SIZE((PyArrayObject *)key);
    }
    if (PyTuple_CheckExact(key)) {
        return size_of_key_slowly(self, key, value);
    }
    return value && (PySlice_Check(key) || key == Py_Ellipsis) &&
                   object_is_array(self) &&
                   !size_is_small_array((const PyArrayObject_fields *)self, gate)
               ? size_of_key_slowly(self, key, value)
               : -1;
}

__attribute__((always_inline)) static inline bool size_is_short(PyObject *const *args,
                                                                Py_ssize_t n)
{
    const int64_t gate = atomic_load_explicit(&size_gate, memory_order_relaxed);
    while (--n >= 0) {
        const PyArrayObject_fields *array = (const PyArrayObject_fields *)args[n];
        if (object_is_array(args[n]) ? !size_is_small_array(array, gate)
                                     : !object_is_number(args[n])) {
            return false;
        }
    }
    return gate > 0;
}

/* Returns whether so few elements are too few; never while profile() wants to see all
 * calls. */
static inline bool size_is_few(int64_t elements)
{
    return elements < atomic_load_explicit(&size_gate, memory_order_relaxed);
}

#endif
