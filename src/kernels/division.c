/*
 * division.c - fmod, and Python's remainder, floor division and divmod.
 *
 * Where the quotient is below 2^(digits - 1), its integral part q is at most one too
 * large, as division rounds; x - q y is exact in one fused operation, and the sign
 * tells.  What is not ordinary (large quotients, zeros, infinities, NaNs, results that
 * underflow) is done again one by one, by libm, with the flags that belong to it; all
 * others raise none.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <math.h>

#  include "flags.h"

/* Functions of libm for double, and for float. */
#  define F64(name) name
#  define F32(name) name##f

/* In one vector of each: remainder, Python's remainder, Python's quotient. */
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
      /* The divisor's sign, not the dividend's. */                                    \
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
    /* One by one.  Through memory, so that nothing of them is moved to where the      \
     * flags are not theirs. */                                                        \
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

DIVISION(f64, double, F64, 0x1p52, 0x1p-1000)
DIVISION(f32, float, F32, 0x1p23F, 0x1p-100F)

/* A body with one output or two.  `flags` are those that belong to what was done so
 * far. */
#  define DIVISION_BODY(name, S, T, STORE, ONE, ...)                                   \
    static inline void name##_body(const T *x, const T *y, __VA_ARGS__, intptr_t n,    \
                                   int *flags)                                         \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const struct division_##S result =                                             \
            divide_##S(take_##S(x + i, m), take_##S(y + i, m));                        \
        STORE;                                                                         \
        const unsigned all = (1U << LANES_##S) - 1;                                    \
        unsigned odd = ~bits_##S(result.ordinary) & all;                               \
        for (; odd; odd &= odd - 1) {                                                  \
          const intptr_t k = i + __builtin_ctz(odd);                                   \
          if (k < n) {                                                                 \
            flags_set(*flags);                                                         \
            ONE;                                                                       \
            *flags = fpu_get_flags();                                                  \
          }                                                                            \
        }                                                                              \
      }                                                                                \
    }

#  define DIVISION_KERNELS(S, T)                                                       \
    DIVISION_BODY(fmod_##S, S, T, give_##S(z + i, m, result.rest),                     \
                  one_rest_##S(x[k], y[k], &z[k]), T *z)                               \
    DIVISION_BODY(remainder_##S, S, T, give_##S(z + i, m, result.modulo),              \
                  one_remainder_##S(x[k], y[k], &z[k]), T *z)                          \
    DIVISION_BODY(floor_divide_##S, S, T, give_##S(z + i, m, result.floored),          \
                  one_floored_##S(x[k], y[k], &z[k]), T *z)                            \
    DIVISION_BODY(                                                                     \
        divmod_##S, S, T, give_##S(z + i, m, result.floored);                          \
        give_##S(w + i, m, result.modulo),                                             \
        (one_floored_##S(x[k], y[k], &z[k]), one_remainder_##S(x[k], y[k], &w[k])),    \
        T * z, T * w)

DIVISION_KERNELS(f64, double)
DIVISION_KERNELS(f32, float)

BINARY_LOOP_WITH_FLAGS(fmod_f64, double, double, double)
BINARY_LOOP_WITH_FLAGS(fmod_f32, float, float, float)
BINARY_LOOP_WITH_FLAGS(remainder_f64, double, double, double)
BINARY_LOOP_WITH_FLAGS(remainder_f32, float, float, float)
BINARY_LOOP_WITH_FLAGS(floor_divide_f64, double, double, double)
BINARY_LOOP_WITH_FLAGS(floor_divide_f32, float, float, float)
BINARY_PAIR_LOOP_WITH_FLAGS(divmod_f64, double, double, double, double)
BINARY_PAIR_LOOP_WITH_FLAGS(divmod_f32, float, float, float, float)

#endif
