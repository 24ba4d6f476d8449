/*
 * sleef.c - transcendental functions, most by SLEEF: at most 1.0 ULP from the true
 * value, and at most 3.5 for those whose names end with _fast.
 *
 * SLEEF promises nothing about flags, so they are put back, and raised by what the
 * results say.  A NaN that comes from none is invalid, an infinity from a finite
 * argument is a pole or an overflow, and a result too small to be normal is an
 * underflow where the function has one.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <float.h>
#  include <math.h>
#  include <sleef.h>

#  include "angles.h"
#  include "bits.h"
#  include "exp_log.h"
#  include "flags.h"
#  include "floats.h"
#  include "log_float.h"

/* What a finite argument may lead to, for each function. */
enum {
    POLES = 1,    /* infinities are exact, not too large */
    VANISHES = 2, /* zero, or less than normal, as the result is too small */
    LIKE_X =
        4, /* x and further terms of half their power at most: so x if it is small */
    ODD = 8 | LIKE_X, /* the first further term is the cubic one */
    CALM = 32,        /* NumPy's loop raises no underflow, knows no signalling NaNs */
    SIGNALS = 16,     /* a signalling NaN beside infinity is a NaN all the same */
};

/* SVML is CALM where NumPy's loop at this level is SVML's. */
enum { SVML = NUMPY_HAS_SVML ? CALM : 0 };

#  define RULES(S, T, LEAST)                                                           \
    /* Returns the lanes whose results may have raised a flag: those that are not      \
     * normal numbers. */                                                              \
    static inline unsigned odd_##S(v_##S r)                                            \
    {                                                                                  \
      const v_##S size = abs_##S(r);                                                   \
      const m_##S normal = and_##S(less_##S(size, all_##S((T)INFINITY)),               \
                                   less_##S(all_##S(LEAST), size));                    \
      return ~bits_##S(normal) & ((1U << LANES_##S) - 1);                              \
    }                                                                                  \
                                                                                       \
    static int flags_of_##S(T x, T y, T r, int rules)                                  \
    {                                                                                  \
      if (isnan(r)) {                                                                  \
        const bool loud =                                                              \
            signalling_##S(bits_of_##S(x)) || signalling_##S(bits_of_##S(y));          \
        const bool told = loud && !(rules & CALM);                                     \
        return told || !(isnan(x) || isnan(y)) ? FE_INVALID : 0;                       \
      }                                                                                \
      if (isinf(x) || isinf(y) || isnan(x) || isnan(y)) {                              \
        return 0;                                                                      \
      }                                                                                \
      if (isinf(r)) {                                                                  \
        return rules & POLES ? FE_DIVBYZERO : FE_OVERFLOW;                             \
      }                                                                                \
      const bool tiny = -(LEAST) < r && r < (LEAST), exact = x == 0 || y == 0;         \
      return tiny && ((rules & VANISHES) || ((rules & LIKE_X) && !exact)) &&           \
                     !(rules & CALM)                                                   \
                 ? FE_UNDERFLOW                                                        \
                 : 0;                                                                  \
    }

/* Below these the second, or third, term of a series is less than half a unit of x. */
#  define SQUARE_IS_NONE_f64 0x1p-54
#  define SQUARE_IS_NONE_f32 0x1p-26F
#  define CUBE_IS_NONE_f64 0x1p-27
#  define CUBE_IS_NONE_f32 0x1p-13F

RULES(f64, double, DBL_MIN)
RULES(f32, float, FLT_MIN)

/* All elements go through the same vectors.  The last vector is filled with an element
 * that is there. */
#  define UNARY_BODY(name, S, T, CALL, rules, LIMIT, CEILING, LIBM)                    \
    static __attribute__((noinline)) void name##_one(T x, T *z)                        \
    {                                                                                  \
      /* The result goes through memory, so that the call stays between its flags. */  \
      *z = (T)LIBM((WIDER_TYPE_##S)x);                                                 \
    }                                                                                  \
                                                                                       \
    static inline void name##_body(const T *x, T *z, intptr_t n, int *flags)           \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const v_##S v = take_##S(x + i, m);                                            \
        v_##S r = CALL(v);                                                             \
        const v_##S size = abs_##S(v);                                                 \
        if ((rules)&LIKE_X) {                                                          \
          const T nearly =                                                             \
              ((rules)&ODD) == ODD ? CUBE_IS_NONE_##S : SQUARE_IS_NONE_##S;            \
          r = select_##S(less_##S(size, all_##S(nearly)), v, r);                       \
        }                                                                              \
        give_##S(z + i, m, r);                                                         \
        const m_##S large =                                                            \
            and_##S(less_##S(all_##S(LIMIT), size), less_##S(size, all_##S(CEILING))); \
        const unsigned beyond = (LIMIT) < (CEILING) ? bits_##S(large) : 0;             \
        for (unsigned odd = odd_##S(r) | beyond; odd; odd &= odd - 1) {                \
          const int lane = __builtin_ctz(odd);                                         \
          if (lane >= m) {                                                             \
            break;                                                                     \
          }                                                                            \
          if (beyond >> lane & 1) {                                                    \
            flags_set(*flags);                                                         \
            name##_one(x[i + lane], &z[i + lane]);                                     \
            *flags = fpu_get_flags();                                                  \
          } else {                                                                     \
            *flags |= flags_of_##S(x[i + lane], x[i + lane], z[i + lane], rules);      \
          }                                                                            \
        }                                                                              \
      }                                                                                \
    }

#  define BINARY_BODY(name, S, T, CALL, rules)                                         \
    static inline void name##_body(const T *x, const T *y, T *z, intptr_t n,           \
                                   int *flags)                                         \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i;                                                      \
        const v_##S r = CALL(take_##S(x + i, m), take_##S(y + i, m));                  \
        give_##S(z + i, m, r);                                                         \
        for (unsigned odd = odd_##S(r); odd; odd &= odd - 1) {                         \
          const intptr_t k = i + __builtin_ctz(odd);                                   \
          if (k >= n) {                                                                \
            break;                                                                     \
          }                                                                            \
          if (((rules)&SIGNALS) && (signalling_##S(bits_of_##S(x[k])) ||               \
                                    signalling_##S(bits_of_##S(y[k])))) {              \
            z[k] = x[k] + y[k];                                                        \
          }                                                                            \
          *flags |= flags_of_##S(x[k], y[k], z[k], rules);                             \
        }                                                                              \
      }                                                                                \
    }

#  define TYPE_f64 double
#  define TYPE_f32 float
#  define WIDER_TYPE_f64 long double
#  define WIDER_TYPE_f32 double
#  define WIDER_f64(function) function##l
#  define WIDER_f32(function) function
#  define NO_LIMIT_f64 ((double)INFINITY)
#  define NO_LIMIT_f32 INFINITY

#  define SLEEF_CALL(name, S, CALL, function, rules, LIMIT, CEILING)                   \
    UNARY_BODY(name##_##S, S, TYPE_##S, CALL, rules, LIMIT, CEILING,                   \
               WIDER_##S(function))                                                    \
    UNARY_LOOP_WITH_FLAGS(name##_##S, TYPE_##S, TYPE_##S)

/* Where SLEEF is right only up to LIMIT (it overflows early), libm computes beyond it,
 * in the next wider type.  In the same type libm is itself off by up to 1.7 ULP
 * there. */
#  define SLEEF_TO(name, S, function, ulp, rules, LIMIT)                               \
    SLEEF_CALL(name, S, SLEEF_##S(function, ulp), function, rules, LIMIT, NO_LIMIT_##S)

#  define SLEEF_UNARY(name, S, function, ulp, rules)                                   \
    SLEEF_TO(name, S, function, ulp, rules, NO_LIMIT_##S)

/*
 * SLEEF reduces angles in one of three ways, chosen by the largest angle in a vector,
 * so that the last bit of an element would depend on its neighbours.  Here a vector has
 * angles of one way only.
 */
#  define ANGLE(name, S, near_ones, function, ulp, rules, NEAR, FAR)                   \
    static inline v_##S name##_##S##_tiers(v_##S x)                                    \
    {                                                                                  \
      const v_##S size = abs_##S(x);                                                   \
      const m_##S near = less_##S(size, all_##S(NEAR));                                \
      const m_##S far = not_##S(less_##S(size, all_##S(FAR)));                         \
      if (bits_##S(near) == (1U << LANES_##S) - 1) {                                   \
        return near_ones(x);                                                           \
      }                                                                                \
      const m_##S between = not_##S(or_##S(near, far));                                \
      v_##S r = near_ones(select_##S(near, x, all_##S(0)));                            \
      if (bits_##S(between)) {                                                         \
        const v_##S others = all_##S(2 * (NEAR));                                      \
        r = select_##S(between,                                                        \
                       SLEEF_##S(function, ulp)(select_##S(between, x, others)), r);   \
      }                                                                                \
      if (bits_##S(far)) {                                                             \
        const v_##S others = all_##S(2 * (FAR));                                       \
        r = select_##S(far, SLEEF_##S(function, ulp)(select_##S(far, x, others)), r);  \
      }                                                                                \
      return r;                                                                        \
    }                                                                                  \
    SLEEF_CALL(name, S, name##_##S##_tiers, function, rules, NO_LIMIT_##S, NO_LIMIT_##S)

#  define SLEEF_ANGLE(name, S, function, ulp, rules, NEAR, FAR)                        \
    ANGLE(name, S, SLEEF_##S(function, ulp), function, ulp, rules, NEAR, FAR)

/* Defines a function that is our own where RIGHT holds, and SLEEF's elsewhere. */
#  define INSIDE(name, S, own, function, RIGHT)                                        \
    static inline v_##S name##_##S##_inside(v_##S x)                                   \
    {                                                                                  \
      const m_##S right = RIGHT;                                                       \
      if (bits_##S(right) == (1U << LANES_##S) - 1) {                                  \
        return own(x);                                                                 \
      }                                                                                \
      const v_##S r = own(select_##S(right, x, all_##S(1)));                           \
      return select_##S(right, r, SLEEF_##S(function, u10)(x));                        \
    }

static inline m_f64 has_log(v_f64 x)
{
    return and_f64(less_f64(all_f64(1 / LARGEST_LOGS), x),
                   less_f64(x, all_f64(LARGEST_LOGS)));
}

#  define SLEEF_BINARY(name, S, function, ulp, rules)                                  \
    BINARY_BODY(name##_##S, S, TYPE_##S, SLEEF_##S(function, ulp), rules)              \
    BINARY_LOOP_WITH_FLAGS(name##_##S, TYPE_##S, TYPE_##S, TYPE_##S)

/* The names have SLEEF's own bounds: u10 and u05 for what is close, u35 for what is
 * fast. */
/* exp is finite up to 709.78271289338397.  SLEEF's exp is infinite from
 * 709.78271114955743 on. */
INSIDE(exp, f64, exp_once, exp, less_f64(abs_f64(x), all_f64(708)))
SLEEF_CALL(exp, f64, exp_f64_inside, exp, VANISHES, 709.7827, 709.783)
SLEEF_UNARY(exp, f32, exp, u10, VANISHES)
SLEEF_UNARY(exp2, f64, exp2, u10, VANISHES)
SLEEF_UNARY(exp2, f32, exp2, u10, VANISHES)
SLEEF_UNARY(expm1, f64, expm1, u10, LIKE_X)
SLEEF_UNARY(expm1, f32, expm1, u10, LIKE_X)
INSIDE(log, f64, log_once, log, has_log(x))
SLEEF_CALL(log, f64, log_f64_inside, log, POLES, NO_LIMIT_f64, NO_LIMIT_f64)
INSIDE(log, f32, log_float, log,
       and_f32(less_f32(all_f32(1 / LARGEST_LOGS_f32), x),
               less_f32(x, all_f32(LARGEST_LOGS_f32))))
SLEEF_CALL(log, f32, log_f32_inside, log, POLES, NO_LIMIT_f32, NO_LIMIT_f32)
SLEEF_UNARY(log_fast, f32, log, u35, POLES)
INSIDE(log2, f64, log2_once, log2, has_log(x))
SLEEF_CALL(log2, f64, log2_f64_inside, log2, POLES, NO_LIMIT_f64, NO_LIMIT_f64)
SLEEF_UNARY(log2, f32, log2, u10, POLES)
SLEEF_UNARY(log2_fast, f32, log2, u35, POLES)
INSIDE(log10, f64, log10_once, log10, has_log(x))
SLEEF_CALL(log10, f64, log10_f64_inside, log10, POLES, NO_LIMIT_f64, NO_LIMIT_f64)
SLEEF_UNARY(log10, f32, log10, u10, POLES)
INSIDE(log1p, f64, log1p_once, log1p,
       and_f64(less_f64(all_f64(-1), x), less_f64(x, all_f64(LARGEST_LOGS))))
SLEEF_CALL(log1p, f64, log1p_f64_inside, log1p, POLES | LIKE_X, 1e300, NO_LIMIT_f64)
SLEEF_TO(log1p, f32, log1p, u10, POLES | LIKE_X, 1e37F)
ANGLE(sin, f64, sine, sin, u10, ODD, LARGEST_ANGLE, 1e14)
SLEEF_ANGLE(sin_fast, f32, sin, u35, ODD | SVML, 125.0F, 39000.0F)
ANGLE(cos, f64, cosine, cos, u10, 0, LARGEST_ANGLE, 1e14)
SLEEF_ANGLE(cos_fast, f32, cos, u35, SVML, 125.0F, 39000.0F)
ANGLE(tan, f64, tangent, tan, u10, ODD, LARGEST_ANGLE, 1e14)
SLEEF_ANGLE(tan, f32, tan, u10, ODD, 125.0F, 39000.0F)
SLEEF_ANGLE(tan_fast, f32, tan, u35, ODD, 62.5F, 39000.0F)
SLEEF_UNARY(arcsin, f64, asin, u10, ODD)
SLEEF_UNARY(arcsin, f32, asin, u10, ODD)
SLEEF_UNARY(arcsin_fast, f64, asin, u35, ODD | SVML)
SLEEF_UNARY(arcsin_fast, f32, asin, u35, ODD)
SLEEF_UNARY(arccos, f64, acos, u10, 0)
SLEEF_UNARY(arccos, f32, acos, u10, 0)
SLEEF_UNARY(arccos_fast, f64, acos, u35, SVML)
SLEEF_UNARY(arccos_fast, f32, acos, u35, 0)
INSIDE(arctan, f64, arc_tangent, atan, less_f64(abs_f64(x), all_f64(0x1p1000)))
SLEEF_CALL(arctan, f64, arctan_f64_inside, atan, ODD, NO_LIMIT_f64, NO_LIMIT_f64)
SLEEF_UNARY(arctan, f32, atan, u10, ODD)
SLEEF_UNARY(arctan_fast, f32, atan, u35, ODD)
SLEEF_TO(sinh, f64, sinh, u10, ODD, 709.0)
SLEEF_TO(sinh, f32, sinh, u10, ODD, 88.0F)
SLEEF_TO(sinh_fast, f64, sinh, u35, ODD, 709.0)
SLEEF_TO(sinh_fast, f32, sinh, u35, ODD, 88.0F)
SLEEF_TO(cosh, f64, cosh, u10, 0, 709.0)
SLEEF_CALL(cosh, f32, cosh_float, cosh, 0, NO_LIMIT_f32, NO_LIMIT_f32)
SLEEF_TO(cosh_fast, f64, cosh, u35, 0, 709.0)
SLEEF_CALL(tanh, f64, tanh_once, tanh, ODD | CALM, NO_LIMIT_f64, NO_LIMIT_f64)
INSIDE(arcsinh, f64, arc_sinh_once, asinh, less_f64(abs_f64(x), all_f64(0x1p500)))
SLEEF_CALL(arcsinh, f64, arcsinh_f64_inside, asinh, ODD, 0x1p500, NO_LIMIT_f64)
INSIDE(arcsinh, f32, arc_sinh_float, asinh, less_f32(abs_f32(x), all_f32(INFINITY)))
SLEEF_CALL(arcsinh, f32, arcsinh_f32_inside, asinh, ODD, NO_LIMIT_f32, NO_LIMIT_f32)
INSIDE(arccosh, f32, arc_cosh_float, acosh,
       and_f32(less_f32(all_f32(0x1.fffffep-1F), x), less_f32(x, all_f32(INFINITY))))
SLEEF_CALL(arccosh, f32, arccosh_f32_inside, acosh, 0, NO_LIMIT_f32, NO_LIMIT_f32)
SLEEF_UNARY(arctanh, f64, atanh, u10, POLES | ODD)
SLEEF_UNARY(arctanh, f32, atanh, u10, POLES | ODD)
SLEEF_UNARY(cbrt, f64, cbrt, u10, 0)
SLEEF_UNARY(cbrt, f32, cbrt, u10, 0)
SLEEF_UNARY(cbrt_fast, f64, cbrt, u35, 0)
SLEEF_UNARY(cbrt_fast, f32, cbrt, u35, 0)
SLEEF_BINARY(arctan2, f64, atan2, u10, LIKE_X)
SLEEF_BINARY(arctan2, f32, atan2, u10, LIKE_X)
SLEEF_BINARY(arctan2_fast, f64, atan2, u35, LIKE_X)
SLEEF_BINARY(arctan2_fast, f32, atan2, u35, LIKE_X)
SLEEF_BINARY(hypot, f64, hypot, u05, LIKE_X | SIGNALS)
SLEEF_BINARY(hypot, f32, hypot, u05, LIKE_X | SIGNALS)
SLEEF_BINARY(hypot_fast, f64, hypot, u35, LIKE_X | SIGNALS)
SLEEF_BINARY(hypot_fast, f32, hypot, u35, LIKE_X | SIGNALS)

#endif
