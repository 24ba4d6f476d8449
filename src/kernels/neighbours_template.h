/*
 * neighbours_template.h - the neighbours of numbers of one type.  A template:
 * neighbours.c includes it once for each type.
 *
 * T: the type.  U: the unsigned integer of its bits.  OF(name): the name that is this
 * type's, as name_f64.  BODY(name): that of a loop's body, as name_f64_body.
 */

/* Maps bits to integers in the order of the numbers; both zeros become one. */
static inline U OF(order)(U bits)
{
    const U size = bits & ~OF(SIGN);
    return (bits & OF(SIGN) ? (U)0 - size : size) + OF(SIGN);
}

static inline void BODY(nextafter)(const T *x, const T *y, T *z, intptr_t n, int *flags)
{
    U tiny = 0, large = 0, loud = 0;
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const U a = OF(bits_of)(x[i]), b = OF(bits_of)(y[i]);
        const U size = a & ~OF(SIGN), other = b & ~OF(SIGN);
        const U up = OF(order)(a) < OF(order)(b) ? 1 : 0;
        const U outwards = (a >> (sizeof(U) * 8 - 1) ^ 1) == up ? 1 : 0;
        const U moved = (outwards ? size + 1 : size - 1) | (a & OF(SIGN));
        const U from_zero = (b & OF(SIGN)) | 1;
        const U next = size == 0 ? from_zero : moved;
        const U same = OF(order)(a) == OF(order)(b) ? 1 : 0;
        const U nan = size > OF(INF) || other > OF(INF) ? 1 : 0;
        const U result = same ? b : next;
        loud |= OF(signalling)(a) | OF(signalling)(b);
        const U r = result & ~OF(SIGN);
        tiny += (U)(r < OF(NORMAL)) & (same ^ 1) & (nan ^ 1);
        large += (U)(r == OF(INF)) & (U)(size < OF(INF)) & (nan ^ 1);
        /* A NaN comes through; of two NaNs the first one. */
        z[i] = OF(of_bits)(nan ? (size > OF(INF) ? a : b) | OF(QUIET) : result);
    }
    *flags |= (tiny ? FE_UNDERFLOW : 0) | (large ? FE_OVERFLOW : 0);
    *flags |= loud ? FE_INVALID : 0;
}
BINARY_LOOP_WITH_FLAGS(OF(nextafter), T, T, T)

static inline void BODY(spacing)(const T *x, T *z, intptr_t n, int *flags)
{
    const T unit = OF(of_bits)((U)(OF(BIAS) - OF(MANTISSA)) << OF(MANTISSA));
    U tiny = 0, large = 0, loud = 0;
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const U a = OF(bits_of)(x[i]), size = a & ~OF(SIGN);
        const U exponent = size & OF(INF), last = OF(INF) - 1;
        const U power = exponent | (OF(NORMAL) & ~OF(nonzero)(exponent));
        const U finite = power | (OF(INF) & ~OF(nonzero)(size ^ last));
        const U none = OF(is_nan)(size + 1), nan = OF(is_nan)(size);
        /* The spacing is away from zero, and from either zero upwards. */
        const U last_tiny = OF(NORMAL) - 1, sign = a & OF(SIGN) & OF(nonzero)(size);
        /* The highest bit tells: with comparisons, gcc makes branches of all this. */
        tiny |= (size - last_tiny) & (0 - size);
        large |= (size ^ last) - 1;
        loud |= OF(signalling)(a);
        /* The gap is exact, also where it is less than normal. */
        const U gap = OF(bits_of)(OF(of_bits)(finite | sign) * unit);
        /* Infinity has no spacing; a NaN comes through. */
        z[i] = OF(of_bits)(OF(pick)(none, OF(pick)(nan, a | OF(QUIET), OF(NAN)), gap));
    }
    *flags |=
        (tiny & OF(SIGN) ? FE_UNDERFLOW : 0) | (large & OF(SIGN) ? FE_OVERFLOW : 0);
    *flags |= loud ? FE_INVALID : 0;
}
UNARY_LOOP_WITH_FLAGS(OF(spacing), T, T)

#undef T
#undef U
#undef OF
#undef BODY
