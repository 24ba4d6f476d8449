/* statistics.h - sums and moments beyond ufunc.reduce: what hooks, methods and module/
 * lead to. */
#ifndef NPP_STATISTICS_STATISTICS_H
#define NPP_STATISTICS_STATISTICS_H

#include "engine/hook_call.h"

/* Methods of an array (self), or functions of one, the first argument. */
hook_function statistics_var, statistics_std, statistics_nansum, statistics_nanmean,
    statistics_nanvar, statistics_nanstd;

/* npp._engine.moments(array, out): of the lines along the last axis of real numbers, of
 * one element at least, to the four along that of `out`, which are doubles: the mean,
 * and the sums of squares, cubes and fourth powers of the deviations from it. */
PyObject *statistics_moments(const struct state *state, PyObject *const *args,
                             Py_ssize_t nargs);

/* npp._engine.exact_sum(array, out): adds the lines along the last axis of `array` to
 * what is in `out`, correctly rounded. */
PyObject *statistics_exact_sum(const struct state *state, PyObject *const *args,
                               Py_ssize_t nargs);

#endif
