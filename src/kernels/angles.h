/*
 * angles.h - sine, cosine and tangent of doubles up to LARGEST_ANGLE, and the arc
 * tangent.  They take half of SLEEF's time; SLEEF reduces angles from 15 on in a slower
 * way.
 *
 * The functions subtract the nearest multiple of pi / 2 from the angle and keep what
 * rounding lost of the difference (Muller, "Elementary Functions", 3rd edition 2016,
 * chapter 11).  Then they evaluate polynomials that are close to minimax up to pi / 4
 * (by Chebyshev's points: relative errors below 2^-59).  The error is at most 0.8 ULP
 * in all.
 */
#ifndef NPP_KERNELS_ANGLES_H
#define NPP_KERNELS_ANGLES_H

#include "elementary.h"

#ifdef NPP_LANES

/* An angle minus k pi / 2, as the sum r + low. */
struct angle {
    v_f64 r, low, k;
};

static inline struct angle reduced(v_f64 x)
{
    const v_f64 k = rint_f64(x * all_f64(1 / HALF_PI));
    const v_f64 near = fma_f64(-k, all_f64(HALF_PI), x); /* exact */
    const struct dd off = dd_product(-k, all_f64(HALF_PI_LOW));
    const struct dd sum = dd_sum(near, off.hi);
    const v_f64 low = sum.lo + fma_f64(-k, all_f64(HALF_PI_LOWEST), off.lo);
    return (struct angle){sum.hi, low, k};
}

/* Returns the sine of `a` minus `a.r`. */
static inline v_f64 sine_beside(struct angle a, v_f64 square)
{
    const v_f64 others = POLYNOMIAL_SPLIT(
        square, -0x1.5555555555555p-3, 0x1.1111111111110p-7, -0x1.a01a01a019936p-13,
        0x1.71de3a54605eep-19, -0x1.ae64541266378p-26, 0x1.61217ec01749dp-33,
        -0x1.ab17a79237a19p-41);
    const v_f64 low = fma_f64(square * all_f64(-0.5), a.low, a.low);
    return fma_f64(a.r * square, others, low);
}

/* Returns the cosine of `a` minus (1 - r^2 / 2).  `lost` is what rounding lost of
 * 1 - r^2 / 2. */
static inline v_f64 cosine_beside(struct angle a, v_f64 square, v_f64 lost)
{
    const v_f64 others = POLYNOMIAL_SPLIT(
        square, 0x1.5555555555555p-5, -0x1.6c16c16c16966p-10, 0x1.a01a019f4e867p-16,
        -0x1.27e4fa17a41b4p-22, 0x1.1eeb68b109173p-29, -0x1.907d7aebd5e3dp-37);
    return fma_f64(square * square, others, fma_f64(-a.r, a.low, lost));
}

static inline m_f64 is_odd(v_f64 whole)
{
    const v_f64 half = whole * all_f64(0.5);
    return not_f64(equal_f64(half, floor_f64(half)));
}

/* Returns the sine of r + low plus `k` quarters of a turn. */
static inline v_f64 quarter_turns(struct angle a, v_f64 k)
{
    const v_f64 square = a.r * a.r;
    const v_f64 one = all_f64(1), half = square * all_f64(0.5), first = one - half;
    const v_f64 cosine = first + cosine_beside(a, square, (one - first) - half);
    const v_f64 sine = a.r + sine_beside(a, square);
    const v_f64 r = select_f64(is_odd(k), cosine, sine);
    return select_f64(is_odd(floor_f64(k * all_f64(0.5))), -r, r);
}

static inline v_f64 sine(v_f64 x)
{
    const struct angle a = reduced(x);
    return quarter_turns(a, a.k);
}

static inline v_f64 cosine(v_f64 x)
{
    const struct angle a = reduced(x);
    return quarter_turns(a, a.k + all_f64(1));
}

/* Returns the sine and the cosine of `a`, each as the sum of two doubles. */
static inline struct sincos sine_cosine(struct angle a)
{
    const v_f64 square = a.r * a.r;
    const v_f64 one = all_f64(1), half = square * all_f64(0.5), first = one - half;
    const v_f64 lost = (one - first) - half;
    const v_f64 square_low = fma_f64(a.r, a.r, -square);
    const v_f64 all_lost = fma_f64(square_low, all_f64(-0.5), lost);
    return (struct sincos){dd_fast_sum(a.r, sine_beside(a, square)),
                           dd_fast_sum(first, cosine_beside(a, square, all_lost))};
}

/* The tangent is the quotient of sine and cosine. */
static inline v_f64 tangent(v_f64 x)
{
    const struct angle a = reduced(x);
    const struct sincos at = sine_cosine(a);
    const m_f64 odd = is_odd(a.k);
    const struct dd n = dd_select(odd, dd_negative(at.cos), at.sin);
    const struct dd d = dd_select(odd, at.sin, at.cos);
    const v_f64 inverse = all_f64(1) / d.hi, q = n.hi * inverse;
    const v_f64 rest = fma_f64(-q, d.hi, n.hi) + fma_f64(-q, d.lo, n.lo);
    return fma_f64(rest, inverse, q);
}

/* Returns the arc tangent.  It is computed from x up to tan(pi / 8), from
 * (x - 1) / (x + 1) from there on, and from -1 / x from tan(3 pi / 8) on. */
static inline v_f64 arc_tangent(v_f64 given)
{
    const v_f64 x = abs_f64(given), zero = all_f64(0), one = all_f64(1);
    const m_f64 small = less_f64(x, all_f64(0x1.a827999fcef32p-2));
    const m_f64 large = less_f64(all_f64(0x1.3504f333f9de6p+1), x);
    const v_f64 less = select_f64(small, zero, one), more = x + one, under = x - one;
    const v_f64 n = select_f64(small, x, select_f64(large, -one, under));
    const v_f64 d = select_f64(small, one, select_f64(large, x, more));
    const m_f64 sums = not_f64(or_f64(small, large));
    const v_f64 n_low = select_f64(sums, (x - (under + one)), zero);
    const v_f64 d_low = select_f64(sums, x - (more - one), zero);
    const v_f64 inverse = less / d, t = select_f64(small, x, n * inverse);
    const v_f64 t_low =
        (fma_f64(-t, d, n) + fma_f64(-t, d_low, n_low)) * inverse; /* 0 where t is x */
    const v_f64 square = t * t;
    const v_f64 others = POLYNOMIAL_SPLIT(
        square, -0x1.5555555555555p-2, 0x1.9999999999997p-3, -0x1.24924924920a8p-3,
        0x1.c71c71c6dd76cp-4, -0x1.745d1735540dcp-4, 0x1.3b13aea792973p-4,
        -0x1.1110ceb4406b0p-4, 0x1.e1d8e3dbac262p-5, -0x1.aebce68f9599dp-5,
        0x1.829b76abb534ap-5, -0x1.503683d038263p-5, 0x1.f5d4cde76d93dp-6,
        -0x1.c7dca38e9e4c5p-7);
    const v_f64 turn = select_f64(large, all_f64(HALF_PI), all_f64(HALF_PI / 2));
    const v_f64 turn_low =
        select_f64(large, all_f64(HALF_PI_LOW), all_f64(HALF_PI_LOW / 2));
    const struct dd sum = dd_fast_sum(select_f64(small, zero, turn), t);
    const v_f64 low = (sum.lo + t_low) + select_f64(small, zero, turn_low);
    return copysign_f64(sum.hi + fma_f64(t * square, others, low), given);
}
#endif

#endif
