/* assign.c - see assign.h. */
#include "assign.h"
#include "level.h"

#include <string.h>

#include "indices.h"
#include "widths.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Stores wait for their cache line in order, and few are under way at once, so that it
 * pays to fetch lines before, where gathering has no use for it: 1e6 random float64 of
 * 8 MB took 3.1 ns each instead of 4.8, and AHEAD of 8 to 64 made no difference.  Of
 * lines that are in the first-level cache it costs 0.25 ns. */
enum { AHEAD = 16 };

/* What is constant in a call is known to the compiler.  `at` are indices of either
 * type, and `from` NULL where value i is the i-th. */
#define PUT(name, T)                                                                   \
  ALWAYS_INLINE void name(const struct assign *assign, intptr_t itemsize,              \
                          intptr_t stride, bool far, const T *at, const int32_t *from, \
                          intptr_t n)                                                  \
  {                                                                                    \
    char *const to = assign->to;                                                       \
    const char *const values = assign->values;                                         \
    const intptr_t step = assign->step;                                                \
    for (intptr_t i = 0; far && i + AHEAD < n; i++) {                                  \
      __builtin_prefetch(to + at[i + AHEAD] * stride, 1);                              \
      memcpy(to + at[i] * stride, values + (from ? from[i] : i) * step,                \
             (size_t)itemsize);                                                        \
    }                                                                                  \
    for (intptr_t i = far && n > AHEAD ? n - AHEAD : 0; i < n; i++) {                  \
      memcpy(to + at[i] * stride, values + (from ? from[i] : i) * step,                \
             (size_t)itemsize);                                                        \
    }                                                                                  \
  }
PUT(put_all, intptr_t)
PUT(put_some, int32_t)

/* Runs `put` with constants for sizes that are known to the compiler, and for elements
 * that lie side by side. */
#define CASE_OF(put, size, at, from)                                                   \
  case size:                                                                           \
    if (assign->stride != (size)) {                                                    \
      put(assign, size, assign->stride, assign->far, at, from, n);                     \
    } else if (assign->far) {                                                          \
      put(assign, size, size, true, at, from, n);                                      \
    } else {                                                                           \
      put(assign, size, size, false, at, from, n);                                     \
    }                                                                                  \
    break;

static void put_block(const struct assign *assign, const intptr_t *at, intptr_t n)
{
    switch (assign->itemsize) {
#define CASE(size) CASE_OF(put_all, size, at, NULL)
        EACH_WIDTH(CASE)
        EACH_SIZE(CASE)
#undef CASE
    default:
        put_all(assign, assign->itemsize, assign->stride, assign->far, at, NULL, n);
    }
}

static bool assign_all(const struct assign *assign, const intptr_t *index, intptr_t n,
                       intptr_t length)
{
    struct assign block = *assign;
    for (intptr_t first = 0; first < n; first += INDICES) {
        intptr_t at[INDICES];
        const intptr_t some = n - first < INDICES ? n - first : INDICES;
        if (!check_indices(index + first, some, length, length, at)) {
            return false;
        }
        put_block(&block, at, some);
        block.values += some * block.step;
    }
    return true;
}

static void assign_some(const struct assign *assign, const int32_t *at,
                        const int32_t *from, intptr_t n)
{
    switch (assign->itemsize) {
#define CASE(size) CASE_OF(put_some, size, at, from)
        EACH_WIDTH(CASE)
        EACH_SIZE(CASE)
#undef CASE
    default:
        put_some(assign, assign->itemsize, assign->stride, assign->far, at, from, n);
    }
}

assign_table KERNEL(assign) = {assign_all, assign_some};
