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
    const char *name;     /* what floating-point warnings call it */
    bool core;            /* a gufunc */
    int nin, nout, nop;   /* nop = nin + nout */

    PyArrayObject *op[NPP_MAX_SLOTS]; /* owned; NULL: weak input, output to allocate */
    PyObject *weak[NPP_MAX_OPERANDS]; /* borrowed; NULL: not weak */
    PyUFuncObject *loops; /* whose table has the loops: `ufunc`, or a copy with ours */
    bool given[NPP_MAX_OPERANDS]; /* an output that the caller passed */
    bool masked;                  /* op[nop] is the where= mask */
    bool dry_run;                 /* NumPy may warn of how it was called */
    struct written {              /* as it was written, for that */
        vectorcallfunc numpy_call;
        PyObject *const *args;
        Py_ssize_t nargs;
        PyObject *kwnames;
    } written;
    bool return_arrays; /* out=...: no 0-d result becomes a scalar */

    NPY_ORDER order;
    NPY_CASTING casting;
    PyObject *casting_object; /* borrowed; NULL: the default */
    PyObject *signature;      /* owned; NULL: none */

    uint64_t more;   /* what its cost depends on besides */
    bool pays_alone; /* on one thread, too, it is faster than NumPy */
    npy_intp size;   /* elements to compute, all operands broadcast; -1: they do not */
};

/* 0, or -1 with an exception set. */
int call_init(struct state *state);

/*
 * Take the arguments of a vectorcall apart.  NULL, or the reason why this is a call
 * for NumPy: an argument that is not plain, a keyword it has to judge, an error it
 * has to raise.  No exception is set on return.
 */
const char *call_parse(struct call *call, const struct state *state,
                       PyUFuncObject *ufunc, PyObject *const *args, Py_ssize_t nargs,
                       PyObject *kwnames);
void call_clear(struct call *call);

/* The number of elements of all operands broadcast against each other, or -1. */
npy_intp call_broadcast_size(const struct call *call);

/* Whether the process promotes by what scalars hold, as NumPy 1 did (up to NumPy 2.1).
 */
bool call_promotes_by_value(const struct state *state);

/* True for what may hold the data of a call: an ndarray, or a memmap (its results
 * are ndarrays), but no other subclass. */
bool call_is_plain_array(const struct state *state, PyObject *object);

/*
 * Let NumPy see the call on empty stand-ins, so that it warns of, or refuses, the way
 * it is written (where= without out=, a positional output) in its own words.
 * 0, or -1 with NumPy's exception set.
 */
int call_dry_run(const struct call *call);

#endif
