/* moments.h - the mean of a block of doubles, and the sums of powers of the deviations
 * from it. */
#ifndef NPP_KERNELS_MOMENTS_H
#define NPP_KERNELS_MOMENTS_H

#include <stdint.h>

/* Elements of a block.  A block stays in the first-level cache, because it is read
 * twice. */
enum { MOMENTS_BLOCK = 1024 };

struct moments {
    double n; /* elements */
    double mean,
        rest; /* the mean is mean + rest, unrounded except for bits of the rest */
    double m2, m3, m4; /* sums of (x - mean)^k */
};

typedef void moments_function(struct moments *moments, const double *x, intptr_t n);

/* Sets the mean: mean + rest = `mean` + `more`. */
static inline void moments_set_mean(struct moments *moments, double mean, double more)
{
    const double sum = mean + more, part = sum - mean;
    moments->mean = sum;
    moments->rest = (mean - (sum - part)) + (more - part);
}

#endif
