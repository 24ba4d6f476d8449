/*
 * double_double.h - vectors of numbers that are the sum of two doubles, the second at
 * most a rounding error of the first: some 2^-100 of relative error in each operation
 * (Joldes, Muller, Popescu, "Tight and rigorous error bounds for basic building blocks
 * of double-word arithmetic", ACM TOMS 44, 2017).
 */
#ifndef NPP_KERNELS_DOUBLE_DOUBLE_H
#define NPP_KERNELS_DOUBLE_DOUBLE_H

#include "lanes.h"

#ifdef NPP_LANES
struct dd {
    v_f64 hi, lo;
};

/* Exact.  That a is the larger in size, or zero, is the caller's word. */
static inline struct dd dd_fast_sum(v_f64 a, v_f64 b)
{
    const v_f64 sum = a + b;
    return (struct dd){sum, b - (sum - a)};
}

/* Exact. */
static inline struct dd dd_sum(v_f64 a, v_f64 b)
{
    const v_f64 sum = a + b, back = sum - a;
    return (struct dd){sum, (a - (sum - back)) + (b - back)};
}

/* Exact. */
static inline struct dd dd_product(v_f64 a, v_f64 b)
{
    const v_f64 product = a * b;
    return (struct dd){product, fma_f64(a, b, -product)};
}

static inline struct dd dd_add(struct dd a, struct dd b)
{
    const struct dd high = dd_sum(a.hi, b.hi), low = dd_sum(a.lo, b.lo);
    const struct dd sum = dd_fast_sum(high.hi, high.lo + low.hi);
    return dd_fast_sum(sum.hi, sum.lo + low.lo);
}

static inline struct dd dd_negative(struct dd a)
{
    return (struct dd){-a.hi, -a.lo};
}

static inline struct dd dd_multiply(struct dd a, struct dd b)
{
    const struct dd product = dd_product(a.hi, b.hi);
    const v_f64 low = fma_f64(a.hi, b.lo, fma_f64(a.lo, b.hi, product.lo));
    return dd_fast_sum(product.hi, low);
}

/* By a power of two. */
static inline struct dd dd_scale(struct dd a, v_f64 power)
{
    return (struct dd){a.hi * power, a.lo * power};
}

static inline struct dd dd_divide(struct dd a, struct dd b)
{
    const v_f64 quotient = a.hi / b.hi;
    const v_f64 rest = fma_f64(-quotient, b.hi, a.hi);
    const v_f64 low = fma_f64(-quotient, b.lo, rest + a.lo) / b.hi;
    return dd_fast_sum(quotient, low);
}

/* Of what is not zero. */
static inline struct dd dd_sqrt(struct dd a)
{
    const v_f64 root = sqrt_f64(a.hi);
    const v_f64 rest = fma_f64(-root, root, a.hi);
    return dd_fast_sum(root, (rest + a.lo) / (root + root));
}

static inline struct dd dd_select(m_f64 m, struct dd a, struct dd b)
{
    return (struct dd){select_f64(m, a.hi, b.hi), select_f64(m, a.lo, b.lo)};
}

/* The one double; a zero has the sign of the first factor times the second's. */
static inline v_f64 dd_multiplied(struct dd a, struct dd b)
{
    const struct dd product = dd_multiply(a, b);
    return copysign_f64(product.hi, a.hi * b.hi);
}
#endif

#endif
