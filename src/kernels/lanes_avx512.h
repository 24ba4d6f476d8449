/* lanes_avx512.h - lanes.h for AVX-512 (F, DQ, VL). */
#ifndef NPP_KERNELS_LANES_AVX512_H
#define NPP_KERNELS_LANES_AVX512_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#define SLEEF_f64(function, ulp) Sleef_##function##d8_##ulp##avx512f
#define SLEEF_f32(function, ulp) Sleef_##function##f16_##ulp##avx512f

#define VECTOR_BYTES 64
#define IN_REGISTER "+v"
enum { NUMPY_HAS_SVML = true };

#define T double
#define OF(name) name##_f64
#define VECTOR __m512d
#define MASK __mmask8
#define MM(name) _mm512_##name##_pd
#define ROUND _mm512_roundscale_pd
#define COMPARE _mm512_cmp_pd_mask
#include "lanes_x86_template.h"

#define T float
#define OF(name) name##_f32
#define VECTOR __m512
#define MASK __mmask16
#define MM(name) _mm512_##name##_ps
#define ROUND _mm512_roundscale_ps
#define COMPARE _mm512_cmp_ps_mask
#include "lanes_x86_template.h"

/* What AVX2 does in another way. */
#define OWN_LANES_OF(S, T, P)                                                          \
  static inline v_##S abs_##S(v_##S a)                                                 \
  {                                                                                    \
    return _mm512_abs_##P(a);                                                          \
  }                                                                                    \
  static inline m_##S and_##S(m_##S a, m_##S b)                                        \
  {                                                                                    \
    return (m_##S)(a & b);                                                             \
  }                                                                                    \
  static inline m_##S or_##S(m_##S a, m_##S b)                                         \
  {                                                                                    \
    return (m_##S)(a | b);                                                             \
  }                                                                                    \
  static inline m_##S differ_##S(m_##S a, m_##S b)                                     \
  {                                                                                    \
    return (m_##S)(a ^ b);                                                             \
  }                                                                                    \
  static inline m_##S not_##S(m_##S m)                                                 \
  {                                                                                    \
    return (m_##S) ~m;                                                                 \
  }                                                                                    \
  static inline unsigned bits_##S(m_##S m)                                             \
  {                                                                                    \
    return m;                                                                          \
  }                                                                                    \
  static inline v_##S select_##S(m_##S m, v_##S a, v_##S b)                            \
  {                                                                                    \
    return _mm512_mask_blend_##P(m, b, a);                                             \
  }

OWN_LANES_OF(f64, double, pd)
OWN_LANES_OF(f32, float, ps)

/* EVEN and ODD pick every second element of two vectors, from the first or the second
 * on.  LOW and HIGH put them back. */
#define EVEN_f64 _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14)
#define ODD_f64 _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15)
#define LOW_f64 _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_f64 _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15)
#define EVEN_f32                                                                       \
  _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD_f32                                                                        \
  _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define LOW_f32                                                                        \
  _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_f32                                                                       \
  _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define UNZIP(S, P, a, b)                                                              \
  _mm512_permutex2var_##P(a, EVEN_##S, b), _mm512_permutex2var_##P(a, ODD_##S, b)
#define ZIP_LOW(S, P, a, b) _mm512_permutex2var_##P(a, LOW_##S, b)
#define ZIP_HIGH(S, P, a, b) _mm512_permutex2var_##P(a, HIGH_##S, b)

/* Returns 2^k for integers `k`, where 2^k is a normal number. */
static inline v_f64 power_of_two_f64(v_f64 k)
{
    return _mm512_scalef_pd(_mm512_set1_pd(1), k);
}

/* Returns k of a normal number 2^k m with 1 <= m < 2. */
static inline v_f64 exponent_f64(v_f64 a)
{
    return _mm512_getexp_pd(a);
}

/* Splits a normal number into 2^k m with m from sqrt(1/2) to sqrt(2), and returns m.
 * An offset is added to the bits, so that the exponent changes at sqrt(2), and is taken
 * off again below the exponent. */
static inline v_f64 near_one_f64(v_f64 x, v_f64 *k)
{
    const __m512i root = _mm512_set1_epi64(0x3fe6a09e667f3bcd); /* sqrt(1/2) */
    const __m512i one = _mm512_set1_epi64(0x3ff0000000000000);
    const __m512i bits =
        _mm512_add_epi64(_mm512_castpd_si512(x), _mm512_sub_epi64(one, root));
    const __m512i mantissa = bits & _mm512_set1_epi64(0x000fffffffffffff);
    *k = _mm512_cvtepi64_pd(_mm512_srli_epi64(bits, 52)) - _mm512_set1_pd(1023);
    return _mm512_castsi512_pd(_mm512_add_epi64(mantissa, root));
}

static inline v_f32 near_one_f32(v_f32 x, v_f32 *k)
{
    const __m512i root = _mm512_set1_epi32(0x3f3504f3),
                  one = _mm512_set1_epi32(0x3f800000);
    const __m512i bits =
        _mm512_add_epi32(_mm512_castps_si512(x), _mm512_sub_epi32(one, root));
    const __m512i mantissa = bits & _mm512_set1_epi32(0x007fffff);
    *k = _mm512_cvtepi32_ps(_mm512_srli_epi32(bits, 23)) - _mm512_set1_ps(127);
    return _mm512_castsi512_ps(_mm512_add_epi32(mantissa, root));
}

/* Converts both halves to double. */
static inline void widen(v_f32 a, v_f64 *low, v_f64 *high)
{
    *low = _mm512_cvtps_pd(_mm512_castps512_ps256(a));
    *high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1));
}

static inline v_f32 narrow(v_f64 low, v_f64 high)
{
    const __m512 a = _mm512_castps256_ps512(_mm512_cvtpd_ps(low));
    return _mm512_insertf32x8(a, _mm512_cvtpd_ps(high), 1);
}

static inline __m512 load_f16(const unsigned short *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}

static inline void store_f16(unsigned short *p, __m512 v)
{
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}

/* Loads as many float32 as there are lanes of double. */
static inline v_f64 load_wide(const float *p)
{
    return _mm512_cvtps_pd(_mm256_loadu_ps(p));
}

static inline void store_narrow(float *p, v_f64 v)
{
    _mm256_storeu_ps(p, _mm512_cvtpd_ps(v));
}

/* -- indices -------------------------------------------------------------------- */

#define NPP_INDICES
#define FIRST_NUMBERS 0, 1, 2, 3, 4, 5, 6, 7
enum { LANES_INDEX = 8 };
typedef uint64_t v_index __attribute__((vector_size(LANES_INDEX * sizeof(uint64_t))));
typedef uint32_t v_number __attribute__((vector_size(LANES_INDEX * sizeof(uint32_t))));

static inline v_index load_index(const intptr_t *p)
{
    return (v_index)_mm512_loadu_si512(p);
}

static inline v_index all_index(int64_t x)
{
    return (v_index)_mm512_set1_epi64(x);
}

static inline v_index counted_from(v_index x, v_index lengths)
{
    const __m512i v = (__m512i)x;
    return (v_index)_mm512_mask_add_epi64(v, _mm512_movepi64_mask(v), v,
                                          (__m512i)lengths);
}

static inline v_index limit_index(int64_t end)
{
    return all_index(end);
}

static inline unsigned are_below(v_index x, v_index limit)
{
    return _mm512_cmplt_epu64_mask((__m512i)x, (__m512i)limit);
}

static inline v_number numbers_of(v_index x)
{
    return (v_number)_mm512_cvtepi64_epi32((__m512i)x);
}

static inline void give_picked(int32_t *p, v_number x, unsigned bits)
{
    const __m256i picked = _mm256_maskz_compress_epi32((__mmask8)bits, (__m256i)x);
    _mm256_storeu_si256((__m256i *)p, picked);
}

/* -- nodes ---------------------------------------------------------------------- */

#define NPP_NODES
#define NODE_OF(name, S, T, ALL, COMPARE, how)                                         \
  static inline intptr_t name##_##S(const T *node, T key)                              \
  {                                                                                    \
    return __builtin_popcount(COMPARE(ALL(key), how));                                 \
  }
#define COMPARE_f64(all, how) _mm512_cmp_pd_mask(_mm512_loadu_pd(node), all, how)
#define COMPARE_f32(all, how) _mm512_cmp_ps_mask(_mm512_loadu_ps(node), all, how)
#define COMPARE_i64(all, how) _mm512_cmp_epi64_mask(_mm512_loadu_si512(node), all, how)
#define COMPARE_i32(all, how) _mm512_cmp_epi32_mask(_mm512_loadu_si512(node), all, how)
#define COMPARE_u64(all, how) _mm512_cmp_epu64_mask(_mm512_loadu_si512(node), all, how)
#define COMPARE_u32(all, how) _mm512_cmp_epu32_mask(_mm512_loadu_si512(node), all, how)
#define ALL_u64(x) _mm512_set1_epi64((int64_t)(x))
#define ALL_u32(x) _mm512_set1_epi32((int32_t)(x))
NODE_OF(less_in, f64, double, _mm512_set1_pd, COMPARE_f64, _CMP_LT_OQ)
NODE_OF(less_in, f32, float, _mm512_set1_ps, COMPARE_f32, _CMP_LT_OQ)
NODE_OF(at_most_in, f64, double, _mm512_set1_pd, COMPARE_f64, _CMP_LE_OQ)
NODE_OF(at_most_in, f32, float, _mm512_set1_ps, COMPARE_f32, _CMP_LE_OQ)
NODE_OF(less_in, i64, int64_t, _mm512_set1_epi64, COMPARE_i64, _MM_CMPINT_LT)
NODE_OF(less_in, i32, int32_t, _mm512_set1_epi32, COMPARE_i32, _MM_CMPINT_LT)
NODE_OF(less_in, u64, uint64_t, ALL_u64, COMPARE_u64, _MM_CMPINT_LT)
NODE_OF(less_in, u32, uint32_t, ALL_u32, COMPARE_u32, _MM_CMPINT_LT)

#endif
