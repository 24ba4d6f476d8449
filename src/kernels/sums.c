/* sums.c - see sums.h. */
#include "sums.h"
#include "level.h"

#include <string.h>

#include "lanes.h"
#include "vectors.h"

/* -- rows ----------------------------------------------------------------------- */

/* The 8 sums are in vectors of the level's size, or in smaller ones.  gcc takes larger
 * vectors apart in memory, and makes worse code of arrays. */
#define VECTORS_OF(S, W)                                                               \
  enum {                                                                               \
      S##_LANES = SUM_LANES * sizeof(S) < (size_t)VECTOR_BYTES                         \
                      ? (size_t)SUM_LANES                                              \
                      : VECTOR_BYTES / sizeof(S),                                      \
      S##_COUNT = SUM_LANES / S##_LANES                                                \
  };                                                                                   \
  typedef S v_of_##S __attribute__((vector_size(S##_LANES * sizeof(S))));              \
  typedef W w_of_##S __attribute__((vector_size(S##_LANES * sizeof(S))));              \
                                                                                       \
  static inline v_of_##S v_at_##S(const S *x)                                          \
  {                                                                                    \
    v_of_##S v;                                                                        \
    memcpy(&v, x, sizeof v);                                                           \
    return v;                                                                          \
  }                                                                                    \
                                                                                       \
  static inline S add_lanes_##S(const v_of_##S *sums)                                  \
  {                                                                                    \
    S r[SUM_LANES];                                                                    \
    memcpy(r, sums, sizeof r);                                                         \
    return ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));          \
  }
VECTORS_OF(f32, int32_t)
VECTORS_OF(f64, int64_t)

/* What is summed: x, or a function of it, with m as in sums.h.  For one element (_f),
 * and for a vector (_v). */
#define PLAIN_f(x, m) (x)
#define NUMBER_f(x, m) ((x) == (x) ? (x) : 0)
#define IS_NUMBER_f(x, m) ((x) == (x) ? 1 : 0)
#define SQUARE_f(x, m) (((x) - (m)) * ((x) - (m)))
#define NUMBER_SQUARE_f(x, m) ((x) == (x) ? SQUARE_f(x, m) : 0)

#define IF_NUMBER(S, x, v) ((v_of_##S)((w_of_##S)(v) & ((x) == (x))))
#define PLAIN_v(S, x, m) (x)
#define NUMBER_v(S, x, m) IF_NUMBER(S, x, x)
#define IS_NUMBER_v(S, x, m) IF_NUMBER(S, x, (v_of_##S){0} + 1)
#define SQUARE_v(S, x, m) SQUARE_f(x, m)
#define NUMBER_SQUARE_v(S, x, m) IF_NUMBER(S, x, SQUARE_f(x, m))

#define EACH_VECTOR(T, k) for (int k = 0; k < T##_COUNT; k++)

/* A leaf has at most SUM_LEAF contiguous parts.  lanes() computes its 8 sums, and
 * returns how many parts are in them.  Fewer than 8 parts are added to -0.0, which adds
 * nothing. */
#define LEAF(name, T, ONE, VECTOR)                                                     \
  static inline v_of_##T name##_vector_##T(const T *x, T m)                            \
  {                                                                                    \
    const v_of_##T v = v_at_##T(x);                                                    \
    return VECTOR(T, v, m);                                                            \
  }                                                                                    \
                                                                                       \
  static inline intptr_t name##_lanes_##T(const T *x, intptr_t n, T m, v_of_##T *r)    \
  {                                                                                    \
    EACH_VECTOR(T, k)                                                                  \
    {                                                                                  \
      r[k] = name##_vector_##T(x + k * T##_LANES, m);                                  \
    }                                                                                  \
    intptr_t i = SUM_LANES;                                                            \
    for (; i + SUM_LANES <= n; i += SUM_LANES) {                                       \
      EACH_VECTOR(T, k)                                                                \
      {                                                                                \
        r[k] += name##_vector_##T(x + i + k * T##_LANES, m);                           \
      }                                                                                \
    }                                                                                  \
    return i;                                                                          \
  }                                                                                    \
                                                                                       \
  static inline T name##_leaf_##T(const T *x, intptr_t n, T m)                         \
  {                                                                                    \
    T sum = (T)-0.0;                                                                   \
    intptr_t i = 0;                                                                    \
    if (n >= SUM_LANES) {                                                              \
      v_of_##T r[T##_COUNT];                                                           \
      i = name##_lanes_##T(x, n, m, r);                                                \
      sum = add_lanes_##T(r);                                                          \
    }                                                                                  \
    for (; i < n; i++) {                                                               \
      sum += ONE(x[i], m);                                                             \
    }                                                                                  \
    return sum;                                                                        \
  }

/* Sums two leaves that follow each other side by side, because the additions of one
 * leaf wait for each other: a million float32 on two threads take 35 us and not 63.  It
 * is not used where they come from memory (`near` is false), which is not fetched ahead
 * of two places in turn: 10 GB/s and not 29, whatever is prefetched.  The first leaf
 * has a multiple of 8 parts, the second as many or up to 15 more. */
#define LEAVES(name, T, ONE)                                                           \
  static inline T name##_leaves_##T(const T *x, intptr_t first, intptr_t n, T m)       \
  {                                                                                    \
    const T *y = x + first;                                                            \
    v_of_##T r[T##_COUNT], s[T##_COUNT];                                               \
    EACH_VECTOR(T, k)                                                                  \
    {                                                                                  \
      r[k] = name##_vector_##T(x + k * T##_LANES, m);                                  \
      s[k] = name##_vector_##T(y + k * T##_LANES, m);                                  \
    }                                                                                  \
    intptr_t i = SUM_LANES;                                                            \
    for (; i < first; i += SUM_LANES) {                                                \
      EACH_VECTOR(T, k)                                                                \
      {                                                                                \
        r[k] += name##_vector_##T(x + i + k * T##_LANES, m);                           \
        s[k] += name##_vector_##T(y + i + k * T##_LANES, m);                           \
      }                                                                                \
    }                                                                                  \
    if (i + SUM_LANES <= n) {                                                          \
      EACH_VECTOR(T, k)                                                                \
      {                                                                                \
        s[k] += name##_vector_##T(y + i + k * T##_LANES, m);                           \
      }                                                                                \
      i += SUM_LANES;                                                                  \
    }                                                                                  \
    T sum = add_lanes_##T(s);                                                          \
    for (; i < n; i++) {                                                               \
      sum += ONE(y[i], m);                                                             \
    }                                                                                  \
    return add_lanes_##T(r) + sum;                                                     \
  }

/* Copies `n` elements E, of EACH parts T each, to `leaf`, where they are contiguous. */
#define GATHER(S, T, E, EACH)                                                          \
  static inline void gather_##S(const char *x, intptr_t n, intptr_t stride, T *leaf)   \
  {                                                                                    \
    for (intptr_t i = 0; i < n; i++, x += stride) {                                    \
      memcpy(leaf + i * (EACH), x, sizeof(E));                                         \
    }                                                                                  \
  }

/* CONTIGUOUS is the stride of elements that need not be gathered.  A sum is member M of
 * the union. */
#define REAL_SUM(name, S, T, M, CONTIGUOUS)                                            \
  static T name##_tree_##S(const char *x, intptr_t n, intptr_t stride, T m, bool near) \
  {                                                                                    \
    if (n > SUM_LEAF) {                                                                \
      const intptr_t half = sum_half(n);                                               \
      if (near && n - half <= SUM_LEAF && stride == (intptr_t)(CONTIGUOUS)) {          \
        return name##_leaves_##T((const T *)x, half, n - half, m);                     \
      }                                                                                \
      const T first = name##_tree_##S(x, half, stride, m, near);                       \
      return first + name##_tree_##S(x + half * stride, n - half, stride, m, near);    \
    }                                                                                  \
    if (stride == (intptr_t)(CONTIGUOUS)) {                                            \
      return name##_leaf_##T((const T *)x, n, m);                                      \
    }                                                                                  \
    T leaf[SUM_LEAF] = {0};                                                            \
    gather_##S(x, n, stride, leaf);                                                    \
    return name##_leaf_##T(leaf, n, m);                                                \
  }                                                                                    \
                                                                                       \
  static union sum name##_sum_##S(const char *x, intptr_t n, intptr_t stride,          \
                                  const char *m) {                                     \
    const T of_all = m ? *(const T *)m : 0;                                            \
    return (union sum){.M = {.re = name##_tree_##S(x, n, stride, of_all, true)}};      \
  }                                                                                    \
                                                                                       \
  static union sum name##_far_##S(const char *x, intptr_t n, intptr_t stride,          \
                                  const char *m) {                                     \
    const T of_all = m ? *(const T *)m : 0;                                            \
    return (union sum){.M = {.re = name##_tree_##S(x, n, stride, of_all, false)}};     \
  }

#define COMPLEX_SUM(S, T, M, CONTIGUOUS)                                               \
  static S pairs_##S(const T *x, intptr_t parts)                                       \
  {                                                                                    \
    S sum = {(T)-0.0, (T)-0.0};                                                        \
    intptr_t i = 0;                                                                    \
    if (parts >= SUM_LANES) {                                                          \
      T r[SUM_LANES];                                                                  \
      v_of_##T sums[T##_COUNT];                                                        \
      i = plain_lanes_##T(x, parts, 0, sums);                                          \
      memcpy(r, sums, sizeof r);                                                       \
      sum.re = (r[0] + r[2]) + (r[4] + r[6]);                                          \
      sum.im = (r[1] + r[3]) + (r[5] + r[7]);                                          \
    }                                                                                  \
    for (; i < parts; i += 2) {                                                        \
      sum.re += x[i];                                                                  \
      sum.im += x[i + 1];                                                              \
    }                                                                                  \
    return sum;                                                                        \
  }                                                                                    \
                                                                                       \
  static S plain_tree_##S(const char *x, intptr_t parts, intptr_t stride)              \
  {                                                                                    \
    if (parts > SUM_LEAF) {                                                            \
      const intptr_t half = sum_half(parts);                                           \
      const S a = plain_tree_##S(x, half, stride);                                     \
      const S b = plain_tree_##S(x + half / 2 * stride, parts - half, stride);         \
      return (S){a.re + b.re, a.im + b.im};                                            \
    }                                                                                  \
    if (stride == (intptr_t)(CONTIGUOUS)) {                                            \
      return pairs_##S((const T *)x, parts);                                           \
    }                                                                                  \
    T leaf[SUM_LEAF] = {0};                                                            \
    gather_##S(x, parts / 2, stride, leaf);                                            \
    return pairs_##S(leaf, parts);                                                     \
  }                                                                                    \
                                                                                       \
  static union sum plain_sum_##S(const char *x, intptr_t n, intptr_t stride,           \
                                 const char *m) {                                      \
    const S sum = plain_tree_##S(x, 2 * n, stride);                                    \
    return (union sum){.M = {sum.re, sum.im}};                                         \
  }

GATHER(f32, f32, f32, 1)
GATHER(f64, f64, f64, 1)
GATHER(c64, f32, c64, 2)
GATHER(c128, f64, c128, 2)

#define ROWS_OF(name, T, ONE, VECTOR)                                                  \
  LEAF(name, T, ONE, VECTOR)                                                           \
  LEAVES(name, T, ONE)                                                                 \
  REAL_SUM(name, T, T, T, sizeof(T))

ROWS_OF(plain, f32, PLAIN_f, PLAIN_v)
ROWS_OF(plain, f64, PLAIN_f, PLAIN_v)
COMPLEX_SUM(c64, f32, f32, sizeof(c64))
COMPLEX_SUM(c128, f64, f64, sizeof(c128))

#ifdef NPP_LANES
/* float16 is summed as float, which holds it exactly.  So it is gathered whatever its
 * stride. */
#  define GATHERED 1 /* no stride of float16 */
static inline void gather_f16(const char *x, intptr_t n, intptr_t stride, f32 *leaf)
{
    f16 gathered[SUM_LEAF] = {0};
    const f16 *half = (const f16 *)x;
    if (stride != (intptr_t)sizeof(f16)) {
        for (intptr_t i = 0; i < n; i++, x += stride) {
            memcpy(gathered + i, x, sizeof(f16));
        }
        half = gathered;
    }
    for (intptr_t i = 0; i < n; i += LANES_f16) {
        give_f32(leaf + i, n - i, take_f16(half + i, n - i));
    }
}
REAL_SUM(plain, f16, f32, f32, GATHERED)
#endif

/* -- runs ----------------------------------------------------------------------- */

/* Returns the first number from `i` on where the mask is not `value`, or `n`. */
static inline intptr_t next_change(const struct masked *row, intptr_t i, intptr_t n,
                                   bool value)
{
    const uint64_t alike = value ? UINT64_C(0x0101010101010101) : 0;
    for (; row->mask_stride == 1 && i + 8 <= n; i += 8) {
        uint64_t eight;
        memcpy(&eight, row->mask + i, sizeof eight);
        if (eight != alike) {
            break;
        }
    }
    while (i < n && (row->mask[i * row->mask_stride] != 0) == value) {
        i++;
    }
    return i;
}

#define RUNS_OF(S, SUM, RUN)                                                           \
  static intptr_t runs_##S(const struct masked *row, intptr_t n, intptr_t all,         \
                           char *sums)                                                 \
  {                                                                                    \
    intptr_t count = 0;                                                                \
    for (intptr_t i = next_change(row, 0, n, false); i < n;) {                         \
      const intptr_t end = next_change(row, i, all, true);                             \
      const SUM sum = RUN(row->x + i * row->stride, end - i, row->stride);             \
      memcpy(sums + count++ * (intptr_t)sizeof sum, &sum, sizeof sum);                 \
      i = next_change(row, end, n, false);                                             \
    }                                                                                  \
    return count;                                                                      \
  }

#define RUN_f32(x, n, stride) plain_tree_f32(x, n, stride, 0, false)
#define RUN_f64(x, n, stride) plain_tree_f64(x, n, stride, 0, false)
#define RUN_c64(x, n, stride) plain_tree_c64(x, 2 * (n), stride)
#define RUN_c128(x, n, stride) plain_tree_c128(x, 2 * (n), stride)
RUNS_OF(f32, f32, RUN_f32)
RUNS_OF(f64, f64, RUN_f64)
RUNS_OF(c64, c64, RUN_c64)
RUNS_OF(c128, c128, RUN_c128)

/* -- columns -------------------------------------------------------------------- */

/* Up to GROUP columns have their sums in registers.  Of more columns, the sums of a
 * block of COLUMNS are in the first-level cache, and several rows are added each time
 * that these are read and written. */
enum { GROUP = 4, COLUMNS = 512 };

#define T f32
#define OF(name) name##_f32
#include "sums_columns_template.h"

#define T f64
#define OF(name) name##_f64
#include "sums_columns_template.h"

/* Sums of a function of each element, of rows and of columns. */
#define MAPPED(name, T, ELEMENT, VECTOR)                                               \
  ROWS_OF(name, T, ELEMENT, VECTOR)                                                    \
                                                                                       \
  static void name##_block_##T(T *restrict sums, const char *x, intptr_t n,            \
                               intptr_t rows, intptr_t stride, const T *m)             \
  {                                                                                    \
    for (; rows > 0; rows--, x += stride) {                                            \
      for (intptr_t j = 0; j < n; j++) {                                               \
        sums[j] += ELEMENT(((const T *)x)[j], m[j]);                                   \
      }                                                                                \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void name##_columns_##T(char *sums, const char *x, intptr_t n, intptr_t rows, \
                                 intptr_t stride, const char *m)                       \
  {                                                                                    \
    const intptr_t size = sizeof(T);                                                   \
    for (intptr_t j = 0; j < n; j += COLUMNS) {                                        \
      const char *means = m ? m + j * size : x; /* some numbers, not used */           \
      name##_block_##T((T *)sums + j, x + j * size, n - j < COLUMNS ? n - j : COLUMNS, \
                       rows, stride, (const T *)means);                                \
    }                                                                                  \
  }

#define BOTH(name, MAP)                                                                \
  MAPPED(name, f32, MAP##_f, MAP##_v)                                                  \
  MAPPED(name, f64, MAP##_f, MAP##_v)
BOTH(number, NUMBER)
BOTH(is_number, IS_NUMBER)
BOTH(square, SQUARE)
BOTH(number_square, NUMBER_SQUARE)

#define ROW(name, KIND)                                                                \
  {                                                                                    \
    [NUMBER_f32] = name##_##KIND##_f32, [NUMBER_f64] = name##_##KIND##_f64             \
  }

#ifdef NPP_LANES
#  define HALF_SUM(place) plain_##place##_f16
#else
#  define HALF_SUM(place) NULL
#endif
#define SUMS(place)                                                                    \
  {                                                                                    \
    [MAP_PLAIN] = {[NUMBER_f16] = HALF_SUM(place),                                     \
                   [NUMBER_f32] = plain_##place##_f32,                                 \
                   [NUMBER_f64] = plain_##place##_f64,                                 \
                   [NUMBER_c64] = plain_sum_c64,                                       \
                   [NUMBER_c128] = plain_sum_c128},                                    \
    [MAP_NUMBER] = ROW(number, place), [MAP_IS_NUMBER] = ROW(is_number, place),        \
    [MAP_SQUARE] = ROW(square, place), [MAP_NUMBER_SQUARE] = ROW(number_square, place) \
  }

sum_table KERNEL(sums) = {
    .sum = {[SUM_NEAR] = SUMS(sum), [SUM_FAR] = SUMS(far)},
    .runs =
        {
            [NUMBER_f32] = runs_f32,
            [NUMBER_f64] = runs_f64,
            [NUMBER_c64] = runs_c64,
            [NUMBER_c128] = runs_c128,
        },
    .columns =
        {
            [MAP_PLAIN] =
                {
                    [NUMBER_f32] = columns_f32,
                    [NUMBER_f64] = columns_f64,
                    [NUMBER_c64] = columns_of_pairs_f32,
                    [NUMBER_c128] = columns_of_pairs_f64,
                },
            [MAP_NUMBER] = ROW(number, columns),
            [MAP_IS_NUMBER] = ROW(is_number, columns),
            [MAP_SQUARE] = ROW(square, columns),
            [MAP_NUMBER_SQUARE] = ROW(number_square, columns),
        },
};
