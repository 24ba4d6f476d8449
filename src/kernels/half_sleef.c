/*
 * half_sleef.c - float16: transcendental functions, in float32.
 *
 * A unit of float16 is 8192 units of float32.  So SLEEF's functions of 3.5 ULP are good
 * enough, a sum may cancel some bits, and a series of a small argument needs few terms.
 */
#include "half.h"

#include "lanes.h"

#ifdef NPP_LANES
#  include <math.h>
#  include <sleef.h>

#  include "log_float.h"

/* -- flags: put back, and raised by what the results say -----------------------------
 */

enum { ALL = (1U << LANES_f32) - 1 };

static inline bool all_normal(v_f32 r)
{
    const v_f32 size = abs_f32(r);
    const m_f32 large = not_f32(less_f32(size, all_f32(HALF_TOO_LARGE)));
    return !bits_f32(or_f32(large, less_f32(size, all_f32(HALF_NORMAL))));
}

static inline unsigned finite(v_f32 x)
{
    return bits_f32(less_f32(abs_f32(x), all_f32(INFINITY)));
}

static inline unsigned number(v_f32 x)
{
    return bits_f32(equal_f32(x, x));
}

/* Returns the flags of the results `r`.  In the lanes of `poles` infinity is exact; in
 * the lanes of `vanishes` zero is not. */
static int flags_of(v_f32 x, v_f32 y, v_f32 r, unsigned poles, unsigned vanishes)
{
    half halves[LANES_f16];
    store_f16(halves, r);
    const v_f32 size = abs_f32(r);
    const unsigned inexact = ~bits_f32(equal_f32(r, load_f16(halves)));
    const unsigned zero = bits_f32(equal_f32(r, all_f32(0)));
    const unsigned tiny = bits_f32(less_f32(size, all_f32(HALF_NORMAL)));
    const unsigned from_finite = finite(x) & finite(y) & number(r);
    const unsigned large =
        from_finite & ~bits_f32(less_f32(size, all_f32(HALF_TOO_LARGE)));
    const unsigned lost = from_finite & tiny & (inexact | (zero & vanishes));
    return (number(x) & number(y) & ~number(r) ? FE_INVALID : 0) |
           (large & poles ? FE_DIVBYZERO : 0) | (large & ~poles ? FE_OVERFLOW : 0) |
           (lost ? FE_UNDERFLOW : 0);
}

#  define HALF_FUNCTION(name, EXPRESSION, poles, vanishes)                             \
    static inline void name##_body(const half *x, half *z, intptr_t n, int *flags)     \
    {                                                                                  \
      *flags |= signalling(x, n);                                                      \
      for (intptr_t i = 0; i < n; i += LANES_f16) {                                    \
        const v_f32 a = take_f16(x + i, n - i), r = EXPRESSION;                        \
        give_f16(z + i, n - i, r);                                                     \
        if (!all_normal(r)) {                                                          \
          *flags |= flags_of(a, a, r, poles, vanishes);                                \
        }                                                                              \
      }                                                                                \
    }                                                                                  \
    UNARY_LOOP_WITH_FLAGS(name, half, half)

/* Stores libm's result for signalling NaNs.  It is NaN, also where any number would do
 * in place of a quiet NaN.  The conversion leaves no difference between the two. */
static __attribute__((noinline)) void answer_signals(const half *x, const half *y,
                                                     half *z, intptr_t n)
{
    for (intptr_t i = 0; i < n; i++) {
        z[i] = signalling(x + i, 1) || signalling(y + i, 1) ? HALF_NAN : z[i];
    }
}

#  define HALF_FUNCTION_OF_TWO(name, EXPRESSION, FLAGS)                                \
    static inline void name##_body(const half *x, const half *y, half *z, intptr_t n,  \
                                   int *flags)                                         \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_f16) {                                    \
        const v_f32 a = take_f16(x + i, n - i), b = take_f16(y + i, n - i);            \
        const v_f32 r = EXPRESSION;                                                    \
        give_f16(z + i, n - i, r);                                                     \
        if (!all_normal(r)) {                                                          \
          *flags |= FLAGS;                                                             \
        }                                                                              \
      }                                                                                \
      const int invalid = signalling(x, n) | signalling(y, n);                         \
      if (invalid) {                                                                   \
        *flags |= invalid;                                                             \
        answer_signals(x, y, z, n);                                                    \
      }                                                                                \
    }                                                                                  \
    BINARY_LOOP_WITH_FLAGS(name, half, half, half)

/* -- functions of one argument -------------------------------------------------------
 */

/* Returns `x` where it is small, else `r`.  There the cubic term of an odd function is
 * less than a unit of float32.  So the result is exact, as libm's is, where float16 is
 * less than normal. */
static inline v_f32 odd(v_f32 x, v_f32 r)
{
    return select_f32(less_f32(abs_f32(x), all_f32(0x1p-12F)), x, r);
}

/* Returns `series` where four terms of it leave 2^-20 of the result or less, else
 * `r`. */
static inline v_f32 series_or(v_f32 x, v_f32 series, v_f32 r)
{
    return select_f32(less_f32(abs_f32(x), all_f32(0x1p-5F)), series, r);
}

static inline v_f32 polynomial(v_f32 x, float a, float b, float c)
{
    const v_f32 inner = fma_f32(all_f32(c), x, all_f32(b));
    return fma_f32(fma_f32(inner, x, all_f32(a)), x, all_f32(1));
}

#  define LOG10_OF_E all_f32(0.43429448190325182765F)
#  define LOG2_OF_E all_f32(1.44269504088896340736F)

/* exp2 is used, because SLEEF's exp has 1.0 ULP, and takes longer. */
static inline v_f32 exp_of(v_f32 x)
{
    return SLEEF_f32(exp2, u35)(x * LOG2_OF_E);
}

static inline v_f32 expm1_of(v_f32 x)
{
    const v_f32 series = x * polynomial(x, 1 / 2.0F, 1 / 6.0F, 1 / 24.0F);
    return series_or(x, series, exp_of(x) - all_f32(1));
}

static inline v_f32 log1p_of(v_f32 x)
{
    const v_f32 series = x * polynomial(x, -1 / 2.0F, 1 / 3.0F, -1 / 4.0F);
    return series_or(x, series, SLEEF_f32(log, u35)(x + all_f32(1)));
}

/* SLEEF reduces angles in one of three ways, chosen by the largest angle in a vector.
 * Here a vector has angles of one way only, so that no result depends on its
 * neighbours. */
#  define IN_TIERS(name, function, NEAR)                                               \
    static inline v_f32 name##_of(v_f32 x)                                             \
    {                                                                                  \
      const v_f32 size = abs_f32(x), one_far = all_f32(50000);                         \
      const v_f32 one_between = all_f32(2 * (NEAR));                                   \
      const m_f32 near = less_f32(size, all_f32(NEAR));                                \
      const m_f32 far = not_f32(less_f32(size, all_f32(39000)));                       \
      const m_f32 between = not_f32(or_f32(near, far));                                \
      if (bits_f32(near) == ALL) {                                                     \
        return function(x);                                                            \
      }                                                                                \
      v_f32 r = function(select_f32(near, x, all_f32(0)));                             \
      if (bits_f32(between)) {                                                         \
        r = select_f32(between, function(select_f32(between, x, one_between)), r);     \
      }                                                                                \
      if (bits_f32(far)) {                                                             \
        r = select_f32(far, function(select_f32(far, x, one_far)), r);                 \
      }                                                                                \
      return r;                                                                        \
    }

IN_TIERS(sin, SLEEF_f32(sin, u35), 125.0F)
IN_TIERS(cos, SLEEF_f32(cos, u35), 125.0F)
IN_TIERS(tan, SLEEF_f32(tan, u35), 62.5F)

/* Returns the logarithm of numbers from 1 on. */
static inline v_f32 log_from_one(v_f32 x)
{
    return select_f32(less_f32(x, all_f32(INFINITY)), log_float(x), x);
}

static inline v_f32 arcsinh_of(v_f32 x)
{
    const v_f32 series = x * fma_f32(x * x, all_f32(-1 / 6.0F), all_f32(1));
    const v_f32 size = abs_f32(x), root = sqrt_f32(fma_f32(x, x, all_f32(1)));
    return odd(x, series_or(x, series, copysign_f32(log_from_one(size + root), x)));
}

static inline v_f32 arccosh_of(v_f32 x)
{
    const v_f32 root = sqrt_f32(fma_f32(x, x, all_f32(-1)));
    return select_f32(less_f32(x, all_f32(1)), all_f32(NAN), log_from_one(x + root));
}

static inline v_f32 arctanh_of(v_f32 x)
{
    const v_f32 one = all_f32(1), series = x * fma_f32(x * x, all_f32(1 / 3.0F), one);
    const v_f32 twice = SLEEF_f32(log, u35)((one + x) / (one - x));
    return odd(x, series_or(x, series, twice * all_f32(0.5F)));
}

HALF_FUNCTION(half_exp, exp_of(a), 0, ALL)
HALF_FUNCTION(half_exp2, SLEEF_f32(exp2, u35)(a), 0, ALL)
HALF_FUNCTION(half_expm1, expm1_of(a), 0, 0)
HALF_FUNCTION(half_log, SLEEF_f32(log, u35)(a), ALL, 0)
HALF_FUNCTION(half_log2, SLEEF_f32(log2, u35)(a), ALL, 0)
HALF_FUNCTION(half_log10, SLEEF_f32(log, u35)(a) * LOG10_OF_E, ALL, 0)
HALF_FUNCTION(half_log1p, log1p_of(a), ALL, 0)
HALF_FUNCTION(half_sin, odd(a, sin_of(a)), 0, 0)
HALF_FUNCTION(half_cos, cos_of(a), 0, 0)
HALF_FUNCTION(half_tan, odd(a, tan_of(a)), 0, 0)
HALF_FUNCTION(half_arcsin, odd(a, SLEEF_f32(asin, u35)(a)), 0, 0)
HALF_FUNCTION(half_arccos, SLEEF_f32(acos, u35)(a), 0, 0)
HALF_FUNCTION(half_arctan, odd(a, SLEEF_f32(atan, u35)(a)), 0, 0)
HALF_FUNCTION(half_sinh, odd(a, SLEEF_f32(sinh, u35)(a)), 0, 0)
HALF_FUNCTION(half_cosh, SLEEF_f32(cosh, u35)(a), 0, 0)
HALF_FUNCTION(half_tanh, odd(a, SLEEF_f32(tanh, u35)(a)), 0, 0)
HALF_FUNCTION(half_arcsinh, arcsinh_of(a), 0, 0)
HALF_FUNCTION(half_arccosh, arccosh_of(a), 0, 0)
HALF_FUNCTION(half_arctanh, arctanh_of(a), ALL, 0)
HALF_FUNCTION(half_cbrt, SLEEF_f32(cbrt, u35)(a), 0, 0)

/* -- functions of two ----------------------------------------------------------------
 */

/* Float32 holds the squares. */
static inline v_f32 hypot_of(v_f32 x, v_f32 y)
{
    const v_f32 infinity = all_f32(INFINITY);
    const m_f32 infinite =
        or_f32(equal_f32(abs_f32(x), infinity), equal_f32(abs_f32(y), infinity));
    return select_f32(infinite, infinity, sqrt_f32(fma_f32(x, x, y * y)));
}

/* Returns 2^(y log2|x|) with its sign.  The product is at most 24, or too large for any
 * result, so that its error is 2^-8 of a unit of the result.  The powers of 1, and x^0,
 * are not NaN even if the other operand is. */
static inline v_f32 power_of(v_f32 x, v_f32 y)
{
    const v_f32 zero = all_f32(0), one = all_f32(1), infinity = all_f32(INFINITY);
    const v_f32 size = abs_f32(x), log = SLEEF_f32(log2, u35)(size);
    const m_f32 minus_one = and_f32(equal_f32(x, -one), equal_f32(y, y));
    const m_f32 is_one =
        or_f32(or_f32(equal_f32(x, one), minus_one), equal_f32(y, zero));
    const v_f32 r = SLEEF_f32(exp2, u35)(select_f32(is_one, zero, y * log));

    const v_f32 pairs = y * all_f32(0.5F);
    const m_f32 whole = equal_f32(trunc_f32(y), y);
    const m_f32 even = equal_f32(trunc_f32(pairs), pairs);
    const v_f32 with_sign = copysign_f32(r, select_f32(even, one, x));
    const m_f32 has_root =
        or_f32(whole, not_f32(and_f32(less_f32(x, zero), less_f32(-infinity, x))));
    return select_f32(whole, with_sign, select_f32(has_root, r, all_f32(NAN)));
}

/* Returns the larger number plus what the other one adds.  Where the two nearly cancel,
 * the sum is computed again in double. */
#  define CANCELLED 0x1p-6F

#  define HALF_LOGADDEXP(name, EXP, UNIT, ADDED)                                       \
    static __attribute__((noinline)) v_f32 name##_in_double(v_f32 larger, v_f32 gap)   \
    {                                                                                  \
      float base[LANES_f32], exponent[LANES_f32], sum[LANES_f32];                      \
      store_f32(base, larger);                                                         \
      store_f32(exponent, gap);                                                        \
      for (int k = 0; k < LANES_f32; k += LANES_f64) {                                 \
        double b[LANES_f64], e[LANES_f64];                                             \
        for (int j = 0; j < LANES_f64; j++) {                                          \
          b[j] = (double)base[k + j];                                                  \
          e[j] = (double)exponent[k + j];                                              \
        }                                                                              \
        const v_f64 a = load_f64(e);                                                   \
        store_f64(b, load_f64(b) + ADDED);                                             \
        for (int j = 0; j < LANES_f64; j++) {                                          \
          sum[k + j] = (float)b[j];                                                    \
        }                                                                              \
      }                                                                                \
      return load_f32(sum);                                                            \
    }                                                                                  \
                                                                                       \
    static inline v_f32 name##_of(v_f32 x, v_f32 y)                                    \
    {                                                                                  \
      const v_f32 larger = select_f32(less_f32(x, y), y, x);                           \
      const v_f32 gap = select_f32(equal_f32(x, y), all_f32(0), -abs_f32(x - y));      \
      const v_f32 r = larger + log1p_of(EXP(gap)) * (UNIT);                            \
      const m_f32 lost = less_f32(abs_f32(r), all_f32(CANCELLED));                     \
      return bits_f32(lost) ? select_f32(lost, name##_in_double(larger, gap), r) : r;  \
    }

HALF_LOGADDEXP(logaddexp, exp_of, all_f32(1),
               SLEEF_f64(log1p, u10)(SLEEF_f64(exp, u10)(a)))
HALF_LOGADDEXP(logaddexp2, SLEEF_f32(exp2, u35), LOG2_OF_E,
               SLEEF_f64(log2, u10)(all_f64(1) + SLEEF_f64(exp2, u10)(a)))

/* NumPy compares the difference, and not quietly, so that NaNs raise invalid. */
static inline int nan_flags(v_f32 r)
{
    return ~number(r) & ALL ? FE_INVALID : 0;
}

static inline unsigned zeros(v_f32 x)
{
    return bits_f32(equal_f32(x, all_f32(0)));
}

HALF_FUNCTION_OF_TWO(half_arctan2, SLEEF_f32(atan2, u35)(a, b), flags_of(a, b, r, 0, 0))
HALF_FUNCTION_OF_TWO(half_hypot, hypot_of(a, b), flags_of(a, b, r, 0, 0))
HALF_FUNCTION_OF_TWO(half_power, power_of(a, b), flags_of(a, b, r, zeros(a), ~zeros(a)))
HALF_FUNCTION_OF_TWO(half_logaddexp, logaddexp_of(a, b),
                     flags_of(a, b, r, 0, 0) | nan_flags(r))
HALF_FUNCTION_OF_TWO(half_logaddexp2, logaddexp2_of(a, b),
                     flags_of(a, b, r, 0, 0) | nan_flags(r))

#endif
