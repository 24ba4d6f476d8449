/* lanes_avx2.h - lanes.h for AVX2, FMA and F16C. */
#ifndef NPP_KERNELS_LANES_AVX2_H
#define NPP_KERNELS_LANES_AVX2_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#define SLEEF_f64(function, ulp) Sleef_##function##d4_##ulp##avx2
#define SLEEF_f32(function, ulp) Sleef_##function##f8_##ulp##avx2

#define VECTOR_BYTES 32
#define IN_REGISTER "+x"
enum { NUMPY_HAS_SVML = false };

#define T double
#define OF(name) name##_f64
#define VECTOR __m256d
#define MASK __m256d
#define MM(name) _mm256_##name##_pd
#define ROUND _mm256_round_pd
#define COMPARE _mm256_cmp_pd
#include "lanes_x86_template.h"

#define T float
#define OF(name) name##_f32
#define VECTOR __m256
#define MASK __m256
#define MM(name) _mm256_##name##_ps
#define ROUND _mm256_round_ps
#define COMPARE _mm256_cmp_ps
#include "lanes_x86_template.h"

/* What AVX-512 does in another way. */
#define OWN_LANES_OF(S, T, P)                                                          \
  static inline v_##S abs_##S(v_##S a)                                                 \
  {                                                                                    \
    return _mm256_andnot_##P(_mm256_set1_##P((T)-0.0), a);                             \
  }                                                                                    \
  static inline m_##S and_##S(m_##S a, m_##S b)                                        \
  {                                                                                    \
    return _mm256_and_##P(a, b);                                                       \
  }                                                                                    \
  static inline m_##S or_##S(m_##S a, m_##S b)                                         \
  {                                                                                    \
    return _mm256_or_##P(a, b);                                                        \
  }                                                                                    \
  static inline m_##S differ_##S(m_##S a, m_##S b)                                     \
  {                                                                                    \
    return _mm256_xor_##P(a, b);                                                       \
  }                                                                                    \
  static inline m_##S not_##S(m_##S m)                                                 \
  {                                                                                    \
    const v_##S zero = _mm256_setzero_##P();                                           \
    return _mm256_xor_##P(m, _mm256_cmp_##P(zero, zero, _CMP_EQ_OQ));                  \
  }                                                                                    \
  static inline unsigned bits_##S(m_##S m)                                             \
  {                                                                                    \
    return (unsigned)_mm256_movemask_##P(m);                                           \
  }                                                                                    \
  static inline v_##S select_##S(m_##S m, v_##S a, v_##S b)                            \
  {                                                                                    \
    return _mm256_blendv_##P(b, a, m);                                                 \
  }

OWN_LANES_OF(f64, double, pd)
OWN_LANES_OF(f32, float, ps)

/* EVEN and ODD work within each half of 128 bits; QUARTERS then moves the quarters to
 * where they belong. */
#define QUARTERS_f64(a) _mm256_permute4x64_pd(a, 0xd8)
#define QUARTERS_f32(a)                                                                \
  _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(a), 0xd8))
#define EVEN_f64(a, b) _mm256_unpacklo_pd(a, b)
#define ODD_f64(a, b) _mm256_unpackhi_pd(a, b)
#define EVEN_f32(a, b) _mm256_shuffle_ps(a, b, 0x88)
#define ODD_f32(a, b) _mm256_shuffle_ps(a, b, 0xdd)
#define UNZIP(S, P, a, b) QUARTERS_##S(EVEN_##S(a, b)), QUARTERS_##S(ODD_##S(a, b))
#define ZIPPED(P, a, b, half)                                                          \
  _mm256_permute2f128_##P(_mm256_unpacklo_##P(a, b), _mm256_unpackhi_##P(a, b), half)
#define ZIP_LOW(S, P, a, b) ZIPPED(P, a, b, 0x20)
#define ZIP_HIGH(S, P, a, b) ZIPPED(P, a, b, 0x31)

/* Returns 2^k for integers `k`, where 2^k is a normal number.  The low bits of the sum
 * of k and 2^52 x 1.5 are the integer. */
static inline v_f64 power_of_two_f64(v_f64 k)
{
    const v_f64 sum = k + _mm256_set1_pd(0x1.8p52 + 1023);
    return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(sum), 52));
}

/* Returns k of a normal number 2^k m with 1 <= m < 2. */
static inline v_f64 exponent_f64(v_f64 a)
{
    const v_f64 large = _mm256_set1_pd(0x1p52), sign = _mm256_set1_pd(-0.0);
    const v_f64 size = _mm256_andnot_pd(sign, a);
    const v_f64 bits =
        _mm256_castsi256_pd(_mm256_srli_epi64(_mm256_castpd_si256(size), 52));
    return _mm256_or_pd(bits, large) - _mm256_set1_pd(0x1p52 + 1023);
}

/* Splits a normal number into 2^k m with m from sqrt(1/2) to sqrt(2), and returns m.
 * An offset is added to the bits, so that the exponent changes at sqrt(2), and is taken
 * off again below the exponent. */
static inline v_f64 near_one_f64(v_f64 x, v_f64 *k)
{
    const __m256i root = _mm256_set1_epi64x(0x3fe6a09e667f3bcd); /* sqrt(1/2) */
    const __m256i one = _mm256_set1_epi64x(0x3ff0000000000000);
    const __m256i bits =
        _mm256_add_epi64(_mm256_castpd_si256(x), _mm256_sub_epi64(one, root));
    const __m256i mantissa = bits & _mm256_set1_epi64x(0x000fffffffffffff);
    const v_f64 large = _mm256_set1_pd(0x1p52);
    const v_f64 exponent = _mm256_castsi256_pd(_mm256_srli_epi64(bits, 52));
    *k = _mm256_or_pd(exponent, large) - _mm256_set1_pd(0x1p52 + 1023);
    return _mm256_castsi256_pd(_mm256_add_epi64(mantissa, root));
}

static inline v_f32 near_one_f32(v_f32 x, v_f32 *k)
{
    const __m256i root = _mm256_set1_epi32(0x3f3504f3),
                  one = _mm256_set1_epi32(0x3f800000);
    const __m256i bits =
        _mm256_add_epi32(_mm256_castps_si256(x), _mm256_sub_epi32(one, root));
    const __m256i mantissa = bits & _mm256_set1_epi32(0x007fffff);
    *k = _mm256_cvtepi32_ps(_mm256_srli_epi32(bits, 23)) - _mm256_set1_ps(127);
    return _mm256_castsi256_ps(_mm256_add_epi32(mantissa, root));
}

/* Converts both halves to double. */
static inline void widen(v_f32 a, v_f64 *low, v_f64 *high)
{
    *low = _mm256_cvtps_pd(_mm256_castps256_ps128(a));
    *high = _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1));
}

static inline v_f32 narrow(v_f64 low, v_f64 high)
{
    return _mm256_set_m128(_mm256_cvtpd_ps(high), _mm256_cvtpd_ps(low));
}

static inline __m256 load_f16(const unsigned short *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}

static inline void store_f16(unsigned short *p, __m256 v)
{
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}

/* Loads as many float32 as there are lanes of double. */
static inline v_f64 load_wide(const float *p)
{
    return _mm256_cvtps_pd(_mm_loadu_ps(p));
}

static inline void store_narrow(float *p, v_f64 v)
{
    _mm_storeu_ps(p, _mm256_cvtpd_ps(v));
}

/* -- indices -------------------------------------------------------------------- */

#define NPP_INDICES
#define FIRST_NUMBERS 0, 1, 2, 3
enum { LANES_INDEX = 4 };
typedef uint64_t v_index __attribute__((vector_size(LANES_INDEX * sizeof(uint64_t))));
typedef uint32_t v_number __attribute__((vector_size(LANES_INDEX * sizeof(uint32_t))));

static inline v_index load_index(const intptr_t *p)
{
    return (v_index)_mm256_loadu_si256((const __m256i *)p);
}

static inline v_index all_index(int64_t x)
{
    return (v_index)_mm256_set1_epi64x(x);
}

static inline v_index counted_from(v_index x, v_index lengths)
{
    const __m256i v = (__m256i)x;
    const __m256i negative = _mm256_cmpgt_epi64(_mm256_setzero_si256(), v);
    return (v_index)_mm256_add_epi64(v, _mm256_and_si256(negative, (__m256i)lengths));
}

static inline v_index limit_index(int64_t end)
{
    return all_index(end - 1);
}

static inline unsigned are_below(v_index x, v_index limit)
{
    const __m256i v = (__m256i)x;
    const __m256i out = _mm256_or_si256(_mm256_cmpgt_epi64(_mm256_setzero_si256(), v),
                                        _mm256_cmpgt_epi64(v, (__m256i)limit));
    return (unsigned)(15 & ~_mm256_movemask_pd(_mm256_castsi256_pd(out)));
}

static inline v_number numbers_of(v_index x)
{
    const __m256i low = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    return (v_number)_mm256_castsi256_si128(
        _mm256_permutevar8x32_epi32((__m256i)x, low));
}

static inline void give_picked(int32_t *p, v_number x, unsigned bits)
{
    /* Shuffles that move the bytes of those lanes whose bit is set to the front. */
#define LANE(i) 4 * (i), 4 * (i) + 1, 4 * (i) + 2, 4 * (i) + 3
#define NO 0, 0, 0, 0
    static const int8_t shuffles[16][16] = {
        {NO, NO, NO, NO},
        {LANE(0), NO, NO, NO},
        {LANE(1), NO, NO, NO},
        {LANE(0), LANE(1), NO, NO},
        {LANE(2), NO, NO, NO},
        {LANE(0), LANE(2), NO, NO},
        {LANE(1), LANE(2), NO, NO},
        {LANE(0), LANE(1), LANE(2), NO},
        {LANE(3), NO, NO, NO},
        {LANE(0), LANE(3), NO, NO},
        {LANE(1), LANE(3), NO, NO},
        {LANE(0), LANE(1), LANE(3), NO},
        {LANE(2), LANE(3), NO, NO},
        {LANE(0), LANE(2), LANE(3), NO},
        {LANE(1), LANE(2), LANE(3), NO},
        {LANE(0), LANE(1), LANE(2), LANE(3)},
    };
#undef LANE
#undef NO
    const __m128i order = _mm_loadu_si128((const __m128i *)shuffles[bits]);
    _mm_storeu_si128((__m128i *)p, _mm_shuffle_epi8((__m128i)x, order));
}

/* -- nodes ---------------------------------------------------------------------- */

/* Two results of comparisons are packed to half as many bits, in any order. */
#define NPP_NODES
#define NODE_OF_8(name, S, T, TEST)                                                    \
  static inline intptr_t name##_##S(const T *node, T key)                              \
  {                                                                                    \
    const __m256i both = _mm256_packs_epi32(TEST(node, key), TEST(node + 4, key));     \
    return __builtin_popcount(                                                         \
        (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(both)));                      \
  }
#define NODE_OF_16(name, S, T, TEST)                                                   \
  static inline intptr_t name##_##S(const T *node, T key)                              \
  {                                                                                    \
    const __m256i both = _mm256_packs_epi32(TEST(node, key), TEST(node + 8, key));     \
    return __builtin_popcount((unsigned)_mm256_movemask_epi8(both)) / 2;               \
  }
#define TEST_f64(p, key, how)                                                          \
  _mm256_castpd_si256(_mm256_cmp_pd(_mm256_loadu_pd(p), _mm256_set1_pd(key), how))
#define TEST_f32(p, key, how)                                                          \
  _mm256_castps_si256(_mm256_cmp_ps(_mm256_loadu_ps(p), _mm256_set1_ps(key), how))
#define LESS_f64(p, key) TEST_f64(p, key, _CMP_LT_OQ)
#define LESS_f32(p, key) TEST_f32(p, key, _CMP_LT_OQ)
#define AT_MOST_f64(p, key) TEST_f64(p, key, _CMP_LE_OQ)
#define AT_MOST_f32(p, key) TEST_f32(p, key, _CMP_LE_OQ)
#define AT(p) _mm256_loadu_si256((const __m256i *)(p))
#define LESS_i64(p, key) _mm256_cmpgt_epi64(_mm256_set1_epi64x(key), AT(p))
#define LESS_i32(p, key) _mm256_cmpgt_epi32(_mm256_set1_epi32(key), AT(p))
/* The order of integers without a sign is that of integers with the first bit turned.
 */
#define LESS_u64(p, key)                                                               \
  _mm256_cmpgt_epi64(_mm256_set1_epi64x((int64_t)((key) ^ UINT64_C(1) << 63)),         \
                     _mm256_xor_si256(AT(p), _mm256_set1_epi64x(INT64_MIN)))
#define LESS_u32(p, key)                                                               \
  _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)((key) ^ UINT32_C(1) << 31)),          \
                     _mm256_xor_si256(AT(p), _mm256_set1_epi32(INT32_MIN)))
NODE_OF_8(less_in, f64, double, LESS_f64)
NODE_OF_16(less_in, f32, float, LESS_f32)
NODE_OF_8(at_most_in, f64, double, AT_MOST_f64)
NODE_OF_16(at_most_in, f32, float, AT_MOST_f32)
NODE_OF_8(less_in, i64, int64_t, LESS_i64)
NODE_OF_16(less_in, i32, int32_t, LESS_i32)
NODE_OF_8(less_in, u64, uint64_t, LESS_u64)
NODE_OF_16(less_in, u32, uint32_t, LESS_u32)
#undef AT

#endif
