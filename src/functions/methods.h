/* methods.h - reductions as methods of our ufuncs and as functions, and what explain()
 * says of them. */
#ifndef NPP_FUNCTIONS_METHODS_H
#define NPP_FUNCTIONS_METHODS_H

#include "engine/hook_call.h"

/* Gives a parallel ufunc its methods, where this NumPy lets ufuncs have attributes.
 * Returns 0, or -1 with an exception set. */
int methods_add(PyObject *ufunc);

/* Reports what a call would do: of a method of a ufunc (NumPy's or ours) or of an
 * array, or, if `self` is None, of one of NumPy's functions.  Returns 0, or -1 with an
 * exception set. */
int methods_explain(struct state *state, const char *name, PyObject *self,
                    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                    struct report *report);

/* npp._engine.call(name, ...): does what NumPy's function of that name does, or the
 * method of its first argument, but returns NotImplemented where NumPy has to do it. */
PyObject *methods_call(struct state *state, const char *name, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames);

#endif
