/* complex.c - arithmetic of complex numbers, with NumPy's bits. */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <complex.h>

#  include "complex_arithmetic.h"

#  define COMPLEX_DIVISION(name, S, T)                                                 \
    static inline void name##_body(const T *x, const T *y, T *z, intptr_t n)           \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const struct pair_##S a = take_pairs_##S(x + 2 * i, m);                        \
        const struct pair_##S b = take_pairs_##S(y + 2 * i, m);                        \
        give_pairs_##S(z + 2 * i, m, quotient_##S(a, b));                              \
      }                                                                                \
    }                                                                                  \
    BINARY_LOOP(name, T complex, T complex, T complex)

#  define COMPLEX_RECIPROCAL(name, S, T)                                               \
    static inline void name##_body(const T *x, T *z, intptr_t n)                       \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const struct pair_##S a = take_pairs_##S(x + 2 * i, m);                        \
        const v_##S one = all_##S(1);                                                  \
        const m_##S keep = at_least_##S(abs_##S(a.re), abs_##S(a.im));                 \
        const v_##S large = select_##S(keep, a.re, a.im);                              \
        const v_##S other = select_##S(keep, a.im, a.re);                              \
        const v_##S ratio = other / large, divisor = large + other * ratio;            \
        give_pairs_##S(z + 2 * i, m,                                                   \
                       (struct pair_##S){select_##S(keep, one, ratio) / divisor,       \
                                         select_##S(keep, -ratio, -one) / divisor});   \
      }                                                                                \
    }                                                                                  \
    UNARY_LOOP(name, T complex, T complex)

COMPLEX_DIVISION(divide_c128, f64, double)
COMPLEX_DIVISION(divide_c64, f32, float)
COMPLEX_RECIPROCAL(reciprocal_c128, f64, double)
COMPLEX_RECIPROCAL(reciprocal_c64, f32, float)

/* These kernels compute each part alone.  NumPy calls a function for each. */
#  define COMPLEX_PARTS(name, S, T, EXPRESSION)                                        \
    static inline void name##_body(const T *x, T *z, intptr_t n)                       \
    {                                                                                  \
      for (intptr_t i = 0; i < 2 * n; i += LANES_##S) {                                \
        const v_##S a = take_##S(x + i, 2 * n - i);                                    \
        give_##S(z + i, 2 * n - i, EXPRESSION);                                        \
      }                                                                                \
    }                                                                                  \
    UNARY_LOOP(name, T complex, T complex)

COMPLEX_PARTS(negative_c128, f64, double, -a)
COMPLEX_PARTS(negative_c64, f32, float, -a)
COMPLEX_PARTS(rint_c128, f64, double, rint_f64(a))
COMPLEX_PARTS(rint_c64, f32, float, rint_f32(a))
#endif
