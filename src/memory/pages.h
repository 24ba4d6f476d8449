/*
 * pages.h - memory from the operating system: mappings of our own, never of the heap.
 *
 * MADV_HUGEPAGE is a property of addresses and outlives what was stored there; given to
 * heap memory it makes later, small allocations swell.  So only what is mapped here is
 * ever advised.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_MEMORY_PAGES_H
#define NPP_MEMORY_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/* The size of huge pages on x86-64, and on aarch64 with pages of 4 KiB; elsewhere
 * merely a generous alignment. */
#define PAGES_HUGE ((size_t)2 << 20)

/* Returns the size of the system's pages: 4 KiB or a power of two above. */
size_t pages_size(void);
size_t pages_round_up(size_t bytes, size_t unit);

/* Returns zeroed memory, readable and writable; NULL: the system refuses, errno says
 * why.  Sizes and alignments are whole pages; an alignment is a power of two. */
void *pages_map(size_t bytes, size_t alignment);
void pages_unmap(void *start, size_t bytes);

/* pages_reserve() returns addresses only, for which the system promises no memory until
 * pages_commit() makes them usable.  NULL, or -1: refused. */
void *pages_reserve(size_t bytes, size_t alignment);
int pages_commit(void *start, size_t bytes);

/* Lets the operating system use huge pages for the whole ones among these.  Returns
 * false if it will not. */
bool pages_want_huge(void *start, size_t bytes);

/* Tells that the contents are not needed any more: the operating system may take the
 * memory when it wants. */
void pages_forget(void *start, size_t bytes);

/* Does the same at once: the pages read as zeros from now on.  Returns false if they do
 * not (locked pages). */
bool pages_drop(void *start, size_t bytes);

#endif
