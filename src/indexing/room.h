/* room.h - memory for the time of a call: the pool's if it is large. */
#ifndef NPP_INDEXING_ROOM_H
#define NPP_INDEXING_ROOM_H

#include <stdlib.h>

#include "memory/pool.h"

/* Returns `size` bytes; NULL: out of memory. */
static inline void *room_take(size_t size)
{
    return size >= POOL_LEAST ? pool_take(size) : malloc(size);
}

/* Gives back what room_take() returned; NULL is nothing. */
static inline void room_give(void *room)
{
    if (room && pool_owns(room)) {
        pool_give(room);
    } else {
        free(room);
    }
}

#endif
