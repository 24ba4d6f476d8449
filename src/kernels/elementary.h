/*
 * elementary.h - real functions that return double_double numbers.  Complex functions
 * are made of them, whose parts then have one rounding.  The relative error of the real
 * functions is less than 2^-55.
 *
 * The series are Taylor's, cut where the next term is below 2^-60.  Their arguments are
 * reduced in the usual ways (Muller, "Elementary Functions", 3rd edition 2016, chapters
 * 5 and 11).  The first terms are summed in double_double; the others are small beside
 * those.
 */
#ifndef NPP_KERNELS_ELEMENTARY_H
#define NPP_KERNELS_ELEMENTARY_H

#include "double_double.h"

#ifdef NPP_LANES

/* The functions below keep their promise up to these limits. */
#  define LARGEST_ANGLE 0x1p30   /* sine and cosine: the quotient stays an integer */
#  define LARGEST_EXPONENT 600.0 /* exp, sinh and cosh: the low part stays normal */

/* c[0] + c[1] x + ... */
#  define POLYNOMIAL(x, ...)                                                           \
    polynomial(x, (const double[]){__VA_ARGS__},                                       \
               sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static inline __attribute__((always_inline)) v_f64 polynomial(v_f64 x, const double *c,
                                                              unsigned long n)
{
    v_f64 sum = all_f64(c[n - 1]);
    for (unsigned long i = n - 1; i-- > 0;) {
        sum = fma_f64(sum, x, all_f64(c[i]));
    }
    return sum;
}

/* The same polynomial.  Even and odd powers are summed side by side, so that vector
 * operations wait less for each other. */
#  define POLYNOMIAL_SPLIT(x, ...)                                                     \
    polynomial_split(x, (const double[]){__VA_ARGS__},                                 \
                     sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static inline __attribute__((always_inline)) v_f64
polynomial_split(v_f64 x, const double *c, unsigned long n)
{
    const v_f64 square = x * x;
    v_f64 last = all_f64(c[n - 1]), before = all_f64(c[n - 2]);
    for (unsigned long i = n - 2; i-- > 0;) {
        const v_f64 sum = fma_f64(last, square, all_f64(c[i]));
        last = before;
        before = sum;
    }
    /* `before` is the sum from c[0] on, `last` the sum from c[1] on. */
    return fma_f64(last, x, before);
}

/* n!, exact up to 18!. */
#  define F3 6.0
#  define F4 24.0
#  define F5 120.0
#  define F6 720.0
#  define F7 5040.0
#  define F8 40320.0
#  define F9 362880.0
#  define F10 3628800.0
#  define F11 39916800.0
#  define F12 479001600.0
#  define F13 6227020800.0
#  define F14 87178291200.0
#  define F15 1307674368000.0
#  define F16 20922789888000.0
#  define F17 355687428096000.0
#  define F18 6402373705728000.0

/* 1 / 3!, ln 2 and pi / 2, in parts. */
#  define SIXTH (1 / F3)
#  define SIXTH_LOW 0x1.5555555555555p-57
#  define LN2 0x1.62e42fefa39efp-1
#  define LN2_LOW 0x1.abc9e3b39803fp-56
#  define HALF_PI 0x1.921fb54442d18p0
#  define HALF_PI_LOW 0x1.1a62633145c07p-54
#  define HALF_PI_LOWEST -0x1.f1976b7ed8fbcp-110

/* Returns exp(x).  The difference of `x` from the nearest multiple of ln 2 is exact. */
static inline struct dd exp_dd(v_f64 x)
{
    const v_f64 k = rint_f64(x * all_f64(1 / LN2));
    const v_f64 near = fma_f64(-k, all_f64(LN2), x);
    const struct dd r = dd_sum(near, -k * all_f64(LN2_LOW));
    const struct dd square = dd_product(r.hi, r.hi);
    const v_f64 others =
        POLYNOMIAL(r.hi, 1 / F3, 1 / F4, 1 / F5, 1 / F6, 1 / F7, 1 / F8, 1 / F9,
                   1 / F10, 1 / F11, 1 / F12, 1 / F13, 1 / F14);
    const v_f64 half = all_f64(0.5);
    const struct dd first = dd_fast_sum(all_f64(1), r.hi);
    const struct dd second = dd_fast_sum(first.hi, square.hi * half);
    const v_f64 low = fma_f64(square.lo, half, fma_f64(r.hi, r.lo, r.lo));
    const v_f64 rest = fma_f64(square.hi * r.hi, others, (first.lo + second.lo) + low);
    return dd_scale(dd_fast_sum(second.hi, rest), power_of_two_f64(k));
}

/* Returns x + x^3 (sixth + x^2 others), where `sixth` is positive or negative. */
static inline struct dd odd_series(struct dd x, struct dd square, double sixth,
                                   double low, v_f64 others)
{
    const struct dd sum = dd_fast_sum(all_f64(sixth), square.hi * others);
    const struct dd factor =
        dd_multiply(square, (struct dd){sum.hi, sum.lo + all_f64(low)});
    const struct dd cubic = dd_product(x.hi, factor.hi);
    const struct dd first = dd_fast_sum(x.hi, cubic.hi);
    const v_f64 rest = fma_f64(x.hi, factor.lo, cubic.lo + x.lo);
    return dd_fast_sum(first.hi, first.lo + rest);
}

struct sincos {
    struct dd sin, cos;
};

/* Returns sine and cosine of angles up to LARGEST_ANGLE.  The difference from the
 * nearest multiple of pi / 2 is exact, except for the third part of pi / 2. */
static inline struct sincos sincos_dd(v_f64 x)
{
    const v_f64 k = rint_f64(x * all_f64(1 / HALF_PI));
    const v_f64 near = fma_f64(-k, all_f64(HALF_PI), x);
    const struct dd off = dd_product(-k, all_f64(HALF_PI_LOW));
    const struct dd sum = dd_sum(near, off.hi);
    const struct dd r =
        dd_fast_sum(sum.hi, sum.lo + fma_f64(-k, all_f64(HALF_PI_LOWEST), off.lo));
    const struct dd square = dd_product(r.hi, r.hi);
    const v_f64 half = all_f64(0.5);

    const v_f64 low = fma_f64(r.lo, square.hi * -half, r.lo);
    struct dd sine = odd_series((struct dd){r.hi, low}, square, -SIXTH, -SIXTH_LOW,
                                POLYNOMIAL(square.hi, 1 / F5, -1 / F7, 1 / F9, -1 / F11,
                                           1 / F13, -1 / F15, 1 / F17));
    /* This keeps the sign of both zeros, too. */
    sine.hi = copysign_f64(sine.hi, select_f64(equal_f64(k, all_f64(0)), x, r.hi));

    const struct dd first = dd_fast_sum(all_f64(1), square.hi * -half);
    const v_f64 others = POLYNOMIAL(square.hi, 1 / F4, -1 / F6, 1 / F8, -1 / F10,
                                    1 / F12, -1 / F14, 1 / F16, -1 / F18);
    const v_f64 rest = fma_f64(square.lo, -half, fma_f64(-r.hi, r.lo, first.lo));
    const struct dd cosine =
        dd_fast_sum(first.hi, fma_f64(square.hi * square.hi, others, rest));

    /* The quadrant: 0, 1, 2 or 3. */
    const v_f64 quadrant = k - all_f64(4) * floor_f64(k * all_f64(0.25));
    const m_f64 q1 = equal_f64(quadrant, all_f64(1));
    const m_f64 q2 = equal_f64(quadrant, all_f64(2));
    const m_f64 q3 = equal_f64(quadrant, all_f64(3));
    const m_f64 swap = or_f64(q1, q3);
    const struct dd s = dd_select(swap, cosine, sine),
                    c = dd_select(swap, sine, cosine);
    return (struct sincos){dd_select(or_f64(q2, q3), dd_negative(s), s),
                           dd_select(or_f64(q1, q2), dd_negative(c), c)};
}

struct sinhcosh {
    struct dd sinh, cosh;
};

/* Computes sinh and cosh from exp(x) and exp(-x).  Where the difference of these is
 * small, sinh comes from its series. */
static inline struct sinhcosh sinhcosh_dd(v_f64 x)
{
    const v_f64 size = abs_f64(x), half = all_f64(0.5), zero = all_f64(0);
    const struct dd up = exp_dd(size);
    const struct dd down = dd_divide((struct dd){all_f64(1), zero}, up);
    const struct dd square = dd_product(size, size);
    const struct dd series = odd_series(
        (struct dd){size, zero}, square, SIXTH, SIXTH_LOW,
        POLYNOMIAL(square.hi, 1 / F5, 1 / F7, 1 / F9, 1 / F11, 1 / F13, 1 / F15));
    const struct dd far = dd_scale(dd_add(up, dd_negative(down)), half);
    struct dd sinh = dd_select(less_f64(size, half), series, far);
    sinh = dd_select(less_f64(x, zero), dd_negative(sinh), sinh);
    sinh.hi = copysign_f64(sinh.hi, x);
    return (struct sinhcosh){sinh, dd_scale(dd_add(up, down), half)};
}

/* The squared length, and the squared length minus 1, which is exact near 0. */
struct length {
    struct dd squared, from_one;
};

static inline struct length length_dd(v_f64 x, v_f64 y)
{
    const v_f64 a = abs_f64(x), b = abs_f64(y);
    const m_f64 less = less_f64(a, b);
    const v_f64 large = select_f64(less, b, a), small = select_f64(less, a, b);
    const struct dd p = dd_product(large, large), q = dd_product(small, small);
    const struct dd low = dd_sum(p.lo, q.lo);
    const struct dd sum = dd_fast_sum(p.hi, q.hi);
    /* This is exact, because the difference is exact where the length is near 1. */
    const struct dd high = dd_sum(sum.hi - all_f64(1), sum.lo);
    const struct dd near = dd_sum(high.hi, low.hi);
    return (struct length){dd_fast_sum(sum.hi, sum.lo + low.hi),
                           dd_sum(near.hi, near.lo + (high.lo + low.lo))};
}

/* Returns the natural logarithm of the length: half the logarithm of its square.  The
 * square is m 2^k with m near 1, and log m comes from the series of the hyperbolic arc
 * tangent of (m - 1) / (m + 1). */
static inline struct dd log_length_dd(v_f64 x, v_f64 y)
{
    const struct length length = length_dd(x, y);
    const v_f64 one = all_f64(1), half = all_f64(0.5), zero = all_f64(0);
    /* m is between sqrt(1/2) and sqrt(2). */
    const v_f64 k = exponent_f64(length.squared.hi * all_f64(0x1.6a09e667f3bcdp0));
    const struct dd m = dd_scale(length.squared, power_of_two_f64(-k));
    const struct dd by_m = dd_sum(m.hi - one, m.lo);
    const struct dd f = dd_select(equal_f64(k, zero), length.from_one, by_m);
    const struct dd t = dd_divide(f, dd_add((struct dd){all_f64(2), zero}, f));
    const struct dd twice = dd_scale(t, all_f64(2));
    const v_f64 square = t.hi * t.hi;
    const v_f64 others =
        POLYNOMIAL(square, 1 / 3.0, 1 / 5.0, 1 / 7.0, 1 / 9.0, 1 / 11.0, 1 / 13.0,
                   1 / 15.0, 1 / 17.0, 1 / 19.0, 1 / 21.0, 1 / 23.0);
    const struct dd log_m =
        dd_fast_sum(twice.hi, fma_f64(twice.hi * square, others, twice.lo));
    const struct dd ln2 = dd_product(k, all_f64(LN2));
    const struct dd log_2_k = {ln2.hi, fma_f64(k, all_f64(LN2_LOW), ln2.lo)};
    return dd_scale(dd_add(log_2_k, log_m), half);
}
#endif

#endif
