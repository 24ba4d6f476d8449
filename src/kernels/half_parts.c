/* half_parts.c - float16: signs, neighbours and exponents, which are in the bits. */
#include "half.h"

static inline half sign_of(half a)
{
    const half one = (half)(a & HALF_SIGN) | HALF_ONE;
    const half number = a & HALF_SIZE ? one : 0;
    return is_nan(a) ? a : number;
}

static inline half step_at_zero(half a, half at_zero)
{
    const half beside = a & HALF_SIGN ? 0 : HALF_ONE;
    const half number = a & HALF_SIZE ? beside : at_zero;
    return is_nan(a) ? HALF_NAN : number;
}

HALF_UNARY_BITS(half_fabs, half, a &HALF_SIZE)
HALF_UNARY_BITS(half_negative, half, a ^ HALF_SIGN)
HALF_UNARY_BITS(half_positive, half, a)
HALF_UNARY_BITS(half_conjugate, half, a)
HALF_UNARY_BITS(half_sign, half, sign_of(a))
HALF_BINARY_BITS(half_copysign, half, (half)((a & HALF_SIZE) | (b & HALF_SIGN)))

static inline void half_heaviside_body(const half *x, const half *y, half *z,
                                       intptr_t n, int *flags)
{
    *flags |= signalling(x, n);
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        z[i] = step_at_zero(x[i], y[i]);
    }
}
BINARY_LOOP_WITH_FLAGS(half_heaviside, half, half, half)

static inline void half_nextafter_body(const half *x, const half *y, half *z,
                                       intptr_t n, int *flags)
{
    uint16_t large = 0;
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const half a = x[i], b = y[i], size = a & HALF_SIZE;
        const bool up = order(a) < order(b), outwards = up ^ (a >> 15);
        const half from_zero = (half)((b & HALF_SIGN) | 1);
        const half moved = (half)(outwards ? a + 1 : a - 1);
        const half next = size ? moved : from_zero;
        const half number = order(a) == order(b) ? a : next;
        const bool nan = is_nan(a) | is_nan(b);
        large |=
            (uint16_t)(((number & HALF_SIZE) == HALF_INF) & (size < HALF_INF) & !nan);
        z[i] = nan ? HALF_NAN : number;
    }
    *flags |= large ? FE_OVERFLOW : 0;
}
BINARY_LOOP_WITH_FLAGS(half_nextafter, half, half, half)

/* The spacing is the distance to the next number away from zero.  From a negative power
 * of two it is the distance upwards, and so half as far.  NumPy raises invalid for a
 * NaN too. */
static inline void half_spacing_body(const half *x, half *z, intptr_t n, int *flags)
{
    uint16_t large = 0, invalid = 0;
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const half a = x[i], size = a & HALF_SIZE;
        const half exponent = (half)(size >> 10);
        const half shorter = (half)((a >> 15) & ((a & 0x3ff) == 0));
        const half above = exponent > shorter ? (half)(exponent - shorter) : 1;
        /* A spacing that is less than normal is one bit.  A conversion shifts it to its
         * place, because SSE2 cannot shift each element by its own number. */
        const uint32_t bits = (uint32_t)(above + 126) << 23;
        float power;
        memcpy(&power, &bits, sizeof power);
        const half bit = (half)(int32_t)power;
        const half normal = (half)((uint32_t)(above - 10) << 10);
        const half number = above > 10 ? normal : bit;
        const bool last = a == HALF_INF - 1, none = size >= HALF_INF;
        const half finite = last ? HALF_INF : number;
        large |= last;
        invalid |= none;
        z[i] = none ? HALF_NAN : finite;
    }
    *flags |= (large ? FE_OVERFLOW : 0) | (invalid ? FE_INVALID : 0);
}
UNARY_LOOP_WITH_FLAGS(half_spacing, half, half)

/* The exponent of a number becomes that of 0.5.  A number that is less than normal is
 * an integer, which has an exponent as a float32.  Masks are used, so that there is no
 * branch. */
static inline void half_frexp_body(const half *x, half *z, int32_t *exponent,
                                   intptr_t n, int *flags)
{
    *flags |= signalling(x, n);
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const int32_t a = x[i], size = a & HALF_SIZE;
        const float number = (float)size;
        int32_t bits;
        memcpy(&bits, &number, sizeof bits);
        const int32_t tiny = -(size < 0x400), none = -(size == 0 || size >= HALF_INF);
        const int32_t digits = (tiny & bits >> 13) | (~tiny & size);
        const int32_t power =
            (tiny & ((bits >> 23) - 150)) | (~tiny & ((size >> 10) - 14));
        const int32_t scaled = (a & HALF_SIGN) | 0x3800 | (digits & 0x3ff);
        z[i] = (half)((none & a) | (~none & scaled));
        exponent[i] = ~none & power;
    }
}
UNARY_PAIR_LOOP_WITH_FLAGS(half_frexp, half, half, int32_t)
