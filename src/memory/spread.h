/*
 * spread.h - clears memory, or touches it for the first time, with the team: the pages
 * lie where they will be used, and the operating system clears them on several cores.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_MEMORY_SPREAD_H
#define NPP_MEMORY_SPREAD_H

#include <stddef.h>

/* Fewer bytes than this are done before a sleeping helper wakes. */
enum { SPREAD_LEAST = 1 << 20 };

/* At most `threads` threads work on it, the caller included. */
void spread_zeros(void *start, size_t bytes, int threads);
void spread_touch(void *start, size_t bytes, int threads);

#endif
