/*
 * call.h - one call of a ufunc as the user wrote it, taken apart.
 *
 * The words used everywhere: the *operands* of a call are its inputs, then its
 * outputs, then the where= mask if there is one.  A *weak* input is a Python int,
 * float or complex that takes its dtype from the others (NEP 50).
 */
#ifndef NPP_ENGINE_CALL_H
#define NPP_ENGINE_CALL_H

#include "python/array.h"
#include "python/state.h"

struct call {
    const struct state *state;
    PyUFuncObject *ufunc; /* NumPy's own; borrowed */
    const char *name;     /* the name in floating-point warnings */
    bool core;            /* a gufunc */
    int nin, nout, nop;   /* nop = nin + nout */

    PyArrayObject *op[NPP_MAX_SLOTS]; /* owned; NULL: weak input, output to allocate */
    PyObject *weak[NPP_MAX_OPERANDS]; /* borrowed; NULL: not weak */
    PyUFuncObject *loops; /* owner of the loop table: `ufunc`, or our copy of it */
    bool given[NPP_MAX_OPERANDS]; /* an output that the caller passed */
    bool masked;                  /* op[nop] is the where= mask */
    bool dry_run;                 /* NumPy may warn about how the call is written */
    struct written {              /* the arguments as written, for the dry run */
        vectorcallfunc numpy_call;
        PyObject *const *args;
        Py_ssize_t nargs;
        PyObject *kwnames;
    } written;
    bool ignores_flags; /* NumPy does not report what casts raise */
    bool return_arrays; /* out=...: 0-d results stay arrays */

    NPY_ORDER order;
    NPY_CASTING casting;
    PyObject *casting_object; /* borrowed; NULL: the default */
    PyObject *signature;      /* owned; NULL: none */

    uint64_t more;   /* further input for the cost key */
    bool pays_alone; /* faster than NumPy even on one thread */
    npy_intp size;   /* elements, all operands broadcast; -1: no broadcasting */
};

/* 0, or -1 with an exception set. */
int call_init(struct state *state);

/*
 * Takes the arguments of a vectorcall apart into `call`.  Returns NULL, or the reason
 * why NumPy must run the call: an argument that is not plain, a keyword that NumPy has
 * to judge, an error that NumPy has to raise.  No exception is set on return.
 */
const char *call_parse(struct call *call, const struct state *state,
                       PyUFuncObject *ufunc, PyObject *const *args, Py_ssize_t nargs,
                       PyObject *kwnames);
void call_clear(struct call *call);

/* Returns the number of elements after broadcasting all operands, or -1. */
npy_intp call_broadcast_size(const struct call *call);

/* Returns whether the process promotes by the values of scalars, as NumPy 1 did
 * (possible up to NumPy 2.1). */
bool call_promotes_by_value(const struct state *state);

/* Returns whether `object` may hold the data of a call: an ndarray, or a memmap (its
 * results are ndarrays), but no other subclass. */
bool call_is_plain_array(const struct state *state, PyObject *object);

/*
 * Shows NumPy the call on empty stand-ins, so that NumPy warns about how the call is
 * written, or refuses it (where= without out=, a positional output), in its own words.
 * Returns 0, or -1 with NumPy's exception set.
 */
int call_dry_run(const struct call *call);

#endif
