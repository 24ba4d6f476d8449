/*
 * pool.h - large blocks, used again.
 *
 * The operating system clears every page that it hands out, so that a fresh result
 * costs as much in page faults as in arithmetic.  The pool keeps blocks of POOL_LEAST
 * bytes and more when they are freed: some in the thread that freed them, the others on
 * one list for each class of sizes.  Idle blocks are given back by and by; pool_limit()
 * bounds them.
 *
 * Any thread may free what another allocated.  A child of a fork has all of its
 * parent's blocks.  Nothing here sees Python.
 */
#ifndef NPP_MEMORY_POOL_H
#define NPP_MEMORY_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Below this size malloc keeps blocks itself, and has no page to clear. */
enum { POOL_LEAST = 64 << 10 };

enum { POOL_ALIGNMENT = 64 };

/* Returns a block of at least POOL_LEAST bytes, aligned to POOL_ALIGNMENT; NULL: the
 * system has no more memory, or would soon have no more mappings. */
void *pool_take(size_t size);

/* Does the same for callers who want zeros: `to_clear` tells how many bytes at the
 * start may not be zero. */
void *pool_take_zeros(size_t size, size_t *to_clear);

/* Returns whether pool_take() returned `start`.  Nearly all pointers that are asked
 * about are malloc's, and most of those are not aligned so. */
bool pool_has(const void *start);
static inline bool pool_owns(const void *start)
{
    return (uintptr_t)start % POOL_ALIGNMENT == 0 && pool_has(start);
}

void pool_give(void *start);

/* Take and give memory of any size, which below POOL_LEAST is malloc's, or NULL. */
static inline void *pool_take_any(size_t size)
{
    return size >= POOL_LEAST ? pool_take(size) : malloc(size);
}

static inline void pool_give_any(void *start)
{
    if (start && pool_owns(start)) {
        pool_give(start);
    } else {
        free(start);
    }
}

/* Returns the block with another size, of at least POOL_LEAST; NULL: out of memory, and
 * the old block stays. */
void *pool_resize(void *start, size_t size);

/* Returns the bytes of the block that may be used. */
size_t pool_capacity(const void *start);

/* Sets how many bytes may lie idle; returns the previous limit. */
size_t pool_limit(size_t bytes);
size_t pool_get_limit(void);

/* Sets whether new blocks ask for huge pages. */
void pool_use_huge_pages(bool yes);

/* Gives all idle blocks back; returns their bytes. */
size_t pool_trim(void);

struct pool_stats {
    uint64_t hits, misses;     /* blocks handed out again, and fresh ones */
    uint64_t faults_saved;     /* pages that the system need not clear once more */
    uint64_t returned;         /* blocks given back to the system */
    size_t in_use, peak, idle; /* bytes; at the peak the threads' caches count too */
};
struct pool_stats pool_stats(void);

/* Gives all idle blocks back; returns whether no block is in use then.  A pool_take()
 * that another thread begins later sees what was written before this. */
bool pool_is_empty(void);

/* Call it once a process.  Returns 0, or an errno. */
int pool_init(void);

#endif
