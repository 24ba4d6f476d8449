/*
 * arena.h - one mapping, from which blocks are taken in order.
 *
 * A list tells where the blocks are, with no headers between them: an arena may be a
 * file, or be read as a whole.  A block that is freed on top is free at once; a block
 * that is freed below others is free when those go.
 *
 * Any thread may take and give; each arena has a lock, held for some 20 ns, longer
 * while a gap is looked for among many blocks, or the mapping grows.  Nothing here sees
 * Python.
 */
#ifndef NPP_MEMORY_ARENA_H
#define NPP_MEMORY_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena_options {
    size_t nbytes;    /* at least 1 */
    size_t alignment; /* of blocks: a power of two */
    bool huge;        /* ask for huge pages */
    bool zero;        /* blocks are cleared when they are handed out */
    bool grow;
    int fd; /* the file to map, of at least `nbytes`; the caller keeps it.  -1: none */
};

/* Returns the arena; NULL: errno says why. */
struct arena *arena_new(const struct arena_options *options);
void arena_free(struct arena *arena);

/* A block, and what has to be done with it outside of the lock: its first bytes may
 * have to be cleared, and those that were never touched may have to be touched. */
struct arena_block {
    char *start; /* NULL: there is no room */
    size_t to_clear;
    char *untouched;
    size_t to_touch;
};
struct arena_block arena_take(struct arena *arena, size_t size, bool zeros);
void arena_give(struct arena *arena, const void *start);

/* Returns the block with its new size; NULL: no room, and the old block stays. */
void *arena_resize(struct arena *arena, void *start, size_t size);

/* Lets others use the whole memory.  Returns its start; NULL: the arena is closed. */
char *arena_export(struct arena *arena, bool may_write, size_t *nbytes);
void arena_unexport(struct arena *arena);

struct arena_figures {
    size_t nbytes, used, peak;
    size_t arrays, buffers; /* blocks and exports that are alive */
    size_t alignment;
    bool closed, huge, file;
    int error; /* why it could not grow when it last tried, or 0 */
};
struct arena_figures arena_figures(struct arena *arena);

/* Returns what uses the memory from `mark` on; where nothing does, it is free
 * already. */
struct arena_alive {
    size_t arrays, buffers;
};
struct arena_alive arena_alive(struct arena *arena, size_t mark);

/* Unmaps the arena, unless something uses it; returns what does. */
struct arena_alive arena_close(struct arena *arena);

/* For an arena that is a file: write it out; tell the operating system how it will be
 * read (MADV_*).  Return 0, or an errno. */
int arena_flush(struct arena *arena);
int arena_advise(struct arena *arena, size_t offset, size_t nbytes, int advice);

/* Call it once a process.  Returns 0, or an errno. */
int arena_init(void);

#endif
