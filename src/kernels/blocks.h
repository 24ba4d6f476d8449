/*
 * blocks.h - elements of any type of numbers (numbers.h), from where they lie to blocks
 * of doubles in the first-level cache.  Integers of 64 bits are rounded, as C and NumPy
 * do.
 */
#ifndef NPP_KERNELS_BLOCKS_H
#define NPP_KERNELS_BLOCKS_H

#include "numbers.h"

/* n elements, `stride` apart, of each of `lines` lines, which are `apart`; theirs are
 * `room` apart in the block. */
typedef void gather_function(double *block, intptr_t room, const char *x, intptr_t n,
                             intptr_t stride, intptr_t lines, intptr_t apart);

/* By type; NULL: complex numbers. */
typedef gather_function *const gather_table[NUMBER_COUNT];

#endif
