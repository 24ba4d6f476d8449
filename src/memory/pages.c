/* pages.c - see pages.h. */
#define _GNU_SOURCE
#include "pages.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

size_t pages_size(void)
{
    static _Atomic size_t known; /* every thread finds the same value */
    size_t size = atomic_load_explicit(&known, memory_order_relaxed);
    if (size == 0) {
        size = (size_t)sysconf(_SC_PAGESIZE);
        atomic_store_explicit(&known, size, memory_order_relaxed);
    }
    return size;
}

size_t pages_round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

/* The operating system aligns to pages only.  So take more, and give back what lies
 * outside. */
static void *map_aligned(size_t bytes, size_t alignment, int protection)
{
    const size_t more = alignment > pages_size() ? alignment - pages_size() : 0;
    if (bytes + more < bytes) {
        return NULL;
    }
    char *start =
        mmap(NULL, bytes + more, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return NULL;
    }
    const size_t before =
        more ? (alignment - (uintptr_t)start % alignment) % alignment : 0;
    if (before) {
        munmap(start, before);
    }
    if (more > before) {
        munmap(start + before + bytes, more - before);
    }
    return start + before;
}

void *pages_map(size_t bytes, size_t alignment)
{
    return map_aligned(bytes, alignment, PROT_READ | PROT_WRITE);
}

void pages_unmap(void *start, size_t bytes)
{
    munmap(start, bytes);
}

void *pages_reserve(size_t bytes, size_t alignment)
{
    return map_aligned(bytes, alignment, PROT_NONE);
}

int pages_commit(void *start, size_t bytes)
{
    return mprotect(start, bytes, PROT_READ | PROT_WRITE);
}

bool pages_want_huge(void *start, size_t bytes)
{
    char *const first = (char *)pages_round_up((uintptr_t)start, PAGES_HUGE);
    char *const end = (char *)(((uintptr_t)start + bytes) / PAGES_HUGE * PAGES_HUGE);
    return first < end && madvise(first, (size_t)(end - first), MADV_HUGEPAGE) == 0;
}

void pages_forget(void *start, size_t bytes)
{
    madvise(start, bytes, MADV_FREE);
}

bool pages_drop(void *start, size_t bytes)
{
    return madvise(start, bytes, MADV_DONTNEED) == 0;
}
