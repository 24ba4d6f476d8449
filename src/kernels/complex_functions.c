/*
 * complex_functions.c - transcendental functions of complex numbers.  Both parts are at
 * most 1.0 ULP from the true values.
 *
 * They are made of the functions of elementary.h, in double also for complex64.
 * Arguments outside the range of those (large or not finite), and results that are not
 * normal numbers, go to libm one by one.  The flags, zeros, infinities, NaNs and
 * results less than normal are those of the function that NumPy calls.  Its other
 * results can be some units off, so they come from the function of the next wider type.
 * All other elements raise no flag.
 */
#include "angles.h"
#include "exp_log.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <complex.h>
#  include <float.h>
#  include <math.h>
#  include <sleef.h>

#  include "flags.h"

#  define atan2_f64 SLEEF_f64(atan2, u10)

/* Smaller numbers have no room for a low part. */
#  define LEAST 0x1p-960

/* A vector of results, and which of them hold. */
struct result {
    struct pair_f64 z;
    m_f64 holds;
};

static inline m_f64 below(v_f64 x, double limit)
{
    return less_f64(abs_f64(x), all_f64(limit));
}

/* exp uses sine and cosine of at most pi / 4.  The quarters of a turn say where the two
 * change places, and where they are negative. */
static inline struct result exp_vector(struct pair_f64 z)
{
    v_f64 scale;
    const struct dd power = exp_unscaled((struct dd){z.re, all_f64(0)}, &scale);
    const struct dd size = dd_scale(power, scale);
    const struct angle a = reduced(z.im);
    struct sincos at = sine_cosine(a);
    at.sin.hi = select_f64(equal_f64(z.im, all_f64(0)), z.im, at.sin.hi);
    const v_f64 c = dd_multiplied(size, at.cos), s = dd_multiplied(size, at.sin);
    const m_f64 odd = is_odd(a.k), back = is_odd(floor_f64(a.k * all_f64(0.5)));
    const v_f64 re = select_f64(odd, s, c), im = select_f64(odd, c, s);
    return (struct result){
        {select_f64(differ_f64(odd, back), -re, re), select_f64(back, -im, im)},
        and_f64(below(z.re, LARGEST_EXPONENT), below(z.im, LARGEST_ANGLE))};
}

/* sin(x + iy) = sin x cosh y + i cos x sinh y */
static inline struct result sin_vector(struct pair_f64 z)
{
    const struct sincos x = sincos_dd(z.re);
    const struct sinhcosh y = sinhcosh_dd(z.im);
    return (struct result){
        {dd_multiplied(x.sin, y.cosh), dd_multiplied(x.cos, y.sinh)},
        and_f64(below(z.im, LARGEST_EXPONENT), below(z.re, LARGEST_ANGLE))};
}

/* cos(x + iy) = cos x cosh y - i sin x sinh y */
static inline struct result cos_vector(struct pair_f64 z)
{
    const struct sincos x = sincos_dd(z.re);
    const struct sinhcosh y = sinhcosh_dd(z.im);
    return (struct result){
        {dd_multiplied(x.cos, y.cosh), -dd_multiplied(x.sin, y.sinh)},
        and_f64(below(z.im, LARGEST_EXPONENT), below(z.re, LARGEST_ANGLE))};
}

/* tan(x + iy) = (sin x cos x + i sinh y cosh y) / (cos^2 x + sinh^2 y).  The squares
 * must not overflow. */
static inline struct result tan_vector(struct pair_f64 z)
{
    const struct sincos x = sincos_dd(z.re);
    const struct sinhcosh y = sinhcosh_dd(z.im);
    const struct dd divisor =
        dd_add(dd_multiply(x.cos, x.cos), dd_multiply(y.sinh, y.sinh));
    const struct dd re = dd_divide(dd_multiply(x.sin, x.cos), divisor);
    const struct dd im = dd_divide(dd_multiply(y.sinh, y.cosh), divisor);
    return (struct result){
        {copysign_f64(re.hi, x.sin.hi * x.cos.hi), copysign_f64(im.hi, z.im)},
        and_f64(below(z.im, LARGEST_EXPONENT / 2), below(z.re, LARGEST_ANGLE))};
}

/* sinh and tanh: f(z) = -i g(iz) is g of the number with its parts swapped, and the
 * parts of the result swapped back. */
static inline struct pair_f64 swapped(struct pair_f64 z)
{
    return (struct pair_f64){z.im, z.re};
}

static inline struct result sinh_vector(struct pair_f64 z)
{
    const struct result r = sin_vector(swapped(z));
    return (struct result){swapped(r.z), r.holds};
}

static inline struct result tanh_vector(struct pair_f64 z)
{
    const struct result r = tan_vector(swapped(z));
    return (struct result){swapped(r.z), r.holds};
}

/* cosh(z) = cos(iz) */
static inline struct result cosh_vector(struct pair_f64 z)
{
    return cos_vector((struct pair_f64){-z.im, z.re});
}

/* Returns the lanes where neither the square of the length, nor what the parts add to
 * it, vanishes. */
static inline m_f64 has_length(struct pair_f64 z)
{
    const v_f64 re = abs_f64(z.re), im = abs_f64(z.im);
    const v_f64 large = select_f64(less_f64(re, im), im, re);
    return and_f64(less_f64(all_f64(0x1p-480), large), below(large, 0x1p480));
}

static inline struct result log_vector(struct pair_f64 z)
{
    const struct dd re = log_length_dd(z.re, z.im);
    return (struct result){{re.hi, atan2_f64(z.im, z.re)}, has_length(z)};
}

/* Returns the angle as the sum of two doubles: that of atan2, and what it lacks, by one
 * Newton step. */
static inline struct dd angle_dd(struct pair_f64 z)
{
    const v_f64 angle = atan2_f64(z.im, z.re);
    const struct sincos at = sincos_dd(angle);
    const struct dd re = {z.re, all_f64(0)}, im = {z.im, all_f64(0)};
    const struct dd across =
        dd_add(dd_multiply(im, at.cos), dd_negative(dd_multiply(re, at.sin)));
    const v_f64 along = z.re * at.cos.hi + z.im * at.sin.hi;
    struct dd exact = dd_fast_sum(angle, across.hi / along);
    exact.hi = copysign_f64(exact.hi, angle);
    return exact;
}

/* Returns the logarithm to another base.  `high` and `low` are 1 / log(base). */
static inline struct result log_to(struct pair_f64 z, double high, double low)
{
    const struct dd factor = {all_f64(high), all_f64(low)};
    return (struct result){{dd_multiplied(log_length_dd(z.re, z.im), factor),
                            dd_multiplied(angle_dd(z), factor)},
                           has_length(z)};
}

static inline struct result log2_vector(struct pair_f64 z)
{
    return log_to(z, 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56);
}

static inline struct result log10_vector(struct pair_f64 z)
{
    return log_to(z, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57);
}

/* t = sqrt((|x| + |z|) / 2) is one part and |y| / 2t the other. */
static inline struct result sqrt_vector(struct pair_f64 z)
{
    const v_f64 zero = all_f64(0), half = all_f64(0.5);
    const struct dd x = {abs_f64(z.re), zero}, y = {abs_f64(z.im), zero};
    const struct dd length = dd_sqrt(length_dd(z.re, z.im).squared);
    const struct dd root = dd_sqrt(dd_scale(dd_add(length, x), half));
    const struct dd other = dd_divide(y, dd_scale(root, all_f64(2)));
    const m_f64 left = less_f64(z.re, zero);
    const v_f64 re = select_f64(left, other.hi, root.hi);
    const v_f64 im = copysign_f64(select_f64(left, root.hi, other.hi), z.im);
    const m_f64 none = and_f64(equal_f64(z.re, zero), equal_f64(z.im, zero));
    return (struct result){{select_f64(none, zero, re), select_f64(none, z.im, im)},
                           or_f64(none, has_length(z))};
}

/* Returns the lanes whose results are normal numbers, or zeros where the argument has a
 * zero (`zero_in`).  Other zeros have vanished. */
static inline m_f64 is_plain(v_f64 r, m_f64 zero_in, double least, double largest)
{
    const v_f64 size = abs_f64(r);
    const m_f64 normal = and_f64(less_f64(all_f64(least), size), below(r, largest));
    return or_f64(normal, and_f64(zero_in, equal_f64(size, all_f64(0))));
}

static inline unsigned odd_of(struct pair_f64 z, struct result r, double least,
                              double largest)
{
    const v_f64 zero = all_f64(0);
    const m_f64 zero_in = or_f64(equal_f64(z.re, zero), equal_f64(z.im, zero));
    const m_f64 tiny_in =
        or_f64(and_f64(less_f64(zero, abs_f64(z.re)), below(z.re, LEAST)),
               and_f64(less_f64(zero, abs_f64(z.im)), below(z.im, LEAST)));
    const m_f64 plain = and_f64(is_plain(r.z.re, zero_in, least, largest),
                                is_plain(r.z.im, zero_in, least, largest));
    const m_f64 holds = and_f64(r.holds, not_f64(tiny_in));
    return ~bits_f64(and_f64(plain, holds)) & ((1U << LANES_f64) - 1);
}

/* Calls of libm: NUMPYS is the function that NumPy calls, WIDER the same function of
 * the next wider type.  Numbers go through memory, so that the calls stay between the
 * operations on their flags. */
#  define FUNCTION_OF(name, C, T, TAKE, GIVE, MIN, MAX, NUMPYS, WIDER, WIDE)           \
    static __attribute__((noinline)) void name##_##C##_wider(const T *x, T *z)         \
    {                                                                                  \
      T complex a;                                                                     \
      memcpy(&a, x, sizeof a);                                                         \
      const T complex r = (T complex)WIDER((WIDE complex)a);                           \
      memcpy(z, &r, sizeof r);                                                         \
    }                                                                                  \
                                                                                       \
    static __attribute__((noinline)) void name##_##C##_numpys(const T *x, T *z)        \
    {                                                                                  \
      T complex a;                                                                     \
      memcpy(&a, x, sizeof a);                                                         \
      const T complex r = NUMPYS(a);                                                   \
      memcpy(z, &r, sizeof r);                                                         \
    }                                                                                  \
                                                                                       \
    static int name##_##C##_one(const T *x, T *z, int flags)                           \
    {                                                                                  \
      flags_set(flags);                                                                \
      name##_##C##_numpys(x, z);                                                       \
      flags = fpu_get_flags();                                                         \
      if (isfinite(x[0]) && isfinite(x[1]) && (isnormal(z[0]) || isnormal(z[1]))) {    \
        T wider[2];                                                                    \
        name##_##C##_wider(x, wider);                                                  \
        for (int part = 0; part < 2; part++) {                                         \
          const bool better = isnormal(wider[part]) && isfinite(z[part]);              \
          z[part] = better ? wider[part] : z[part];                                    \
        }                                                                              \
      }                                                                                \
      return flags;                                                                    \
    }                                                                                  \
                                                                                       \
    static inline void name##_##C##_body(const T *x, T *z, intptr_t n, int *flags)     \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_f64) {                                    \
        const struct pair_f64 a = TAKE(x + 2 * i, n - i);                              \
        const struct result r = name##_vector(a);                                      \
        GIVE(z + 2 * i, n - i, r.z);                                                   \
        for (unsigned odd = odd_of(a, r, MIN, MAX); odd; odd &= odd - 1) {             \
          const intptr_t k = i + __builtin_ctz(odd);                                   \
          if (k < n) {                                                                 \
            *flags = name##_##C##_one(x + 2 * k, z + 2 * k, *flags);                   \
          }                                                                            \
        }                                                                              \
      }                                                                                \
    }                                                                                  \
    UNARY_LOOP_WITH_FLAGS(name##_##C, T complex, T complex)

#  define COMPLEX_FUNCTION(name, function)                                             \
    FUNCTION_OF(name, c128, double, take_pairs_f64, give_pairs_f64, LEAST, DBL_MAX,    \
                function, function##l, long double)                                    \
    FUNCTION_OF(name, c64, float, take_pairs_wide, give_pairs_wide, (double)FLT_MIN,   \
                (double)FLT_MAX, function##f, function, double)

/* log2 and log10 are made of log, as NumPy makes them. */
#  define SCALARS(C, T, LOG, LOG2E, LOG10E)                                            \
    static T complex times##C(T complex z, T factor)                                   \
    {                                                                                  \
      T parts[2];                                                                      \
      memcpy(parts, &z, sizeof z);                                                     \
      parts[0] *= factor;                                                              \
      parts[1] *= factor;                                                              \
      memcpy(&z, parts, sizeof z);                                                     \
      return z;                                                                        \
    }                                                                                  \
                                                                                       \
    static T complex log2_of##C(T complex z)                                           \
    {                                                                                  \
      return times##C(LOG(z), LOG2E);                                                  \
    }                                                                                  \
                                                                                       \
    static T complex log10_of##C(T complex z)                                          \
    {                                                                                  \
      return times##C(LOG(z), LOG10E);                                                 \
    }

SCALARS(f, float, clogf, 1.44269504F, 0.434294482F)
SCALARS(, double, clog, 0x1.71547652b82fep0, 0x1.bcb7b1526e50ep-2)
SCALARS(l, long double, clogl, 0xb.8aa3b295c17f0bcp-3L, 0xd.e5bd8a937287195p-5L)

COMPLEX_FUNCTION(exp, cexp)
COMPLEX_FUNCTION(log, clog)
COMPLEX_FUNCTION(log2, log2_of)
COMPLEX_FUNCTION(log10, log10_of)
COMPLEX_FUNCTION(sqrt, csqrt)
COMPLEX_FUNCTION(sin, csin)
COMPLEX_FUNCTION(cos, ccos)
COMPLEX_FUNCTION(tan, ctan)
COMPLEX_FUNCTION(sinh, csinh)
COMPLEX_FUNCTION(cosh, ccosh)
COMPLEX_FUNCTION(tanh, ctanh)
#endif
