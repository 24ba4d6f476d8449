/*
 * complex_power.c - powers of complex numbers with one whole exponent for all.  They do
 * NumPy's products in its order (and its quotient), and so have its bits and its flags.
 * All other calls are left to NumPy's loop.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <complex.h>
#  include <math.h>
#  include <stdlib.h>

#  include "complex_arithmetic.h"

/* From this exponent on NumPy calls libm. */
enum { EXPONENTS_END = 100 };

#  define COMPLEX_POWER(name, S, T)                                                    \
    static inline struct pair_##S name##_of(struct pair_##S x, int exponent)           \
    {                                                                                  \
      const struct pair_##S one = {all_##S(1), all_##S(0)};                            \
      if (exponent == 1) {                                                             \
        return x;                                                                      \
      }                                                                                \
      if (exponent == 2 || exponent == 3) {                                            \
        const struct pair_##S square = product_##S(x, x);                              \
        return exponent == 2 ? square : product_##S(x, square);                        \
      }                                                                                \
      struct pair_##S result = one, factor = x;                                        \
      const int n = abs(exponent);                                                     \
      for (int digit = 1; digit <= n; digit <<= 1) {                                   \
        if (digit > 1) {                                                               \
          factor = product_##S(factor, factor);                                        \
        }                                                                              \
        if (n & digit) {                                                               \
          result = product_##S(result, factor);                                        \
        }                                                                              \
      }                                                                                \
      return exponent < 0 ? quotient_##S(one, result) : result;                        \
    }                                                                                  \
                                                                                       \
    static void name##_blocks(void *const *blocks, intptr_t n, struct work *work)      \
    {                                                                                  \
      const T *x = blocks[0];                                                          \
      T *z = blocks[2];                                                                \
      const int exponent = *(const int *)work->with;                                   \
      const struct pair_##S one = {all_##S(1), all_##S(0)};                            \
      const struct pair_##S zero = {all_##S(0), all_##S(0)};                           \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const struct pair_##S a = take_pairs_##S(x + 2 * i, n - i);                    \
        const m_##S none = is_zero_##S(a);                                             \
        struct pair_##S result = one;                                                  \
        if (!bits_##S(none) && exponent != 0) {                                        \
          result = name##_of(a, exponent);                                             \
        } else if (exponent != 0) {                                                    \
          result = name##_of(select_pair_##S(none, one, a), exponent);                 \
          /* A difference of infinities raises invalid. */                             \
          const v_##S huge = all_##S(exponent < 0 ? (T)INFINITY : 0);                  \
          const v_##S nan = huge - huge;                                               \
          const struct pair_##S nans = {nan, nan};                                     \
          result = select_pair_##S(none, exponent < 0 ? nans : zero, result);          \
        }                                                                              \
        give_pairs_##S(z + 2 * i, n - i, result);                                      \
      }                                                                                \
    }                                                                                  \
                                                                                       \
    void KERNEL(name)(char **args, const intptr_t *n, const intptr_t *steps,           \
                      void *data)                                                      \
    {                                                                                  \
      const intptr_t size = sizeof(T complex);                                         \
      const struct shape shape = {2, 3, false, {size, size, size}};                    \
      T y[2] = {(T)0.5, 0};                                                            \
      if (steps[1] == 0 && steps[2] != 0) {                                            \
        memcpy(y, args[1], sizeof y);                                                  \
      }                                                                                \
      const bool few = fabs((double)y[0]) < EXPONENTS_END && y[1] == 0;                \
      const int exponent = few ? (int)y[0] : 0;                                        \
      if (few && (T)exponent == y[0]) {                                                \
        KERNEL(in_blocks)(args, *n, steps, &shape, name##_blocks, &exponent, data);    \
      } else {                                                                         \
        leave_to_replaced(args, n, steps, data);                                       \
      }                                                                                \
    }

COMPLEX_POWER(power_c128, f64, double)
COMPLEX_POWER(power_c64, f32, float)
#endif
