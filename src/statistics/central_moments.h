/* central_moments.h - mean and central moments of lines. */
#ifndef NPP_STATISTICS_CENTRAL_MOMENTS_H
#define NPP_STATISTICS_CENTRAL_MOMENTS_H

#include "python/state.h"

/* npp._engine.moments(array, out): of the lines along the last axis of real numbers, of
 * one element at least, to the four along that of `out`, which are doubles: the mean,
 * and the sums of squares, cubes and fourth powers of the deviations from it. */
PyObject *moments_of_lines(const struct state *state, PyObject *const *args,
                           Py_ssize_t nargs);

#endif
