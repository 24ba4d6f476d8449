/*
 * ufuncs.h - our ufunc objects.
 *
 * A parallel ufunc is a numpy.ufunc with the loops, types and documentation of the
 * one it stands for.  A call of it goes through the engine; what the engine leaves
 * alone, and other methods than reduce and accumulate, goes through NumPy's code.
 */
#ifndef NPP_FUNCTIONS_UFUNCS_H
#define NPP_FUNCTIONS_UFUNCS_H

#include "engine/choice.h"
#include "python/state.h"

/* 0, or -1 with an exception set. */
int ufuncs_init(struct state *state, PyObject *module);

/* The parallel ufunc for `ufunc`, always the same one; itself if it is one.
 * TypeError for what is not a ufunc, or whose loops all need the GIL. */
PyObject *ufuncs_parallelize(struct state *state, PyObject *ufunc);

/* What a call of `ufunc`, NumPy's or ours, would do: a dict of a report's fields. */
PyObject *ufuncs_explain(struct state *state, PyObject *ufunc, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames);

/* The same for a method of a ufunc or an array (reduction/methods.h); `kind` is all
 * zeros where nothing is learned of it. */
PyObject *ufuncs_explain_method(struct state *state, PyObject *self, const char *name,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames, const struct choice_kind *kind);

#endif
