/*
 * extremes_kinds_template.h - whether the order decides which of several zeros, or
 * NaNs, an extreme is.  A template: extremes.c includes it once for each type.
 *
 * The order does, unless all of them have the same bits.  (NumPy's loops put the usual
 * NaN in the place of other NaNs, or not, depending on the way they take, so there must
 * be no other NaNs.)  This is computed in integers, whose first bit tells, because any
 * x86-64 has vectors of integers.
 *
 * U: the unsigned integer of the type's bits.  OF(name): the name that is this type's,
 * as name_f64.  SIGN, INFINITE, USUAL: the bits of -0.0, of infinity, and of the usual
 * NaN.
 */

static inline U OF(other_zero)(U x, U bits)
{
    const U v = (U)(x ^ bits ^ SIGN); /* 0 if it is the other zero */
    return (U)((U)(v - 1) & (U)~v);
}

static inline U OF(other_nan)(U x, U bits)
{
    const U v = (U)(x ^ bits);
    return (U)((U)(INFINITE - (U)(x & (U)~SIGN)) & (U)(v | (U)(0 - v)));
}

static U OF(others)(const U *x, intptr_t n, U bits)
{
    U found = 0;
    if ((bits & (U)~SIGN) == 0) {
        for (intptr_t i = 0; i < n; i++) {
            found |= OF(other_zero)(x[i], bits);
        }
    } else {
        for (intptr_t i = 0; i < n; i++) {
            found |= OF(other_nan)(x[i], bits);
        }
    }
    return found & SIGN;
}

static enum kinds OF(kinds)(const char *in, intptr_t n, intptr_t from,
                            const char *extreme)
{
    U bits, found = 0;
    memcpy(&bits, extreme, sizeof bits);
    const U size = bits & (U)~SIGN;
    if (size != 0 && size <= INFINITE) {
        return KINDS_NONE;
    }
    if (size != 0 && bits != USUAL) {
        return KINDS_SEVERAL;
    }
    if (from == (intptr_t)sizeof(U)) {
        found = OF(others)((const U *)in, n, bits);
        n = 0;
    }
    for (intptr_t i = 0; i < n; i++, in += from) {
        U x;
        memcpy(&x, in, sizeof x);
        found |= OF(others)(&x, 1, bits);
    }
    return found ? KINDS_SEVERAL : KINDS_ONE;
}

static bool OF(signalling)(const char *in, intptr_t n, intptr_t from)
{
    U found = 0;
    for (intptr_t i = 0; i < n; i++, in += from) {
        U x;
        memcpy(&x, in, sizeof x);
        const U size = x & (U)~SIGN;
        found |= (U)((U)(INFINITE - size) & (U)(size - USUAL));
    }
    return (found & SIGN) != 0;
}

#undef U
#undef OF
#undef SIGN
#undef INFINITE
#undef USUAL
