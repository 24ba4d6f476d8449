/* extents.c - see extents.h. */
#include "extents.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

bool extents_make_room(struct extents *extents)
{
    if (extents->count < extents->room) {
        return true;
    }
    const size_t room = extents->room ? 2 * extents->room : 64;
    struct extent *extent = realloc(extents->extent, room * sizeof *extent);
    if (extent) {
        extents->extent = extent;
        extents->room = room;
    }
    return extent != NULL;
}

size_t extents_end(const struct extents *extents)
{
    const struct extent *top =
        extents->count ? &extents->extent[extents->count - 1] : NULL;
    return top ? top->offset + top->size : 0;
}

bool extents_on_top(const struct extents *extents, size_t size, size_t alignment,
                    size_t limit, struct place *place)
{
    const size_t offset = pages_round_up(extents_end(extents), alignment);
    *place = (struct place){offset, extents->count, 0};
    return offset <= limit && size <= limit - offset;
}

bool extents_in_gap(const struct extents *extents, size_t size, size_t alignment,
                    struct place *place)
{
    size_t end = 0; /* of the last extent before the gap that is alive */
    *place = (struct place){0, 0, 0};
    for (size_t i = 0; i < extents->count; i++) {
        const struct extent *next = &extents->extent[i];
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

void extents_enter(struct extents *extents, const struct place *place, size_t size)
{
    struct extent *extent = &extents->extent[place->index];
    memmove(extent + 1, extent + place->dead,
            (extents->count - place->index - place->dead) * sizeof *extent);
    *extent = (struct extent){place->offset, size, true};
    extents->count += 1 - place->dead;
}

struct extent *extents_find(const struct extents *extents, size_t offset)
{
    size_t low = 0, high = extents->count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (extents->extent[middle].offset <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    assert(extents->count && extents->extent[low].offset == offset &&
           extents->extent[low].alive);
    return &extents->extent[low];
}

size_t extents_alive_behind(const struct extents *extents, size_t offset)
{
    size_t alive = 0;
    for (size_t i = extents->count; i > 0; i--) {
        const struct extent *extent = &extents->extent[i - 1];
        if (extent->offset + extent->size <= offset) {
            break;
        }
        alive += extent->alive;
    }
    return alive;
}

void extents_drop(struct extents *extents)
{
    while (extents->count && !extents->extent[extents->count - 1].alive) {
        extents->count--;
    }
}
