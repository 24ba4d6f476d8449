/*
 * power.c - powers.  Small exponents, as programs write them, are computed by products,
 * roots and a division, whether all elements have one exponent or each has its own.
 * All other powers are computed as in power_any.h.
 *
 * In float64 what rounding loses of a product is kept.  For float32, float64 holds it.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <math.h>

#  include "bits.h"
#  include "extended.h"
#  include "flags.h"
#  include "power_any.h"

/* -- float64: a number and what was lost of it --------------------------------------
 */

static inline struct dd one_over(struct dd a)
{
    const v_f64 one = all_f64(1), high = one / a.hi;
    const v_f64 rest = fma_f64(-high, a.hi, one) - high * a.lo;
    return (struct dd){high, high * rest};
}

static inline struct dd root(v_f64 x)
{
    const v_f64 high = sqrt_f64(x);
    return (struct dd){high, fma_f64(-high, high, x) / (high + high)};
}

/* A power of one half has no negative zero, and takes infinities of both signs
 * alike. */
static inline v_f64 for_root(v_f64 x)
{
    const v_f64 size = abs_f64(x);
    const m_f64 zero = equal_f64(size, all_f64(0));
    return select_f64(or_f64(zero, equal_f64(size, all_f64((double)INFINITY))), size,
                      x);
}

static __attribute__((noinline)) void one_power(double x, double y, double *z)
{
    /* The result goes through memory, so that the call stays between its flags. */
    *z = y == 0 ? 1 : y == 1 ? x : y == 2 ? x * x : y == -1 ? 1 / x : pow(x, y);
}

/* Computes the lanes of `odd` again, where the result, or what is lost of it, may not
 * be a normal number.  The product alone is right for zeros, infinities and NaNs, and
 * libm for all others. */
static __attribute__((noinline)) v_f64 mend(v_f64 x, v_f64 y, v_f64 r, unsigned odd,
                                            int *flags)
{
    double base[LANES_f64], exponent[LANES_f64], results[LANES_f64];
    store_f64(base, x);
    store_f64(exponent, y);
    store_f64(results, r);
    for (; odd; odd &= odd - 1) {
        const int k = __builtin_ctz(odd);
        if (base[k] == 0) {
            *flags |= exponent[k] < 0 ? FE_DIVBYZERO : 0;
        } else if (isnan(results[k])) {
            *flags |= isnan(base[k]) && !signalling_f64(bits_of_f64(base[k]))
                          ? 0
                          : FE_INVALID;
        } else if (!isinf(base[k])) {
            flags_set(*flags);
            one_power(base[k], exponent[k], &results[k]);
            *flags = fpu_get_flags();
        }
    }
    return load_f64(results);
}

static inline v_f64 rounded(struct dd r, v_f64 x, v_f64 y, int *flags)
{
    const v_f64 size = abs_f64(r.hi);
    const m_f64 normal =
        and_f64(less_f64(all_f64(0x1p-900), size), less_f64(size, all_f64(0x1p900)));
    const v_f64 whole = select_f64(normal, r.hi + r.lo, r.hi);
    const unsigned odd = ~bits_f64(normal) & ((1U << LANES_f64) - 1);
    if (odd) {
        return mend(x, y, whole, odd, flags);
    }
    return whole;
}

#  define EACH_F64(name, RESULT)                                                       \
    static void name##_f64(void *const *blocks, intptr_t n, struct work *work)         \
    {                                                                                  \
      const double *given = blocks[0];                                                 \
      double *z = blocks[2];                                                           \
      for (intptr_t i = 0; i < n; i += LANES_f64) {                                    \
        const v_f64 x = take_f64(given + i, n - i);                                    \
        (void)x;                                                                       \
        give_f64(z + i, n - i, RESULT);                                                \
      }                                                                                \
    }
/* LONGER formulas tell their flags themselves.  The other formulas raise flags by what
 * they compute. */
#  define LONGER_F64(name, y, RESULT)                                                  \
    EACH_F64(name, rounded(RESULT, x, all_f64(y), &work->flags))

/* Returns `x` as its own first power.  A signalling NaN raises invalid, and becomes
 * quiet. */
static inline v_f64 quiet(v_f64 x)
{
    const m_f64 number = equal_f64(x, x);
    const v_f64 nan = select_f64(number, all_f64(0), x);
    return select_f64(number, x, nan + nan);
}

LONGER_F64(minus_two, -2, one_over(square_of(x)))
EACH_F64(minus_one, all_f64(1) / x)
LONGER_F64(minus_half, -0.5, one_over(root(for_root(x))))
EACH_F64(zero, all_f64(1))
EACH_F64(half, sqrt_f64(for_root(x)))
EACH_F64(square_root, sqrt_f64(x))
EACH_F64(one, quiet(x))
EACH_F64(copy, x)
LONGER_F64(three_halves, 1.5, times(for_root(x), root(for_root(x))))
EACH_F64(two, x *x)
LONGER_F64(three, 3, times(x, square_of(x)))
LONGER_F64(four, 4, fourth_of(x))
LONGER_F64(five, 5, times(x, fourth_of(x)))
LONGER_F64(six, 6, product(square_of(x), fourth_of(x)))

/* -- float32: nothing overflows or vanishes in float64 ------------------------------
 */

static inline double wide_root(double x)
{
    const double size = fabs(x);
    return sqrt(x + x == x ? size : x);
}

static inline float quiet_float(float x)
{
    const float nan = x == x ? 0 : x;
    return x == x ? x : nan + nan;
}

#  define EACH_F32(name, RESULT)                                                       \
    static void name##_f32(void *const *blocks, intptr_t n, struct work *work)         \
    {                                                                                  \
      const float *given = blocks[0];                                                  \
      float *z = blocks[2];                                                            \
      INDEPENDENT                                                                      \
      for (intptr_t i = 0; i < n; i++) {                                               \
        const float x = given[i];                                                      \
        const double d = (double)x, dd = d * d;                                        \
        (void)x, (void)dd;                                                             \
        z[i] = (float)(RESULT);                                                        \
      }                                                                                \
    }

EACH_F32(minus_two, 1 / dd)
EACH_F32(minus_one, 1 / x)
EACH_F32(minus_half, 1 / wide_root(d))
EACH_F32(zero, 1)
EACH_F32(half, wide_root(d))
EACH_F32(square_root, sqrtf(x))
EACH_F32(one, quiet_float(x))
EACH_F32(copy, x)
EACH_F32(three_halves, fabs(d) * wide_root(d))
EACH_F32(two, x *x)
EACH_F32(three, d *dd)
EACH_F32(four, dd *dd)
EACH_F32(five, d *(dd *dd))
EACH_F32(six, dd *(dd *dd))

/* -- an exponent for each -----------------------------------------------------------
 */

/* Whole exponents by their binary digits, with the same products as above.  NaNs to the
 * power of zero are left out, because libm looks at the kind of NaN. */
struct digits {
    m_f64 used, odd, below_two, below_four;
};

static inline struct digits digits_of(v_f64 x, v_f64 e)
{
    const v_f64 two = all_f64(2), four = all_f64(4), size = abs_f64(e);
    const m_f64 near = and_f64(less_f64(all_f64(-3), e), less_f64(e, all_f64(7)));
    const m_f64 some =
        and_f64(near, or_f64(less_f64(all_f64(0), size), equal_f64(x, x)));
    struct digits d = {.used = and_f64(some, equal_f64(e, trunc_f64(e)))};
    d.below_four = less_f64(size, four);
    const v_f64 low = select_f64(d.below_four, size, size - four);
    d.below_two = less_f64(low, two);
    d.odd = equal_f64(select_f64(d.below_two, low, low - two), all_f64(1));
    return d;
}

static inline struct dd unless(m_f64 one, struct dd a)
{
    return (struct dd){select_f64(one, all_f64(1), a.hi),
                       select_f64(one, all_f64(0), a.lo)};
}

static void whole_f64(const double *x, const double *y, double *z, intptr_t n,
                      int *flags)
{
    for (intptr_t i = 0; i < n; i += LANES_f64) {
        const v_f64 given = take_f64(x + i, n - i), e = take_f64(y + i, n - i);
        const struct digits d = digits_of(given, e);
        if (!bits_f64(d.used)) {
            continue;
        }
        const v_f64 v = select_f64(d.used, given, all_f64(1));
        struct dd r = {select_f64(d.odd, v, all_f64(1)), all_f64(0)};
        r = product(r, unless(d.below_two, square_of(v)));
        r = product(r, unless(d.below_four, fourth_of(v)));
        const m_f64 negative = less_f64(e, all_f64(0));
        if (bits_f64(and_f64(d.used, negative))) {
            const struct dd inverse = one_over(r);
            r.hi = select_f64(negative, inverse.hi, r.hi);
            r.lo = select_f64(negative, inverse.lo, r.lo);
        }
        const v_f64 result = rounded(r, v, e, flags);
        give_f64(z + i, n - i, select_f64(d.used, result, take_f64(z + i, n - i)));
    }
}

static inline v_f64 whole_wide(v_f64 given, v_f64 e, v_f64 old)
{
    const v_f64 one = all_f64(1);
    const struct digits d = digits_of(given, e);
    const v_f64 x = select_f64(d.used, given, one), square = x * x;
    const v_f64 two = select_f64(d.below_two, one, square);
    const v_f64 four = select_f64(d.below_four, one, square * square);
    const v_f64 r = select_f64(d.odd, x, one) * (two * four);
    const m_f64 negative = less_f64(e, all_f64(0));
    v_f64 result = r;
    if (bits_f64(negative)) {
        result = select_f64(negative, one / select_f64(negative, r, one), r);
    }
    return select_f64(d.used, result, old);
}

/* Raises the flags that belong to the results, and no others. */
static void whole_f32(const float *x, const float *y, float *z, intptr_t n, int *flags)
{
    flags_set(*flags);
    for (intptr_t i = 0; i < n; i += LANES_f64) {
        const v_f64 v = take_wide(x + i, n - i), e = take_wide(y + i, n - i);
        give_narrow(z + i, n - i, whole_wide(v, e, take_wide(z + i, n - i)));
    }
    *flags = fpu_get_flags();
}

struct formula {
    double exponent;
    bool own_flags;
    body_function *body;
};

enum { FORMULAS = 11, EXACT = 5 };

#  define FORMULAS_OF(S, longer)                                                       \
    static const struct formula formulas_##S[FORMULAS] = {                             \
        {-2, longer, minus_two_##S},                                                   \
        {-1, false, minus_one_##S},                                                    \
        {-0.5, longer, minus_half_##S},                                                \
        {0.5, false, half_##S},                                                        \
        {1, false, one_##S},                                                           \
        {1.5, longer, three_halves_##S},                                               \
        {2, false, two_##S},                                                           \
        {3, longer, three_##S},                                                        \
        {4, longer, four_##S},                                                         \
        {5, longer, five_##S},                                                         \
        {6, longer, six_##S},                                                          \
    };

FORMULAS_OF(f64, true)
FORMULAS_OF(f32, false)

/*
 * NumPy >= 2.4 has exact operations for a loop in which all elements have one exponent.
 * The root of -inf is NaN there, the root of -0.0 is -0.0, and the first power of a
 * signalling NaN raises nothing.  In earlier versions of NumPy, and in float_power, a
 * scalar is no special case.
 */
#  define EXACT_OF(S)                                                                  \
    static const struct formula exact_##S[EXACT] =                                     \
        {                                                                              \
            {-1, false, minus_one_##S},    {0, false, zero_##S},                       \
            {0.5, false, square_root_##S}, {1, false, copy_##S},                       \
            {2, false, two_##S},                                                       \
    };

EXACT_OF(f64)
EXACT_OF(f32)

#  define T double
#  define OF(name) name##_f64
#  include "power_template.h"

#  define T float
#  define OF(name) name##_f32
#  include "power_template.h"

#  define POWER_KERNEL(name, S)                                                        \
    void KERNEL(name)(char **args, const intptr_t *n, const intptr_t *steps,           \
                      void *data)                                                      \
    {                                                                                  \
      power_##S(args, *n, steps, data);                                                \
    }

POWER_KERNEL(power_f64, f64)
POWER_KERNEL(power_f32, f32)
POWER_KERNEL(float_power_f64, f64)
#endif
