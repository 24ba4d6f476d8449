/*
 * dispatch.h - where a call of a parallel ufunc arrives: a glance for the small ones,
 * which go to NumPy at once, the engine for the rest.
 */
#ifndef NPP_DISPATCH_H
#define NPP_DISPATCH_H

#include <stdatomic.h>

#include "drive.h"

enum { LOOK_SLOTS = 64 };

/*
 * What a parallel ufunc carries in its `obj` field, which NumPy keeps alive for it:
 * the ufunc it stands for and how NumPy calls that.
 */
struct route {
    PyObject_HEAD
    struct state *state; /* the module lives as long as its ufuncs do: `module` */
    PyObject *module;
    PyUFuncObject *numpy;
    vectorcallfunc numpy_call;
    int nin;
    struct plan_cache plans;
    struct cost_table costs;
    /* For each kind of inputs, the number of elements from which a call pays: it
     * spares smaller ones the dear part of finding out. */
    _Atomic int64_t look[LOOK_SLOTS];
    _Atomic unsigned looks;
};

static inline struct route *route_of(PyObject *parallel_ufunc)
{
    return (struct route *)((PyUFuncObject *)parallel_ufunc)->obj;
}

/* The vectorcall of all parallel ufuncs. */
PyObject *dispatch_call(PyObject *self, PyObject *const *args, size_t nargsf,
                        PyObject *kwnames);

/* The same for a call that is not tiny, by way of which NumPy's is reached. */
PyObject *dispatch_large(struct route *route, vectorcallfunc numpy_call,
                         PyObject *const *args, size_t nargsf, PyObject *kwnames);

/* Without a glance, and without NumPy: NULL, without an exception, for a call that it
 * is to run for the reason in the report. */
PyObject *dispatch_engine(struct route *route, PyObject *const *args, Py_ssize_t nargs,
                          PyObject *kwnames, struct report *report);

/* What a call would do.  0, or -1 with an exception set. */
int dispatch_explain(struct route *route, PyObject *const *args, Py_ssize_t nargs,
                     PyObject *kwnames, struct report *report);

/* Calls that came past the first glance and were given to NumPy. */
uint64_t dispatch_numpy_calls(void);

/* The elements of one argument; of an output tuple, those of its first. */
static inline int64_t dispatch_elements(PyObject *object)
{
    if (PyFloat_CheckExact(object) || PyLong_CheckExact(object) || object == Py_None) {
        return 1; /* spares them the subtype check */
    }
    if (PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) > 0 &&
        PyArray_CheckExact(PyTuple_GET_ITEM(object, 0))) {
        object = PyTuple_GET_ITEM(object, 0);
    }
    if (PyArray_CheckExact(object) || PyArray_Check(object)) {
        PyArrayObject *array = (PyArrayObject *)object;
        int64_t size = 1;
        for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
            size *= PyArray_DIM(array, axis);
        }
        return size;
    }
    return PyList_CheckExact(object) || PyTuple_CheckExact(object) ? Py_SIZE(object)
                                                                   : 1;
}

/* What most small calls look like: arrays of one or two axes, numbers, few elements. */
static inline bool dispatch_is_tiny(const struct route *route, PyObject *const *args,
                                    Py_ssize_t n)
{
    const int64_t look = atomic_load_explicit(&cost_first_look, memory_order_relaxed);
    int64_t most = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PyArray_CheckExact(args[i])) {
            PyArrayObject *array = (PyArrayObject *)args[i];
            if (PyArray_NDIM(array) > 2) {
                return false;
            }
            int64_t size = i < route->nin ? most : 1;
            for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
                size *= PyArray_DIM(array, axis);
            }
            if (size >= look) {
                return false;
            }
            most = i < route->nin ? size : most;
        } else if (!PyFloat_CheckExact(args[i]) && !PyLong_CheckExact(args[i])) {
            return false;
        }
    }
    return true;
}

#endif
