/* signs.c - functions that look at the sign of a number.  They use its bits, and so
 * raise no flag, except heaviside for signalling NaNs. */
#include "loop.h"

#include <fenv.h>

#include "bits.h"

#define SIGNS(S, T, U)                                                                 \
  static const U ONE_##S = (U)BIAS_##S << MANTISSA_##S;                                \
                                                                                       \
  static inline void fabs_##S##_body(const T *x, T *z, intptr_t n)                     \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      z[i] = of_bits_##S(bits_of_##S(x[i]) & ~SIGN_##S);                               \
    }                                                                                  \
  }                                                                                    \
  UNARY_LOOP(fabs_##S, T, T)                                                           \
                                                                                       \
  static inline void copysign_##S##_body(const T *x, const T *y, T *z, intptr_t n)     \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U size = bits_of_##S(x[i]) & ~SIGN_##S;                                    \
      z[i] = of_bits_##S(size | (bits_of_##S(y[i]) & SIGN_##S));                       \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(copysign_##S, T, T, T)                                                   \
                                                                                       \
  static inline void sign_##S##_body(const T *x, T *z, intptr_t n)                     \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U a = bits_of_##S(x[i]), size = a & ~SIGN_##S;                             \
      const U one = (ONE_##S | (a & SIGN_##S)) & nonzero_##S(size);                    \
      z[i] = of_bits_##S(pick_##S(is_nan_##S(size), a, one));                          \
    }                                                                                  \
  }                                                                                    \
  UNARY_LOOP(sign_##S, T, T)                                                           \
                                                                                       \
  static inline void heaviside_##S##_body(const T *x, const T *y, T *z, intptr_t n)    \
  {                                                                                    \
    U loud = 0;                                                                        \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U a = bits_of_##S(x[i]), at_zero = bits_of_##S(y[i]);                      \
      const U size = a & ~SIGN_##S;                                                    \
      loud |= signalling_##S(a);                                                       \
      const U one = ONE_##S & ~nonzero_##S(a & SIGN_##S);                              \
      const U step = pick_##S(nonzero_##S(size), one, at_zero);                        \
      z[i] = of_bits_##S(pick_##S(is_nan_##S(size), NAN_##S, step));                   \
    }                                                                                  \
    if (loud) {                                                                        \
      feraiseexcept(FE_INVALID);                                                       \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(heaviside_##S, T, T, T)

SIGNS(f64, double, uint64_t)
SIGNS(f32, float, uint32_t)
