/*
 * integers_power.c - power of integers, modulo what the type holds, by repeated
 * squaring of many numbers at once.
 *
 * A negative exponent is an error, which NumPy has to raise, so such calls are left to
 * NumPy.
 */
#include "loop.h"

#include "integers.h"

enum { LANES = 64 };

/* The product is not of a signed type, which must not overflow, nor of int, to which
 * small types are promoted. */
#define TIMES(U, x, y) ((U)(1U * (x) * (y)))

#define RAISE(U, EXPRESSION)                                                           \
  INDEPENDENT                                                                          \
  for (intptr_t i = 0; i < n; i++) {                                                   \
    const U a = x[i], square = TIMES(U, a, a);                                         \
    z[i] = EXPRESSION;                                                                 \
  }

#define POWER(U, BITS)                                                                 \
  static void raise_##BITS(const U *x, U *z, intptr_t n, U exponent)                   \
  {                                                                                    \
    for (intptr_t i = 0; i < n; i += LANES) {                                          \
      const int m = n - i < LANES ? (int)(n - i) : LANES;                              \
      U squares[LANES] = {0}, result[LANES];                                           \
      memcpy(squares, x + i, (size_t)m * sizeof(U));                                   \
      for (int j = 0; j < LANES; j++) {                                                \
        result[j] = 1;                                                                 \
      }                                                                                \
      for (U left = exponent; left; left >>= 1) {                                      \
        for (int j = 0; j < LANES && left & 1; j++) {                                  \
          result[j] = TIMES(U, result[j], squares[j]);                                 \
        }                                                                              \
        for (int j = 0; j < LANES; j++) {                                              \
          squares[j] = TIMES(U, squares[j], squares[j]);                               \
        }                                                                              \
      }                                                                                \
      memcpy(z + i, result, (size_t)m * sizeof(U));                                    \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  /* Small exponents are the common ones. */                                           \
  static void power_by_##BITS(void *const *blocks, intptr_t n, struct work *work)      \
  {                                                                                    \
    const U *const x = blocks[0], exponent = *(const U *)work->with;                   \
    U *const z = blocks[1];                                                            \
    switch (exponent) {                                                                \
    case 2:                                                                            \
      RAISE(U, square)                                                                 \
      break;                                                                           \
    case 3:                                                                            \
      RAISE(U, TIMES(U, square, a))                                                    \
      break;                                                                           \
    case 4:                                                                            \
      RAISE(U, TIMES(U, square, square))                                               \
      break;                                                                           \
    default:                                                                           \
      raise_##BITS(x, z, n, exponent);                                                 \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void power_##BITS(void *const *blocks, intptr_t n, struct work *work)         \
  {                                                                                    \
    const U *const x = blocks[0], *const y = blocks[1];                                \
    U *const z = blocks[2];                                                            \
    for (intptr_t i = 0; i < n; i += LANES) {                                          \
      const int m = n - i < LANES ? (int)(n - i) : LANES;                              \
      U squares[LANES] = {0}, left[LANES] = {0}, result[LANES], longest = 0;           \
      memcpy(squares, x + i, (size_t)m * sizeof(U));                                   \
      memcpy(left, y + i, (size_t)m * sizeof(U));                                      \
      for (int j = 0; j < LANES; j++) {                                                \
        longest |= left[j];                                                            \
        result[j] = 1;                                                                 \
      }                                                                                \
      for (; longest; longest >>= 1) {                                                 \
        for (int j = 0; j < LANES; j++) {                                              \
          const U factor = left[j] & 1 ? squares[j] : 1;                               \
          result[j] = TIMES(U, result[j], factor);                                     \
          squares[j] = TIMES(U, squares[j], squares[j]);                               \
          left[j] >>= 1;                                                               \
        }                                                                              \
      }                                                                                \
      memcpy(z + i, result, (size_t)m * sizeof(U));                                    \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static bool any_negative_##BITS(const char *y, intptr_t n, intptr_t step)            \
  {                                                                                    \
    U signs = 0;                                                                       \
    if (step == sizeof(U)) {                                                           \
      for (intptr_t i = 0; i < n; i++) {                                               \
        signs |= ((const U *)(const void *)y)[i];                                      \
      }                                                                                \
    } else {                                                                           \
      for (intptr_t i = 0; i < (step == 0 ? 1 : n); i++) {                             \
        signs |= *(const U *)(const void *)(y + i * step);                             \
      }                                                                                \
    }                                                                                  \
    return signs >> (BITS - 1) != 0;                                                   \
  }

POWER(uint8_t, 8)
POWER(uint16_t, 16)
POWER(uint32_t, 32)
POWER(uint64_t, 64)

#define POWER_KERNEL(S, U, BITS, SIGNED)                                               \
  void KERNEL(power_##S)(char **args, const intptr_t *n, const intptr_t *steps,        \
                         void *data)                                                   \
  {                                                                                    \
    static const struct shape binary = {                                               \
        2, 3, false, {sizeof(U), sizeof(U), sizeof(U)}};                               \
    static const struct shape unary = {1, 2, false, {sizeof(U), sizeof(U)}};           \
    if (*n == 0 || (SIGNED && any_negative_##BITS(args[1], *n, steps[1]))) {           \
      leave_to_replaced(args, n, steps, data);                                         \
    } else if (steps[1] == 0 && args[1] != args[2]) {                                  \
      const U exponent = *(const U *)(const void *)args[1];                            \
      KERNEL(in_blocks)                                                                \
      ((char *[]){args[0], args[2]}, *n, (intptr_t[]){steps[0], steps[2]}, &unary,     \
       power_by_##BITS, &exponent, NULL);                                              \
    } else {                                                                           \
      KERNEL(in_blocks)(args, *n, steps, &binary, power_##BITS, NULL, data);           \
    }                                                                                  \
  }

POWER_KERNEL(i8, uint8_t, 8, true)
POWER_KERNEL(u8, uint8_t, 8, false)
POWER_KERNEL(i16, uint16_t, 16, true)
POWER_KERNEL(u16, uint16_t, 16, false)
POWER_KERNEL(i32, uint32_t, 32, true)
POWER_KERNEL(u32, uint32_t, 32, false)
POWER_KERNEL(i64, uint64_t, 64, true)
POWER_KERNEL(u64, uint64_t, 64, false)
