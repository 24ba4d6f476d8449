/*
 * logaddexp.c - log(e^x + e^y), and the same of powers of two.
 *
 * The result is m + log(1 + w), where m is the larger number and w the exponential of
 * minus the difference.  It is computed by series with an error of some units of the
 * logarithm, which are few units of a result that is eight times as large.  Other
 * results are computed again with what rounding lost in a second number, with an error
 * of some 2^-57 of the logarithm.  Where m nearly cancels the logarithm, e^x + e^y - 1
 * is computed to 2^-100 first.  float32 is computed in float64.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <math.h>

#  include "exp_log.h"
#  include "extended.h"
#  include "flags.h"

enum base { BASE_E, BASE_TWO };

/* ln(2) minus LN2_FIRST and LN2_SECOND. */
#  define LN2_THIRD (-0x1.9ff0342542fc3p-90)

/* 1/n! to 2^-106; those from FACTORIALS_HIGH on need no second number. */
enum { FACTORIALS_HIGH = 14, FACTORIALS = 23 };
static const struct {
    double hi, lo;
} one_over_factorial[FACTORIALS + 1] = {
    {1, 0},
    {1, 0},
    {0x1p-1, 0},
    {0x1.5555555555555p-3, 0x1.5555555555555p-57},
    {0x1.5555555555555p-5, 0x1.5555555555555p-59},
    {0x1.1111111111111p-7, 0x1.1111111111111p-63},
    {0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65},
    {0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-73},
    {0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-76},
    {0x1.71de3a556c734p-19, -0x1.c154f8ddc6c00p-73},
    {0x1.27e4fb7789f5cp-22, 0x1.cbbc05b4fa99ap-76},
    {0x1.ae64567f544e4p-26, -0x1.c062e06d1f209p-80},
    {0x1.1eed8eff8d898p-29, -0x1.2aec959e14c06p-83},
    {0x1.6124613a86d09p-33, 0x1.f28e0cc748ebep-87},
    {0x1.93974a8c07c9dp-37, 0},
    {0x1.ae7f3e733b81fp-41, 0},
    {0x1.ae7f3e733b81fp-45, 0},
    {0x1.952c77030ad4ap-49, 0},
    {0x1.6827863b97d97p-53, 0},
    {0x1.2f49b46814157p-57, 0},
    {0x1.e542ba4020225p-62, 0},
    {0x1.71b8ef6dcf572p-66, 0},
    {0x1.0ce396db7f853p-70, 0},
    {0x1.761b41316381ap-75, 0},
};

static inline struct dd one_number(v_f64 x)
{
    return (struct dd){x, all_f64(0)};
}

/* Returns the nearest exponent of two, and in `rest` what is left, as a power of e. */
static inline v_f64 split(v_f64 x, enum base base, struct dd *rest)
{
    const v_f64 magic = all_f64(0x1.8p52);
    const v_f64 scaled = x * all_f64(base == BASE_E ? LOG2_E : 1);
    const v_f64 k = (scaled + magic) - magic;
    if (base == BASE_E) {
        const v_f64 first = fma_f64(k, all_f64(-LN2_FIRST), x);
        *rest = dd_sum(first, k * all_f64(-LN2_SECOND));
        rest->lo = fma_f64(k, all_f64(-LN2_THIRD), rest->lo);
    } else {
        const struct dd ln2 = {all_f64(LN2), all_f64(LN2_LOW)};
        *rest = product(one_number(x - k), ln2);
    }
    return k;
}

/* Returns the logarithm of 1 + w, without the multiple of ln(2) that `halved` says. */
static inline struct dd logarithm(struct dd w, m_f64 halved)
{
    const v_f64 one = all_f64(1), two = all_f64(2), zero = all_f64(0);
    const v_f64 less = select_f64(halved, one, zero);
    const v_f64 more = select_f64(halved, all_f64(3), two);
    const v_f64 n = w.hi - less, d = w.hi + more;
    const v_f64 n_low = (w.hi - (n + less)) + w.lo;
    const v_f64 d_low = (w.hi - (d - more)) + w.lo;
    const v_f64 inverse = one / d, u = n * inverse;
    const v_f64 u_low = (fma_f64(-u, d, n) + fma_f64(-u, d_low, n_low)) * inverse;
    const v_f64 z = u * u;
    /* 2 atanh(u) */
    const v_f64 rest = atanh_others(z);
    return (struct dd){u + u, fma_f64(rest * z, u, u_low + u_low)};
}

static inline struct dd in_base(struct dd a, enum base base)
{
    const struct dd log2e = {all_f64(LOG2_E), all_f64(LOG2_E_LOW)};
    return base == BASE_E ? a : product(a, log2e);
}

/* Computes e^x - 1 (`less_one`) and e^x (`whole`), exact to some 2^-100 of either. */
static inline void exponentials(v_f64 x, enum base base, struct dd *less_one,
                                struct dd *whole)
{
    struct dd r;
    const v_f64 k = split(x, base, &r), scale = power_of_two_f64(k);
    v_f64 tail = all_f64(one_over_factorial[FACTORIALS].hi);
    for (int n = FACTORIALS - 1; n >= FACTORIALS_HIGH; n--) {
        tail = fma_f64(tail, r.hi, all_f64(one_over_factorial[n].hi));
    }
    r = dd_fast_sum(r.hi, r.lo);
    struct dd series = one_number(tail);
    for (int n = FACTORIALS_HIGH - 1; n >= 1; n--) {
        const struct dd more = product(series, r);
        /* Each term is larger than all that follow it. */
        series = dd_fast_sum(all_f64(one_over_factorial[n].hi), more.hi);
        series.lo += more.lo + all_f64(one_over_factorial[n].lo);
    }
    series = product(series, r);
    series = dd_fast_sum(series.hi, series.lo);
    const struct dd scaled = {series.hi * scale, series.lo * scale};
    *less_one = dd_add(dd_sum(scale, all_f64(-1)), scaled);
    *whole = dd_add(one_number(scale), scaled);
}

static __attribute__((noinline)) v_f64 cancelled(v_f64 m, v_f64 other, enum base base)
{
    struct dd first, second, unused;
    exponentials(m, base, &first, &unused);
    exponentials(other, base, &unused, &second);
    const struct dd log =
        in_base(logarithm(dd_add(first, second), less_f64(m, m)), base);
    return log.hi + log.lo;
}

/* Returns the result for numbers that are far apart.  Only an `m` that is next to
 * nothing notices the other number. */
static __attribute__((noinline)) v_f64 far_apart(v_f64 m, v_f64 size, enum base base)
{
    double larger[LANES_f64], apart[LANES_f64];
    store_f64(larger, m);
    store_f64(apart, size);
    for (int k = 0; k < LANES_f64; k++) {
        larger[k] += base == BASE_E ? exp(-apart[k]) : LOG2_E * exp2(-apart[k]);
    }
    return load_f64(larger);
}

/* How much of the logarithm may cancel.  2^-57 of the logarithm is lost. */
#  define ENOUGH 3

/* Returns the result for `m` and `other`, which is smaller. */
static __attribute__((noinline)) v_f64 sum_of_powers(v_f64 m, v_f64 other,
                                                     enum base base)
{
    const v_f64 zero = all_f64(0);
    const struct dd difference = dd_sum(other, -m);
    struct dd r;
    const v_f64 k = split(difference.hi, base, &r), scale = power_of_two_f64(k);
    const v_f64 lost = difference.lo * all_f64(base == BASE_E ? 1 : LN2);
    r.lo += lost;
    struct dd w = exp_small(r);
    w.hi *= scale;
    w.lo *= scale;
    const m_f64 halved = less_f64(all_f64(0.4140625), w.hi);
    const struct dd log = in_base(logarithm(w, halved), base);
    const v_f64 one_half = select_f64(halved, all_f64(base == BASE_E ? LN2 : 1), zero);
    const v_f64 one_half_low =
        select_f64(halved, all_f64(base == BASE_E ? LN2_LOW : 0), zero);
    const struct dd part = dd_fast_sum(one_half, log.hi);
    const struct dd total = dd_sum(m, part.hi);
    const v_f64 result = total.hi + (total.lo + (part.lo + (log.lo + one_half_low)));
    const m_f64 near = less_f64(abs_f64(result) * all_f64(ENOUGH), part.hi);
    return bits_f64(near) ? select_f64(near, cancelled(m, other, base), result)
                          : result;
}

enum type { DOUBLES, FLOATS };

/* Up to this difference the series below are right. */
static inline double limit_of(enum base base)
{
    return base == BASE_E ? 700 : 1000;
}

/* `m` is the larger number, `w` the exponential of minus the difference (a NaN where
 * that is beyond the limit). */
struct sum {
    v_f64 m, w;
};

static inline struct sum sum_of(v_f64 x, v_f64 y, enum base base, enum type type,
                                int *flags)
{
    const bool of_e = base == BASE_E;
    const m_f64 is_less = less_f64(x, y);
    const v_f64 m = select_f64(is_less, y, x);
    const struct dd difference = dd_sum(select_f64(is_less, x, y), -m);
    const v_f64 size = -difference.hi;
    /* The flag of the exponential that NumPy computes, if the difference is finite. */
    const m_f64 large = less_f64(all_f64(of_e ? 0x1.5d589ep6 : 126), size);
    const m_f64 finite = less_f64(size, all_f64((double)INFINITY));
    if (type == FLOATS && bits_f64(large) && bits_f64(and_f64(large, finite))) {
        *flags |= FE_UNDERFLOW;
    }
    const v_f64 k = rint_f64(difference.hi * all_f64(of_e ? LOG2_E : 1));
    const v_f64 ln2 = all_f64(of_e ? LN2_FIRST : 1); /* the next is exact */
    const v_f64 first = fma_f64(-k, ln2, difference.hi);
    const v_f64 second = first * all_f64(of_e ? 1 : LN2);
    const v_f64 r = of_e ? fma_f64(k, all_f64(-LN2_SECOND), second) : second;
    const v_f64 others = POLYNOMIAL_SPLIT(r, 0x1.0000000000001p-1, 0x1.5555555555556p-3,
                                          0x1.5555555553d37p-5, 0x1.11111111109a6p-7,
                                          0x1.6c16c1789d1d7p-10, 0x1.a01a01a7cebcdp-13,
                                          0x1.a019b8ca26fcfp-16, 0x1.71de0d85293b8p-19,
                                          0x1.2891d4ffbb0f9p-22, 0x1.af390ba7e6f47p-26);
    const v_f64 scale = power_of_two_f64(k);
    const v_f64 power = fma_f64(scale, fma_f64(r * r, others, r), scale);
    const v_f64 lost = difference.lo * all_f64(of_e ? 1 : LN2);
    const m_f64 ordinary = less_f64(size, all_f64(limit_of(base)));
    const v_f64 w = fma_f64(power, lost, power);
    return (struct sum){m, select_f64(ordinary, w, all_f64((double)NAN))};
}

/* Returns m + log(1 + w), the logarithm with an error of some 3 units.  These are few
 * units where the result is 8 times as large; a result of float may be smaller than the
 * logarithm by a factor of 2^24.  `holds` tells where that is so. */
static inline v_f64 log_of(struct sum sum, enum base base, enum type type, m_f64 *holds)
{
    const double enough = type == FLOATS ? 0x1p24 : 0x1p-3;
    const v_f64 s = sum.w / (sum.w + all_f64(2)), square = s * s;
    const v_f64 others = POLYNOMIAL_SPLIT(
        square, 0x1.5555555555571p-1, 0x1.9999999986411p-2, 0x1.24924936a674ep-2,
        0x1.c71c64ce7c491p-3, 0x1.745f69c23d592p-3, 0x1.3ad83c421c2e9p-3,
        0x1.1487294ad8da8p-3, 0x1.a6d10853dff56p-4, 0x1.59830f20005eep-3);
    /* The other base needs no further rounding. */
    const bool of_e = base == BASE_E;
    const v_f64 cubic = s * square * all_f64(of_e ? 1 : LOG2_E);
    const v_f64 twice = s * all_f64(of_e ? 2 : 2 * LOG2_E_LOW);
    const v_f64 rest = fma_f64(cubic, others, twice);
    const v_f64 part = of_e ? rest : fma_f64(s, all_f64(2 * LOG2_E), rest);
    const v_f64 result = sum.m + part;
    *holds = less_f64(part, abs_f64(result) * all_f64(enough));
    return result;
}

/* Returns `result` with the lanes that do not hold computed again. */
static __attribute__((noinline)) v_f64 others_of(v_f64 x, v_f64 y, v_f64 result,
                                                 m_f64 holds, enum base base,
                                                 enum type type, int *flags)
{
    /* A difference from `largest` on overflows. */
    const double largest = type == DOUBLES ? (double)INFINITY : 0x1.ffffffp127;
    const v_f64 zero = all_f64(0), infinity = all_f64((double)INFINITY);
    const unsigned lanes = (1U << LANES_f64) - 1;
    const m_f64 is_less = less_f64(x, y);
    const v_f64 m = select_f64(is_less, y, x), other = select_f64(is_less, x, y);
    const v_f64 size = m - other;
    const m_f64 ordinary = less_f64(size, all_f64(limit_of(base)));
    const m_f64 cancels = and_f64(ordinary, not_f64(holds));
    if (bits_f64(cancels)) {
        const v_f64 larger = select_f64(cancels, m, zero);
        const v_f64 smaller = select_f64(cancels, other, zero);
        const v_f64 better = type == DOUBLES ? sum_of_powers(larger, smaller, base)
                                             : cancelled(larger, smaller, base);
        result = select_f64(cancels, better, result);
    }
    if (bits_f64(ordinary) == lanes) {
        return result;
    }
    const v_f64 most = all_f64(base == BASE_E ? 0x1.6232bdd7abcd2p9 : 1022);
    const m_f64 vanishes = and_f64(less_f64(most, size), less_f64(size, infinity));
    if (type == DOUBLES && bits_f64(vanishes)) {
        *flags |= FE_UNDERFLOW; /* as for float above */
    }
    const m_f64 same = equal_f64(x, y), number = equal_f64(size, size);
    const m_f64 tiny =
        and_f64(less_f64(abs_f64(m), all_f64(0x1p-900)), less_f64(size, all_f64(1100)));
    v_f64 beyond = m + zero;
    if (bits_f64(tiny) & ~bits_f64(ordinary)) {
        beyond = select_f64(tiny, far_apart(m, size, base), beyond);
    }
    const v_f64 larger = select_f64(same, x, select_f64(number, beyond, x + y));
    const m_f64 finite =
        and_f64(less_f64(abs_f64(x), infinity), less_f64(abs_f64(y), infinity));
    if (bits_f64(and_f64(finite, not_f64(less_f64(size, all_f64(largest)))))) {
        *flags |= FE_OVERFLOW; /* the difference overflows */
    }
    if (bits_f64(or_f64(same, number)) != lanes) {
        *flags |= FE_INVALID; /* NumPy compares the NaNs */
    }
    return select_f64(ordinary, result, larger);
}

/* The exponentials of this many vectors are computed before their logarithms.  Both for
 * one vector are a chain of operations that is longer than a core looks ahead. */
enum { TOGETHER = 8 };

#  define LOG_ADD_EXP_OF(name, S, T, TAKE, GIVE, base, type)                           \
    static inline void name##_##S##_body(const T *x, const T *y, T *z, intptr_t n,     \
                                         int *flags)                                   \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += (intptr_t)TOGETHER * LANES_f64) {               \
        struct sum sums[TOGETHER];                                                     \
        const intptr_t some = (intptr_t)TOGETHER * LANES_f64;                          \
        const intptr_t end = n - i < some ? n : i + some;                              \
        struct sum *sum = sums;                                                        \
        for (intptr_t j = i; j < end; j += LANES_f64) {                                \
          *sum++ = sum_of(TAKE(x + j, n - j), TAKE(y + j, n - j), base, type, flags);  \
        }                                                                              \
        sum = sums;                                                                    \
        for (intptr_t j = i; j < end; j += LANES_f64) {                                \
          m_f64 holds;                                                                 \
          v_f64 r = log_of(*sum++, base, type, &holds);                                \
          if (bits_f64(holds) != (1U << LANES_f64) - 1) {                              \
            r = others_of(TAKE(x + j, n - j), TAKE(y + j, n - j), r, holds, base,      \
                          type, flags);                                                \
          }                                                                            \
          GIVE(z + j, n - j, r);                                                       \
        }                                                                              \
      }                                                                                \
    }                                                                                  \
    BINARY_LOOP_WITH_FLAGS(name##_##S, T, T, T)

#  define LOG_ADD_EXP(name, base)                                                      \
    LOG_ADD_EXP_OF(name, f64, double, take_f64, give_f64, base, DOUBLES)               \
    LOG_ADD_EXP_OF(name, f32, float, take_wide, give_narrow, base, FLOATS)

LOG_ADD_EXP(logaddexp, BASE_E)
LOG_ADD_EXP(logaddexp2, BASE_TWO)
#endif
