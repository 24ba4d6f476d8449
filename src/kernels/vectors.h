/* vectors.h - vectors of doubles with the compiler's own operators, as wide as the
 * registers of a level.  gcc takes wider vectors apart in memory. */
#ifndef NPP_KERNELS_VECTORS_H
#define NPP_KERNELS_VECTORS_H

#include <stdint.h>
#include <string.h>

#include "lanes.h"

enum { VECTOR_LANES = VECTOR_BYTES / sizeof(double) };

typedef double vector __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t vector_bits __attribute__((vector_size(VECTOR_BYTES)));

static inline vector vector_at(const double *x)
{
    vector v;
    memcpy(&v, x, sizeof v);
    return v;
}

static inline vector vector_of(double x)
{
    return x - (vector){0};
}

#endif
