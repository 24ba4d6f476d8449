/*
 * select.h - kernels that look at indices, before anything is done at them.
 */
#ifndef NPP_KERNELS_SELECT_H
#define NPP_KERNELS_SELECT_H

#include <stdbool.h>

#include "kernel.h"

/* SELECT_BLOCK is the number of indices of a block.  SELECT_ROOM has room for what
 * vectors write past the selected indices. */
enum { SELECT_BLOCK = 512, SELECT_ROOM = SELECT_BLOCK + 16 };

/* Selects those of `n` indices that are among the `width` elements from `begin` on.
 * Negative indices count from the end of `length` elements.  Stores in `at` where each
 * is among the `width` elements, and in `from` which of the n indices it is, in order.
 * Returns how many were selected. */
typedef intptr_t select_function(const intptr_t *index, intptr_t n, intptr_t length,
                                 intptr_t begin, intptr_t width, int32_t *at,
                                 int32_t *from);

/* Updates `least` and `greatest` with the least and the greatest of `n` indices. */
typedef void bounds_function(const intptr_t *index, intptr_t n, intptr_t *least,
                             intptr_t *greatest);

typedef const struct select_kernels {
    select_function *select;
    bounds_function *bounds;
    /* With this many threads, each of which goes through all indices, the work is done
     * sooner than by NumPy's loop on one: selecting takes 0.2 (AVX-512), 0.4 (AVX2) or
     * 0.85 ns an index, NumPy's loop 1.1.  Two threads are not enough, because one that
     * is not scheduled would have half of the work. */
    int owners;
    bool quick_bounds; /* bounds takes a fraction of NumPy's loop */
} select_table;

#endif
