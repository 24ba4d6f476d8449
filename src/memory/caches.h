/*
 * caches.h - idle blocks that a thread keeps for itself.
 *
 * A cache belongs to a thread while the thread lives, and its slots are open to all: a
 * thread that exchanges a slot's content for nothing has the block.  So the owner needs
 * no lock, and trim() reaches the caches of threads that sleep.  That exchange is the
 * only locked instruction between an array that is freed and the next that gets its
 * memory.  With figures that all threads share there were fourteen: 10 ns (AMD Zen) to
 * 50 (Intel), and more where several threads allocate.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_MEMORY_CACHES_H
#define NPP_MEMORY_CACHES_H

#include "blocks.h"

/* Classes 0 ...  CACHED_CLASSES - 1 of pool.c, below 1 MiB: for larger blocks the 20 ns
 * of the shared list do not matter. */
enum { CACHED_CLASSES = 33 };

/* Returns a block of this class from the calling thread's cache; 0: there is none. */
block_id caches_take(int size_class);

/* Returns false if there is no room. */
bool caches_put(block_id id, int64_t time);

/* caches_bytes() returns the bytes in the caches of all threads.  caches_bytes_most()
 * returns what they can be at most, without a walk. */
size_t caches_bytes(void);
size_t caches_bytes_most(void);

/* Hands over what lies in caches that their threads have not used since `since`. */
typedef void caches_receive(block_id id);
void caches_empty(int64_t since, caches_receive *receive);

/* In the child of a fork: forgets what is in the caches, and the threads they belonged
 * to. */
void caches_reset_in_child(void);

/* Call it once a process; `receive` gets the blocks of threads that end.  Returns 0, or
 * an errno. */
int caches_init(caches_receive *receive);

#endif
