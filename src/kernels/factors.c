/* factors.c - one operation on each number, in loops that compilers vectorize. */
#include "loop.h"

#define EACH(name, S, T, EXPRESSION)                                                   \
  static inline void name##_##S##_body(const T *x, T *z, intptr_t n)                   \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      z[i] = EXPRESSION;                                                               \
    }                                                                                  \
  }                                                                                    \
  UNARY_LOOP(name##_##S, T, T)

/* As in NumPy, the factor is rounded first, then the product. */
#define FACTORS(S, T)                                                                  \
  static const T pi_##S = (T)3.141592653589793238462643383279502884;                   \
  EACH(deg2rad, S, T, x[i] * (pi_##S / 180))                                           \
  EACH(rad2deg, S, T, x[i] * (180 / pi_##S))                                           \
  EACH(radians, S, T, x[i] * (pi_##S / 180))                                           \
  EACH(degrees, S, T, x[i] * (180 / pi_##S))                                           \
  EACH(reciprocal, S, T, 1 / x[i])                                                     \
  EACH(positive, S, T, x[i])                                                           \
  EACH(conjugate, S, T, x[i])

FACTORS(f64, double)
FACTORS(f32, float)
