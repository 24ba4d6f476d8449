/* hook_call.h - what a hook (functions/functions.def) leads to. */
#ifndef NPP_ENGINE_HOOK_CALL_H
#define NPP_ENGINE_HOOK_CALL_H

#include "execute.h"
#include "kernels.h"

struct hook_call {
    const struct state *state;
    struct cost_table *costs; /* of this hook */
    enum kernel_bits bits;
    bool explain; /* only */
    struct report report;
};

/*
 * The contract of all that NumPy's functions lead to: the result as NumPy's function of
 * that name has it; NULL with an exception set; or NULL without one, and then NumPy is
 * to run the call, for the reason in the report.
 */
typedef PyObject *hook_function(struct hook_call *hook, PyObject *self,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames);

/* Whether a call about one array is worth the engine, which may pay on one thread too.
 * Then `job` has what all of them tell execute(); else the report has the reason, or an
 * exception is set. */
bool hook_pays(struct hook_call *hook, PyArrayObject *array, uint64_t more,
               bool pays_alone, struct job *job);

/* The same for a call of any operands. */
bool hook_call_pays(struct hook_call *hook, const struct call *call, struct job *job);

/* Leave a call to NumPy. */
static inline PyObject *decline(struct hook_call *hook, const char *reason)
{
    hook->report.reason = reason;
    return NULL;
}

#endif
