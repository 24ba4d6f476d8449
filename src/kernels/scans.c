/* scans.c - see scans.h. */
#include "scans.h"
#include "level.h"

#include <string.h>

#include "vectors.h"

#define SCAN(name, T, OP)                                                              \
  static void name(char **args, const intptr_t *count, const intptr_t *steps,          \
                   void *data)                                                         \
  {                                                                                    \
    const intptr_t n = *count, from = steps[1], to = steps[2];                         \
    const char *x = args[1];                                                           \
    char *z = args[2];                                                                 \
    T all;                                                                             \
    memcpy(&all, args[0], sizeof all);                                                 \
    if (from == (intptr_t)sizeof(T) && to == (intptr_t)sizeof(T)) {                    \
      for (intptr_t i = 0; i < n; i++) {                                               \
        all = all OP((const T *)x)[i];                                                 \
        ((T *)z)[i] = all;                                                             \
      }                                                                                \
      return;                                                                          \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++, x += from, z += to) {                             \
      all = all OP * (const T *)x;                                                     \
      *(T *)z = all;                                                                   \
    }                                                                                  \
  }

#define ADD(S) SCAN(add_##S, S, +)
#define MULTIPLY(S) SCAN(multiply_##S, S, *)
/* Integers are unsigned, because these wrap. */
#define EACH(V) V(f32) V(f64) V(u32)
EACH(ADD)
EACH(MULTIPLY)
MULTIPLY(u64)

#define COMPLEX_ADD(S, T)                                                              \
  static void add_##S(char **args, const intptr_t *count, const intptr_t *steps,       \
                      void *data)                                                      \
  {                                                                                    \
    const intptr_t n = *count, from = steps[1], to = steps[2];                         \
    const char *x = args[1];                                                           \
    char *z = args[2];                                                                 \
    T re = ((const T *)args[0])[0], im = ((const T *)args[0])[1];                      \
    for (intptr_t i = 0; i < n; i++, x += from, z += to) {                             \
      ((T *)z)[0] = re = re + ((const T *)x)[0];                                       \
      ((T *)z)[1] = im = im + ((const T *)x)[1];                                       \
    }                                                                                  \
  }
COMPLEX_ADD(c64, f32)
COMPLEX_ADD(c128, f64)

/* Integers may be added in any order.  Those of a vector are added among themselves,
 * and the sum before them is added once to all of them, so that vectors wait for one
 * addition only. */
enum { LANES = VECTOR_BYTES / sizeof(u64) };
typedef u64 words __attribute__((vector_size(VECTOR_BYTES)));

/* Picks elements of `a` and `b` by number.  Each compiler has its own name for it. */
#ifdef __clang__
#  define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#  define PICK(a, b, ...) __builtin_shuffle(a, b, (words){__VA_ARGS__})
#endif

static inline words sums_within(words v)
{
    const words none = {0};
#if VECTOR_BYTES == 64
    v += PICK(none, v, 0, 8, 9, 10, 11, 12, 13, 14);
    v += PICK(none, v, 0, 1, 8, 9, 10, 11, 12, 13);
    return v + PICK(none, v, 0, 1, 2, 3, 8, 9, 10, 11);
#elif VECTOR_BYTES == 32
    v += PICK(none, v, 0, 4, 5, 6);
    return v + PICK(none, v, 0, 1, 4, 5);
#else
    return v + PICK(none, v, 0, 2);
#endif
}

static void add_u64(char **args, const intptr_t *count, const intptr_t *steps,
                    void *data)
{
    const intptr_t n = *count, from = steps[1], to = steps[2];
    const char *x = args[1];
    char *z = args[2];
    u64 all;
    intptr_t i = 0;
    memcpy(&all, args[0], sizeof all);
    if (from == (intptr_t)sizeof all && to == (intptr_t)sizeof all) {
        /* No store should go to two cache lines.  `x` mostly begins at the same place
         * in one as `z`. */
        for (; i < n && (uintptr_t)(z + i * to) % sizeof(words) != 0; i++) {
            all += *(const u64 *)(x + i * from);
            *(u64 *)(z + i * to) = all;
        }
        words before = (words){0} + all;
        for (; i + LANES <= n; i += LANES) {
            words v;
            memcpy(&v, x + i * from, sizeof v);
            v = sums_within(v);
            const words sums = v + before;
            memcpy(z + i * to, &sums, sizeof sums);
            before += v[LANES - 1];
        }
        all = before[0];
    }
    for (; i < n; i++) {
        all += *(const u64 *)(x + i * from);
        *(u64 *)(z + i * to) = all;
    }
}

scan_table KERNEL(scans) = {
    [SCAN_ADD] =
        {
            [NUMBER_f32] = add_f32,
            [NUMBER_f64] = add_f64,
            [NUMBER_c64] = add_c64,
            [NUMBER_c128] = add_c128,
            [NUMBER_i32] = add_u32,
            [NUMBER_u32] = add_u32,
            [NUMBER_i64] = add_u64,
            [NUMBER_u64] = add_u64,
        },
    [SCAN_MULTIPLY] =
        {
            [NUMBER_f32] = multiply_f32,
            [NUMBER_f64] = multiply_f64,
            [NUMBER_i32] = multiply_u32,
            [NUMBER_u32] = multiply_u32,
            [NUMBER_i64] = multiply_u64,
            [NUMBER_u64] = multiply_u64,
        },
};
