/*
 * sleef.c - transcendental functions, by SLEEF: at most 1.0 ULP from the true value.
 *
 * SLEEF promises nothing of flags, so they are put back, and raised by what the results
 * say: NaN from none is invalid, infinity from finite a pole or an overflow, a result too
 * small to be normal an underflow where the function has one.
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
    POLES = 1, /* infinities are exact, not too large */
    VANISHES = 2, /* zero, or less than normal, as the result is too small */
    LIKE_X = 4,   /* less than normal where the argument is */
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

RULES(f64, double, DBL_MIN)
RULES(f32, float, FLT_MIN)

/* The same vectors for all; what is left over fills one with an element that is there. */
#  define UNARY_BODY(name, S, T, CALL, rules)                                          \
    static inline void name##_body(const T *x, T *z, intptr_t n, int *flags)           \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i < LANES_##S ? n - i : LANES_##S;                      \
        T a[LANES_##S];                                                                \
        for (intptr_t j = 0; m < LANES_##S && j < LANES_##S; j++) {                    \
          a[j] = x[i + (j < m ? j : 0)];                                               \
        }                                                                              \
        const v_##S r = CALL(load_##S(m < LANES_##S ? a : x + i));                     \
        if (m < LANES_##S) {                                                           \
          store_##S(a, r);                                                             \
          memcpy(z + i, a, (size_t)m * sizeof(T));                                     \
        } else {                                                                       \
          store_##S(z + i, r);                                                         \
        }                                                                              \
        for (unsigned odd = odd_##S(r); odd; odd &= odd - 1) {                         \
          const intptr_t k = i + __builtin_ctz(odd);                                   \
          *flags |= k < n ? flags_of_##S(x[k], x[k], z[k], rules) : 0;                 \
        }                                                                              \
      }                                                                                \
    }

#  define BINARY_BODY(name, S, T, CALL, rules)                                         \
    static inline void name##_body(const T *x, const T *y, T *z, intptr_t n,           \
                                   int *flags)                                         \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const intptr_t m = n - i < LANES_##S ? n - i : LANES_##S;                      \
        T a[LANES_##S], b[LANES_##S];                                                  \
        for (intptr_t j = 0; m < LANES_##S && j < LANES_##S; j++) {                    \
          a[j] = x[i + (j < m ? j : 0)];                                               \
          b[j] = y[i + (j < m ? j : 0)];                                               \
        }                                                                              \
        const v_##S r = CALL(load_##S(m < LANES_##S ? a : x + i),                      \
                             load_##S(m < LANES_##S ? b : y + i));                     \
        if (m < LANES_##S) {                                                           \
          store_##S(a, r);                                                             \
          memcpy(z + i, a, (size_t)m * sizeof(T));                                     \
        } else {                                                                       \
          store_##S(z + i, r);                                                         \
        }                                                                              \
        for (unsigned odd = odd_##S(r); odd; odd &= odd - 1) {                         \
          const intptr_t k = i + __builtin_ctz(odd);                                   \
          *flags |= k < n ? flags_of_##S(x[k], y[k], z[k], rules) : 0;                 \
        }                                                                              \
      }                                                                                \
    }

#  define SLEEF_UNARY_F64(name, function, rules)                                       \
    UNARY_BODY(name##_f64, f64, double, SLEEF_f64(function, u10), rules)               \
    UNARY_LOOP_WITH_FLAGS(name##_f64, double)

/*
 * SLEEF reduces angles in one of three ways, by the largest in a vector: so an element's
 * last bit would depend on its neighbours.  Here those of each kind are among their like.
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
    UNARY_BODY(name##_f64, f64, double, name##_f64_tiers, rules)                       \
    UNARY_LOOP_WITH_FLAGS(name##_f64, double)

#  define SLEEF_ANGLE(name, function, rules)                                           \
    SLEEF_ANGLE_F64(name, function, rules)                                             \
    IN_TIERS(name, f32, float, function, 125.0F, 39000.0F)                             \
    UNARY_BODY(name##_f32, f32, float, name##_f32_tiers, rules)                        \
    UNARY_LOOP_WITH_FLAGS(name##_f32, float)

#  define SLEEF_UNARY(name, function, rules)                                           \
    SLEEF_UNARY_F64(name, function, rules)                                             \
    UNARY_BODY(name##_f32, f32, float, SLEEF_f32(function, u10), rules)                \
    UNARY_LOOP_WITH_FLAGS(name##_f32, float)

#  define SLEEF_BINARY(name, function, ulp, rules)                                     \
    BINARY_BODY(name##_f64, f64, double, SLEEF_f64(function, ulp), rules)              \
    BINARY_LOOP_WITH_FLAGS(name##_f64, double)                                                 \
    BINARY_BODY(name##_f32, f32, float, SLEEF_f32(function, ulp), rules)               \
    BINARY_LOOP_WITH_FLAGS(name##_f32, float)

SLEEF_UNARY(exp, exp, VANISHES)
SLEEF_UNARY(exp2, exp2, VANISHES)
SLEEF_UNARY(expm1, expm1, LIKE_X)
SLEEF_UNARY(log, log, POLES)
SLEEF_UNARY(log2, log2, POLES)
SLEEF_UNARY(log10, log10, POLES)
SLEEF_UNARY(log1p, log1p, POLES | LIKE_X)
SLEEF_ANGLE_F64(sin, sin, LIKE_X)
SLEEF_ANGLE_F64(cos, cos, 0)
SLEEF_ANGLE(tan, tan, LIKE_X)
SLEEF_UNARY(arcsin, asin, LIKE_X)
SLEEF_UNARY(arccos, acos, 0)
SLEEF_UNARY(arctan, atan, LIKE_X)
SLEEF_UNARY(sinh, sinh, LIKE_X)
SLEEF_UNARY(cosh, cosh, 0)
SLEEF_UNARY_F64(tanh, tanh, LIKE_X)
SLEEF_UNARY(arcsinh, asinh, LIKE_X)
SLEEF_UNARY(arccosh, acosh, 0)
SLEEF_UNARY(arctanh, atanh, POLES | LIKE_X)
SLEEF_UNARY(cbrt, cbrt, 0)
SLEEF_BINARY(arctan2, atan2, u10, 0)
SLEEF_BINARY(hypot, hypot, u05, LIKE_X)

#endif
