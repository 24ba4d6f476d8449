/*
 * pages.h - memory from the kernel: mappings of our own, never of the heap.
 *
 * MADV_HUGEPAGE is a property of addresses and outlives what was stored there; given
 * to heap memory it makes later, small allocations swell.  So only what is mapped here
 * is ever advised.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_MEMORY_PAGES_H
#define NPP_MEMORY_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/* Of x86-64, and of aarch64 with pages of 4 KiB; elsewhere merely a generous alignment.
 */
#define PAGES_HUGE ((size_t)2 << 20)

/* Of the system: 4 KiB or a power of two above. */
size_t pages_size(void);
size_t pages_round_up(size_t bytes, size_t unit);

/* Zeroed memory, readable and writable; sizes and alignments are whole pages, a power
 * of two the latter.  NULL: the system refuses, errno says why. */
void *pages_map(size_t bytes, size_t alignment);
void pages_unmap(void *start, size_t bytes);

/* Addresses only, for which the system promises no memory until they are made usable.
 * NULL, or -1: refused. */
void *pages_reserve(size_t bytes, size_t alignment);
int pages_commit(void *start, size_t bytes);

/* Let the kernel use huge pages for the whole ones among these.  False: it will not. */
bool pages_want_huge(void *start, size_t bytes);

/* The contents are not needed any more: the kernel may take the memory when it wants.
 */
void pages_forget(void *start, size_t bytes);

/* The same, at once: they read as zeros from now on.  False: they do not (locked
 * pages). */
bool pages_drop(void *start, size_t bytes);

#endif
