/*
 * division_template.h - fmod, and Python's remainder and floor division, in one vector.
 * A template: division.c and half_division.c include it once for each type.
 *
 * Where the quotient is below 2^(digits - 1), its integral part q is at most one too
 * large, because division rounds.  x - q y is exact in one fused operation, and its
 * sign tells whether q is too large.  Lanes that are not ordinary (large quotients,
 * zeros, infinities, NaNs, results that underflow) are computed again one by one by
 * libm, with the flags that belong to them.  All other lanes raise no flag.
 *
 * T: the type.  OF(name): the name that is this type's, as name_f64.  LIBM(name): that
 * of libm's function.  Quotients from LARGEST on, and up to LEAST, are not ordinary.
 */
#define V OF(v)
#define M OF(m)

/* `rest` is the remainder, `modulo` Python's remainder, `floored` Python's quotient. */
struct OF(division) {
    V rest, modulo, floored;
    M ordinary;
};

/* Divides one vector by another. */
static inline struct OF(division) OF(divide)(V x, V y)
{
    struct OF(division) result;
    const V zero = OF(all)(0), one = OF(all)(1);
    const V quotient = x / y, size = OF(abs)(quotient);
    const V near = OF(fma)(-OF(trunc)(quotient), y, x);
    const M x_negative = OF(less)(x, zero), y_negative = OF(less)(y, zero);
    const M too_far = OF(or)(OF(and)(x_negative, OF(less)(zero, near)),
                             OF(and)(OF(less)(zero, x), OF(less)(near, zero)));
    const V back = near + OF(copysign)(OF(abs)(y), x);
    result.rest = OF(copysign)(OF(select)(too_far, back, near), x);

    /* Python's remainder has the divisor's sign, not the dividend's. */
    const M is_zero = OF(equal)(result.rest, zero);
    const M other_sign = OF(differ)(y_negative, OF(less)(result.rest, zero));
    const V moved = OF(select)(other_sign, result.rest + y, result.rest);
    result.modulo = OF(select)(is_zero, OF(copysign)(zero, y), moved);

    const V exact = (x - result.rest) / y;
    const V less = OF(select)(other_sign, exact - one, exact);
    const V whole = OF(select)(is_zero, exact, less), below = OF(floor)(whole);
    const M up = OF(less)(OF(all)((T)0.5), whole - below);
    result.floored = OF(select)(OF(equal)(whole, zero), OF(copysign)(zero, quotient),
                                OF(select)(up, below + one, below));

    const M known = OF(or)(OF(less)(OF(all)(LEAST), size), OF(equal)(x, zero));
    result.ordinary =
        OF(and)(OF(and)(OF(less)(OF(abs)(y), OF(all)((T)INFINITY)), known),
                OF(less)(size, OF(all)(LARGEST)));
    return result;
}

/* The functions below compute one element.  They store it in memory, so that no
 * operation of theirs is moved to a place where the flags belong to others. */
static T OF(one_modulo)(T rest, T y)
{
    const bool other_sign = isless(y, 0) != isless(rest, 0);
    return rest == 0 ? LIBM(copysign)(0, y) : other_sign ? rest + y : rest;
}

static __attribute__((noinline)) void OF(one_rest)(T x, T y, T *z)
{
    *z = LIBM(fmod)(x, y);
}

static __attribute__((noinline)) void OF(one_remainder)(T x, T y, T *z)
{
    *z = LIBM(fmod)(x, y);
    if (y != 0) {
        *z = OF(one_modulo)(*z, y);
    }
}

static __attribute__((noinline)) void OF(one_floored)(T x, T y, T *z)
{
    if (y == 0) {
        *z = x / y;
        return;
    }
    const T rest = LIBM(fmod)(x, y);
    T whole = (x - rest) / y;
    if (rest != 0 && isless(y, 0) != isless(rest, 0)) {
        whole -= 1;
    }
    const T below = LIBM(floor)(whole);
    *z = whole == 0                         ? LIBM(copysign)(0, x / y)
         : isgreater(whole - below, (T)0.5) ? below + 1
                                            : below;
}

#undef T
#undef OF
#undef LIBM
#undef LARGEST
#undef LEAST
#undef V
#undef M
