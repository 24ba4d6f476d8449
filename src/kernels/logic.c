/* logic.c - logical operations of floating-point numbers: what is not a zero is true.
 */
#include "loop.h"

#include "bits.h"

/* Its highest bit is whether a number is true. */
#define TRUTH(S, x) nonzero_##S(bits_of_##S(x) << 1)
#define HIGHEST(a) ((a) >> (sizeof(a) * 8 - 1))

#define LOGIC_BINARY(name, S, T, EXPRESSION)                                           \
  static inline void name##_##S##_body(const T *x, const T *y, uint8_t *z, intptr_t n) \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const u_##S a = TRUTH(S, x[i]), b = TRUTH(S, y[i]);                              \
      z[i] = (uint8_t)HIGHEST(EXPRESSION);                                             \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(name##_##S, T, T, uint8_t)

#define LOGIC(S, T)                                                                    \
  LOGIC_BINARY(logical_and, S, T, a &b)                                                \
  LOGIC_BINARY(logical_or, S, T, a | b)                                                \
  LOGIC_BINARY(logical_xor, S, T, a ^ b)                                               \
                                                                                       \
  static inline void logical_not_##S##_body(const T *x, uint8_t *z, intptr_t n)        \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      z[i] = (uint8_t)HIGHEST(~TRUTH(S, x[i]));                                        \
    }                                                                                  \
  }                                                                                    \
  UNARY_LOOP(logical_not_##S, T, uint8_t)

LOGIC(f64, double)
LOGIC(f32, float)
