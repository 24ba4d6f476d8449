/*
 * half.c - float16 arithmetic, in float32.  A float32 result that is rounded once more
 * is the right float16, because float32 has more than twice the bits plus two.
 */
#include "half.h"

#include "lanes.h"

#ifdef NPP_LANES

/* Raises underflow for products that are tiny to NumPy only.  NumPy converts in
 * integers, and takes a number for tiny if it is less than normal before it is rounded.
 * x86 looks after rounding, and raises nothing for a number that becomes the least
 * normal number.  Only a product can be so near to it. */
static inline v_f32 tell_tiny(v_f32 v)
{
    const v_f32 size = abs_f32(v);
    const v_f32 least = all_f32(HALF_NORMAL), before = all_f32(0x1.ff8p-15F);
    if (bits_f32(and_f32(less_f32(before, size), less_f32(size, least)))) {
        feraiseexcept(FE_UNDERFLOW);
    }
    return v;
}

#  define HALF_UNARY(name, EXPRESSION)                                                 \
    static inline void name##_body(const half *x, half *z, intptr_t n)                 \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_f16) {                                    \
        const v_f32 a = take_f16(x + i, n - i);                                        \
        give_f16(z + i, n - i, EXPRESSION);                                            \
      }                                                                                \
    }                                                                                  \
    UNARY_LOOP(name, half, half)

#  define HALF_BINARY(name, EXPRESSION)                                                \
    static inline void name##_body(const half *x, const half *y, half *z, intptr_t n)  \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_f16) {                                    \
        const v_f32 a = take_f16(x + i, n - i), b = take_f16(y + i, n - i);            \
        give_f16(z + i, n - i, EXPRESSION);                                            \
      }                                                                                \
    }                                                                                  \
    BINARY_LOOP(name, half, half, half)

/* As in NumPy, both are divided in float32. */
static const float pi = 3.14159265358979323846F;
#  define DEGREES_OF_RADIAN (180.0F / pi)
#  define RADIANS_OF_DEGREE (pi / 180.0F)

HALF_BINARY(half_add, a + b)
HALF_BINARY(half_subtract, a - b)
HALF_BINARY(half_multiply, tell_tiny(a *b))
HALF_BINARY(half_divide, a / b)
HALF_UNARY(half_reciprocal, all_f32(1) / a)
HALF_UNARY(half_sqrt, sqrt_f32(a))
HALF_UNARY(half_square, a *a)
HALF_UNARY(half_floor, floor_f32(a))
HALF_UNARY(half_ceil, ceil_f32(a))
HALF_UNARY(half_trunc, trunc_f32(a))
HALF_UNARY(half_rint, rint_f32(a))
HALF_UNARY(half_degrees, a *all_f32(DEGREES_OF_RADIAN))
HALF_UNARY(half_radians, a *all_f32(RADIANS_OF_DEGREE))
HALF_UNARY(half_rad2deg, a *all_f32(DEGREES_OF_RADIAN))
HALF_UNARY(half_deg2rad, a *all_f32(RADIANS_OF_DEGREE))

static inline void half_modf_body(const half *x, half *z, half *w, intptr_t n,
                                  int *flags)
{
    *flags |= signalling(x, n);
    for (intptr_t i = 0; i < n; i += LANES_f16) {
        const v_f32 a = take_f16(x + i, n - i), whole = trunc_f32(a);
        const v_f32 rest = select_f32(equal_f32(a, whole), all_f32(0), a - whole);
        give_f16(z + i, n - i, copysign_f32(rest, a));
        give_f16(w + i, n - i, whole);
    }
}
UNARY_PAIR_LOOP_WITH_FLAGS(half_modf, half, half, half)

/* Beyond these exponents every number becomes infinite, or zero.  Within them float32
 * holds the power, and its product with any float16. */
enum { EXPONENT_LIMIT = 60 };

#  define HALF_LDEXP(name, T)                                                          \
    static inline void name##_body(const half *x, const T *y, half *z, intptr_t n)     \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_f16) {                                    \
        uint32_t power[LANES_f32];                                                     \
        float scale[LANES_f32];                                                        \
        for (intptr_t j = 0; j < LANES_f32; j++) {                                     \
          const T k = y[i + j < n ? i + j : i];                                        \
          const T low = k < -EXPONENT_LIMIT ? -EXPONENT_LIMIT : k;                     \
          const T most = low > EXPONENT_LIMIT ? EXPONENT_LIMIT : low;                  \
          power[j] = (uint32_t)(most + 127) << 23;                                     \
        }                                                                              \
        memcpy(scale, power, sizeof scale);                                            \
        give_f16(z + i, n - i, take_f16(x + i, n - i) * load_f32(scale));              \
      }                                                                                \
    }                                                                                  \
    BINARY_LOOP(name, half, T, half)

HALF_LDEXP(half_ldexp_i32, int32_t)
HALF_LDEXP(half_ldexp_i64, int64_t)

#endif
