/*
 * spread.h - memory cleared, or touched for the first time, by the team: the pages lie
 * where they will be used, and the kernel clears them on several cores.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_MEMORY_SPREAD_H
#define NPP_MEMORY_SPREAD_H

#include <stddef.h>

/* Less than this is done before a sleeping helper wakes. */
enum { SPREAD_LEAST = 1 << 20 };

/* By at most so many threads, the caller included. */
void spread_zeros(void *start, size_t bytes, int threads);
void spread_touch(void *start, size_t bytes, int threads);

#endif
