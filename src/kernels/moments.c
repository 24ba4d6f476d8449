/* moments.c - see moments.h.  The number of lanes is part of the answer: so it is the
 * same for all instruction sets. */
#include "moments.h"
#include "level.h"

#include <stddef.h>

#include "vectors.h"

enum { LANES = 8, VECTORS = LANES / VECTOR_LANES };

static double add_lanes(const double *r)
{
    return ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
}

/* Returns the mean, by deviations from the first element: these are 0 where all
 * elements are the same. */
static double mean_of(const double *x, intptr_t n)
{
    const double first = x[0];
    const intptr_t whole = n - n % LANES;
    double r[LANES] = {0};
    for (intptr_t i = 0; i < whole; i += LANES) {
        for (int j = 0; j < LANES; j++) {
            r[j] += x[i + j] - first;
        }
    }
    for (intptr_t i = whole; i < n; i++) {
        r[i - whole] += x[i] - first;
    }
    return first + add_lanes(r) / (double)n;
}

struct powers {
    vector d1, d2, d3, d4;
};

static inline void add_powers(struct powers *sums, vector d)
{
    const vector square = d * d;
    sums->d1 += d;
    sums->d2 += square;
    sums->d3 += square * d;
    sums->d4 += square * square;
}

static double add_vectors(const struct powers *sums, size_t power)
{
    double r[LANES];
    for (int k = 0; k < VECTORS; k++) {
        memcpy(r + k * VECTOR_LANES, (const char *)&sums[k] + power, sizeof(vector));
    }
    return add_lanes(r);
}

void KERNEL(moments)(struct moments *moments, const double *x, intptr_t n)
{
    const double mean = mean_of(x, n);
    const intptr_t whole = n - n % LANES;
    struct powers sums[VECTORS] = {{{0}, {0}, {0}, {0}}};
    for (intptr_t i = 0; i < whole; i += LANES) {
        for (int k = 0; k < VECTORS; k++) {
            add_powers(&sums[k], vector_at(x + i + k * VECTOR_LANES) - vector_of(mean));
        }
    }
    double rest[LANES] = {0}; /* deviations of 0 add nothing */
    for (intptr_t i = whole; i < n; i++) {
        rest[i - whole] = x[i] - mean;
    }
    for (int k = 0; k < VECTORS; k++) {
        add_powers(&sums[k], vector_at(rest + k * VECTOR_LANES));
    }
    /* `d` is what the mean's rounding left.  The sums about the mean are computed
     * without it. */
    const double s1 = add_vectors(sums, offsetof(struct powers, d1));
    const double s2 = add_vectors(sums, offsetof(struct powers, d2));
    const double s3 = add_vectors(sums, offsetof(struct powers, d3));
    const double s4 = add_vectors(sums, offsetof(struct powers, d4));
    const double d = s1 / (double)n;
    moments->n = (double)n;
    moments->m2 = s2 - s1 * d;
    moments->m3 = s3 - 3 * d * s2 + 2 * s1 * d * d;
    moments->m4 = s4 - 4 * d * s3 + 6 * d * d * s2 - 3 * s1 * d * d * d;
    moments_set_mean(moments, mean, d);
}
