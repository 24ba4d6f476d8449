/* finite.h - kernels that put numbers in the place of NaNs and infinities. */
#ifndef NPP_KERNELS_FINITE_H
#define NPP_KERNELS_FINITE_H

#include "kernel.h"
#include "numbers.h"

/* Numbers of the elements' type. */
struct replacements {
    double nan, infinite, negative; /* for NaN, inf and -inf */
};

/* to[i] = x[i], or its replacement.  `to` may be x.  Raises no flag. */
typedef void finite_function(const void *x, void *to, intptr_t n,
                             const struct replacements *with);

typedef finite_function *const finite_table[NUMBER_COUNT];

#endif
