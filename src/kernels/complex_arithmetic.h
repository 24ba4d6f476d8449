/*
 * complex_arithmetic.h - products and quotients of vectors of complex numbers.  They do
 * NumPy's operations on the same operands, and so have its bits and its flags.
 *
 * Division is Smith's algorithm (Communications of the ACM 5, 1962), which divides by
 * the larger part of the divisor.  Where that is the imaginary part, the parts change
 * places beforehand and the difference changes its direction, so that no operation is
 * done that NumPy does not do.
 */
#ifndef NPP_KERNELS_COMPLEX_ARITHMETIC_H
#define NPP_KERNELS_COMPLEX_ARITHMETIC_H

#include "lanes.h"

#ifdef NPP_LANES
#  define COMPLEX_ARITHMETIC(S)                                                        \
    static inline struct pair_##S product_##S(struct pair_##S a, struct pair_##S b) {  \
      return (struct pair_##S){a.re * b.re - a.im * b.im, a.re *b.im + a.im *b.re};    \
    }                                                                                  \
                                                                                       \
    static inline m_##S is_zero_##S(struct pair_##S a)                                 \
    {                                                                                  \
      return and_##S(equal_##S(a.re, all_##S(0)), equal_##S(a.im, all_##S(0)));        \
    }                                                                                  \
                                                                                       \
    static inline struct pair_##S select_pair_##S(m_##S m, struct pair_##S a,          \
                                                  struct pair_##S b) {                 \
      return (struct pair_##S){select_##S(m, a.re, b.re), select_##S(m, a.im, b.im)};  \
    }                                                                                  \
                                                                                       \
    static inline struct pair_##S quotient_not_by_zero_##S(struct pair_##S a,          \
                                                           struct pair_##S b) {        \
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
    static inline struct pair_##S quotient_##S(struct pair_##S a, struct pair_##S b) { \
      const m_##S none = is_zero_##S(b);                                               \
      if (!bits_##S(none)) {                                                           \
        return quotient_not_by_zero_##S(a, b);                                         \
      }                                                                                \
      /* Divisions by zero divide each part by zero. */                                \
      const v_##S zero = all_##S(0), one = all_##S(1);                                 \
      const struct pair_##S ones = {one, one};                                         \
      const struct pair_##S others = quotient_not_by_zero_##S(                         \
          select_pair_##S(none, ones, a), select_pair_##S(none, ones, b));             \
      const v_##S by = select_##S(none, zero, one);                                    \
      const struct pair_##S ours = {select_##S(none, a.re, one) / by,                  \
                                    select_##S(none, a.im, one) / by};                 \
      return select_pair_##S(none, ours, others);                                      \
    }

COMPLEX_ARITHMETIC(f64)
COMPLEX_ARITHMETIC(f32)
#endif

#endif
