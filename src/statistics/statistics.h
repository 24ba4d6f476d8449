/* statistics.h - sums and moments beyond ufunc.reduce: entry points for module/.  Those
 * of hooks are in engine/functions.def. */
#ifndef NPP_STATISTICS_STATISTICS_H
#define NPP_STATISTICS_STATISTICS_H

#include "python/state.h"

/* npp._engine.moments(array, out): takes the lines along the last axis of `array`,
 * which are of real numbers and have at least one element.  Puts four doubles for each
 * line along the last axis of `out`: the mean, and the sums of squares, cubes and
 * fourth powers of the deviations from it. */
PyObject *statistics_moments(const struct state *state, PyObject *const *args,
                             Py_ssize_t nargs);

/* npp._engine.exact_sum(array, out): adds the lines along the last axis of `array` to
 * what is in `out`, correctly rounded. */
PyObject *statistics_exact_sum(const struct state *state, PyObject *const *args,
                               Py_ssize_t nargs);

#endif
