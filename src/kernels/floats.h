/*
 * floats.h - functions of float32, computed in double in less than SLEEF's time.  In
 * double a formula that cancels some bits is as good as any other, and a relative error
 * of 2^-30 is enough for 0.52 ULP.  Polynomials are close to minimax (by Chebyshev's
 * points).
 */
#ifndef NPP_KERNELS_FLOATS_H
#define NPP_KERNELS_FLOATS_H

#include "exp_log.h"

#ifdef NPP_LANES

/* Defines `name` for lanes of float by a `function` of lanes of double. */
#  define IN_DOUBLE(name, function)                                                    \
    static inline v_f32 name(v_f32 x)                                                  \
    {                                                                                  \
      v_f64 low, high;                                                                 \
      widen(x, &low, &high);                                                           \
      return narrow(function(low), function(high));                                    \
    }

/* Returns the logarithm of a normal number with a relative error of 2^-30, by the
 * hyperbolic arc tangent. */
static inline v_f64 log_rough(v_f64 x)
{
    v_f64 k;
    const v_f64 m = near_one_f64(x, &k), one = all_f64(1);
    const v_f64 s = (m - one) / (m + one);
    const v_f64 others = POLYNOMIAL(s * s, 0x1.fffffffa19039p+0, 0x1.5555875f18e47p-1,
                                    0x1.99578989afab5p-2, 0x1.3270a998a240bp-2);
    return fma_f64(s, others, k * all_f64(LN2));
}

static inline v_f64 arc_cosh_rough(v_f64 x)
{
    return log_rough(x + sqrt_f64(fma_f64(x, x, all_f64(-1))));
}

/* This holds where x is 2^-13 or more; below that the sum is too near 1. */
static inline v_f64 arc_sinh_rough(v_f64 x)
{
    const v_f64 root = sqrt_f64(fma_f64(x, x, all_f64(1)));
    return copysign_f64(log_rough(abs_f64(x) + root), x);
}

/* Returns cosh(k ln 2 + r).  Results for large x are infinite in float. */
static inline v_f64 cosh_rough(v_f64 given)
{
    const v_f64 size = abs_f64(given), most = all_f64(100);
    const v_f64 x = select_f64(less_f64(most, size), most, size);
    const v_f64 k = rint_f64(x * all_f64(1 / LN2)), r = fma_f64(-k, all_f64(LN2), x);
    const v_f64 square = r * r;
    const v_f64 even = POLYNOMIAL(square, 0x1.ffffffffa65c7p-1, 0x1.0000005d1883bp-1,
                                  0x1.555463a9ca599p-5, 0x1.6da820aa9c18cp-10);
    const v_f64 odd = POLYNOMIAL(square, 0x1.fffffffff60b8p-1, 0x1.5555557eb07e9p-3,
                                 0x1.1110a5b46901ap-7, 0x1.a17ea987d8dd3p-13);
    const v_f64 one = all_f64(1), up = power_of_two_f64(k - one);
    const v_f64 down = power_of_two_f64(-k - one);
    return fma_f64(up - down, odd * r, (up + down) * even);
}

IN_DOUBLE(arc_cosh_float, arc_cosh_rough)
IN_DOUBLE(arc_sinh_float, arc_sinh_rough)
IN_DOUBLE(cosh_float, cosh_rough)
#endif

#endif
