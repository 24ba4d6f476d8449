/*
 * half.c - float16.  Arithmetic in float32, whose result rounded once more is the right
 * one (it has more than twice the bits and two); comparisons on the bits, which raise
 * no flag.
 */
#include "loop.h"

typedef uint16_t half;

/* -- arithmetic: needs instructions that convert ------------------------------------
 */

#if defined(__F16C__)
#  include <immintrin.h>

#  if defined(__AVX512F__)
typedef __m512 lanes;
enum { LANES = 16 };
#    define LOAD(p) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p)))
#    define STORE(p, v)                                                                \
      _mm256_storeu_si256((__m256i *)(p), _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT))
#    define OF_LANES(op) _mm512_##op##_ps
#    define ROUND(v, how) _mm512_roundscale_ps(v, how)
#  else
typedef __m256 lanes;
enum { LANES = 8 };
#    define LOAD(p) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p)))
#    define STORE(p, v)                                                                \
      _mm_storeu_si128((__m128i *)(p), _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT))
#    define OF_LANES(op) _mm256_##op##_ps
#    define ROUND(v, how) _mm256_round_ps(v, how)
#  endif

/* What is left over fills a vector with an element that is there: it raises no flag
 * that this element does not raise itself. */
static inline void take_rest(half *rest, const half *x, intptr_t n)
{
    for (intptr_t j = 0; j < LANES; j++) {
        rest[j] = x[j < n ? j : 0];
    }
}

#  define HALF_UNARY(name, EXPRESSION)                                                 \
    static inline void name##_body(const half *x, half *y, intptr_t n)                 \
    {                                                                                  \
      intptr_t i = 0;                                                                  \
      for (; i + LANES <= n; i += LANES) {                                             \
        const lanes a = LOAD(x + i);                                                   \
        STORE(y + i, EXPRESSION);                                                      \
      }                                                                                \
      if (i < n) {                                                                     \
        half rest[LANES];                                                              \
        take_rest(rest, x + i, n - i);                                                 \
        const lanes a = LOAD(rest);                                                    \
        STORE(rest, EXPRESSION);                                                       \
        memcpy(y + i, rest, (size_t)(n - i) * sizeof(half));                           \
      }                                                                                \
    }                                                                                  \
    UNARY_LOOP(name, half, half)

#  define HALF_BINARY(name, EXPRESSION)                                                \
    static inline void name##_body(const half *x, const half *y, half *z, intptr_t n)  \
    {                                                                                  \
      intptr_t i = 0;                                                                  \
      for (; i + LANES <= n; i += LANES) {                                             \
        const lanes a = LOAD(x + i), b = LOAD(y + i);                                  \
        STORE(z + i, EXPRESSION);                                                      \
      }                                                                                \
      if (i < n) {                                                                     \
        half rest[LANES], other[LANES];                                                \
        take_rest(rest, x + i, n - i);                                                 \
        take_rest(other, y + i, n - i);                                                \
        const lanes a = LOAD(rest), b = LOAD(other);                                   \
        STORE(rest, EXPRESSION);                                                       \
        memcpy(z + i, rest, (size_t)(n - i) * sizeof(half));                           \
      }                                                                                \
    }                                                                                  \
    BINARY_LOOP(name, half, half, half)

#  define QUIETLY(how) ((how) | _MM_FROUND_NO_EXC)

HALF_BINARY(half_add, OF_LANES(add)(a, b))
HALF_BINARY(half_subtract, OF_LANES(sub)(a, b))
HALF_BINARY(half_multiply, OF_LANES(mul)(a, b))
HALF_BINARY(half_divide, OF_LANES(div)(a, b))
HALF_UNARY(half_sqrt, OF_LANES(sqrt)(a))
HALF_UNARY(half_square, OF_LANES(mul)(a, a))
HALF_UNARY(half_floor, ROUND(a, QUIETLY(_MM_FROUND_TO_NEG_INF)))
HALF_UNARY(half_ceil, ROUND(a, QUIETLY(_MM_FROUND_TO_POS_INF)))
HALF_UNARY(half_trunc, ROUND(a, QUIETLY(_MM_FROUND_TO_ZERO)))
HALF_UNARY(half_rint, ROUND(a, QUIETLY(_MM_FROUND_TO_NEAREST_INT)))
#endif

/* -- comparisons --------------------------------------------------------------------
 */

static inline bool is_nan(half a)
{
    return (a & 0x7fff) > 0x7c00;
}

/* Integers in the order of the numbers; both zeros are 0. */
static inline int16_t order(half a)
{
    const int16_t magnitude = (int16_t)(a & 0x7fff);
    return a & 0x8000 ? (int16_t)-magnitude : magnitude;
}

#define HALF_COMPARE(name, OP, OF_NANS)                                                \
  static inline void name##_body(const half *x, const half *y, uint8_t *z, intptr_t n) \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const bool nan = is_nan(x[i]) | is_nan(y[i]);                                    \
      z[i] = (uint8_t)(nan ? (OF_NANS) : order(x[i]) OP order(y[i]));                  \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(name, half, half, uint8_t)

HALF_COMPARE(half_less, <, 0)
HALF_COMPARE(half_less_equal, <=, 0)
HALF_COMPARE(half_greater, >, 0)
HALF_COMPARE(half_greater_equal, >=, 0)
HALF_COMPARE(half_equal, ==, 0)
HALF_COMPARE(half_not_equal, !=, 1)

/* The first one where it is at least (at most) the other, or where the one that counts
 * is a NaN. */
#define HALF_SELECT(name, OP, NAN)                                                     \
  static inline void name##_body(const half *x, const half *y, half *z, intptr_t n)    \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const bool ordered = !(is_nan(x[i]) | is_nan(y[i]));                             \
      const bool first = (ordered & (order(x[i]) OP order(y[i]))) | is_nan(NAN[i]);    \
      z[i] = first ? x[i] : y[i];                                                      \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(name, half, half, half)

HALF_SELECT(half_maximum, >=, x)
HALF_SELECT(half_minimum, <=, x)
HALF_SELECT(half_fmax, >=, y)
HALF_SELECT(half_fmin, <=, y)
