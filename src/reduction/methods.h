/* methods.h - reductions as methods of our ufuncs, and what explain() says of them. */
#ifndef NPP_METHODS_H
#define NPP_METHODS_H

#include "../drive.h"

/* Give a parallel ufunc its methods, where this NumPy lets ufuncs have attributes.  0,
 * or -1 with an exception set. */
int methods_add(PyObject *ufunc);

/* What a method of a ufunc, NumPy's or ours, or of an array would do.  0, or -1. */
int methods_explain(struct state *state, const char *name, PyObject *self,
                    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                    struct report *report);

/* npp._engine.map_sum(array, map, axis, centers): NotImplemented where NumPy's calls
 * are to do it. */
PyObject *methods_map_sum(struct state *state, PyObject *const *args, Py_ssize_t nargs);

#endif
