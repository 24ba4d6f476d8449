/*
 * exact.h - sums of doubles that lose no bit.
 *
 * The sum is a superaccumulator.  A double is a 53-bit integer times a power of two,
 * and is added in this form to one of 64 integers, chosen by the upper bits of its
 * exponent (Neal, "Fast exact summation using small and large superaccumulators",
 * arXiv:1505.05571).  Such sums do not depend on the order: the elements may be cut
 * anywhere, and their sums put together in any order, with the same result.
 */
#ifndef NPP_KERNELS_EXACT_H
#define NPP_KERNELS_EXACT_H

#include <stdint.h>

/* Bin i counts in units of 2^(EXACT_STEP * i - 1074).  A number is less than 2^84
 * units, so there is room for 2^43 numbers. */
enum { EXACT_BINS = 64, EXACT_STEP = 32 };

/* Bits of `specials`: values that no integer can represent. */
enum { EXACT_INFINITE = 1, EXACT_NEGATIVE_INFINITE = 2, EXACT_NAN = 4 };

__extension__ typedef __int128 exact_bin;

struct exact {
    exact_bin bins[EXACT_BINS];
    unsigned specials;
};

/* The largest number of doubles that are added at a time: see WIDTH in exact.c. */
enum { EXACT_BLOCK = 2048 };

/* Adds `n` numbers to `sum`.  It needs the default environment: rounding to nearest, no
 * FTZ, no DAZ. */
typedef void exact_function(struct exact *sum, const double *x, intptr_t n);

#endif
