/* loop.c - see loop.h. */
#include "loop.h"

#include "flags.h"

struct extent {
    uintptr_t low, high;
};

static struct extent extent_of(const char *start, intptr_t n, intptr_t step,
                               intptr_t size)
{
    const uintptr_t first = (uintptr_t)start,
                    last = first + (uintptr_t)((n - 1) * step);
    const uintptr_t size_up = (uintptr_t)size;
    return step < 0 ? (struct extent){last, first + size_up}
                    : (struct extent){first, last + size_up};
}

/* Returns whether an output is an input's memory in another order: in a reduction, in
 * an accumulation, or for a caller who wants elements one by one. */
static bool must_go_in_order(char *const *args, intptr_t n, const intptr_t *steps,
                             const struct shape *shape)
{
    for (int out = shape->nin; out < shape->nargs; out++) {
        const struct extent to = extent_of(args[out], n, steps[out], shape->sizes[out]);
        for (int i = 0; i < shape->nin; i++) {
            const struct extent from = extent_of(args[i], n, steps[i], shape->sizes[i]);
            /* The same element each time is a reduction. */
            const bool same = args[i] == args[out] && steps[i] == steps[out] &&
                              shape->sizes[i] == shape->sizes[out] &&
                              (steps[out] != 0 || n == 1);
            if (!same && from.low < to.high && to.low < from.high) {
                return true;
            }
        }
    }
    return false;
}

static bool is_output(char *const *args, int i, const struct shape *shape)
{
    for (int out = shape->nin; out < shape->nargs; out++) {
        if (args[i] == args[out]) {
            return true;
        }
    }
    return false;
}

/* Copies `n` elements of `size` bytes with memcpy, because complex numbers are only
 * aligned to their parts. */
static void move(char *to, intptr_t to_step, const char *from, intptr_t from_step,
                 intptr_t n, intptr_t size)
{
#define MOVE(SIZE)                                                                     \
  for (intptr_t j = 0; j < n; j++) {                                                   \
    memcpy(to + j * to_step, from + j * from_step, SIZE);                              \
  }                                                                                    \
  break;

    switch (size) {
    case 1:
        MOVE(1)
    case 2:
        MOVE(2)
    case 4:
        MOVE(4)
    case 8:
        MOVE(8)
    default:
        MOVE(16)
    }
#undef MOVE
}

void KERNEL(in_blocks)(char **args, intptr_t n, const intptr_t *steps,
                       const struct shape *shape, body_function *body, const void *with,
                       void *data)
{
    _Alignas(64) char buffers[ARGUMENTS][BLOCK];
    bool direct[ARGUMENTS] = {false};
    intptr_t largest = 1;
    const bool ordered = must_go_in_order(args, n, steps, shape);
    const struct replaced *replaced = data;
    /* If elements go one by one, NumPy's loop is faster than a vector for each.  Where
     * subnormals count as zeros, each instruction of NumPy's loop decides what becomes
     * of them. */
    if (replaced &&
        ((ordered && replaced->same_bits) || (replaced->floats && fpu_flushes()))) {
        leave_to_replaced(args, &n, steps, data);
        return;
    }
    for (int i = 0; i < shape->nargs; i++) {
        const bool overwritten =
            i < shape->nin && (ordered || is_output(args, i, shape));
        direct[i] = steps[i] == shape->sizes[i] && !overwritten;
        largest = shape->sizes[i] > largest ? shape->sizes[i] : largest;
    }
    struct work work = {shape->own_flags ? fpu_get_flags() : 0, with};
    const intptr_t block = ordered ? 1 : BLOCK / largest;
    for (intptr_t i = 0; i < n; i += block) {
        const intptr_t m = n - i < block ? n - i : block;
        void *blocks[ARGUMENTS];
        for (int k = 0; k < shape->nargs; k++) {
            char *const here = args[k] + i * steps[k];
            blocks[k] = direct[k] ? here : buffers[k];
            /* A number that is the same for all is there already. */
            const bool stale = i == 0 || steps[k] != 0 || ordered;
            if (k < shape->nin && !direct[k] && stale) {
                move(buffers[k], shape->sizes[k], here, steps[k], m, shape->sizes[k]);
            }
        }
        body(blocks, m, &work);
        for (int k = shape->nin; k < shape->nargs; k++) {
            if (!direct[k]) {
                move(args[k] + i * steps[k], steps[k], buffers[k], shape->sizes[k], m,
                     shape->sizes[k]);
            }
        }
    }
    if (shape->own_flags) {
        flags_set(work.flags);
    }
}
