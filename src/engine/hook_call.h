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

/* As NumPy's function of that name, but NULL without an exception means that NumPy is
 * to run the call, for the reason in the report. */
typedef PyObject *hook_function(struct hook_call *hook, PyObject *self,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames);

#endif
