/*
 * ranks.h - the ranks of keys in a sorted array: how many of its elements are less than
 * a key (left), or not greater (right).  A NaN is greater than all other numbers.
 *
 * A tree of samples tells in which block of the array a rank lies; the block is halved
 * until it is a *node*, 64 bytes of elements, whose elements are compared all at once.
 * All keys of a call go down the tree together, so that the cache misses of many of
 * them overlap, and no branch depends on an element.
 *
 * In an array that is not sorted ranks may be any from 0 to n; nothing outside of it is
 * read.
 */
#ifndef NPP_KERNELS_RANKS_H
#define NPP_KERNELS_RANKS_H

#include <stdbool.h>

#include "kernel.h"
#include "numbers.h"

/* The keys of a call, whose ranks stay in the first-level cache; and a tree of more
 * levels than memory has room for. */
enum { RANK_KEYS = 512, RANK_LEVELS = 24, NODE_BYTES = 64 };

struct rank_tree {
    const void *sorted; /* contiguous; at least a node of elements, see `n` */
    intptr_t n;

    /* Block i ends before element (i + 1) * block - shift.  The block is a power of two
     * times a node; the shift makes nodes of the array whole lines of the cache. */
    intptr_t block, shift;

    /* level[0] has the last element of each block but the last, and level[k] those of
     * each node of level[k - 1] but the last.  Each ends with a node that is not full,
     * filled up with elements that are not less than any key.  The lowest `far` levels
     * are too large for the first cache. */
    int levels, far;
    const void *level[RANK_LEVELS];

    intptr_t unordered; /* the rank of a key that is NaN */
    bool has_nat;       /* the least integer of 64 bits is NaT, which is like NaN */
};

/* Stores the ranks of at most RANK_KEYS keys. */
typedef void rank_function(const struct rank_tree *tree, const void *keys, intptr_t n,
                           intptr_t *ranks);

/* NULL: there is none for the type. */
typedef const struct rank_kernels {
    rank_function *left[NUMBER_COUNT], *right[NUMBER_COUNT];
} rank_table;

#endif
