/*
 * angles.h - sine and cosine of doubles up to LARGEST_ANGLE, in half the time of
 * SLEEF's, which reduces angles from 15 on in a slower way.
 *
 * The angle less its nearest multiple of pi / 2, with what rounding lost of it (Muller,
 * "Elementary Functions", 3rd edition 2016, chapter 11), and polynomials that are close
 * to minimax up to pi / 4 (by Chebyshev's points: relative errors of 2^-56 and 2^-59):
 * at most 0.8 ULP in all.
 */
#ifndef NPP_KERNELS_ANGLES_H
#define NPP_KERNELS_ANGLES_H

#include "elementary.h"

#ifdef NPP_LANES

/* r + low is the angle less k pi / 2. */
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

static inline v_f64 sine_of(struct angle a, v_f64 square)
{
    const v_f64 others = POLYNOMIAL_SPLIT(
        square, -0x1.5555555555555p-3, 0x1.1111111110bb1p-7, -0x1.a01a019e8357dp-13,
        0x1.71de37961e4c6p-19, -0x1.ae600a926c89ap-26, 0x1.5e0af186af739p-33);
    const v_f64 low = fma_f64(square * all_f64(-0.5), a.low, a.low);
    return a.r + fma_f64(a.r * square, others, low);
}

static inline v_f64 cosine_of(struct angle a, v_f64 square)
{
    const v_f64 others = POLYNOMIAL_SPLIT(
        square, 0x1.5555555555555p-5, -0x1.6c16c16c16966p-10, 0x1.a01a019f4e867p-16,
        -0x1.27e4fa17a41b4p-22, 0x1.1eeb68b109173p-29, -0x1.907d7aebd5e3dp-37);
    const v_f64 one = all_f64(1), half = square * all_f64(0.5), first = one - half;
    const v_f64 lost = (one - first) - half;
    return first + fma_f64(square * square, others, fma_f64(-a.r, a.low, lost));
}

static inline m_f64 is_odd(v_f64 whole)
{
    const v_f64 half = whole * all_f64(0.5);
    return not_f64(equal_f64(half, floor_f64(half)));
}

/* The sine k quarters of a turn further on. */
static inline v_f64 quarter_turns(struct angle a, v_f64 k)
{
    const v_f64 square = a.r * a.r;
    const v_f64 r = select_f64(is_odd(k), cosine_of(a, square), sine_of(a, square));
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
#endif

#endif
