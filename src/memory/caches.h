/*
 * caches.h - idle blocks that a thread keeps for itself.
 *
 * A cache belongs to a thread while it lives, and its slots are open to all: whoever
 * exchanges a slot's content for nothing has the block.  So the owner needs no lock,
 * and trim() reaches the caches of threads that sleep.  That exchange is the only
 * locked instruction between an array that is freed and the next that gets its memory:
 * with figures that all threads share there were fourteen: 10 ns (AMD Zen) to 50
 * (Intel), and more where several threads allocate.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_MEMORY_CACHES_H
#define NPP_MEMORY_CACHES_H

#include "blocks.h"

/* Classes 0 ... CACHED_CLASSES - 1 of pool.c, below 1 MiB: for larger blocks the 20 ns
 * of the shared list do not count. */
enum { CACHED_CLASSES = 33 };

/* A block of this class from the calling thread's cache; 0: there is none. */
block_id caches_take(int size_class);

/* False: no room. */
bool caches_put(block_id id, int64_t time);

/* Bytes in the caches of all threads; what they can be at most, which costs no walk. */
size_t caches_bytes(void);
size_t caches_bytes_most(void);

/* Hand over what lies in caches that their threads have not used since. */
typedef void caches_receive(block_id id);
void caches_empty(int64_t since, caches_receive *receive);

/* In the child of a fork: forget what is in them, and the threads they belonged to. */
void caches_reset_in_child(void);

/* Once a process; `receive` gets the blocks of threads that end.  0, or an errno. */
int caches_init(caches_receive *receive);

#endif
