/* ranks.c - see ranks.h. */
#include "ranks.h"
#include "level.h"

#include <limits.h>

#include "lanes.h"
#include "loop.h"

#ifndef NPP_NODES
/* Counts the elements of a node by halves: a step that is taken skips elements that
 * are all less than the key. */
#  define LESS(a, b) ((a) < (b))
#  define AT_MOST(a, b) ((a) <= (b))
#  define NODE_OF(name, S, T, TEST)                                                    \
    static inline intptr_t name##_##S(const T *node, T key)                            \
    {                                                                                  \
      intptr_t at = 0;                                                                 \
      if (NODE_BYTES / sizeof(T) == 16) {                                              \
        at = (intptr_t)TEST(node[7], key) << 3;                                        \
      }                                                                                \
      at += (intptr_t)TEST(node[at + 3], key) << 2;                                    \
      at += (intptr_t)TEST(node[at + 1], key) << 1;                                    \
      at += TEST(node[at], key);                                                       \
      return at + TEST(node[at], key);                                                 \
    }
NODE_OF(less_in, f64, f64, LESS)
NODE_OF(less_in, f32, f32, LESS)
NODE_OF(less_in, i64, i64, LESS)
NODE_OF(less_in, i32, i32, LESS)
NODE_OF(less_in, u64, u64, LESS)
NODE_OF(less_in, u32, u32, LESS)
NODE_OF(at_most_in, f64, f64, AT_MOST)
NODE_OF(at_most_in, f32, f32, AT_MOST)
#endif

/* Keys that go down the first levels side by side: one of them would wait for each
 * node. */
enum { SIDE_BY_SIDE = 4 };

/* Stores the number of samples of the lowest near level that pass the test. */
#define DESCEND(name, T, COUNT)                                                        \
  static inline void descend_##name(const struct rank_tree *tree, const T *keys,       \
                                    intptr_t n, intptr_t *ranks)                       \
  {                                                                                    \
    enum { NODE = NODE_BYTES / sizeof(T) };                                            \
    intptr_t i = 0;                                                                    \
    for (; n - i >= SIDE_BY_SIDE; i += SIDE_BY_SIDE) {                                 \
      const T a = keys[i], b = keys[i + 1], c = keys[i + 2], d = keys[i + 3];          \
      intptr_t of_a = 0, of_b = 0, of_c = 0, of_d = 0;                                 \
      for (int k = tree->levels; k-- > tree->far;) {                                   \
        const T *samples = tree->level[k];                                             \
        of_a = of_a * NODE + COUNT(samples + of_a * NODE, a);                          \
        of_b = of_b * NODE + COUNT(samples + of_b * NODE, b);                          \
        of_c = of_c * NODE + COUNT(samples + of_c * NODE, c);                          \
        of_d = of_d * NODE + COUNT(samples + of_d * NODE, d);                          \
      }                                                                                \
      ranks[i] = of_a;                                                                 \
      ranks[i + 1] = of_b;                                                             \
      ranks[i + 2] = of_c;                                                             \
      ranks[i + 3] = of_d;                                                             \
    }                                                                                  \
    for (; i < n; i++) {                                                               \
      intptr_t at = 0;                                                                 \
      for (int k = tree->levels; k-- > tree->far;) {                                   \
        at = at * NODE + COUNT((const T *)tree->level[k] + at * NODE, keys[i]);        \
      }                                                                                \
      ranks[i] = at;                                                                   \
    }                                                                                  \
    for (int k = tree->far; k-- > 0;) {                                                \
      const T *samples = tree->level[k];                                               \
      for (i = 0; i < n; i++) {                                                        \
        ranks[i] = ranks[i] * NODE + COUNT(samples + ranks[i] * NODE, keys[i]);        \
      }                                                                                \
    }                                                                                  \
  }

/* Keys in order of which most are between the same two elements: a search for the few
 * elements among the keys is shorter.  With less than so many keys for each element,
 * both are gone through side by side, as long as there are some keys for each. */
enum { KEYS_A_STEP = 16, KEYS_AN_ELEMENT = 2 };

#define IN_ORDER(name, T, TEST)                                                        \
  static inline bool are_in_order_##name(const T *keys, intptr_t n)                    \
  {                                                                                    \
    bool good = n >= 2 * KEYS_A_STEP && keys[0] <= keys[n - 1];                        \
    for (intptr_t i = 1; good && i < KEYS_A_STEP; i++) {                               \
      good = keys[i - 1] <= keys[i];                                                   \
    }                                                                                  \
    int all = good;                                                                    \
    for (intptr_t i = KEYS_A_STEP; good && i < n; i++) {                               \
      all &= keys[i - 1] <= keys[i];                                                   \
    }                                                                                  \
    return all;                                                                        \
  }                                                                                    \
                                                                                       \
  static bool rank_steps_##name(const T *sorted, const T *keys, intptr_t n,            \
                                intptr_t low, intptr_t high, intptr_t *ranks)          \
  {                                                                                    \
    intptr_t at = 0;                                                                   \
    const bool few = high - low <= n / KEYS_A_STEP;                                    \
    if (high < low || high - low > n / KEYS_AN_ELEMENT) {                              \
      return false;                                                                    \
    }                                                                                  \
    for (intptr_t rank = low; rank <= high; rank++) {                                  \
      intptr_t end = rank < high ? at : n; /* of the keys of this rank */              \
      for (intptr_t before = n; few && rank < high && end < before;) {                 \
        const intptr_t middle = end + (before - end) / 2;                              \
        const bool passes = TEST(sorted[rank], keys[middle]);                          \
        before = passes ? middle : before;                                             \
        end = passes ? end : middle + 1;                                               \
      }                                                                                \
      for (; at < end; at++) {                                                         \
        ranks[at] = rank;                                                              \
      }                                                                                \
      for (; rank < high && at < n && !TEST(sorted[rank], keys[at]); at++) {           \
        ranks[at] = rank;                                                              \
      }                                                                                \
    }                                                                                  \
    return true;                                                                       \
  }

/* The number of a block becomes a place in it where a node may be, and this a rank.
 * Places are held within the array: a node that begins before it belongs to it also
 * holds the rank. */
#define RANK(name, T, COUNT, TEST)                                                     \
  DESCEND(name, T, COUNT)                                                              \
  IN_ORDER(name, T, TEST)                                                              \
                                                                                       \
  static inline void rank_each_##name(const struct rank_tree *tree, const T *keys,     \
                                      intptr_t n, intptr_t *ranks)                     \
  {                                                                                    \
    enum { NODE = NODE_BYTES / sizeof(T) };                                            \
    const T *sorted = tree->sorted;                                                    \
    const intptr_t last = tree->n - 1;                                                 \
    const intptr_t last_node = tree->n > NODE ? tree->n - NODE : 0;                    \
    descend_##name(tree, keys, n, ranks);                                              \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const intptr_t at = ranks[i] * tree->block - tree->shift;                        \
      ranks[i] = at > 0 ? at : 0;                                                      \
    }                                                                                  \
    for (intptr_t half = tree->block / 2; half >= NODE; half /= 2) {                   \
      for (intptr_t i = 0; i < n; i++) {                                               \
        const intptr_t at = ranks[i] + half - 1;                                       \
        const T middle = sorted[at < last ? at : last];                                \
        ranks[i] += half & -(intptr_t)TEST(middle, keys[i]);                           \
      }                                                                                \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const intptr_t at = ranks[i] < last_node ? ranks[i] : last_node;                 \
      ranks[i] = at + COUNT(sorted + at, keys[i]);                                     \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void rank_##name(const struct rank_tree *tree, const T *keys, intptr_t n,     \
                          intptr_t *ranks)                                             \
  {                                                                                    \
    bool done = false;                                                                 \
    if (are_in_order_##name(keys, n)) {                                                \
      const T ends[] = {keys[0], keys[n - 1]};                                         \
      intptr_t of_ends[2];                                                             \
      rank_each_##name(tree, ends, 2, of_ends);                                        \
      done = rank_steps_##name(tree->sorted, keys, n, of_ends[0], of_ends[1], ranks);  \
    }                                                                                  \
    if (!done) {                                                                       \
      rank_each_##name(tree, keys, n, ranks);                                          \
    }                                                                                  \
  }

#define RANK_FLOATS(how, S, COUNT, TEST)                                               \
  RANK(how##_##S, S, COUNT##_##S, TEST)                                                \
  static void how##_##S(const struct rank_tree *tree, const void *keys, intptr_t n,    \
                        intptr_t *ranks)                                               \
  {                                                                                    \
    const S *x = keys;                                                                 \
    const intptr_t unordered = tree->unordered;                                        \
    rank_##how##_##S(tree, x, n, ranks);                                               \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      ranks[i] = x[i] == x[i] ? ranks[i] : unordered;                                  \
    }                                                                                  \
  }

/* What is not greater than an integer is less than the next one, if there is one. */
#define RANK_INTEGERS(S, U, MOST)                                                      \
  RANK(left_##S, S, less_in_##S, PASSES_LESS)                                          \
  static void left_##S(const struct rank_tree *tree, const void *keys, intptr_t n,     \
                       intptr_t *ranks)                                                \
  {                                                                                    \
    rank_left_##S(tree, keys, n, ranks);                                               \
    give_nat_##S(tree, keys, n, ranks);                                                \
  }                                                                                    \
                                                                                       \
  static void right_##S(const struct rank_tree *tree, const void *keys, intptr_t n,    \
                        intptr_t *ranks)                                               \
  {                                                                                    \
    const S *x = keys;                                                                 \
    const intptr_t all = tree->n;                                                      \
    S next[RANK_KEYS];                                                                 \
    next[0] = 0; /* or gcc warns that there may be no key */                           \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      next[i] = (S)((U)x[i] + 1);                                                      \
    }                                                                                  \
    rank_left_##S(tree, next, n, ranks);                                               \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      ranks[i] = x[i] != (MOST) ? ranks[i] : all;                                      \
    }                                                                                  \
    give_nat_##S(tree, keys, n, ranks);                                                \
  }

#define PASSES_LESS(a, b) ((a) < (b))
#define PASSES_AT_MOST(a, b) ((a) <= (b))

static void give_nat_i64(const struct rank_tree *tree, const i64 *keys, intptr_t n,
                         intptr_t *ranks)
{
    const intptr_t unordered = tree->unordered;
    for (intptr_t i = 0; tree->has_nat && i < n; i++) {
        ranks[i] = keys[i] != INT64_MIN ? ranks[i] : unordered;
    }
}
#define give_nat_i32(...)
#define give_nat_u32(...)
#define give_nat_u64(...)

RANK_FLOATS(left, f64, less_in, PASSES_LESS)
RANK_FLOATS(left, f32, less_in, PASSES_LESS)
RANK_FLOATS(right, f64, at_most_in, PASSES_AT_MOST)
RANK_FLOATS(right, f32, at_most_in, PASSES_AT_MOST)
RANK_INTEGERS(i32, u32, INT32_MAX)
RANK_INTEGERS(u32, u32, UINT32_MAX)
RANK_INTEGERS(i64, u64, INT64_MAX)
RANK_INTEGERS(u64, u64, UINT64_MAX)

#define OF_EACH(how)                                                                   \
  {                                                                                    \
    [NUMBER_i32] = how##_i32, [NUMBER_u32] = how##_u32, [NUMBER_i64] = how##_i64,      \
    [NUMBER_u64] = how##_u64, [NUMBER_f32] = how##_f32, [NUMBER_f64] = how##_f64       \
  }
rank_table KERNEL(ranks) = {.left = OF_EACH(left), .right = OF_EACH(right)};
