/*
 * complex_order.c - complex numbers in NumPy's order: by the real parts, and where they
 * are equal by the imaginary parts.  No number is before or after one with a NaN.
 *
 * NumPy's comparisons raise invalid for a NaN that they have to look at.  They need not
 * look at the imaginary parts where the real parts tell.  NumPy's maximum, minimum,
 * fmax and fmin raise nothing.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <complex.h>

#  include "flags.h"

#  define COMPLEX_ORDER(S)                                                             \
    static inline m_##S is_nan_##S(v_##S a)                                            \
    {                                                                                  \
      return not_##S(equal_##S(a, a));                                                 \
    }                                                                                  \
                                                                                       \
    static inline m_##S either_nan_##S(v_##S a, v_##S b)                               \
    {                                                                                  \
      return or_##S(is_nan_##S(a), is_nan_##S(b));                                     \
    }                                                                                  \
                                                                                       \
    static inline m_##S before_##S(struct pair_##S a, struct pair_##S b)               \
    {                                                                                  \
      const m_##S by_re =                                                              \
          and_##S(less_##S(a.re, b.re), not_##S(either_nan_##S(a.im, b.im)));          \
      return or_##S(by_re, and_##S(equal_##S(a.re, b.re), less_##S(a.im, b.im)));      \
    }                                                                                  \
                                                                                       \
    static inline m_##S not_after_##S(struct pair_##S a, struct pair_##S b)            \
    {                                                                                  \
      const m_##S same = and_##S(equal_##S(a.re, b.re), equal_##S(a.im, b.im));        \
      return or_##S(before_##S(a, b), same);                                           \
    }                                                                                  \
                                                                                       \
    static inline m_##S met_nan_##S(struct pair_##S a, struct pair_##S b)              \
    {                                                                                  \
      return or_##S(either_nan_##S(a.re, b.re),                                        \
                    and_##S(equal_##S(a.re, b.re), either_nan_##S(a.im, b.im)));       \
    }

COMPLEX_ORDER(f64)
COMPLEX_ORDER(f32)

#  define COMPLEX_COMPARE(name, S, T, BEFORE)                                          \
    static inline void name##_body(const T *x, const T *y, uint8_t *z, intptr_t n,     \
                                   int *flags)                                         \
    {                                                                                  \
      unsigned met = 0;                                                                \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const struct pair_##S a = take_pairs_##S(x + 2 * i, m);                        \
        const struct pair_##S b = take_pairs_##S(y + 2 * i, m);                        \
        give_bits(z + i, m, LANES_##S, bits_##S(BEFORE));                              \
        met |= bits_##S(met_nan_##S(a, b));                                            \
      }                                                                                \
      *flags |= met ? FE_INVALID : 0;                                                  \
    }                                                                                  \
    BINARY_LOOP_WITH_FLAGS(name, T complex, T complex, uint8_t)

/* Chooses the first operand where BEFORE says so, or where NAN_OF, the operand that
 * counts, has a NaN. */
#  define COMPLEX_CHOOSE(name, S, T, BEFORE, NAN_OF)                                   \
    static inline void name##_body(const T *x, const T *y, T *z, intptr_t n)           \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const struct pair_##S a = take_pairs_##S(x + 2 * i, m);                        \
        const struct pair_##S b = take_pairs_##S(y + 2 * i, m);                        \
        const m_##S first = or_##S(BEFORE, either_nan_##S((NAN_OF).re, (NAN_OF).im));  \
        give_pairs_##S(z + 2 * i, m,                                                   \
                       (struct pair_##S){select_##S(first, a.re, b.re),                \
                                         select_##S(first, a.im, b.im)});              \
      }                                                                                \
    }                                                                                  \
    BINARY_LOOP(name, T complex, T complex, T complex)

#  define COMPLEX_ORDER_KERNELS(C, S, T)                                               \
    COMPLEX_COMPARE(less_##C, S, T, before_##S(a, b))                                  \
    COMPLEX_COMPARE(less_equal_##C, S, T, not_after_##S(a, b))                         \
    COMPLEX_COMPARE(greater_##C, S, T, before_##S(b, a))                               \
    COMPLEX_COMPARE(greater_equal_##C, S, T, not_after_##S(b, a))                      \
    COMPLEX_CHOOSE(maximum_##C, S, T, not_after_##S(b, a), a)                          \
    COMPLEX_CHOOSE(minimum_##C, S, T, not_after_##S(a, b), a)                          \
    COMPLEX_CHOOSE(fmax_##C, S, T, not_after_##S(b, a), b)                             \
    COMPLEX_CHOOSE(fmin_##C, S, T, not_after_##S(a, b), b)

COMPLEX_ORDER_KERNELS(c128, f64, double)
COMPLEX_ORDER_KERNELS(c64, f32, float)
#endif
