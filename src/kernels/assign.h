/*
 * assign.h - kernels that store elements by index: the other way round than gathering
 * (rearrange.h).
 *
 * Element x of the target begins at to + x * stride; value i at values + i * step,
 * where a step of 0 repeats one value.  Elements are `itemsize` bytes, of any
 * alignment, and are stored one after the other, so that the last of several values for
 * one element stays.  `far`: the elements do not lie close together, and are fetched
 * ahead.
 */
#ifndef NPP_KERNELS_ASSIGN_H
#define NPP_KERNELS_ASSIGN_H

#include <stdbool.h>

#include "kernel.h"

struct assign {
    char *to;
    intptr_t stride;
    const char *values;
    intptr_t step;
    intptr_t itemsize;
    bool far;
};

/* Stores value i in element index[i] of `length`; negative indices count from the end.
 * Returns false, with elements in any state, if an index is out of bounds; nothing
 * outside of the elements is written then either. */
typedef bool assign_all_function(const struct assign *assign, const intptr_t *index,
                                 intptr_t n, intptr_t length);

/* Stores value from[i] in element at[i], as select.h selected them. */
typedef void assign_some_function(const struct assign *assign, const int32_t *at,
                                  const int32_t *from, intptr_t n);

typedef const struct assign_kernels {
    assign_all_function *all;
    assign_some_function *some;
} assign_table;

#endif
