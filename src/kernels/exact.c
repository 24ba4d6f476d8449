/*
 * exact.c - see exact.h.
 *
 * Adding numbers to the bins one by one takes 2.5 ns each.  So numbers of about one
 * size are cut into slices, by additions of doubles that lose nothing (Rump, Ogita and
 * Oishi, "Accurate floating-point summation", 2008; Demmel and Nguyen, "Parallel
 * reproducible summation", 2015).  With c = 1.5 * 2^k, q = (x + c) - c is x rounded to
 * a multiple of the last bit of c, and x - q is exact.  The q of a block have so few
 * bits above the last bit of c that their sum is exact too, in any order.  Only that
 * sum goes to the bins, which takes 0.4 ns.
 */
#include "exact.h"
#include "level.h"

#include <stdbool.h>

#include "bits.h"
#include "vectors.h"

/* Bits of a slice, so few that the sum of EXACT_BLOCK slices has at most 53. */
enum { WIDTH = 42 };
_Static_assert(EXACT_BLOCK <= 1 << (53 - WIDTH), "a sum of slices is exact");

/* Two slices are enough for numbers within a factor of 2^32, four for 2^118. */
enum { FEW_SLICES = 2, MOST_SLICES = 4 };

/* Exponents of the constants, relative to that of the greatest number.  FIRST is the
 * exponent of the first constant.  NEXT is the step from one to the next, which cuts
 * what is at most half of the last bit before. */
enum { FIRST = 53 - WIDTH, NEXT = -WIDTH - 1, LAST = FIRST + (MOST_SLICES - 1) * NEXT };

/* Within these exponents all constants are normal, and their last bits are not below
 * the least double. */
enum { LEAST_EXPONENT = -1022 - LAST, GREATEST_EXPONENT = 1023 - FIRST };

/* How many numbers greatest() looks at together, a multiple of all vectors. */
enum { SIDE_BY_SIDE = 16 };

/* -- one by one ----------------------------------------------------------------- */

static inline void add(struct exact *sum, double x)
{
    const uint64_t bits = bits_of_f64(x);
    const unsigned field = (unsigned)(bits >> MANTISSA_f64) & 0x7ff;
    const int64_t sign = -(int64_t)(bits >> 63); /* all bits or none */
    int64_t mantissa = (int64_t)(bits & (NORMAL_f64 - 1));
    unsigned exponent = 0; /* of the last bit, from the least double's on */
    if (field == 0x7ff) {
        sum->specials |= mantissa ? EXACT_NAN
                         : sign   ? EXACT_NEGATIVE_INFINITE
                                  : EXACT_INFINITE;
        return;
    }
    if (field > 0) {
        mantissa |= (int64_t)NORMAL_f64;
        exponent = field - 1;
    }
    const exact_bin value = (mantissa ^ sign) - sign;
    sum->bins[exponent / EXACT_STEP] += value * ((exact_bin)1 << exponent % EXACT_STEP);
}

static void add_each(struct exact *sum, const double *x, intptr_t n)
{
    for (intptr_t i = 0; i < n; i++) {
        add(sum, x[i]);
    }
}

/* -- in slices ------------------------------------------------------------------ */

/* Returns the greatest |x|, leaving out NaNs. */
static double greatest(const double *x, intptr_t n)
{
    double most[SIDE_BY_SIDE] = {0};
    for (intptr_t i = 0; i < n; i += SIDE_BY_SIDE) {
        for (int j = 0; j < SIDE_BY_SIDE; j++) {
            const double size = __builtin_fabs(x[i + j]);
            most[j] = size > most[j] ? size : most[j];
        }
    }
    for (int j = 1; j < SIDE_BY_SIDE; j++) {
        most[0] = most[j] > most[0] ? most[j] : most[0];
    }
    return most[0];
}

/* Adds the slices of each number.  Returns false, with nothing added, if something of a
 * number is left, or if there is a NaN. */
static inline __attribute__((always_inline)) bool
add_slices(struct exact *sum, const double *x, intptr_t n, int exponent, int slices)
{
    vector at[MOST_SLICES], sums[MOST_SLICES] = {{0}};
    vector_bits left = {0};
    for (int k = 0; k < slices; k++) {
        const int field = exponent + FIRST + k * NEXT + BIAS_f64;
        at[k] = vector_of(1.5 * of_bits_f64((uint64_t)field << MANTISSA_f64));
    }
    for (intptr_t i = 0; i < n; i += VECTOR_LANES) {
        vector v = vector_at(x + i);
        for (int k = 0; k < slices; k++) {
            const vector slice = (v + at[k]) - at[k];
            sums[k] += slice;
            v -= slice;
        }
        left |= (vector_bits)v;
    }
    int64_t any = 0;
    for (int j = 0; j < VECTOR_LANES; j++) {
        any |= left[j];
    }
    for (int k = 0; k < slices && any == 0; k++) {
        double all = 0;
        for (int j = 0; j < VECTOR_LANES; j++) {
            all += sums[k][j];
        }
        add(sum, all);
    }
    return any == 0;
}

/* n is a multiple of SIDE_BY_SIDE. */
static void add_block(struct exact *sum, const double *x, intptr_t n)
{
    const double most = greatest(x, n);
    const int exponent =
        most == 0 ? 0 : (int)(bits_of_f64(most) >> MANTISSA_f64) - BIAS_f64;
    if (exponent < LEAST_EXPONENT || exponent > GREATEST_EXPONENT ||
        (!add_slices(sum, x, n, exponent, FEW_SLICES) &&
         !add_slices(sum, x, n, exponent, MOST_SLICES))) {
        add_each(sum, x, n);
    }
}

void KERNEL(exact)(struct exact *sum, const double *x, intptr_t n)
{
    const intptr_t whole = n - n % SIDE_BY_SIDE;
    if (whole > 0) {
        add_block(sum, x, whole);
    }
    add_each(sum, x + whole, n - whole);
}
