/* hook_call.h - a call that came through a hook (functions.def). */
#ifndef NPP_ENGINE_HOOK_CALL_H
#define NPP_ENGINE_HOOK_CALL_H

#include "execute.h"
#include "kernels.h"

struct hook_call {
    const struct state *state;
    struct cost_table *costs; /* of this hook */
    enum kernel_bits bits;
    bool exact;   /* NumPy's own answer, also where it depends on the CPU */
    bool explain; /* do not run it */
    struct report report;
};

/*
 * The type of all functions that NumPy's functions lead to.  Returns the result that
 * NumPy's function of that name has; or NULL with an exception set; or NULL without
 * one, and then NumPy must run the call for the reason in the report.
 */
typedef PyObject *hook_function(struct hook_call *hook, PyObject *self,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames);

/* Where a function of functions.def is. */
enum owner { owner_ndarray, owner_ufunc, owner_function };

/* Declares them all.  A function and a method may share one of ours. */
/* NOLINTBEGIN(readability-redundant-declaration) */
#define FUNCTION(owner, name, arrays, elements, ours, uses) hook_function ours;
#include "functions.def"
/* NOLINTEND(readability-redundant-declaration) */

/* Returns whether a call on one array is worth the engine; with `pays_alone` it may pay
 * on one thread too.  If true, `job` has what all such calls tell execute(); if false,
 * the report has the reason, or an exception is set. */
bool hook_pays(struct hook_call *hook, PyArrayObject *array, uint64_t more,
               bool pays_alone, struct job *job);

/* Returns the same for a call with any operands. */
bool hook_call_pays(struct hook_call *hook, const struct call *call, struct job *job);

/* Runs `job`, which has what hook_pays() told it, as a range of `size` elements that
 * `run` takes pieces of; they raise no floating-point flags.  Returns the same as
 * execute(). */
bool hook_run(struct hook_call *hook, struct job *job, const char *path, job_run *run,
              void *context, npy_intp size, struct split split);

/* Leaves a call to NumPy: notes the reason and returns NULL. */
static inline PyObject *decline(struct hook_call *hook, const char *reason)
{
    hook->report.reason = reason;
    return NULL;
}

#endif
