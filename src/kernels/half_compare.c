/* half_compare.c - float16: functions that the bits decide, and that raise no flag. */
#include "half.h"

/* Compares two numbers; false if either is a NaN. */
#define ORDERED(a, OP, b) (!(is_nan(a) | is_nan(b)) & (order(a) OP order(b)))
#define IS_TRUE(a) (((a)&HALF_SIZE) != 0)

HALF_UNARY_BITS(half_isnan, uint8_t, (a & HALF_SIZE) > HALF_INF)
HALF_UNARY_BITS(half_isinf, uint8_t, (a & HALF_SIZE) == HALF_INF)
HALF_UNARY_BITS(half_isfinite, uint8_t, (a & HALF_SIZE) < HALF_INF)
HALF_UNARY_BITS(half_signbit, uint8_t, (uint8_t)(a >> 15))
HALF_UNARY_BITS(half_logical_not, uint8_t, !IS_TRUE(a))

HALF_BINARY_BITS(half_less, uint8_t, ORDERED(a, <, b))
HALF_BINARY_BITS(half_less_equal, uint8_t, ORDERED(a, <=, b))
HALF_BINARY_BITS(half_greater, uint8_t, ORDERED(a, >, b))
HALF_BINARY_BITS(half_greater_equal, uint8_t, ORDERED(a, >=, b))
HALF_BINARY_BITS(half_equal, uint8_t, ORDERED(a, ==, b))
HALF_BINARY_BITS(half_not_equal, uint8_t, !ORDERED(a, ==, b))
HALF_BINARY_BITS(half_logical_and, uint8_t, IS_TRUE(a) & IS_TRUE(b))
HALF_BINARY_BITS(half_logical_or, uint8_t, IS_TRUE(a | b))
HALF_BINARY_BITS(half_logical_xor, uint8_t, IS_TRUE(a) ^ IS_TRUE(b))

/* Returns `a` where it is at least (at most) `b`, or where `that_counts` is a NaN, else
 * `b`. */
static inline half larger(half a, half b, half that_counts)
{
    return (ORDERED(a, >=, b) | is_nan(that_counts)) ? a : b;
}

static inline half smaller(half a, half b, half that_counts)
{
    return (ORDERED(a, <=, b) | is_nan(that_counts)) ? a : b;
}

HALF_BINARY_BITS(half_maximum, half, larger(a, b, a))
HALF_BINARY_BITS(half_minimum, half, smaller(a, b, a))
HALF_BINARY_BITS(half_fmax, half, larger(a, b, b))
HALF_BINARY_BITS(half_fmin, half, smaller(a, b, b))

/* There are two loops, because gcc does not vectorize both in one. */
static inline void half_clip_body(const half *x, const half *low, const half *high,
                                  half *z, intptr_t n)
{
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        z[i] = larger(x[i], low[i], x[i]);
    }
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        z[i] = smaller(z[i], high[i], z[i]);
    }
}
TERNARY_LOOP(half_clip, half, half, half, half)
