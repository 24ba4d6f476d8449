/* pieces.c - see pieces.h. */
#include "pieces.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

bool pieces_make_room(struct pieces *pieces)
{
    if (pieces->count < pieces->room) {
        return true;
    }
    const size_t room = pieces->room ? 2 * pieces->room : 64;
    struct piece *piece = realloc(pieces->piece, room * sizeof *piece);
    if (piece) {
        pieces->piece = piece;
        pieces->room = room;
    }
    return piece != NULL;
}

size_t pieces_end(const struct pieces *pieces)
{
    const struct piece *top = pieces->count ? &pieces->piece[pieces->count - 1] : NULL;
    return top ? top->offset + top->size : 0;
}

bool pieces_on_top(const struct pieces *pieces, size_t size, size_t alignment,
                   size_t limit, struct place *place)
{
    const size_t offset = pages_round_up(pieces_end(pieces), alignment);
    *place = (struct place){offset, pieces->count, 0};
    return offset <= limit && size <= limit - offset;
}

bool pieces_in_gap(const struct pieces *pieces, size_t size, size_t alignment,
                   struct place *place)
{
    size_t end = 0; /* of the last one before the gap that is alive */
    *place = (struct place){0, 0, 0};
    for (size_t i = 0; i < pieces->count; i++) {
        const struct piece *next = &pieces->piece[i];
        if (!next->alive) {
            place->dead++;
            continue;
        }
        place->offset = pages_round_up(end, alignment);
        if (place->offset <= next->offset && size <= next->offset - place->offset) {
            return true;
        }
        end = next->offset + next->size;
        *place = (struct place){0, i + 1, 0};
    }
    return false;
}

void pieces_enter(struct pieces *pieces, const struct place *place, size_t size)
{
    struct piece *piece = &pieces->piece[place->index];
    memmove(piece + 1, piece + place->dead,
            (pieces->count - place->index - place->dead) * sizeof *piece);
    *piece = (struct piece){place->offset, size, true};
    pieces->count += 1 - place->dead;
}

struct piece *pieces_find(const struct pieces *pieces, size_t offset)
{
    size_t low = 0, high = pieces->count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (pieces->piece[middle].offset <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    assert(pieces->count && pieces->piece[low].offset == offset &&
           pieces->piece[low].alive);
    return &pieces->piece[low];
}

size_t pieces_alive_behind(const struct pieces *pieces, size_t offset)
{
    size_t alive = 0;
    for (size_t i = pieces->count; i > 0; i--) {
        const struct piece *piece = &pieces->piece[i - 1];
        if (piece->offset + piece->size <= offset) {
            break;
        }
        alive += piece->alive;
    }
    return alive;
}

void pieces_drop(struct pieces *pieces)
{
    while (pieces->count && !pieces->piece[pieces->count - 1].alive) {
        pieces->count--;
    }
}
