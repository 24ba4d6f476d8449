/*
 * loop.h - makes a strided loop of a body that takes blocks of contiguous elements.
 *
 * So every element goes through the same instructions whatever its stride, its place or
 * its neighbours are: a body has its vector part, and handles what is left as a whole
 * vector too.  Blocks stay in the first-level cache.
 */
#ifndef NPP_KERNELS_LOOP_H
#define NPP_KERNELS_LOOP_H

#include "kernel.h"

#include <stdbool.h>
#include <string.h>

enum { BLOCK = 512 };

/* Nothing that one iteration writes is read by another: a block is never read and
 * written at once, but for the very same elements. */
#ifdef __clang__
#  define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#  define INDEPENDENT _Pragma("GCC ivdep")
#endif

struct extent {
    uintptr_t low, high;
};

static inline struct extent extent_of(const char *start, intptr_t n, intptr_t step,
                                      intptr_t size)
{
    const uintptr_t first = (uintptr_t)start,
                    last = first + (uintptr_t)((n - 1) * step);
    const uintptr_t size_up = (uintptr_t)size;
    return step < 0 ? (struct extent){last, first + size_up}
                    : (struct extent){first, last + size_up};
}

/* Whether an output is an input's memory in another order: a reduction, an
 * accumulation, or a caller who wants elements one by one. */
static inline bool must_go_in_order(char *const *args, intptr_t n,
                                    const intptr_t *steps, const intptr_t *sizes,
                                    int nin, int nargs)
{
    for (int out = nin; out < nargs; out++) {
        const struct extent to = extent_of(args[out], n, steps[out], sizes[out]);
        for (int i = 0; i < nin; i++) {
            const struct extent from = extent_of(args[i], n, steps[i], sizes[i]);
            /* The same element each time is a reduction. */
            const bool same = args[i] == args[out] && steps[i] == steps[out] &&
                              (steps[out] != 0 || n == 1);
            if (!same && from.low < to.high && to.low < from.high) {
                return true;
            }
        }
    }
    return false;
}

/* A block of an input: in place, or gathered.  In place only where no output is. */
#define TAKE(T, name, k)                                                               \
  T name##_buffer[BLOCK];                                                              \
  const bool name##_direct = steps[k] == (intptr_t)sizeof(T) && !in_place;             \
  const T *name = name##_buffer;

#define FILL(T, name, k)                                                               \
  if (name##_direct) {                                                                 \
    name = (const T *)(args[k] + i * steps[k]);                                        \
  } else if (i == 0 || steps[k] != 0 || in_place) {                                    \
    const char *from = args[k] + i * steps[k];                                         \
    for (intptr_t j = 0; j < m; j++) {                                                 \
      name##_buffer[j] = *(const T *)(from + j * steps[k]);                            \
    }                                                                                  \
  }

#define GIVE(R, name, k)                                                               \
  R name##_buffer[BLOCK];                                                              \
  const bool name##_direct = steps[k] == (intptr_t)sizeof(R);

#define PLACE(R, name, k)                                                              \
  R *name = name##_direct ? (R *)(args[k] + i * steps[k]) : name##_buffer;

#define DRAIN(R, name, k)                                                              \
  if (!name##_direct) {                                                                \
    char *to = args[k] + i * steps[k];                                                 \
    for (intptr_t j = 0; j < m; j++) {                                                 \
      *(R *)(to + j * steps[k]) = name##_buffer[j];                                    \
    }                                                                                  \
  }

#define BLOCKS(nin, nargs, ...)                                                        \
  const intptr_t count = n[0], sizes[] = {__VA_ARGS__};                                \
  const bool ordered = must_go_in_order(args, count, steps, sizes, nin, nargs);        \
  const intptr_t block = ordered ? 1 : BLOCK;

/* The loops.  A body of one WITH_FLAGS takes a pointer to the flags that belong to what
 * it has done so far (flags.h). */
#define ALONE
#define WITH_FLAGS , &flags

#define UNARY_(name, T, R, SAVE, MORE, RESTORE)                                        \
  void KERNEL(name)(char **args, const intptr_t *n, const intptr_t *steps, void *data) \
  {                                                                                    \
    BLOCKS(1, 2, sizeof(T), sizeof(R))                                                 \
    const bool in_place = ordered || args[0] == args[1];                               \
    TAKE(T, x, 0) GIVE(R, y, 1) SAVE for (intptr_t i = 0; i < count; i += block)       \
    {                                                                                  \
      const intptr_t m = count - i < block ? count - i : block;                        \
      FILL(T, x, 0) PLACE(R, y, 1) name##_body(x, y, m MORE);                          \
      DRAIN(R, y, 1)                                                                   \
    }                                                                                  \
    RESTORE                                                                            \
  }

#define BINARY_(name, T, R, SAVE, MORE, RESTORE)                                       \
  void KERNEL(name)(char **args, const intptr_t *n, const intptr_t *steps, void *data) \
  {                                                                                    \
    BLOCKS(2, 3, sizeof(T), sizeof(T), sizeof(R))                                      \
    const bool in_place = ordered || args[0] == args[2] || args[1] == args[2];         \
    TAKE(T, x, 0)                                                                      \
    TAKE(T, y, 1) GIVE(R, z, 2) SAVE for (intptr_t i = 0; i < count; i += block)       \
    {                                                                                  \
      const intptr_t m = count - i < block ? count - i : block;                        \
      FILL(T, x, 0) FILL(T, y, 1) PLACE(R, z, 2) name##_body(x, y, z, m MORE);         \
      DRAIN(R, z, 2)                                                                   \
    }                                                                                  \
    RESTORE                                                                            \
  }

/* Two inputs, two outputs. */
#define PAIR_(name, T, SAVE, MORE, RESTORE)                                            \
  void KERNEL(name)(char **args, const intptr_t *n, const intptr_t *steps, void *data) \
  {                                                                                    \
    BLOCKS(2, 4, sizeof(T), sizeof(T), sizeof(T), sizeof(T))                           \
    const bool in_place = ordered || args[0] == args[2] || args[1] == args[2] ||       \
                          args[0] == args[3] || args[1] == args[3];                    \
    TAKE(T, x, 0)                                                                      \
    TAKE(T, y, 1)                                                                      \
    GIVE(T, z, 2) GIVE(T, w, 3) SAVE for (intptr_t i = 0; i < count; i += block)       \
    {                                                                                  \
      const intptr_t m = count - i < block ? count - i : block;                        \
      FILL(T, x, 0)                                                                    \
      FILL(T, y, 1) PLACE(T, z, 2) PLACE(T, w, 3) name##_body(x, y, z, w, m MORE);     \
      DRAIN(T, z, 2) DRAIN(T, w, 3)                                                    \
    }                                                                                  \
    RESTORE                                                                            \
  }

/* One input, two outputs. */
#define UNARY_PAIR_(name, T, SAVE, MORE, RESTORE)                                      \
  void KERNEL(name)(char **args, const intptr_t *n, const intptr_t *steps, void *data) \
  {                                                                                    \
    BLOCKS(1, 3, sizeof(T), sizeof(T), sizeof(T))                                      \
    const bool in_place = ordered || args[0] == args[1] || args[0] == args[2];         \
    TAKE(T, x, 0)                                                                      \
    GIVE(T, z, 1) GIVE(T, w, 2) SAVE for (intptr_t i = 0; i < count; i += block)       \
    {                                                                                  \
      const intptr_t m = count - i < block ? count - i : block;                        \
      FILL(T, x, 0) PLACE(T, z, 1) PLACE(T, w, 2) name##_body(x, z, w, m MORE);        \
      DRAIN(T, z, 1) DRAIN(T, w, 2)                                                    \
    }                                                                                  \
    RESTORE                                                                            \
  }

#define UNARY_LOOP(name, T, R) UNARY_(name, T, R, , ALONE, )
#define BINARY_LOOP(name, T, R) BINARY_(name, T, R, , ALONE, )
#define UNARY_LOOP_WITH_FLAGS(name, T)                                                 \
  UNARY_(name, T, T, FLAGS_SAVE, WITH_FLAGS, FLAGS_RESTORE)
#define BINARY_LOOP_WITH_FLAGS(name, T)                                                \
  BINARY_(name, T, T, FLAGS_SAVE, WITH_FLAGS, FLAGS_RESTORE)
#define UNARY_PAIR_LOOP_WITH_FLAGS(name, T)                                            \
  UNARY_PAIR_(name, T, FLAGS_SAVE, WITH_FLAGS, FLAGS_RESTORE)
#define PAIR_LOOP_WITH_FLAGS(name, T)                                                  \
  PAIR_(name, T, FLAGS_SAVE, WITH_FLAGS, FLAGS_RESTORE)

#endif
