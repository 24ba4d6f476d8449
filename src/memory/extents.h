/*
 * extents.h - where in an arena its blocks are: a list in the order of their offsets,
 * apart from the memory itself.  No lock, no Python.
 */
#ifndef NPP_MEMORY_EXTENTS_H
#define NPP_MEMORY_EXTENTS_H

#include <stdbool.h>
#include <stddef.h>

/* A block: alive, or freed below one that is. */
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

/* Make sure that one more can be entered.  False: out of memory. */
bool extents_make_room(struct extents *extents);

/* Above all others, ending at `limit` at most. */
bool extents_on_top(const struct extents *extents, size_t size, size_t alignment,
                    size_t limit, struct place *place);

/* Below others, where enough was freed: so a loop that lets go of an array after it has
 * made the next one goes on for ever. */
bool extents_in_gap(const struct extents *extents, size_t size, size_t alignment,
                    struct place *place);

void extents_enter(struct extents *extents, const struct place *place, size_t size);

/* The one that begins here; it is alive. */
struct extent *extents_find(const struct extents *extents, size_t offset);

/* How many are alive that end behind this offset. */
size_t extents_alive_behind(const struct extents *extents, size_t offset);

/* Forget the dead ones on top. */
void extents_drop(struct extents *extents);

/* Where the last one ends. */
size_t extents_end(const struct extents *extents);

#endif
