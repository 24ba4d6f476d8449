/*
 * parts.c - modf, frexp and ldexp.  frexp and ldexp need no vectors of ours: the
 * exponent is a part of the number's bits, and compilers vectorize these loops.
 */
#include "lanes.h"
#include "loop.h"

#include "bits.h"

#ifdef NPP_LANES
#  include <math.h>

#  include "flags.h"

/* The fraction has the number's sign, also where it is zero. */
#  define MODF(S, T)                                                                   \
    static inline void modf_##S##_body(const T *x, T *z, T *w, intptr_t n, int *flags) \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const v_##S v = take_##S(x + i, n - i), whole = trunc_##S(v);                  \
        if (bits_##S(equal_##S(v, v)) != (1U << LANES_##S) - 1) {                      \
          for (intptr_t k = i; k < n && k < i + LANES_##S; k++) {                      \
            *flags |= signalling_##S(bits_of_##S(x[k])) ? FE_INVALID : 0;              \
          }                                                                            \
        }                                                                              \
        const m_##S infinite = equal_##S(abs_##S(v), all_##S((T)INFINITY));            \
        const v_##S rest = select_##S(infinite, all_##S(0), v - whole);                \
        give_##S(z + i, n - i, copysign_##S(rest, v));                                 \
        give_##S(w + i, n - i, whole);                                                 \
      }                                                                                \
    }                                                                                  \
    UNARY_PAIR_LOOP_WITH_FLAGS(modf_##S, T, T, T)

MODF(f64, double)
MODF(f32, float)
#endif

/* The fraction is from one half to one.  The exponent of a number that has none is
 * zero. */
#define FREXP(S, T, U)                                                                 \
  static inline void frexp_##S##_body(const T *x, T *z, int32_t *w, intptr_t n)        \
  {                                                                                    \
    enum { UP = MANTISSA_##S + 1, HALF = BIAS_##S - 1 };                               \
    const U one = (U)BIAS_##S << MANTISSA_##S, up = (U)(BIAS_##S + UP)                 \
                                                    << MANTISSA_##S;                   \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U given = bits_of_##S(x[i]), size = given & ~SIGN_##S;                     \
      const U tiny = ~nonzero_##S(size & INF_##S);                                     \
      const U a = bits_of_##S(x[i] * of_bits_##S(pick_##S(tiny, up, one)));            \
      const U none = ~nonzero_##S(size) | ~nonzero_##S(INF_##S & ~size);               \
      const U half = (a & ~INF_##S) | (U)HALF << MANTISSA_##S;                         \
      const U exponent =                                                               \
          (a >> MANTISSA_##S & (2 * BIAS_##S + 1)) - HALF - (UP & tiny);               \
      z[i] = of_bits_##S(pick_##S(none, a, half));                                     \
      w[i] = (int32_t)(exponent & ~none);                                              \
    }                                                                                  \
  }                                                                                    \
  UNARY_PAIR_LOOP(frexp_##S, T, T, int32_t)

FREXP(f64, double, uint64_t)
FREXP(f32, float, uint32_t)

/*
 * Computes x times 2 to the e, by three factors.  The last factor rounds or overflows,
 * and raises the flags that belong to that.  Whatever is lost before it is far below
 * what is left.  STEP is near the largest power of two; FAR is enough for all numbers.
 */
#define LDEXP(name, S, T, E, STEP, FAR)                                                \
  static inline void name##_body(const T *x, const E *e, T *z, intptr_t n)             \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const E near = e[i] < -(FAR) ? -(FAR) : e[i] > (FAR) ? (FAR) : e[i];             \
      const int32_t all = (int32_t)near;                                               \
      const int32_t last = all < -(STEP) ? -(STEP) : all > (STEP) ? (STEP) : all;      \
      const int32_t first = (all - last) / 2, second = all - last - first;             \
      z[i] = x[i] * power_##S(first) * power_##S(second) * power_##S(last);            \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(name, T, E, T)

#define LDEXPS(S, T, U, STEP, FAR)                                                     \
  static inline T power_##S(int32_t e)                                                 \
  {                                                                                    \
    return of_bits_##S((U)(i_##S)(e + BIAS_##S) << MANTISSA_##S);                      \
  }                                                                                    \
  LDEXP(ldexp_int_##S, S, T, int32_t, STEP, FAR)                                       \
  LDEXP(ldexp_long_##S, S, T, int64_t, STEP, FAR)

LDEXPS(f64, double, uint64_t, 1000, 2100)
LDEXPS(f32, float, uint32_t, 100, 280)
