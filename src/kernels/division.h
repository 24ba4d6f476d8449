/*
 * division.h - fmod, and Python's remainder and floor division, in one vector.
 *
 * Where the quotient is below 2^(digits - 1), its integral part q is at most one too
 * large, because division rounds.  x - q y is exact in one fused operation, and its
 * sign tells whether q is too large.  Lanes that are not ordinary (large quotients,
 * zeros, infinities, NaNs, results that underflow) are computed again one by one by
 * libm, with the flags that belong to them.  All other lanes raise no flag.
 */
#ifndef NPP_KERNELS_DIVISION_H
#define NPP_KERNELS_DIVISION_H

#include "lanes.h"

#ifdef NPP_LANES
#  include <math.h>

/* Functions of libm for double, and for float. */
#  define F64(name) name
#  define F32(name) name##f

/* Divides one vector by another: `rest` is the remainder, `modulo` Python's remainder,
 * `floored` Python's quotient.  Quotients from LARGEST on, and up to LEAST, are not
 * ordinary. */
#  define DIVISION(S, T, FN, LARGEST, LEAST)                                           \
    struct division_##S {                                                              \
      v_##S rest, modulo, floored;                                                     \
      m_##S ordinary;                                                                  \
    };                                                                                 \
                                                                                       \
    static inline struct division_##S divide_##S(v_##S x, v_##S y) {                   \
      struct division_##S result;                                                      \
      const v_##S zero = all_##S(0), one = all_##S(1);                                 \
      const v_##S quotient = x / y, size = abs_##S(quotient);                          \
      const v_##S near = fma_##S(-trunc_##S(quotient), y, x);                          \
      const m_##S x_negative = less_##S(x, zero), y_negative = less_##S(y, zero);      \
      const m_##S too_far = or_##S(and_##S(x_negative, less_##S(zero, near)),          \
                                   and_##S(less_##S(zero, x), less_##S(near, zero)));  \
      const v_##S back = near + copysign_##S(abs_##S(y), x);                           \
      result.rest = copysign_##S(select_##S(too_far, back, near), x);                  \
                                                                                       \
      /* Python's remainder has the divisor's sign, not the dividend's. */             \
      const m_##S is_zero = equal_##S(result.rest, zero);                              \
      const m_##S other_sign = differ_##S(y_negative, less_##S(result.rest, zero));    \
      const v_##S moved = select_##S(other_sign, result.rest + y, result.rest);        \
      result.modulo = select_##S(is_zero, copysign_##S(zero, y), moved);               \
                                                                                       \
      const v_##S exact = (x - result.rest) / y;                                       \
      const v_##S less = select_##S(other_sign, exact - one, exact);                   \
      const v_##S whole = select_##S(is_zero, exact, less), below = floor_##S(whole);  \
      const m_##S up = less_##S(all_##S((T)0.5), whole - below);                       \
      result.floored =                                                                 \
          select_##S(equal_##S(whole, zero), copysign_##S(zero, quotient),             \
                     select_##S(up, below + one, below));                              \
                                                                                       \
      const m_##S known = or_##S(less_##S(all_##S(LEAST), size), equal_##S(x, zero));  \
      result.ordinary =                                                                \
          and_##S(and_##S(less_##S(abs_##S(y), all_##S((T)INFINITY)), known),          \
                  less_##S(size, all_##S(LARGEST)));                                   \
      return result;                                                                   \
    }                                                                                  \
                                                                                       \
    /* The functions below compute one element.  They store it in memory, so that no   \
     * operation of theirs is moved to a place where the flags belong to others. */    \
    static T one_modulo_##S(T rest, T y)                                               \
    {                                                                                  \
      const bool other_sign = isless(y, 0) != isless(rest, 0);                         \
      return rest == 0 ? FN(copysign)(0, y) : other_sign ? rest + y : rest;            \
    }                                                                                  \
                                                                                       \
    static __attribute__((noinline)) void one_rest_##S(T x, T y, T *z)                 \
    {                                                                                  \
      *z = FN(fmod)(x, y);                                                             \
    }                                                                                  \
                                                                                       \
    static __attribute__((noinline)) void one_remainder_##S(T x, T y, T *z)            \
    {                                                                                  \
      *z = FN(fmod)(x, y);                                                             \
      if (y != 0) {                                                                    \
        *z = one_modulo_##S(*z, y);                                                    \
      }                                                                                \
    }                                                                                  \
                                                                                       \
    static __attribute__((noinline)) void one_floored_##S(T x, T y, T *z)              \
    {                                                                                  \
      if (y == 0) {                                                                    \
        *z = x / y;                                                                    \
        return;                                                                        \
      }                                                                                \
      const T rest = FN(fmod)(x, y);                                                   \
      T whole = (x - rest) / y;                                                        \
      if (rest != 0 && isless(y, 0) != isless(rest, 0)) {                              \
        whole -= 1;                                                                    \
      }                                                                                \
      const T below = FN(floor)(whole);                                                \
      *z = whole == 0                         ? FN(copysign)(0, x / y)                 \
           : isgreater(whole - below, (T)0.5) ? below + 1                              \
                                              : below;                                 \
    }

#endif
#endif
