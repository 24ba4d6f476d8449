/*
 * widths.h - elements of 1, 2, 4, 8 and 16 bytes as integers, which can be anything
 * and lie anywhere: no alignment, no type that they alias.  (A load of a signalling NaN
 * as a float would raise a flag on some CPUs, and change its bits on others.)
 */
#ifndef NPP_KERNELS_WIDTHS_H
#define NPP_KERNELS_WIDTHS_H

#include <stdint.h>

typedef uint8_t element_1 __attribute__((may_alias));
typedef uint16_t element_2 __attribute__((may_alias, aligned(1)));
typedef uint32_t element_4 __attribute__((may_alias, aligned(1)));
typedef uint64_t element_8 __attribute__((may_alias, aligned(1)));
typedef uint64_t element_16 __attribute__((vector_size(16), may_alias, aligned(1)));

/* Tables of kernels for elements of any of these sizes are indexed by its logarithm. */
enum { WIDTHS = 5 };

/* Returns the place in such tables; WIDTHS: there is no kernel for this size. */
static inline int width_of(intptr_t itemsize)
{
    for (int width = 0; width < WIDTHS; width++) {
        if (itemsize == (intptr_t)1 << width) {
            return width;
        }
    }
    return WIDTHS;
}

#define EACH_WIDTH(V) V(1) V(2) V(4) V(8) V(16)

/* A table with name##_1, name##_2, ... */
#define OF_EACH_WIDTH(name)                                                            \
  {                                                                                    \
    name(1), name(2), name(4), name(8), name(16)                                       \
  }

#endif
