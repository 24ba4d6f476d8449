/* exact.h - the correctly rounded sum. */
#ifndef NPP_STATISTICS_EXACT_H
#define NPP_STATISTICS_EXACT_H

#include "kernels/exact.h"
#include "python/state.h"

/* exact_round.c: put into `out` the number of `type` (NPY_HALF, NPY_FLOAT or
 * NPY_DOUBLE) that is nearest to `sum`, of two of them the even one.  Returns
 * FE_INVALID for infinities of both signs, FE_OVERFLOW where that number would be
 * infinite. */
int exact_round(const struct exact *sum, int type, char *out);

#endif
