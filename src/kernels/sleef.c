/*
 * sleef.c - transcendental functions, by SLEEF: at most 1.0 ULP from the true value.
 *
 * SLEEF promises nothing of flags, so they are put back, and raised by what the results
 * say: NaN from none is invalid, infinity from finite a pole or an overflow, a result
 * too small to be normal an underflow where the function has one.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <float.h>
#  include <math.h>
#  include <sleef.h>

#  include "flags.h"

#  if defined(__AVX512F__)
#    define SLEEF_f64(function, ulp) Sleef_##function##d8_##ulp##avx512f
#    define SLEEF_f32(function, ulp) Sleef_##function##f16_##ulp##avx512f
#  else
#    define SLEEF_f64(function, ulp) Sleef_##function##d4_##ulp##avx2
#    define SLEEF_f32(function, ulp) Sleef_##function##f8_##ulp##avx2
#  endif

/* What a finite argument may lead to. */
enum {
    POLES = 1,    /* infinities are exact, not too large */
    VANISHES = 2, /* zero, or less than normal, as the result is too small */
    LIKE_X =
        4, /* x and further terms of half their power at most: so x if it is small */
    ODD = 8 | LIKE_X, /* of which the first is the cubic one */
};

#  define RULES(S, T, LEAST)                                                           \
    /* Results that may have raised a flag: not normal numbers. */                     \
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
        return isnan(x) || isnan(y) ? 0 : FE_INVALID;                                  \
      }                                                                                \
      if (isinf(x) || isinf(y) || isnan(x) || isnan(y)) {                              \
        return 0;                                                                      \
      }                                                                                \
      if (isinf(r)) {                                                                  \
        return rules & POLES ? FE_DIVBYZERO : FE_OVERFLOW;                             \
      }                                                                                \
      const bool tiny = -(LEAST) < r && r < (LEAST);                                   \
      return tiny && ((rules & VANISHES) || ((rules & LIKE_X) && r != 0))              \
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

/* The same vectors for all; what is left over fills one with an element that is there.
 */
#  define UNARY_BODY(name, S, T, CALL, rules, LIMIT, LIBM)                             \
    static __attribute__((noinline)) void name##_one(T x, T *z)                        \
    {                                                                                  \
      *z = (T)LIBM(x); /* through memory: it stays between its flags */                \
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
        const unsigned beyond = bits_##S(and_##S(                                      \
            less_##S(all_##S(LIMIT), size), less_##S(size, all_##S((T)INFINITY))));    \
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
          *flags |= k < n ? flags_of_##S(x[k], y[k], z[k], rules) : 0;                 \
        }                                                                              \
      }                                                                                \
    }

/* Where SLEEF is right only up to a limit (it overflows early), libm is beyond, in the
 * next wider type: in the same it is itself off by up to 1.7 ULP there. */
#  define SLEEF_TO(name, function, rules, LIMIT_f64, LIMIT_f32)                        \
    UNARY_BODY(name##_f64, f64, double, SLEEF_f64(function, u10), rules, LIMIT_f64,    \
               function##l)                                                            \
    UNARY_LOOP_WITH_FLAGS(name##_f64, double, double)                                  \
    UNARY_BODY(name##_f32, f32, float, SLEEF_f32(function, u10), rules, LIMIT_f32,     \
               function)                                                               \
    UNARY_LOOP_WITH_FLAGS(name##_f32, float, float)

#  define SLEEF_F32_TO(name, function, rules, LIMIT)                                   \
    UNARY_BODY(name##_f32, f32, float, SLEEF_f32(function, u10), rules, LIMIT,         \
               function)                                                               \
    UNARY_LOOP_WITH_FLAGS(name##_f32, float, float)

#  define SLEEF_F64(name, function, rules)                                             \
    UNARY_BODY(name##_f64, f64, double, SLEEF_f64(function, u10), rules,               \
               (double)INFINITY, function)                                             \
    UNARY_LOOP_WITH_FLAGS(name##_f64, double, double)

#  define SLEEF_UNARY(name, function, rules)                                           \
    SLEEF_TO(name, function, rules, (double)INFINITY, INFINITY)

/*
 * SLEEF reduces angles in one of three ways, by the largest in a vector: so an
 * element's last bit would depend on its neighbours.  Here those of each kind are among
 * their like.
 */
#  define IN_TIERS(name, S, T, function, NEAR, FAR)                                    \
    static inline v_##S name##_##S##_tiers(v_##S x)                                    \
    {                                                                                  \
      const v_##S size = abs_##S(x);                                                   \
      const m_##S near = less_##S(size, all_##S(NEAR));                                \
      const m_##S far = not_##S(less_##S(size, all_##S(FAR)));                         \
      if (bits_##S(near) == (1U << LANES_##S) - 1) {                                   \
        return SLEEF_##S(function, u10)(x);                                            \
      }                                                                                \
      const m_##S between = not_##S(or_##S(near, far));                                \
      v_##S r = SLEEF_##S(function, u10)(select_##S(near, x, all_##S(0)));             \
      if (bits_##S(between)) {                                                         \
        const v_##S others = all_##S(2 * (NEAR));                                      \
        r = select_##S(between,                                                        \
                       SLEEF_##S(function, u10)(select_##S(between, x, others)), r);   \
      }                                                                                \
      if (bits_##S(far)) {                                                             \
        const v_##S others = all_##S(2 * (FAR));                                       \
        r = select_##S(far, SLEEF_##S(function, u10)(select_##S(far, x, others)), r);  \
      }                                                                                \
      return r;                                                                        \
    }

#  define SLEEF_ANGLE_F64(name, function, rules)                                       \
    IN_TIERS(name, f64, double, function, 15.0, 1e14)                                  \
    UNARY_BODY(name##_f64, f64, double, name##_f64_tiers, rules, (double)INFINITY,     \
               function)                                                               \
    UNARY_LOOP_WITH_FLAGS(name##_f64, double, double)

#  define SLEEF_ANGLE(name, function, rules)                                           \
    SLEEF_ANGLE_F64(name, function, rules)                                             \
    IN_TIERS(name, f32, float, function, 125.0F, 39000.0F)                             \
    UNARY_BODY(name##_f32, f32, float, name##_f32_tiers, rules, INFINITY, function##f) \
    UNARY_LOOP_WITH_FLAGS(name##_f32, float, float)

#  define SLEEF_BINARY(name, function, ulp, rules)                                     \
    BINARY_BODY(name##_f64, f64, double, SLEEF_f64(function, ulp), rules)              \
    BINARY_LOOP_WITH_FLAGS(name##_f64, double, double, double)                         \
    BINARY_BODY(name##_f32, f32, float, SLEEF_f32(function, ulp), rules)               \
    BINARY_LOOP_WITH_FLAGS(name##_f32, float, float, float)

SLEEF_UNARY(exp, exp, VANISHES)
SLEEF_UNARY(exp2, exp2, VANISHES)
SLEEF_UNARY(expm1, expm1, LIKE_X)
SLEEF_UNARY(log, log, POLES)
SLEEF_UNARY(log2, log2, POLES)
SLEEF_UNARY(log10, log10, POLES)
SLEEF_TO(log1p, log1p, POLES | LIKE_X, 1e300, 1e37F)
SLEEF_ANGLE_F64(sin, sin, ODD)
SLEEF_ANGLE_F64(cos, cos, 0)
SLEEF_ANGLE(tan, tan, ODD)
SLEEF_UNARY(arcsin, asin, ODD)
SLEEF_UNARY(arccos, acos, 0)
SLEEF_UNARY(arctan, atan, ODD)
SLEEF_TO(sinh, sinh, ODD, 709.0, 88.0F)
SLEEF_TO(cosh, cosh, 0, 709.0, 88.0F)
SLEEF_F64(tanh, tanh, ODD)
SLEEF_F32_TO(arcsinh, asinh, ODD, 1e18F)
SLEEF_F32_TO(arccosh, acosh, 0, 1e18F)
SLEEF_UNARY(arctanh, atanh, POLES | ODD)
SLEEF_UNARY(cbrt, cbrt, 0)
SLEEF_BINARY(arctan2, atan2, u10, 0)
SLEEF_BINARY(hypot, hypot, u05, LIKE_X)

#endif
