/* elementwise.h - the ufunc call: plan, partition, team, loop. */
#ifndef NPP_UFUNC_ELEMENTWISE_H
#define NPP_UFUNC_ELEMENTWISE_H

#include "engine/execute.h"

/*
 * Runs a planned call (its weak inputs converted) and returns its result.  `job` comes
 * with the plan, the costs and the limit; this function fills in the rest.  Returns
 * NULL without an exception if NumPy must run the call, for the reason in the report,
 * or if the call was only explained.
 */
PyObject *elementwise_run(struct call *call, const struct plan *plan, struct job *job,
                          bool explain, struct report *report);

/* Shared with the gufuncs. */

/* Returns the result as NumPy does: the out= given, else a scalar for 0-d, else an
 * array; a tuple of these for several outputs. */
PyObject *call_result(const struct call *call, PyArrayObject *const *outputs);

#endif
