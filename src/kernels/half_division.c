/*
 * half_division.c - float16: fmod, and Python's remainder, floor division and divmod,
 * in float32.  Remainders are exact, so all that rounding to float16 may raise is the
 * overflow of a quotient.
 */
#include "half.h"
#include "lanes.h"

#ifdef NPP_LANES
#  include <math.h>

#  define T float
#  define OF(name) name##_f32
#  define LIBM(name) name##f
#  define LARGEST 0x1p23F
#  define LEAST 0x1p-100F
#  include "division_template.h"

/* Returns `r`, with the lanes that are not `ordinary` computed again by `one`. */
static inline v_f32 with_others(v_f32 r, m_f32 ordinary, v_f32 x, v_f32 y,
                                void (*one)(float, float, float *), int *flags)
{
    unsigned odd = ~bits_f32(ordinary) & ((1U << LANES_f32) - 1);
    if (!odd) {
        return r;
    }
    float a[LANES_f32], b[LANES_f32], c[LANES_f32];
    store_f32(a, x);
    store_f32(b, y);
    store_f32(c, r);
    for (; odd; odd &= odd - 1) {
        const int k = __builtin_ctz(odd);
        flags_set(*flags);
        one(a[k], b[k], &c[k]);
        *flags = fpu_get_flags();
    }
    return load_f32(c);
}

static inline int too_large(v_f32 r)
{
    const v_f32 size = abs_f32(r);
    return bits_f32(and_f32(less_f32(size, all_f32(INFINITY)),
                            not_f32(less_f32(size, all_f32(HALF_TOO_LARGE)))))
               ? FE_OVERFLOW
               : 0;
}

#  define QUOTIENT(a, b)                                                               \
    with_others(parts.floored, parts.ordinary, a, b, one_floored_f32, flags)
#  define MODULO(a, b)                                                                 \
    with_others(parts.modulo, parts.ordinary, a, b, one_remainder_f32, flags)
#  define REST(a, b) with_others(parts.rest, parts.ordinary, a, b, one_rest_f32, flags)

#  define HALF_DIVISION(name, STORE, ...)                                              \
    static inline void name##_body(const half *x, const half *y, __VA_ARGS__,          \
                                   intptr_t n, int *flags)                             \
    {                                                                                  \
      *flags |= signalling(x, n) | signalling(y, n);                                   \
      for (intptr_t i = 0; i < n; i += LANES_f16) {                                    \
        const intptr_t m = n - i;                                                      \
        const v_f32 a = take_f16(x + i, m), b = take_f16(y + i, m);                    \
        const struct division_f32 parts = divide_f32(a, b);                            \
        STORE;                                                                         \
      }                                                                                \
    }

HALF_DIVISION(half_fmod, give_f16(z + i, m, REST(a, b)), half *z)
HALF_DIVISION(half_remainder, give_f16(z + i, m, MODULO(a, b)), half *z)
HALF_DIVISION(half_floor_divide, const v_f32 whole = QUOTIENT(a, b);
              *flags |= too_large(whole); give_f16(z + i, m, whole), half *z)
HALF_DIVISION(half_divmod, const v_f32 whole = QUOTIENT(a, b);
              *flags |= too_large(whole); give_f16(z + i, m, whole);
              give_f16(w + i, m, MODULO(a, b)), half *z, half *w)

BINARY_LOOP_WITH_FLAGS(half_fmod, half, half, half)
BINARY_LOOP_WITH_FLAGS(half_remainder, half, half, half)
BINARY_LOOP_WITH_FLAGS(half_floor_divide, half, half, half)
BINARY_PAIR_LOOP_WITH_FLAGS(half_divmod, half, half, half, half)

#endif
