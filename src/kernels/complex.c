/*
 * complex.c - arithmetic of complex numbers: NumPy's operations on the same operands,
 * so its bits and its flags.
 *
 * Division is Smith's (Communications of the ACM 5, 1962): by the larger part of the
 * divisor.  Where that is the imaginary one, the parts change places beforehand, and
 * the difference changes its direction: no operation is done that NumPy does not do.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <complex.h>

#  define COMPLEX_DIVISION(name, S, T)                                                 \
    static inline struct pair_##S name##_vector(struct pair_##S a, struct pair_##S b)  \
    {                                                                                  \
      const m_##S swap = not_##S(at_least_##S(abs_##S(b.re), abs_##S(b.im)));          \
      const v_##S large = select_##S(swap, b.im, b.re);                                \
      const v_##S other = select_##S(swap, b.re, b.im);                                \
      const v_##S u = select_##S(swap, a.im, a.re), v = select_##S(swap, a.re, a.im);  \
      const v_##S ratio = other / large;                                               \
      const v_##S scale = all_##S(1) / (large + other * ratio);                        \
      const v_##S ur = u * ratio, vr = v * ratio;                                      \
      const v_##S from = select_##S(swap, ur, v), what = select_##S(swap, v, ur);      \
      return (struct pair_##S){(u + vr) * scale, (from - what) * scale};               \
    }                                                                                  \
                                                                                       \
    static inline void name##_body(const T *x, const T *y, T *z, intptr_t n)           \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const struct pair_##S a = take_pairs_##S(x + 2 * i, m);                        \
        struct pair_##S b = take_pairs_##S(y + 2 * i, m);                              \
        const v_##S zero = all_##S(0);                                                 \
        const m_##S none = and_##S(equal_##S(b.re, zero), equal_##S(b.im, zero));      \
        if (!bits_##S(none)) {                                                         \
          give_pairs_##S(z + 2 * i, m, name##_vector(a, b));                           \
          continue;                                                                    \
        }                                                                              \
        /* By zero: part by part. */                                                   \
        const v_##S one = all_##S(1);                                                  \
        const struct pair_##S c = {select_##S(none, one, a.re),                        \
                                   select_##S(none, one, a.im)};                       \
        const struct pair_##S d = {select_##S(none, one, b.re),                        \
                                   select_##S(none, one, b.im)};                       \
        const struct pair_##S others = name##_vector(c, d);                            \
        const v_##S by = select_##S(none, zero, one);                                  \
        const struct pair_##S ours = {select_##S(none, a.re, one) / by,                \
                                      select_##S(none, a.im, one) / by};               \
        give_pairs_##S(z + 2 * i, m,                                                   \
                       (struct pair_##S){select_##S(none, ours.re, others.re),         \
                                         select_##S(none, ours.im, others.im)});       \
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

/* Part by part: NumPy calls a function for each. */
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
