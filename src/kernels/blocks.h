/*
 * blocks.h - copies elements of any type of numbers (numbers.h) to blocks of doubles in
 * the first-level cache.  Integers of 64 bits are rounded, as C and NumPy do.
 */
#ifndef NPP_KERNELS_BLOCKS_H
#define NPP_KERNELS_BLOCKS_H

#include "numbers.h"

/* Copies `n` elements, `stride` bytes apart, of each of `lines` lines, which are
 * `apart` bytes apart, to `block`.  There the lines are `room` elements apart. */
typedef void gather_function(double *block, intptr_t room, const char *x, intptr_t n,
                             intptr_t stride, intptr_t lines, intptr_t apart);

/* The function for each type; NULL for complex numbers. */
typedef gather_function *const gather_table[NUMBER_COUNT];

#endif
