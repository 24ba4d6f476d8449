/*
 * integers.h - what kernels of integers share: numbers that a floating-point type holds
 * exactly.
 */
#ifndef NPP_KERNELS_INTEGERS_H
#define NPP_KERNELS_INTEGERS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* SIZE_OF is a signed number without its sign, in the unsigned type U, because it may
 * need one bit more.  ITSELF is the same for an unsigned number: the number. */
#define SIZE_OF(x, U) (U)(((U)(x) ^ (U) - ((x) < 0)) + ((x) < 0))
#define ITSELF(x, U) x

/*
 * Integers as floating-point numbers.  A number plus ROUND has no digits below 1, so
 * that subtracting ROUND again rounds it to an integer, in whichever way the rounding
 * mode says.  In f64 the low bits of the sum then are the integer, if its size is at
 * most 2^51.  Only AVX-512 has instructions that convert 64 bits.
 */
#define ROUND_f32 0x1.8p23F
#define ROUND_f64 0x1.8p52
#define ROUND_BITS UINT64_C(0x4338000000000000)

static inline float f32_of(int32_t x)
{
    return (float)x;
}

static inline int32_t of_f32(float x)
{
    return (int32_t)x;
}

static inline double f64_of(int64_t x)
{
    const uint64_t bits = (uint64_t)x + ROUND_BITS;
    double moved;
    memcpy(&moved, &bits, sizeof moved);
    return moved - ROUND_f64;
}

static inline uint64_t of_f64(double x)
{
    const double moved = x + ROUND_f64;
    uint64_t bits;
    memcpy(&bits, &moved, sizeof bits);
    return bits - ROUND_BITS;
}

/* Returns whether one of `n` numbers is not between -2^50 and 2^50.  Then 64-bit
 * integers are too large for f64. */
static inline bool far_i64(const int64_t *x, intptr_t n)
{
    uint64_t high = 0;
    for (intptr_t i = 0; i < n; i++) {
        high |= (uint64_t)x[i] + (UINT64_C(1) << 50);
    }
    return high >> 51 != 0;
}

static inline bool far_u64(const uint64_t *x, intptr_t n)
{
    uint64_t high = 0;
    for (intptr_t i = 0; i < n; i++) {
        high |= x[i];
    }
    return high >> 50 != 0;
}

#endif
