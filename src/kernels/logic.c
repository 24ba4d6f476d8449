/*
 * logic.c - logical operations of floating-point numbers: a number that is not zero is
 * true.  For two of them NumPy compares, which raises invalid for signalling NaNs.
 */
#include "loop.h"

#include <fenv.h>

#include "bits.h"

/* The highest bit of TRUTH tells whether a number is true. */
#define TRUTH(S, x) nonzero_##S(bits_of_##S(x) << 1)
#define HIGHEST(a) ((a) >> (sizeof(a) * 8 - 1))

#define LOGIC_BINARY(name, S, T, LOUD, EXPRESSION)                                     \
  static inline void name##_##S##_body(const T *x, const T *y, uint8_t *z, intptr_t n) \
  {                                                                                    \
    u_##S loud = 0;                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      if (LOUD) {                                                                      \
        loud |= signalling_##S(bits_of_##S(x[i])) | signalling_##S(bits_of_##S(y[i])); \
      }                                                                                \
      const u_##S a = TRUTH(S, x[i]), b = TRUTH(S, y[i]);                              \
      z[i] = (uint8_t)HIGHEST(EXPRESSION);                                             \
    }                                                                                  \
    if (loud) {                                                                        \
      feraiseexcept(FE_INVALID);                                                       \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(name##_##S, T, T, uint8_t)

#define LOGIC(S, T)                                                                    \
  LOGIC_BINARY(logical_and, S, T, false, a &b)                                         \
  LOGIC_BINARY(logical_or, S, T, false, a | b)                                         \
  LOGIC_BINARY(logical_xor, S, T, true, a ^ b)                                         \
                                                                                       \
  static inline void logical_not_##S##_body(const T *x, uint8_t *z, intptr_t n)        \
  {                                                                                    \
    u_##S loud = 0;                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      loud |= signalling_##S(bits_of_##S(x[i]));                                       \
      z[i] = (uint8_t)HIGHEST(~TRUTH(S, x[i]));                                        \
    }                                                                                  \
    if (loud) {                                                                        \
      feraiseexcept(FE_INVALID);                                                       \
    }                                                                                  \
  }                                                                                    \
  UNARY_LOOP(logical_not_##S, T, uint8_t)

LOGIC(f64, double)
LOGIC(f32, float)
