/* scatter.c - see scatter.h.  Elements go one by one, so that no instruction set does
 * it faster. */
#include "scatter.h"

/* Indices are looked at once more, since another thread may have changed them. */
#define SCATTER(name, T, IDENTITY, OP)                                                 \
  static bool name##_all(char *a, const intptr_t *index, intptr_t n, intptr_t length,  \
                         const char *values, intptr_t step)                            \
  {                                                                                    \
    T *const to = (T *)a;                                                              \
    bool beyond = false;                                                               \
    for (intptr_t i = 0; i < n; i++, values += step) {                                 \
      const intptr_t x = index[i] + (index[i] < 0 ? length : 0);                       \
      if ((uintptr_t)x >= (uintptr_t)length) {                                         \
        beyond = true;                                                                 \
        continue;                                                                      \
      }                                                                                \
      to[x] = OP(T, to[x], *(const T *)values);                                        \
    }                                                                                  \
    return beyond;                                                                     \
  }                                                                                    \
                                                                                       \
  static void name##_some(char *a, const int32_t *at, const int32_t *from, intptr_t n, \
                          const char *values, intptr_t step)                           \
  {                                                                                    \
    T *const to = (T *)a;                                                              \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      to[at[i]] = OP(T, to[at[i]], *(const T *)(values + from[i] * step));             \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void name##_merge(char *a, const char *b, intptr_t n)                         \
  {                                                                                    \
    T *const to = (T *)a;                                                              \
    const T *const more = (const T *)b;                                                \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      to[i] = OP(T, to[i], more[i]);                                                   \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void name##_clear(char *a, intptr_t n)                                        \
  {                                                                                    \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      ((T *)a)[i] = (T)(IDENTITY);                                                     \
    }                                                                                  \
  }

/* Products of short integers have type int, which they may overflow. */
#define ADD(T, x, y) ((T)((x) + (y)))
#define SUBTRACT(T, x, y) ((T)((x) - (y)))
#define MULTIPLY(T, x, y) ((T)((x) * (y)))
#define MULTIPLY_u16(T, x, y) ((T)((uint32_t)(x) * (uint32_t)(y)))
#define MAXIMUM(T, x, y) ((x) >= (y) ? (x) : (y))
#define MINIMUM(T, x, y) ((x) <= (y) ? (x) : (y))
#define AND(T, x, y) ((T)((x) & (y)))
#define OR(T, x, y) ((T)((x) | (y)))
#define XOR(T, x, y) ((T)((x) ^ (y)))
#define BOTH(T, x, y) ((T)(((x) != 0) & ((y) != 0)))
#define EITHER(T, x, y) ((T)(((x) | (y)) != 0))

#define UNSIGNED(bits, T, MULTIPLY)                                                    \
  SCATTER(add_##bits, T, 0, ADD)                                                       \
  SCATTER(subtract_##bits, T, 0, SUBTRACT)                                             \
  SCATTER(multiply_##bits, T, 1, MULTIPLY)                                             \
  SCATTER(and_##bits, T, -1, AND)                                                      \
  SCATTER(or_##bits, T, 0, OR)                                                         \
  SCATTER(xor_##bits, T, 0, XOR)
UNSIGNED(8, uint8_t, MULTIPLY)
UNSIGNED(16, uint16_t, MULTIPLY_u16)
UNSIGNED(32, uint32_t, MULTIPLY)
UNSIGNED(64, uint64_t, MULTIPLY)

#define EXTREMES(name, T, LEAST, GREATEST)                                             \
  SCATTER(maximum_##name, T, LEAST, MAXIMUM)                                           \
  SCATTER(minimum_##name, T, GREATEST, MINIMUM)
EXTREMES(i8, int8_t, INT8_MIN, INT8_MAX)
EXTREMES(u8, uint8_t, 0, UINT8_MAX)
EXTREMES(i16, int16_t, INT16_MIN, INT16_MAX)
EXTREMES(u16, uint16_t, 0, UINT16_MAX)
EXTREMES(i32, int32_t, INT32_MIN, INT32_MAX)
EXTREMES(u32, uint32_t, 0, UINT32_MAX)
EXTREMES(i64, int64_t, INT64_MIN, INT64_MAX)
EXTREMES(u64, uint64_t, 0, UINT64_MAX)

/* Floats have no extremes here, because NumPy's loop decides which zero, which NaN and
 * which flag it gives. */
#define FLOATS(name, T)                                                                \
  SCATTER(add_##name, T, 0, ADD)                                                       \
  SCATTER(subtract_##name, T, 0, SUBTRACT)                                             \
  SCATTER(multiply_##name, T, 1, MULTIPLY)
FLOATS(f32, float)
FLOATS(f64, double)

SCATTER(both, uint8_t, 1, BOTH)
SCATTER(either, uint8_t, 0, EITHER)

#define KERNELS(name)                                                                  \
  {                                                                                    \
    name##_all, name##_some, name##_merge, name##_clear                                \
  }
#define INTEGERS(name)                                                                 \
  [SCATTER_i8] = KERNELS(name##_8), [SCATTER_u8] = KERNELS(name##_8),                  \
  [SCATTER_i16] = KERNELS(name##_16), [SCATTER_u16] = KERNELS(name##_16),              \
  [SCATTER_i32] = KERNELS(name##_32), [SCATTER_u32] = KERNELS(name##_32),              \
  [SCATTER_i64] = KERNELS(name##_64), [SCATTER_u64] = KERNELS(name##_64)
#define SIGNED(name)                                                                   \
  [SCATTER_i8] = KERNELS(name##_i8), [SCATTER_u8] = KERNELS(name##_u8),                \
  [SCATTER_i16] = KERNELS(name##_i16), [SCATTER_u16] = KERNELS(name##_u16),            \
  [SCATTER_i32] = KERNELS(name##_i32), [SCATTER_u32] = KERNELS(name##_u32),            \
  [SCATTER_i64] = KERNELS(name##_i64), [SCATTER_u64] = KERNELS(name##_u64)
#define REALS(name)                                                                    \
  [SCATTER_f32] = KERNELS(name##_f32), [SCATTER_f64] = KERNELS(name##_f64)

scatter_kernels scatter_table[SCATTER_OPS][SCATTER_TYPES] = {
    [SCATTER_ADD] = {[SCATTER_b1] = KERNELS(either), INTEGERS(add), REALS(add)},
    [SCATTER_SUBTRACT] = {INTEGERS(subtract), REALS(subtract)},
    [SCATTER_MULTIPLY] = {[SCATTER_b1] = KERNELS(both),
                          INTEGERS(multiply),
                          REALS(multiply)},
    [SCATTER_MAXIMUM] = {[SCATTER_b1] = KERNELS(either), SIGNED(maximum)},
    [SCATTER_MINIMUM] = {[SCATTER_b1] = KERNELS(both), SIGNED(minimum)},
    [SCATTER_AND] = {[SCATTER_b1] = KERNELS(both), INTEGERS(and)},
    [SCATTER_OR] = {[SCATTER_b1] = KERNELS(either), INTEGERS(or)},
    [SCATTER_XOR] = {INTEGERS(xor)},
};
