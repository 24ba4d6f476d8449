/*
 * dispatch.h - where a call of a parallel ufunc arrives.  Small calls go to NumPy after
 * a quick look at their size; the engine gets the rest.
 */
#ifndef NPP_UFUNC_DISPATCH_H
#define NPP_UFUNC_DISPATCH_H

#include "engine/choice.h"
#include "engine/execute.h"
#include "engine/kernels.h"

/*
 * A route is what a parallel ufunc carries in its `obj` field, which NumPy keeps alive
 * for it: the ufunc it stands for, and how NumPy calls that.
 */
enum { ROUTE_METHODS = 5 }; /* methods that are hooked: functions.def */

struct route {
    PyObject_HEAD
    struct state *state; /* of `module`, which lives as long as its ufuncs do */
    PyObject *module;
    PyUFuncObject *numpy;
    vectorcallfunc numpy_call;
    /* Copies with kernels of ours, by enum kernel_bits; NumPy's ufunc where there are
     * no kernels. */
    PyUFuncObject *loops[KERNELS_KINDS];
    int nin;
    struct choice_gate gate, method_gates[ROUTE_METHODS];
    uint32_t types; /* input types for which there are kernels, a bit each */
    struct plan_cache plans;
    struct cost_table costs;
};

static inline struct route *route_of(PyObject *parallel_ufunc)
{
    return (struct route *)((PyUFuncObject *)parallel_ufunc)->obj;
}

/* The vectorcall of all parallel ufuncs. */
PyObject *dispatch_call(PyObject *self, PyObject *const *args, size_t nargsf,
                        PyObject *kwnames);

/* Runs a call that is not tiny, with NumPy's code or ours (choice.h), and with the
 * kernels of `bits`.  NumPy's ufunc is called through `numpy_call`. */
PyObject *dispatch_large(struct route *route, enum kernel_bits bits,
                         const struct choice_kind *kind, vectorcallfunc numpy_call,
                         PyObject *const *args, size_t nargsf, PyObject *kwnames);

/* Runs a call on NumPy's machinery, where the engine would gain nothing. */
PyObject *dispatch_small(const struct route *route, enum kernel_bits bits,
                         vectorcallfunc numpy_call, PyObject *const *args,
                         size_t nargsf, PyObject *kwnames);

/* Returns whether small calls too have to go through our kernels, so that they have the
 * same bits as large ones. */
static inline bool route_has_own_bits(const struct route *route)
{
    return route->loops[KERNELS_FAST] != route->loops[KERNELS_SAME];
}

/* Runs a call in the engine, without a look at its size and without falling back to
 * NumPy.  Returns NULL without an exception if NumPy must run the call, for the reason
 * in the report. */
PyObject *dispatch_engine(struct route *route, enum kernel_bits bits,
                          PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                          struct report *report);

/* Explains what a call would do.  Returns 0, or -1 with an exception set. */
int dispatch_explain(struct route *route, PyObject *const *args, Py_ssize_t nargs,
                     PyObject *kwnames, struct report *report);

/* Returns whether `args` are arrays and numbers, with no objects that may want to do a
 * call themselves. */
bool dispatch_are_plain(const struct route *route, PyObject *const *args, Py_ssize_t n);

#endif
