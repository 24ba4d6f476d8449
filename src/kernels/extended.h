/*
 * extended.h - products of numbers with what rounding lost of them, as vectors of
 * double (T. J. Dekker, A floating-point technique for extending the available
 * precision, 1971).
 */
#ifndef NPP_KERNELS_EXTENDED_H
#define NPP_KERNELS_EXTENDED_H

#include "double_double.h"

static inline struct dd product(struct dd a, struct dd b)
{
    const struct dd p = dd_product(a.hi, b.hi);
    return (struct dd){p.hi, fma_f64(a.lo, b.hi, fma_f64(a.hi, b.lo, p.lo))};
}

static inline struct dd square_of(v_f64 x)
{
    return dd_product(x, x);
}

static inline struct dd fourth_of(v_f64 x)
{
    return product(square_of(x), square_of(x));
}

static inline struct dd times(v_f64 x, struct dd a)
{
    return product((struct dd){x, all_f64(0)}, a);
}

#endif
