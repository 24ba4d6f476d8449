/*
 * ufuncs.h - our ufunc objects.
 *
 * A parallel ufunc is a numpy.ufunc with the loops, types and documentation of the
 * ufunc it stands for.  Its calls go through the engine.  What the engine leaves alone
 * goes through NumPy's code, and so do methods other than reduce and accumulate.
 */
#ifndef NPP_FUNCTIONS_UFUNCS_H
#define NPP_FUNCTIONS_UFUNCS_H

#include "engine/choice.h"
#include "python/state.h"

/* 0, or -1 with an exception set. */
int ufuncs_init(struct state *state, PyObject *module);

/* Returns the parallel ufunc for `ufunc`, always the same one; `ufunc` itself if it is
 * one.  Raises TypeError if `ufunc` is not a ufunc, or if all its loops need the
 * GIL. */
PyObject *ufuncs_parallelize(struct state *state, PyObject *ufunc);

/* Returns what a call of `ufunc`, NumPy's or ours, would do: a dict of a report's
 * fields. */
PyObject *ufuncs_explain(struct state *state, PyObject *ufunc, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames);

/* Returns the same for a method of a ufunc or an array (functions/methods.h); `kind` is
 * all zeros where nothing is learned of it. */
PyObject *ufuncs_explain_method(struct state *state, PyObject *self, const char *name,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames, const struct choice_kind *kind);

#endif
