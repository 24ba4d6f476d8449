/*
 * places.h - kernels that place elements by two bounds, and keys in whose order int64
 * numbers stand for elements of any type.
 *
 * The key of a float orders as NumPy sorts: -inf < -0.0 < 0.0 < inf < NaN, and all NaNs
 * have one key.
 */
#ifndef NPP_KERNELS_PLACES_H
#define NPP_KERNELS_PLACES_H

#include "kernel.h"
#include "numbers.h"

/* How many elements are less than the lower bound, equal to it, between the bounds,
 * equal to the upper bound (if that is another one), and NaN. */
struct place_counts {
    int64_t below, at_low, between, at_high, nans;
};

/* Adds to the counts, and stores the keys of the elements between the bounds, in their
 * order, from `to` on, where there is room for `n`.  `low` and `high` point to elements
 * that are no NaN; low <= high.  The flags of comparisons with NaN are put back. */
typedef void place_function(const void *x, intptr_t n, const void *low,
                            const void *high, struct place_counts *counts, int64_t *to);

/* keys() stores the keys of elements, elements() the elements that have the keys. */
typedef void place_keys_function(const void *x, intptr_t n, int64_t *to);
typedef void place_elements_function(const int64_t *keys, intptr_t n, void *to);

/* The key of a NaN, where elements may be NaN. */
#define PLACE_NAN INT64_MAX

struct place_kernels {
    place_function *place;
    place_keys_function *keys;
    place_elements_function *elements;
    int64_t least, most; /* the keys of the least and the greatest number */
    int floats;
};

/* `place` is NULL for types that have no order, or another one. */
typedef const struct place_kernels place_table[NUMBER_COUNT];

#endif
