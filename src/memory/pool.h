/*
 * pool.h - large blocks, used again.
 *
 * The kernel clears every page that it hands out, so that a fresh result costs as much
 * in page faults as in arithmetic.  Here blocks of POOL_LEAST bytes and more are kept
 * when they are freed: some in the thread that freed them, the others on one list for
 * each class of sizes.  What lies idle is given back by and by; pool_limit() bounds it.
 *
 * Any thread may free what another allocated.  A child of a fork has all of its
 * parent's blocks.  Nothing here sees Python.
 */
#ifndef NPP_MEMORY_POOL_H
#define NPP_MEMORY_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Below this malloc keeps blocks itself, and has no page to clear. */
enum { POOL_LEAST = 64 << 10 };

enum { POOL_ALIGNMENT = 64 };

/* A block of at least POOL_LEAST bytes, aligned to POOL_ALIGNMENT; NULL: the system has
 * no more memory, or would soon have no more mappings. */
void *pool_take(size_t size);

/* The same for who wants zeros: `to_clear` tells how many bytes at the start may not
 * be. */
void *pool_take_zeros(size_t size, size_t *to_clear);

/* Whether pool_take() returned this.  Nearly all that is asked for is malloc's, and
 * most of that is not aligned so. */
bool pool_has(const void *start);
static inline bool pool_owns(const void *start)
{
    return (uintptr_t)start % POOL_ALIGNMENT == 0 && pool_has(start);
}

void pool_give(void *start);

/* The block with another size, of at least POOL_LEAST; NULL: out of memory, and the old
 * one stays. */
void *pool_resize(void *start, size_t size);

/* Bytes of the block that may be used. */
size_t pool_capacity(const void *start);

/* How many bytes may lie idle; returns what it was. */
size_t pool_limit(size_t bytes);
size_t pool_get_limit(void);

/* Whether new blocks ask for huge pages. */
void pool_use_huge_pages(bool yes);

/* Give all idle blocks back; the bytes. */
size_t pool_trim(void);

struct pool_stats {
    uint64_t hits, misses;     /* blocks handed out again, and fresh ones */
    uint64_t faults_saved;     /* pages that the kernel need not clear once more */
    uint64_t returned;         /* blocks given back to the system */
    size_t in_use, peak, idle; /* bytes; at the peak the threads' caches count too */
};
struct pool_stats pool_stats(void);

/* Give all idle blocks back; whether no block is in use then.  A pool_take() that
 * another thread begins later sees what was written before this. */
bool pool_is_empty(void);

/* Once a process.  0, or an errno. */
int pool_init(void);

#endif
