/* cumsum.h - running sums in blocks, whose order depends on nothing but the length of a
 * line. */
#ifndef NPP_SCAN_CUMSUM_H
#define NPP_SCAN_CUMSUM_H

#include "python/state.h"

/* npp._engine.blocked_cumsum(array, out): of the lines along the last axis of floats or
 * complex numbers; the arrays are of one shape and dtype, and do not overlap. */
PyObject *cumsum_blocked(const struct state *state, PyObject *const *args,
                         Py_ssize_t nargs);

#endif
