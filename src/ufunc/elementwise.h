/* elementwise.h - the ufunc call: plan, partition, team, loop. */
#ifndef NPP_UFUNC_ELEMENTWISE_H
#define NPP_UFUNC_ELEMENTWISE_H

#include "engine/execute.h"

/*
 * Run a planned call (its weak inputs converted) and return its result.  `job` comes
 * with the plan, the costs and the limit; the rest of it is filled in here.  NULL
 * without an exception: NumPy is to run it, for the reason in the report, or it was
 * only explained.
 */
PyObject *elementwise_run(struct call *call, const struct plan *plan, struct job *job,
                          bool explain, struct report *report);

/* Shared with the gufuncs. */

/* The result as NumPy returns it: the out= given, else a scalar for 0-d, else an
 * array; a tuple of these for several outputs. */
PyObject *call_result(const struct call *call, PyArrayObject *const *outputs);

#endif
