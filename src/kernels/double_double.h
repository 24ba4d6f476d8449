/*
 * double_double.h - vectors of numbers that are the sum of two doubles.  The second
 * double is at most a rounding error of the first.  Each operation has a relative error
 * of some 2^-100 (Joldes, Muller, Popescu, "Tight and rigorous error bounds for basic
 * building blocks of double-word arithmetic", ACM TOMS 44, 2017).
 */
#ifndef NPP_KERNELS_DOUBLE_DOUBLE_H
#define NPP_KERNELS_DOUBLE_DOUBLE_H

#include "lanes.h"

#ifdef NPP_LANES
struct dd {
    v_f64 hi, lo;
};

/* Returns a + b exactly.  The caller guarantees that `a` is the larger in size, or
 * zero. */
static inline struct dd dd_fast_sum(v_f64 a, v_f64 b)
{
    const v_f64 sum = a + b;
    return (struct dd){sum, b - (sum - a)};
}

/* Returns a + b exactly. */
static inline struct dd dd_sum(v_f64 a, v_f64 b)
{
    const v_f64 sum = a + b, back = sum - a;
    return (struct dd){sum, (a - (sum - back)) + (b - back)};
}

/* Returns a * b exactly. */
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

/* Returns a * `power`, where `power` is a power of two. */
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

/* Returns the square root of `a`, which must not be zero. */
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

/* Returns the product as one double.  A zero has the sign of the first factor times the
 * sign of the second. */
static inline v_f64 dd_multiplied(struct dd a, struct dd b)
{
    const struct dd product = dd_multiply(a, b);
    return copysign_f64(product.hi, a.hi * b.hi);
}
#endif

#endif
