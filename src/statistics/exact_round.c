/*
 * exact_round.c - makes a number of a superaccumulator (kernels/exact.h), rounded once.
 *
 * It computes in integers, in units of the least double.  Bits 0 ... 52 are the
 * mantissa of a subnormal double.  The last bit of a float32 is never below bit 1074 -
 * 149.
 */
#include "exact.h"

#include <assert.h>
#include <fenv.h>
#include <stdbool.h>
#include <string.h>

/* Limbs of 32 bits: one for each bin, and more for what sums of 2^43 of the greatest
 * number carry. */
enum { LIMBS = EXACT_BINS + 4 };

/* A type as bits.  `precision`: the bits of its mantissa, with the one that is not
 * written.  `least`: the unit of its subnormal numbers.  `exponents`: where its
 * exponent ends. */
static const struct format {
    int size, precision, least, exponents;
} f16 = {2, 11, 1074 - 24, 31}, f32 = {4, 24, 1074 - 149, 255}, f64 = {8, 53, 0, 2047};

struct magnitude {
    uint32_t limbs[LIMBS];
    bool is_negative;
};

/* Returns the sum in limbs.  Bins overlap: what is above the bits of one goes to the
 * next. */
static struct magnitude carry(const struct exact *sum)
{
    struct magnitude all;
    exact_bin rest = 0;
    for (int i = 0; i < LIMBS; i++) {
        rest += i < EXACT_BINS ? sum->bins[i] : 0;
        all.limbs[i] = (uint32_t)rest;
        rest >>= EXACT_STEP; /* keeps the sign, in gcc and clang */
    }
    assert(rest == 0 || rest == -1);
    all.is_negative = rest < 0;
    uint64_t more = 1;
    for (int i = 0; i < LIMBS && all.is_negative; i++) {
        more += (uint32_t)~all.limbs[i];
        all.limbs[i] = (uint32_t)more;
        more >>= EXACT_STEP;
    }
    return all;
}

/* Returns the number of the highest bit that is set, or -1. */
static int highest(const uint32_t *limbs)
{
    int i = LIMBS - 1;
    while (i >= 0 && limbs[i] == 0) {
        i--;
    }
    return i < 0 ? -1 : EXACT_STEP * i + 31 - __builtin_clz(limbs[i]);
}

/* Returns `count` bits, at most 53, from number `bit` on. */
static uint64_t bits_from(const uint32_t *limbs, int bit, int count)
{
    uint64_t bits = 0;
    const int first = bit / EXACT_STEP;
    for (int i = first + 2; i >= first; i--) {
        const uint64_t limb = i < LIMBS ? limbs[i] : 0;
        const int up = EXACT_STEP * i - bit;
        bits |= up < 0 ? limb >> -up : up < 64 ? limb << up : 0;
    }
    return bits & ((UINT64_C(1) << count) - 1);
}

static bool any_below(const uint32_t *limbs, int bit)
{
    uint32_t any = limbs[bit / EXACT_STEP] & ((UINT32_C(1) << bit % EXACT_STEP) - 1);
    for (int i = 0; i < bit / EXACT_STEP; i++) {
        any |= limbs[i];
    }
    return any != 0;
}

/* Returns the bits of the nearest number: the mantissa, and above it the exponent, into
 * which the first bit of the mantissa carries. */
static uint64_t nearest(const uint32_t *limbs, const struct format *format)
{
    const int top = highest(limbs);
    int last = top - format->precision + 1;
    last = last < format->least ? format->least : last;
    if (top < 0) {
        return 0;
    }
    uint64_t bits = bits_from(limbs, last, format->precision);
    const int half = last - 1;
    if (half >= 0 && bits_from(limbs, half, 1) != 0) {
        bits += (bits & 1) | any_below(limbs, half);
    }
    return bits + ((uint64_t)(last - format->least) << (format->precision - 1));
}

static void put(char *out, int size, uint64_t bits)
{
    const uint16_t two = (uint16_t)bits;
    const uint32_t four = (uint32_t)bits;
    memcpy(out,
           size == 2   ? (const void *)&two
           : size == 4 ? (const void *)&four
                       : (const void *)&bits,
           (size_t)size);
}

int exact_round(const struct exact *sum, int type, char *out)
{
    const struct format *format = type == NPY_HALF    ? &f16
                                  : type == NPY_FLOAT ? &f32
                                                      : &f64;
    const uint64_t infinite = (uint64_t)format->exponents << (format->precision - 1);
    const unsigned both = EXACT_INFINITE | EXACT_NEGATIVE_INFINITE;
    struct magnitude all = carry(sum);
    uint64_t bits = nearest(all.limbs, format);
    int flags = 0;
    if (bits >= infinite) {
        bits = infinite;
        flags = FE_OVERFLOW;
    }
    if (sum->specials != 0) {
        bits = infinite;
        all.is_negative = sum->specials == EXACT_NEGATIVE_INFINITE;
        flags = (sum->specials & both) == both ? FE_INVALID : 0;
        if (flags || sum->specials & EXACT_NAN) {
            bits |= infinite >> 1; /* the quiet one */
            all.is_negative = false;
        }
    }
    put(out, format->size, bits | (uint64_t)all.is_negative << (8 * format->size - 1));
    return flags;
}
