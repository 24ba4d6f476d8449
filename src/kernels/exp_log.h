/*
 * exp_log.h - exponentials and logarithms of doubles, as the sum of two doubles or
 * rounded once, in less than SLEEF's time.
 *
 * Reductions are the usual ones (Muller, "Elementary Functions", 3rd edition 2016,
 * chapters 5 and 11).  Polynomials whose coefficients are not 1/n are close to minimax,
 * by Chebyshev's points.
 */
#ifndef NPP_KERNELS_EXP_LOG_H
#define NPP_KERNELS_EXP_LOG_H

#include "elementary.h"

#ifdef NPP_LANES

/* Logarithms of 2 in pieces of 42 bits, whose products with exponents are exact. */
#  define LN2_FIRST 0x1.62e42fefa3800p-1
#  define LN2_SECOND 0x1.ef35793c76800p-45
#  define LOG10_2_FIRST 0x1.34413509f7800p-2
#  define LOG10_2_SECOND 0x1.fef311f12b358p-46
#  define LOG2_E 0x1.71547652b82fep+0
#  define LOG2_E_LOW 0x1.777d0ffda0d24p-56
#  define LOG10_E 0x1.bcb7b1526e50ep-2
#  define LOG10_E_LOW 0x1.95355baaafad3p-57

#  define THIRD (1 / 3.0)
#  define THIRD_LOW 0x1.5555555555555p-56
#  define FIFTH (1 / 5.0)
#  define FIFTH_LOW -0x1.999999999999ap-57

/* -- exponentials ----------------------------------------------------------------- */

/* Returns `others` in e^r = 1 + r + r^2 others. */
static inline v_f64 exp_others(v_f64 r)
{
    return POLYNOMIAL_SPLIT(
        r, 0x1.0000000000000p-1, 0x1.5555555555557p-3, 0x1.5555555555556p-5,
        0x1.11111111100bep-7, 0x1.6c16c16c162c3p-10, 0x1.a01a01abf85abp-13,
        0x1.a01a01a6e1e2ap-16, 0x1.71de01fdbf9cap-19, 0x1.27e4db46cddd1p-22,
        0x1.af4e554377204p-26, 0x1.1f7340dbc337ep-29);
}

/* Returns e^r for `r` of at most ln(2) / 2 in size, with a relative error of some
 * 2^-57. */
static inline struct dd exp_small(struct dd r)
{
    const v_f64 square = r.hi * r.hi, others = exp_others(r.hi);
    const struct dd first = dd_fast_sum(all_f64(1), r.hi);
    const v_f64 low = fma_f64(r.lo, fma_f64(square, others, r.hi), r.lo);
    return dd_fast_sum(first.hi, fma_f64(square, others, first.lo + low));
}

/* Returns e^x without its power of two, which goes to `scale`.  The result must be a
 * normal number. */
static inline struct dd exp_unscaled(struct dd x, v_f64 *scale)
{
    const v_f64 k = rint_f64(x.hi * all_f64(1 / LN2));
    const v_f64 near = fma_f64(-k, all_f64(LN2_FIRST), x.hi); /* exact */
    const v_f64 second = k * all_f64(LN2_SECOND), r = near - second;
    *scale = power_of_two_f64(k);
    return exp_small((struct dd){r, ((near - r) - second) + x.lo});
}

/* Returns e^x with an error of 0.6 ULP. */
static inline v_f64 exp_of_dd(struct dd x)
{
    v_f64 scale;
    const struct dd power = exp_unscaled(x, &scale);
    return power.hi * scale;
}

static inline v_f64 exp_once(v_f64 x)
{
    return exp_of_dd((struct dd){x, all_f64(0)});
}

/* Computes tanh as -n / (n + 2) with n = e^(-2|x|) - 1.  The error is 0.91 ULP. */
static inline v_f64 tanh_once(v_f64 given)
{
    const v_f64 size = abs_f64(given), most = all_f64(20); /* tanh is 1 from there on */
    const v_f64 x = select_f64(less_f64(most, size), most, size) * all_f64(-2);
    const v_f64 k = rint_f64(x * all_f64(1 / LN2)), scale = power_of_two_f64(k);
    const v_f64 near = fma_f64(-k, all_f64(LN2_FIRST), x); /* exact */
    const v_f64 second = k * all_f64(LN2_SECOND), r = near - second;
    const v_f64 r_low = (near - r) - second;
    const v_f64 others = fma_f64(r * r, exp_others(r), fma_f64(r, r_low, r_low));
    const struct dd power = dd_fast_sum(all_f64(-1), scale);
    const struct dd first = dd_fast_sum(power.hi, scale * r);
    const v_f64 low = fma_f64(scale, others, first.lo + power.lo);
    const struct dd n = dd_fast_sum(first.hi, low), d = dd_fast_sum(all_f64(2), n.hi);
    const v_f64 inverse = all_f64(1) / d.hi, q = n.hi * inverse;
    const v_f64 rest = fma_f64(-q, d.hi, n.hi) + fma_f64(-q, d.lo + n.lo, n.lo);
    return copysign_f64(fma_f64(rest, inverse, q), given);
}

/* -- logarithms ------------------------------------------------------------------- */

/* The logarithms below are right from 1 / LARGEST_LOGS up to LARGEST_LOGS. */
#  define LARGEST_LOGS 0x1p1020

/* Returns the natural logarithm with a relative error of some 2^-65, by the hyperbolic
 * arc tangent of (m - 1) / (m + 1). */
static inline struct dd log_dd(v_f64 x)
{
    v_f64 k;
    const v_f64 one = all_f64(1), two = all_f64(2), m = near_one_f64(x, &k);
    const v_f64 n = m - one, d = m + one, d_low = m - (d - one);
    const v_f64 inverse = one / d, t = n * inverse;
    const v_f64 t_low = fma_f64(-t, d_low, fma_f64(-t, d, n)) * inverse;
    struct dd square = dd_product(t, t);
    square.lo = fma_f64(t + t, t_low, square.lo);
    const v_f64 others =
        POLYNOMIAL_SPLIT(square.hi, FIFTH, 1 / 7.0, 1 / 9.0, 1 / 11.0, 1 / 13.0,
                         1 / 15.0, 1 / 17.0, 1 / 19.0, 1 / 21.0, 1 / 23.0, 1 / 25.0);
    const struct dd second = dd_product(square.hi, others);
    const struct dd sum = dd_fast_sum(all_f64(THIRD), second.hi);
    const v_f64 both_low = fma_f64(square.hi, all_f64(FIFTH_LOW), all_f64(THIRD_LOW));
    const v_f64 sum_low = sum.lo + fma_f64(square.lo, others, second.lo + both_low);
    const struct dd product = dd_product(square.hi, sum.hi);
    const v_f64 factor = product.hi;
    const v_f64 factor_low =
        fma_f64(square.hi, sum_low, fma_f64(square.lo, sum.hi, product.lo));
    const struct dd cubic = dd_product(t, factor);
    const struct dd series = dd_fast_sum(t, cubic.hi);
    const v_f64 series_low =
        series.lo + (fma_f64(t, factor_low, cubic.lo) + fma_f64(t_low, factor, t_low));
    const struct dd ln2 = {k * all_f64(LN2_FIRST), k * all_f64(LN2_SECOND)};
    const struct dd high = dd_fast_sum(ln2.hi, series.hi * two);
    return dd_fast_sum(high.hi, high.lo + fma_f64(series_low, two, ln2.lo));
}

/* Returns `others` in 2 atanh(s) = s (2 + s^2 others), for s up to
 * (sqrt(2) - 1) / (sqrt(2) + 1).  `square` is s^2. */
static inline v_f64 atanh_others(v_f64 square)
{
    return POLYNOMIAL_SPLIT(square, 0x1.5555555555555p-1, 0x1.9999999999a39p-2,
                            0x1.2492492476a1ap-2, 0x1.c71c7201a5625p-3,
                            0x1.745cf8e4b9978p-3, 0x1.3b1c3c1cf09e9p-3,
                            0x1.0fbde0e917cf5p-3, 0x1.0c0aff7d4e4d7p-3);
}

/* log m = f + rest, with a relative error of some 2^-57.  It is computed as
 * f - f^2/2 + s (f^2/2 + ...), where s is f / (2 + f). */
struct logarithm {
    v_f64 f, rest, k;
};

static inline struct logarithm logarithm_near(v_f64 f, v_f64 k)
{
    const v_f64 s = f / (f + all_f64(2)), square = s * s;
    const v_f64 half = f * all_f64(0.5) * f;
    const v_f64 others = atanh_others(square);
    return (struct logarithm){f, fma_f64(s, fma_f64(square, others, half), -half), k};
}

static inline struct logarithm logarithm_of(v_f64 x)
{
    v_f64 k;
    const v_f64 m = near_one_f64(x, &k);
    return logarithm_near(m - all_f64(1), k);
}

/* Returns f + rest plus the logarithm of 2^k, which is first + second.  `f` is less
 * than `first`. */
static inline v_f64 with_exponent(v_f64 first, v_f64 second, v_f64 f, v_f64 rest)
{
    const struct dd sum = dd_fast_sum(first, f);
    return sum.hi + (sum.lo + (second + rest));
}

/* The logarithms from here on have an error of 0.6 ULP. */
static inline v_f64 log_once(v_f64 x)
{
    const struct logarithm l = logarithm_of(x);
    return with_exponent(l.k * all_f64(LN2_FIRST), l.k * all_f64(LN2_SECOND), l.f,
                         l.rest);
}

/* Returns log(1 + x) for x more than -1. */
static inline v_f64 log1p_of_dd(struct dd x)
{
    v_f64 k;
    const struct dd sum = dd_sum(all_f64(1), x.hi);
    const v_f64 m = near_one_f64(sum.hi, &k);
    const v_f64 low = (sum.lo + x.lo) * power_of_two_f64(-k);
    const struct dd f = dd_fast_sum(m - all_f64(1), low);
    const struct logarithm l = logarithm_near(f.hi, k);
    return with_exponent(k * all_f64(LN2_FIRST), k * all_f64(LN2_SECOND), f.hi,
                         l.rest + fma_f64(-f.lo, f.hi, f.lo));
}

static inline v_f64 log1p_once(v_f64 x)
{
    return log1p_of_dd((struct dd){x, all_f64(0)});
}

/* Returns the hyperbolic arc sine, log(1 + (x + sqrt(1 + x^2) - 1)), for x up to
 * 2^500. */
static inline v_f64 arc_sinh_once(v_f64 x)
{
    const v_f64 size = abs_f64(x), one = all_f64(1);
    const struct dd square = dd_product(size, size);
    const struct dd sum = dd_sum(one, square.hi);
    const struct dd root = dd_sqrt(dd_fast_sum(sum.hi, sum.lo + square.lo));
    const struct dd less = dd_sum(root.hi, -one), more = dd_sum(size, less.hi);
    const struct dd all = {more.hi, more.lo + (less.lo + root.lo)};
    return copysign_f64(log1p_of_dd(all), x);
}

static inline struct dd in_other_base(struct logarithm l, double high, double low)
{
    const struct dd log = dd_fast_sum(l.f, l.rest);
    const struct dd scaled = dd_product(log.hi, all_f64(high));
    const v_f64 more = fma_f64(log.hi, all_f64(low), log.lo * all_f64(high));
    return (struct dd){scaled.hi, scaled.lo + more};
}

static inline v_f64 log2_once(v_f64 x)
{
    const struct logarithm l = logarithm_of(x);
    const struct dd log = in_other_base(l, LOG2_E, LOG2_E_LOW);
    return with_exponent(l.k, all_f64(0), log.hi, log.lo);
}

static inline v_f64 log10_once(v_f64 x)
{
    const struct logarithm l = logarithm_of(x);
    const struct dd log = in_other_base(l, LOG10_E, LOG10_E_LOW);
    return with_exponent(l.k * all_f64(LOG10_2_FIRST), l.k * all_f64(LOG10_2_SECOND),
                         log.hi, log.lo);
}
#endif

#endif
