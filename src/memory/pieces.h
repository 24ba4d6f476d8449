/*
 * pieces.h - where in an arena its blocks are: a list in the order of their offsets,
 * apart from the memory itself.  No lock, no Python.
 */
#ifndef NPP_MEMORY_PIECES_H
#define NPP_MEMORY_PIECES_H

#include <stdbool.h>
#include <stddef.h>

/* A block: alive, or freed below one that is. */
struct piece {
    size_t offset, size;
    bool alive;
};

struct pieces {
    struct piece *piece;
    size_t count, room;
};

/* Where a block could go: its place in the list, and how many dead ones it replaces. */
struct place {
    size_t offset, index, dead;
};

/* Make sure that one more can be entered.  False: out of memory. */
bool pieces_make_room(struct pieces *pieces);

/* Above all others, ending at `limit` at most. */
bool pieces_on_top(const struct pieces *pieces, size_t size, size_t alignment,
                   size_t limit, struct place *place);

/* Below others, where enough was freed: so a loop that lets go of an array after it has
 * made the next one goes on for ever. */
bool pieces_in_gap(const struct pieces *pieces, size_t size, size_t alignment,
                   struct place *place);

void pieces_enter(struct pieces *pieces, const struct place *place, size_t size);

/* The one that begins here; it is alive. */
struct piece *pieces_find(const struct pieces *pieces, size_t offset);

/* How many are alive that end behind this offset. */
size_t pieces_alive_behind(const struct pieces *pieces, size_t offset);

/* Forget the dead ones on top. */
void pieces_drop(struct pieces *pieces);

/* Where the last one ends. */
size_t pieces_end(const struct pieces *pieces);

#endif
