/* interpolation.h - piecewise linear interpolation between points, with the bits of
 * NumPy's interp. */
#ifndef NPP_KERNELS_INTERPOLATION_H
#define NPP_KERNELS_INTERPOLATION_H

#include <stdbool.h>

#include "kernel.h"

struct points {
    const double *x, *y; /* x ascends */
    intptr_t n;          /* at least 2 */
    double left,
        right; /* what stands for elements before the first and behind the last */
};

typedef const struct interpolation_kernels {
    /* Interpolates at `at`, of which ranks (kernels/ranks.h) are known. */
    void (*at)(const struct points *points, const double *at, const intptr_t *ranks,
               intptr_t n, double *to);

    /* Returns whether no element is less than the one before it, or NaN; n > 0. */
    bool (*ascends)(const double *x, intptr_t n);
} interpolation_table;

#endif
