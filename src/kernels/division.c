/* division.c - fmod, and Python's remainder, floor division and divmod:
 * division_template.h. */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <math.h>

#  include "flags.h"

#  define T double
#  define OF(name) name##_f64
#  define LIBM(name) name
#  define LARGEST 0x1p52
#  define LEAST 0x1p-1000
#  include "division_template.h"

#  define T float
#  define OF(name) name##_f32
#  define LIBM(name) name##f
#  define LARGEST 0x1p23F
#  define LEAST 0x1p-100F
#  include "division_template.h"

/* Defines a body with one output or two.  `flags` are the flags that belong to the work
 * done so far. */
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
