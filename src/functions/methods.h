/* methods.h - reductions as methods of our ufuncs and as functions, and what explain()
 * says of them. */
#ifndef NPP_FUNCTIONS_METHODS_H
#define NPP_FUNCTIONS_METHODS_H

#include "engine/execute.h"

/* Give a parallel ufunc its methods, where this NumPy lets ufuncs have attributes.  0,
 * or -1 with an exception set. */
int methods_add(PyObject *ufunc);

/* What a method of a ufunc, NumPy's or ours, or of an array, or (self is None) what a
 * function of NumPy's would do.  0, or -1. */
int methods_explain(struct state *state, const char *name, PyObject *self,
                    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                    struct report *report);

/* npp._engine.call(name, ...): as NumPy's function of that name, but NotImplemented
 * where that is to do it. */
PyObject *methods_call(struct state *state, const char *name, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames);

#endif
