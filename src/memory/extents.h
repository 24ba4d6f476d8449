/*
 * extents.h - where in an arena its blocks are: a list in the order of their offsets,
 * apart from the memory itself.  No lock, no Python.
 */
#ifndef NPP_MEMORY_EXTENTS_H
#define NPP_MEMORY_EXTENTS_H

#include <stdbool.h>
#include <stddef.h>

/* A block: alive, or freed below one that is alive. */
struct extent {
    size_t offset, size;
    bool alive;
};

struct extents {
    struct extent *extent;
    size_t count, room;
};

/* Where a block could go: its place in the list, and how many dead ones it replaces. */
struct place {
    size_t offset, index, dead;
};

/* Makes sure that one more extent can be entered.  Returns false if out of memory. */
bool extents_make_room(struct extents *extents);

/* Finds a place above all other extents, ending at `limit` at most. */
bool extents_on_top(const struct extents *extents, size_t size, size_t alignment,
                    size_t limit, struct place *place);

/* Finds a place below others, where enough was freed: so a loop that lets go of an
 * array after it has made the next one goes on for ever. */
bool extents_in_gap(const struct extents *extents, size_t size, size_t alignment,
                    struct place *place);

void extents_enter(struct extents *extents, const struct place *place, size_t size);

/* Returns the extent that begins at `offset`; it is alive. */
struct extent *extents_find(const struct extents *extents, size_t offset);

/* Returns how many extents that end behind `offset` are alive. */
size_t extents_alive_behind(const struct extents *extents, size_t offset);

/* Forgets the dead extents on top. */
void extents_drop(struct extents *extents);

/* Returns where the last extent ends. */
size_t extents_end(const struct extents *extents);

#endif
