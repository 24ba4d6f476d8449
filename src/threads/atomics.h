/* atomics.h - the least and the greatest of what several threads found. */
#ifndef NPP_THREADS_ATOMICS_H
#define NPP_THREADS_ATOMICS_H

#include <stdatomic.h>
#include <stdint.h>

static inline void atomic_note_least(_Atomic(intptr_t) *least, intptr_t found)
{
    intptr_t before = atomic_load(least);
    while (found < before && !atomic_compare_exchange_weak(least, &before, found)) {
    }
}

static inline void atomic_note_greatest(_Atomic(intptr_t) *greatest, intptr_t found)
{
    intptr_t before = atomic_load(greatest);
    while (found > before && !atomic_compare_exchange_weak(greatest, &before, found)) {
    }
}

#endif
