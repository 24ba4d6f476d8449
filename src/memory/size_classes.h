/* size_classes.h - the classes of sizes by which the pool keeps its blocks. */
#ifndef NPP_MEMORY_SIZE_CLASSES_H
#define NPP_MEMORY_SIZE_CLASSES_H

#include <assert.h>
#include <stddef.h>

#include "pages.h"
#include "pool.h"

/* Eight classes for each power of two: a block is at most an eighth larger than asked.
 */
enum { LEAST_BITS = 16, STEPS = 8, CLASSES = (47 - LEAST_BITS) * STEPS + 1 };

/* Returns the class of a size, and stores the capacity of its blocks; CLASSES: too
 * large. */
static inline int class_of(size_t size, size_t *capacity)
{
    assert(size >= POOL_LEAST);
    if (size > (size_t)1 << 47) {
        return CLASSES;
    }
    const int bits = 63 - __builtin_clzll(size - 1); /* 2^bits < size <= 2^(bits + 1) */
    if (bits < LEAST_BITS) {
        *capacity = POOL_LEAST;
        return 0;
    }
    const size_t step = ((size_t)1 << bits) / STEPS;
    const size_t steps = (size - 1 - ((size_t)1 << bits)) / step; /* 0 ... STEPS - 1 */
    *capacity = pages_round_up(((size_t)1 << bits) + (steps + 1) * step, pages_size());
    return (bits - LEAST_BITS) * STEPS + (int)steps + 1;
}

#endif
