/*
 * extended.h - a number and what rounding lost of it, as vectors of double (T. J.
 * Dekker, A floating-point technique for extending the available precision, 1971).
 */
#ifndef NPP_KERNELS_EXTENDED_H
#define NPP_KERNELS_EXTENDED_H

#include "lanes.h"

struct extended {
    v_f64 high, low;
};

static inline struct extended product(struct extended a, struct extended b)
{
    const v_f64 high = a.high * b.high, lost = fma_f64(a.high, b.high, -high);
    return (struct extended){high,
                             fma_f64(a.low, b.high, fma_f64(a.high, b.low, lost))};
}

static inline struct extended square_of(v_f64 x)
{
    const v_f64 high = x * x;
    return (struct extended){high, fma_f64(x, x, -high)};
}

static inline struct extended fourth_of(v_f64 x)
{
    return product(square_of(x), square_of(x));
}

static inline struct extended times(v_f64 x, struct extended a)
{
    return product((struct extended){x, all_f64(0)}, a);
}

/* a + b, exactly; quick_sum if a is not the smaller one. */
static inline struct extended quick_sum(v_f64 a, v_f64 b)
{
    const v_f64 high = a + b;
    return (struct extended){high, b - (high - a)};
}

static inline struct extended sum(v_f64 a, v_f64 b)
{
    const v_f64 high = a + b, of_b = high - a;
    return (struct extended){high, (a - (high - of_b)) + (b - of_b)};
}

static inline struct extended sum_of(struct extended a, struct extended b)
{
    const struct extended s = sum(a.high, b.high), t = sum(a.low, b.low);
    const struct extended u = quick_sum(s.high, s.low + t.high);
    return quick_sum(u.high, u.low + t.low);
}

#endif
