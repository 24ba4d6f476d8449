/* select.c - see select.h. */
#include "select.h"
#include "level.h"

#include "lanes.h"

#ifdef NPP_INDICES
enum { OWNERS = 3 };

static intptr_t select_vectors(const intptr_t *index, intptr_t n, intptr_t length,
                               intptr_t begin, intptr_t width, int32_t *at,
                               int32_t *from, intptr_t *done)
{
    const v_index lengths = all_index(length), begins = all_index(begin);
    const v_index limit = limit_index(width);
    v_number which = {FIRST_NUMBERS};
    intptr_t count = 0, i = 0;
    for (; i + LANES_INDEX <= n; i += LANES_INDEX) {
        const v_index x = counted_from(load_index(index + i), lengths) - begins;
        const unsigned in = are_below(x, limit);
        give_picked(at + count, numbers_of(x), in);
        give_picked(from + count, which, in);
        count += __builtin_popcount(in);
        which += LANES_INDEX;
    }
    *done = i;
    return count;
}

#else
enum { OWNERS = 4 };

static intptr_t select_vectors(const intptr_t *index, intptr_t n, intptr_t length,
                               intptr_t begin, intptr_t width, int32_t *at,
                               int32_t *from, intptr_t *done)
{
    (void)index, (void)n, (void)length, (void)begin, (void)width, (void)at, (void)from;
    *done = 0;
    return 0;
}
#endif

/* Each index is written, and overwritten if it was not in the range, so that there is
 * no branch to predict. */
static intptr_t select_block(const intptr_t *index, intptr_t n, intptr_t length,
                             intptr_t begin, intptr_t width, int32_t *at, int32_t *from)
{
    intptr_t i;
    intptr_t count = select_vectors(index, n, length, begin, width, at, from, &i);
    for (; i < n; i++) {
        const intptr_t x = index[i] + (index[i] < 0 ? length : 0) - begin;
        at[count] = (int32_t)x;
        from[count] = (int32_t)i;
        count += (uintptr_t)x < (uintptr_t)width;
    }
    return count;
}

static void bounds(const intptr_t *index, intptr_t n, intptr_t *least,
                   intptr_t *greatest)
{
    intptr_t low = *least, high = *greatest;
    for (intptr_t i = 0; i < n; i++) {
        low = index[i] < low ? index[i] : low;
        high = index[i] > high ? index[i] : high;
    }
    *least = low;
    *greatest = high;
}

select_table KERNEL(select) = {select_block, bounds, OWNERS, OWNERS < 4};
