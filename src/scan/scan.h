/* scan.h - running results: entry points for module/; that of the hook is in
 * engine/functions.def. */
#ifndef NPP_SCAN_SCAN_H
#define NPP_SCAN_SCAN_H

#include "python/state.h"

/* npp._engine.blocked_cumsum(array, out): puts the running sums of the lines along the
 * last axis of `array`, which has floats or complex numbers, into `out`.  The arrays
 * are of one shape and dtype, and do not overlap. */
PyObject *scan_blocked_cumsum(const struct state *state, PyObject *const *args,
                              Py_ssize_t nargs);

#endif
