/* colours.h - where in its first page a block begins. */
#ifndef NPP_MEMORY_COLOURS_H
#define NPP_MEMORY_COLOURS_H

#include <stdatomic.h>
#include <stddef.h>

#include "pool.h"

/*
 * Arrays that begin on a page have the same low twelve bits of their addresses.  Then a
 * load waits for an earlier store to the same offset in another page, because the two
 * might be one until its whole address is known; and all of them compete for the same
 * sets of the first-level cache.  A stencil of 12,000 numbers took 3.6 times as long.
 * So blocks begin at multiples of a line within their first 4 KiB, in turn, far from
 * each other (29 of 48 is near the golden ratio), and from where memmaps and malloc's
 * own mappings begin.
 */
enum { COLOURS = 48, COLOUR_STEP = 29, COLOUR_LEAST = 512 };

static inline size_t next_colour(void)
{
    static _Atomic unsigned count;
    const unsigned number = atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return COLOUR_LEAST +
           (size_t)(number % COLOURS * COLOUR_STEP % COLOURS) * POOL_ALIGNMENT;
}

#endif
