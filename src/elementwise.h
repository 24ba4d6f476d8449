/* elementwise.h - the ufunc call: plan, partition, team, loop. */
#ifndef NPP_ELEMENTWISE_H
#define NPP_ELEMENTWISE_H

#include "drive.h"

/*
 * Run a planned call (its weak inputs converted) and return its result.  NULL without
 * an exception: NumPy is to run it, for the reason in the report.  With `explain`
 * nothing of the caller's is written and the result is always NULL.
 */
PyObject *elementwise_run(struct call *call, const struct plan *plan,
                          struct cost_table *costs, uint32_t key, int limit, bool explain,
                          struct report *report);

/* Shared with the gufuncs. */

/* The result as NumPy returns it: the out= given, else a scalar for 0-d, else an
 * array; a tuple of these for several outputs. */
PyObject *call_result(const struct call *call, PyArrayObject *const *outputs);

/* Free an iterator whose results are not wanted: what it holds for an overlapping
 * out= is not written back. */
void iterator_discard(NpyIter *iter, int nop);

#endif
