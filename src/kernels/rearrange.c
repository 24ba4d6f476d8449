/* rearrange.c - see rearrange.h: by index.  Also the table. */
#include "rearrange.h"
#include "level.h"

#include <string.h>

#include "indices.h"
#include "loop.h"

/* Prefetching does not pay: loads are independent, and the CPU has as many under way as
 * it can.  1e7 random float64 of 80 MB took 5.7 ns each with it, 5.2 without, and those
 * of a small table twice as long. */
#define GATHER(W)                                                                      \
  static inline void gather_block_##W(const char *from, intptr_t stride,               \
                                      const intptr_t *at, intptr_t n, element_##W *to) \
  {                                                                                    \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      to[i] = *(const element_##W *)(from + at[i] * stride);                           \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static bool gather_##W(const char *from, intptr_t stride, intptr_t length,           \
                         const intptr_t *index, intptr_t n, char *to)                  \
  {                                                                                    \
    for (intptr_t first = 0; first < n; first += INDICES) {                            \
      intptr_t at[INDICES];                                                            \
      const intptr_t some = lesser_of(n - first, INDICES);                             \
      if (!check_indices(index + first, some, length, length, at)) {                   \
        return false;                                                                  \
      }                                                                                \
      element_##W *const block = (element_##W *)to + first;                            \
      if (stride == (W)) {                                                             \
        gather_block_##W(from, W, at, some, block);                                    \
      } else {                                                                         \
        gather_block_##W(from, stride, at, some, block);                               \
      }                                                                                \
    }                                                                                  \
    return true;                                                                       \
  }
EACH_WIDTH(GATHER)

static inline void gather_block(const char *from, intptr_t stride, const intptr_t *at,
                                intptr_t n, char *to, intptr_t itemsize)
{
    for (intptr_t i = 0; i < n; i++) {
        memcpy(to + i * itemsize, from + at[i] * stride, (size_t)itemsize);
    }
}

static bool gather_items(const char *from, intptr_t stride, intptr_t length,
                         const intptr_t *index, intptr_t n, char *to, intptr_t itemsize)
{
    for (intptr_t first = 0; first < n; first += INDICES) {
        intptr_t at[INDICES];
        const intptr_t some = lesser_of(n - first, INDICES);
        if (!check_indices(index + first, some, length, length, at)) {
            return false;
        }
        char *const block = to + first * itemsize;
        switch (itemsize) {
#define CASE(size)                                                                     \
  case size:                                                                           \
    gather_block(from, stride, at, some, block, size);                                 \
    break;
            EACH_SIZE(CASE)
#undef CASE
        default:
            gather_block(from, stride, at, some, block, itemsize);
        }
    }
    return true;
}

/* From so few arrays, a choice is one or three blends of whole vectors.  CHOSEN
 * elements go at a time: less than INDICES, since a single element of each array is
 * repeated so often. */
enum { FEW = 4, CHOSEN = 256 };

/* Bit 0 of which[i] chooses from the first two or the last two, bit 1 between these.
 * Masks are made by arithmetic, because SSE2 compares no 64-bit integers. */
#define BLEND(W, bit, a, b) ((a) ^ (((a) ^ (b)) & (element_##W)(0 - ((bit)&1))))

#define CHOOSE_FEW(W)                                                                  \
  static bool narrow_##W(const intptr_t *index, intptr_t n, intptr_t count,            \
                         element_##W *which)                                           \
  {                                                                                    \
    const uintptr_t last = (uintptr_t)count - 1;                                       \
    uintptr_t outside = 0;                                                             \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const uintptr_t x = (uintptr_t)index[i];                                         \
      which[i] = (element_##W)x;                                                       \
      outside |= x | (last - x);                                                       \
    }                                                                                  \
    return (intptr_t)outside >= 0;                                                     \
  }                                                                                    \
                                                                                       \
  static void blend_##W(const element_##W *which, intptr_t n, intptr_t count,          \
                        const element_##W *const *x, element_##W *to)                  \
  {                                                                                    \
    const element_##W *a = x[0], *b = x[1], *c = x[2], *d = x[3];                      \
    if (count == 2) {                                                                  \
      INDEPENDENT                                                                      \
      for (intptr_t i = 0; i < n; i++) {                                               \
        to[i] = (element_##W)BLEND(W, which[i], a[i], b[i]);                           \
      }                                                                                \
      return;                                                                          \
    }                                                                                  \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const element_##W low = (element_##W)BLEND(W, which[i], a[i], b[i]);             \
      const element_##W high = (element_##W)BLEND(W, which[i], c[i], d[i]);            \
      to[i] = (element_##W)BLEND(W, which[i] >> 1, low, high);                         \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static bool choose_few_##W(const intptr_t *index, intptr_t n,                        \
                             const char *const *choices, const intptr_t *steps,        \
                             intptr_t count, char *to)                                 \
  {                                                                                    \
    element_##W which[CHOSEN], repeated[FEW][CHOSEN];                                  \
    const element_##W *x[FEW];                                                         \
    for (intptr_t k = 0; k < FEW; k++) {                                               \
      const intptr_t choice = lesser_of(k, count - 1);                                 \
      x[k] = (const element_##W *)choices[choice];                                     \
      if (steps[choice] == 0) {                                                        \
        const element_##W only = *x[k];                                                \
        for (intptr_t i = 0; i < lesser_of(n, CHOSEN); i++) {                          \
          repeated[k][i] = only;                                                       \
        }                                                                              \
        x[k] = repeated[k];                                                            \
      }                                                                                \
    }                                                                                  \
    for (intptr_t first = 0; first < n; first += CHOSEN) {                             \
      const intptr_t some = lesser_of(n - first, CHOSEN);                              \
      if (!narrow_##W(index + first, some, count, which)) {                            \
        return false;                                                                  \
      }                                                                                \
      blend_##W(which, some, count, x, (element_##W *)to + first);                     \
      for (intptr_t k = 0; k < FEW; k++) {                                             \
        x[k] += x[k] == repeated[k] ? 0 : some;                                        \
      }                                                                                \
    }                                                                                  \
    return true;                                                                       \
  }
CHOOSE_FEW(1)
CHOOSE_FEW(2)
CHOOSE_FEW(4)
CHOOSE_FEW(8)

#define CHOOSE_ANY(W)                                                                  \
  static bool choose_any_##W(const intptr_t *index, intptr_t n,                        \
                             const char *const *choices, const intptr_t *steps,        \
                             intptr_t count, char *to)                                 \
  {                                                                                    \
    bool arrays = true;                                                                \
    for (intptr_t k = 0; k < count; k++) {                                             \
      arrays &= steps[k] != 0;                                                         \
    }                                                                                  \
    for (intptr_t first = 0; first < n; first += INDICES) {                            \
      intptr_t at[INDICES];                                                            \
      const intptr_t some = lesser_of(n - first, INDICES);                             \
      if (!check_indices(index + first, some, count, 0, at)) {                         \
        return false;                                                                  \
      }                                                                                \
      for (intptr_t i = first; arrays && i < first + some; i++) {                      \
        ((element_##W *)to)[i] = ((const element_##W *)choices[at[i - first]])[i];     \
      }                                                                                \
      for (intptr_t i = first; !arrays && i < first + some; i++) {                     \
        const intptr_t k = at[i - first];                                              \
        ((element_##W *)to)[i] = *(const element_##W *)(choices[k] + i * steps[k]);    \
      }                                                                                \
    }                                                                                  \
    return true;                                                                       \
  }
EACH_WIDTH(CHOOSE_ANY)

#define CHOOSE(W)                                                                      \
  static bool choose_##W(const intptr_t *index, intptr_t n,                            \
                         const char *const *choices, const intptr_t *steps,            \
                         intptr_t count, char *to)                                     \
  {                                                                                    \
    return (count >= 2 && count <= FEW ? choose_few_##W : choose_any_##W)(             \
        index, n, choices, steps, count, to);                                          \
  }
CHOOSE(1)
CHOOSE(2)
CHOOSE(4)
CHOOSE(8)
#define choose_16 choose_any_16 /* an element is a vector already */

#define GATHER_OF(W) gather_##W
#define CHOOSE_OF(W) choose_##W
#define TRANSPOSE_OF(W) KERNEL(transpose_##W)
#define INTERLEAVE_OF(W) KERNEL(interleave_##W)
#define REPEAT_OF(W) KERNEL(repeat_##W)
#define REPEAT_EACH_OF(W) KERNEL(repeat_each_##W)
#define BRING_TOGETHER_OF(W) KERNEL(bring_together_##W)
rearrange_table KERNEL(rearrange) = {
    .gather = OF_EACH_WIDTH(GATHER_OF),
    .gather_items = gather_items,
    .choose = OF_EACH_WIDTH(CHOOSE_OF),
    .transpose = OF_EACH_WIDTH(TRANSPOSE_OF),
    .interleave = OF_EACH_WIDTH(INTERLEAVE_OF),
    .repeat = OF_EACH_WIDTH(REPEAT_OF),
    .repeat_each = OF_EACH_WIDTH(REPEAT_EACH_OF),
    .sum_counts = KERNEL(sum_counts),
    .bring_together = OF_EACH_WIDTH(BRING_TOGETHER_OF),
};
