/*
 * select.h - what is asked of indices, before anything is done at them.
 */
#ifndef NPP_KERNELS_SELECT_H
#define NPP_KERNELS_SELECT_H

#include <stdbool.h>

#include "kernel.h"

/* Indices of a block; room for what vectors write past those that are selected. */
enum { SELECT_BLOCK = 512, SELECT_ROOM = SELECT_BLOCK + 16 };

/* Which of n indices, counted from the end of `length` elements if they are negative,
 * are among the `width` elements from `begin` on: where in these they are, and which of
 * the n it is, in order.  How many. */
typedef intptr_t select_function(const intptr_t *index, intptr_t n, intptr_t length,
                                 intptr_t begin, intptr_t width, int32_t *at,
                                 int32_t *from);

/* The least and the greatest of these and of what was before. */
typedef void bounds_function(const intptr_t *index, intptr_t n, intptr_t *least,
                             intptr_t *greatest);

typedef const struct select_kernels {
    select_function *select;
    bounds_function *bounds;
    /* So many threads that each goes through all indices are sooner done than NumPy's
     * loop on one: selecting takes 0.2 (AVX-512), 0.4 (AVX2) or 0.85 ns an index,
     * NumPy's loop 1.1.  Not two, where one that is not let run has half of the work.
     */
    int owners;
    bool quick_bounds; /* a fraction of NumPy's loop */
} select_table;

#endif
