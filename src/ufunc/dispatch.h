/*
 * dispatch.h - where a call of a parallel ufunc arrives: a glance for the small ones,
 * which go to NumPy at once, the engine for the rest.
 */
#ifndef NPP_UFUNC_DISPATCH_H
#define NPP_UFUNC_DISPATCH_H

#include "engine/choice.h"
#include "engine/execute.h"
#include "engine/kernels.h"

/*
 * What a parallel ufunc carries in its `obj` field, which NumPy keeps alive for it:
 * the ufunc it stands for and how NumPy calls that.
 */
enum { ROUTE_METHODS = 5 }; /* that are hooked: functions.def */

struct route {
    PyObject_HEAD
    struct state *state; /* the module lives as long as its ufuncs do: `module` */
    PyObject *module;
    PyUFuncObject *numpy;
    vectorcallfunc numpy_call;
    /* Copies with kernels of ours, by enum kernel_bits; NumPy's where there are none.
     */
    PyUFuncObject *loops[KERNELS_KINDS];
    int nin;
    struct choice_gate gate, method_gates[ROUTE_METHODS];
    uint32_t types; /* of inputs for which there are kernels, a bit each */
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

/* The same for a call that is not tiny, with the kernels of some bits, by way of which
 * NumPy's is reached.  (choice.h). */
PyObject *dispatch_large(struct route *route, enum kernel_bits bits,
                         const struct choice_kind *kind, vectorcallfunc numpy_call,
                         PyObject *const *args, size_t nargsf, PyObject *kwnames);

/* The same on NumPy's machinery, for what the engine would not gain from. */
PyObject *dispatch_small(const struct route *route, enum kernel_bits bits,
                         vectorcallfunc numpy_call, PyObject *const *args,
                         size_t nargsf, PyObject *kwnames);

/* Whether small calls too have to go through our kernels, for their bits to be the same
 * as those of large ones. */
static inline bool route_has_own_bits(const struct route *route)
{
    return route->loops[KERNELS_FAST] != route->loops[KERNELS_SAME];
}

/* Without a glance, and without NumPy: NULL, without an exception, for a call that it
 * is to run for the reason in the report. */
PyObject *dispatch_engine(struct route *route, enum kernel_bits bits,
                          PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                          struct report *report);

/* What a call would do.  0, or -1 with an exception set. */
int dispatch_explain(struct route *route, PyObject *const *args, Py_ssize_t nargs,
                     PyObject *kwnames, struct report *report);

/* Arrays and numbers, no objects that may want to do a call in their own way. */
bool dispatch_are_plain(const struct route *route, PyObject *const *args, Py_ssize_t n);

#endif
