/*
 * blocks.h - a record of each mapping of the pool: found by its address, by its number,
 * or on a stack of idle ones.
 *
 * The records lie apart from the memory that they describe: the operating system may
 * take the contents of an idle block at any time, and the size that NumPy passes to
 * free() is a guess.  A record is used again and never given back, so that a thread
 * which is late may still read it.  All of this is lock-free, and is consistent
 * whenever another thread forks.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_MEMORY_BLOCKS_H
#define NPP_MEMORY_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record's number; 0: none. */
typedef uint32_t block_id;

struct block {
    _Atomic uintptr_t start; /* 0: this record is spare */
    size_t colour;           /* bytes at the start that nobody uses: see pool.c */
    size_t capacity;         /* bytes behind the colour, whole pages */
    size_t touched;          /* of these, from the start: may have been written to */
    size_t huge;        /* bytes from the start that are advised to be huge pages */
    int64_t idle_since; /* ns; set before the block is pushed */
    /* Figures that the block's holder writes, one at a time; pool_stats() adds them
     * up. */
    _Atomic uint64_t hits, faults_saved;
    _Atomic block_id next; /* the next one on a stack */
    _Atomic bool idle;
    bool forgotten; /* the operating system may have taken the contents */
    int16_t size_class;
};

/* A last-in-first-out list, for any number of threads. */
struct block_stack {
    _Alignas(64) _Atomic uint64_t head; /* a count of changes, and the number on top */
};

struct block *block_of(block_id id);

/* Returns the block whose first 4 KiB `pointer` points into; 0: none of ours. */
block_id blocks_find(const void *pointer);

/* Returns a record for new memory; 0: out of memory. */
block_id blocks_add(void *start);

/* End a record.  It is hidden before its memory goes, because then the address may be
 * another block's at once, and retired afterwards. */
void blocks_hide(block_id id);
void blocks_retire(block_id id);

void blocks_push(struct block_stack *stack, block_id id);
block_id blocks_pop(struct block_stack *stack);

/* Takes all blocks.  Returns the number of the first; each block's `next` leads on. */
block_id blocks_pop_all(struct block_stack *stack);

/* Returns the number of records that there ever were: 1 ...  blocks_count(). */
block_id blocks_count(void);

#endif
