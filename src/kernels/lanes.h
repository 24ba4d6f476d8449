/*
 * lanes.h - vectors of double (f64) and float (f32), as wide as the level has them, and
 * of float16 (f16) as float: all that kernels know about an instruction set.
 *
 * Comparisons are false for NaNs, and quiet, but for at_least, which is C's: it raises
 * invalid.  select(m, a, b) is m ? a : b.  Complex
 * numbers are pairs: a vector of the real parts, and one of the imaginary ones.
 */
#ifndef NPP_KERNELS_LANES_H
#define NPP_KERNELS_LANES_H

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#  define NPP_LANES
#  include <immintrin.h>

#  define LANES_OF(S, T, V, P, M, N)                                                   \
    typedef V v_##S;                                                                   \
    typedef M m_##S;                                                                   \
    enum { LANES_##S = N };                                                            \
    static inline v_##S load_##S(const T *p)                                           \
    {                                                                                  \
      return _mm512_loadu_##P(p);                                                      \
    }                                                                                  \
    static inline void store_##S(T *p, v_##S v)                                        \
    {                                                                                  \
      _mm512_storeu_##P(p, v);                                                         \
    }                                                                                  \
    static inline v_##S all_##S(T x)                                                   \
    {                                                                                  \
      return _mm512_set1_##P(x);                                                       \
    }                                                                                  \
    static inline v_##S fma_##S(v_##S a, v_##S b, v_##S c)                             \
    {                                                                                  \
      return _mm512_fmadd_##P(a, b, c);                                                \
    }                                                                                  \
    static inline v_##S trunc_##S(v_##S a)                                             \
    {                                                                                  \
      return _mm512_roundscale_##P(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);         \
    }                                                                                  \
    static inline v_##S floor_##S(v_##S a)                                             \
    {                                                                                  \
      return _mm512_roundscale_##P(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);      \
    }                                                                                  \
    static inline v_##S ceil_##S(v_##S a)                                              \
    {                                                                                  \
      return _mm512_roundscale_##P(a, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);      \
    }                                                                                  \
    static inline v_##S rint_##S(v_##S a)                                              \
    {                                                                                  \
      return _mm512_roundscale_##P(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);  \
    }                                                                                  \
    static inline v_##S sqrt_##S(v_##S a)                                              \
    {                                                                                  \
      return _mm512_sqrt_##P(a);                                                       \
    }                                                                                  \
    static inline v_##S abs_##S(v_##S a)                                               \
    {                                                                                  \
      return _mm512_abs_##P(a);                                                        \
    }                                                                                  \
    static inline v_##S copysign_##S(v_##S a, v_##S sign)                              \
    {                                                                                  \
      const v_##S zero = _mm512_set1_##P((T)-0.0);                                     \
      return _mm512_or_##P(_mm512_andnot_##P(zero, a), _mm512_and_##P(zero, sign));    \
    }                                                                                  \
    static inline m_##S less_##S(v_##S a, v_##S b)                                     \
    {                                                                                  \
      return _mm512_cmp_##P##_mask(a, b, _CMP_LT_OQ);                                  \
    }                                                                                  \
    static inline m_##S equal_##S(v_##S a, v_##S b)                                    \
    {                                                                                  \
      return _mm512_cmp_##P##_mask(a, b, _CMP_EQ_OQ);                                  \
    }                                                                                  \
    static inline m_##S at_least_##S(v_##S a, v_##S b)                                 \
    {                                                                                  \
      return _mm512_cmp_##P##_mask(a, b, _CMP_GE_OS);                                  \
    }                                                                                  \
    static inline m_##S and_##S(m_##S a, m_##S b)                                      \
    {                                                                                  \
      return (m_##S)(a & b);                                                           \
    }                                                                                  \
    static inline m_##S or_##S(m_##S a, m_##S b)                                       \
    {                                                                                  \
      return (m_##S)(a | b);                                                           \
    }                                                                                  \
    static inline m_##S differ_##S(m_##S a, m_##S b)                                   \
    {                                                                                  \
      return (m_##S)(a ^ b);                                                           \
    }                                                                                  \
    static inline m_##S not_##S(m_##S m)                                               \
    {                                                                                  \
      return (m_##S) ~m;                                                               \
    }                                                                                  \
    static inline unsigned bits_##S(m_##S m)                                           \
    {                                                                                  \
      return m;                                                                        \
    }                                                                                  \
    static inline v_##S select_##S(m_##S m, v_##S a, v_##S b)                          \
    {                                                                                  \
      return _mm512_mask_blend_##P(m, b, a);                                           \
    }

LANES_OF(f64, double, __m512d, pd, __mmask8, 8)
LANES_OF(f32, float, __m512, ps, __mmask16, 16)

/* Every second of two vectors, from the first or the second on; and back. */
#  define EVEN_f64 _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14)
#  define ODD_f64 _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15)
#  define LOW_f64 _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11)
#  define HIGH_f64 _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15)
#  define EVEN_f32                                                                     \
    _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#  define ODD_f32                                                                      \
    _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#  define LOW_f32                                                                      \
    _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#  define HIGH_f32                                                                     \
    _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#  define UNZIP(S, P, a, b)                                                            \
    _mm512_permutex2var_##P(a, EVEN_##S, b), _mm512_permutex2var_##P(a, ODD_##S, b)
#  define ZIP_LOW(S, P, a, b) _mm512_permutex2var_##P(a, LOW_##S, b)
#  define ZIP_HIGH(S, P, a, b) _mm512_permutex2var_##P(a, HIGH_##S, b)

/* 2^k of integers, where that is a normal number. */
static inline v_f64 power_of_two_f64(v_f64 k)
{
    return _mm512_scalef_pd(_mm512_set1_pd(1), k);
}

/* k of a normal number 2^k m with 1 <= m < 2. */
static inline v_f64 exponent_f64(v_f64 a)
{
    return _mm512_getexp_pd(a);
}

/* Both halves in double. */
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

/* As many float32 as there are lanes of double. */
static inline v_f64 load_wide(const float *p)
{
    return _mm512_cvtps_pd(_mm256_loadu_ps(p));
}

static inline void store_narrow(float *p, v_f64 v)
{
    _mm256_storeu_ps(p, _mm512_cvtpd_ps(v));
}

#elif defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#  define NPP_LANES
#  include <immintrin.h>

#  define LANES_OF(S, T, V, P, N)                                                      \
    typedef V v_##S, m_##S;                                                            \
    enum { LANES_##S = N };                                                            \
    static inline v_##S load_##S(const T *p)                                           \
    {                                                                                  \
      return _mm256_loadu_##P(p);                                                      \
    }                                                                                  \
    static inline void store_##S(T *p, v_##S v)                                        \
    {                                                                                  \
      _mm256_storeu_##P(p, v);                                                         \
    }                                                                                  \
    static inline v_##S all_##S(T x)                                                   \
    {                                                                                  \
      return _mm256_set1_##P(x);                                                       \
    }                                                                                  \
    static inline v_##S fma_##S(v_##S a, v_##S b, v_##S c)                             \
    {                                                                                  \
      return _mm256_fmadd_##P(a, b, c);                                                \
    }                                                                                  \
    static inline v_##S trunc_##S(v_##S a)                                             \
    {                                                                                  \
      return _mm256_round_##P(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);              \
    }                                                                                  \
    static inline v_##S floor_##S(v_##S a)                                             \
    {                                                                                  \
      return _mm256_round_##P(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);           \
    }                                                                                  \
    static inline v_##S ceil_##S(v_##S a)                                              \
    {                                                                                  \
      return _mm256_round_##P(a, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);           \
    }                                                                                  \
    static inline v_##S rint_##S(v_##S a)                                              \
    {                                                                                  \
      return _mm256_round_##P(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);       \
    }                                                                                  \
    static inline v_##S sqrt_##S(v_##S a)                                              \
    {                                                                                  \
      return _mm256_sqrt_##P(a);                                                       \
    }                                                                                  \
    static inline v_##S abs_##S(v_##S a)                                               \
    {                                                                                  \
      return _mm256_andnot_##P(_mm256_set1_##P((T)-0.0), a);                           \
    }                                                                                  \
    static inline v_##S copysign_##S(v_##S a, v_##S sign)                              \
    {                                                                                  \
      const v_##S zero = _mm256_set1_##P((T)-0.0);                                     \
      return _mm256_or_##P(_mm256_andnot_##P(zero, a), _mm256_and_##P(zero, sign));    \
    }                                                                                  \
    static inline m_##S less_##S(v_##S a, v_##S b)                                     \
    {                                                                                  \
      return _mm256_cmp_##P(a, b, _CMP_LT_OQ);                                         \
    }                                                                                  \
    static inline m_##S equal_##S(v_##S a, v_##S b)                                    \
    {                                                                                  \
      return _mm256_cmp_##P(a, b, _CMP_EQ_OQ);                                         \
    }                                                                                  \
    static inline m_##S at_least_##S(v_##S a, v_##S b)                                 \
    {                                                                                  \
      return _mm256_cmp_##P(a, b, _CMP_GE_OS);                                         \
    }                                                                                  \
    static inline m_##S and_##S(m_##S a, m_##S b)                                      \
    {                                                                                  \
      return _mm256_and_##P(a, b);                                                     \
    }                                                                                  \
    static inline m_##S or_##S(m_##S a, m_##S b)                                       \
    {                                                                                  \
      return _mm256_or_##P(a, b);                                                      \
    }                                                                                  \
    static inline m_##S differ_##S(m_##S a, m_##S b)                                   \
    {                                                                                  \
      return _mm256_xor_##P(a, b);                                                     \
    }                                                                                  \
    static inline m_##S not_##S(m_##S m)                                               \
    {                                                                                  \
      const v_##S zero = _mm256_setzero_##P();                                         \
      return _mm256_xor_##P(m, _mm256_cmp_##P(zero, zero, _CMP_EQ_OQ));                \
    }                                                                                  \
    static inline unsigned bits_##S(m_##S m)                                           \
    {                                                                                  \
      return (unsigned)_mm256_movemask_##P(m);                                         \
    }                                                                                  \
    static inline v_##S select_##S(m_##S m, v_##S a, v_##S b)                          \
    {                                                                                  \
      return _mm256_blendv_##P(b, a, m);                                               \
    }

LANES_OF(f64, double, __m256d, pd, 4)
LANES_OF(f32, float, __m256, ps, 8)

/* Within each half of 128 bits, whose quarters then go to where they belong. */
#  define QUARTERS_f64(a) _mm256_permute4x64_pd(a, 0xd8)
#  define QUARTERS_f32(a)                                                              \
    _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(a), 0xd8))
#  define EVEN_f64(a, b) _mm256_unpacklo_pd(a, b)
#  define ODD_f64(a, b) _mm256_unpackhi_pd(a, b)
#  define EVEN_f32(a, b) _mm256_shuffle_ps(a, b, 0x88)
#  define ODD_f32(a, b) _mm256_shuffle_ps(a, b, 0xdd)
#  define UNZIP(S, P, a, b) QUARTERS_##S(EVEN_##S(a, b)), QUARTERS_##S(ODD_##S(a, b))
#  define ZIPPED(P, a, b, half)                                                        \
    _mm256_permute2f128_##P(_mm256_unpacklo_##P(a, b), _mm256_unpackhi_##P(a, b), half)
#  define ZIP_LOW(S, P, a, b) ZIPPED(P, a, b, 0x20)
#  define ZIP_HIGH(S, P, a, b) ZIPPED(P, a, b, 0x31)

/* 2^k of integers, where that is a normal number: in the low bits of a sum with 2^52 x
 * 1.5 is the integer. */
static inline v_f64 power_of_two_f64(v_f64 k)
{
    const v_f64 sum = k + _mm256_set1_pd(0x1.8p52 + 1023);
    return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(sum), 52));
}

/* k of a normal number 2^k m with 1 <= m < 2. */
static inline v_f64 exponent_f64(v_f64 a)
{
    const v_f64 large = _mm256_set1_pd(0x1p52), sign = _mm256_set1_pd(-0.0);
    const v_f64 size = _mm256_andnot_pd(sign, a);
    const v_f64 bits =
        _mm256_castsi256_pd(_mm256_srli_epi64(_mm256_castpd_si256(size), 52));
    return _mm256_or_pd(bits, large) - _mm256_set1_pd(0x1p52 + 1023);
}

/* Both halves in double. */
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

/* As many float32 as there are lanes of double. */
static inline v_f64 load_wide(const float *p)
{
    return _mm256_cvtps_pd(_mm_loadu_ps(p));
}

static inline void store_narrow(float *p, v_f64 v)
{
    _mm_storeu_ps(p, _mm256_cvtpd_ps(v));
}
#endif

#ifdef NPP_LANES
#  include <stdint.h>
#  include <string.h>

/*
 * take and give: a vector of the n elements from there on; at the end of a block, where
 * there are fewer, the rest of it is the first of them, which raises no flag that it
 * does not raise itself.
 */
#  define LANES_OF_BLOCK(S, T)                                                         \
    static inline v_##S take_##S(const T *x, intptr_t n)                               \
    {                                                                                  \
      if (n >= LANES_##S) {                                                            \
        return load_##S(x);                                                            \
      }                                                                                \
      T rest[LANES_##S];                                                               \
      for (intptr_t j = 0; j < LANES_##S; j++) {                                       \
        rest[j] = x[j < n ? j : 0];                                                    \
      }                                                                                \
      return load_##S(rest);                                                           \
    }                                                                                  \
                                                                                       \
    static inline void give_##S(T *x, intptr_t n, v_##S v)                             \
    {                                                                                  \
      if (n >= LANES_##S) {                                                            \
        store_##S(x, v);                                                               \
      } else {                                                                         \
        T rest[LANES_##S];                                                             \
        store_##S(rest, v);                                                            \
        memcpy(x, rest, (size_t)n * sizeof(T));                                        \
      }                                                                                \
    }

LANES_OF_BLOCK(f64, double)
LANES_OF_BLOCK(f32, float)

/* The same for n complex numbers. */
#  define PAIRS_OF_BLOCK(S, T, P)                                                      \
    struct pair_##S {                                                                  \
      v_##S re, im;                                                                    \
    };                                                                                 \
                                                                                       \
    static inline struct pair_##S take_pairs_##S(const T *x, intptr_t n) {             \
      T rest[2 * LANES_##S];                                                           \
      for (intptr_t j = 0; n < LANES_##S && j < 2 * LANES_##S; j++) {                  \
        rest[j] = x[j < 2 * n ? j : j % 2];                                            \
      }                                                                                \
      const T *from = n < LANES_##S ? rest : x;                                        \
      const v_##S a = load_##S(from), b = load_##S(from + LANES_##S);                  \
      return (struct pair_##S){UNZIP(S, P, a, b)};                                     \
    }                                                                                  \
                                                                                       \
    static inline void give_pairs_##S(T *x, intptr_t n, struct pair_##S z)             \
    {                                                                                  \
      T rest[2 * LANES_##S];                                                           \
      T *const to = n < LANES_##S ? rest : x;                                          \
      store_##S(to, ZIP_LOW(S, P, z.re, z.im));                                        \
      store_##S(to + LANES_##S, ZIP_HIGH(S, P, z.re, z.im));                           \
      if (n < LANES_##S) {                                                             \
        memcpy(x, rest, (size_t)n * 2 * sizeof(T));                                    \
      }                                                                                \
    }

PAIRS_OF_BLOCK(f64, double, pd)
PAIRS_OF_BLOCK(f32, float, ps)

/* n complex numbers of floats as ones of doubles. */
static inline struct pair_f64 take_pairs_wide(const float *x, intptr_t n)
{
    float rest[LANES_f32];
    for (intptr_t j = 0; n < LANES_f64 && j < LANES_f32; j++) {
        rest[j] = x[j < 2 * n ? j : j % 2];
    }
    v_f64 a, b;
    widen(load_f32(n < LANES_f64 ? rest : x), &a, &b);
    return (struct pair_f64){UNZIP(f64, pd, a, b)};
}

static inline void give_pairs_wide(float *x, intptr_t n, struct pair_f64 z)
{
    give_f32(x, 2 * n,
             narrow(ZIP_LOW(f64, pd, z.re, z.im), ZIP_HIGH(f64, pd, z.re, z.im)));
}

/* n truth values, one byte each. */
static inline void give_bits(uint8_t *x, intptr_t n, int lanes, unsigned bits)
{
    for (intptr_t i = 0; i < lanes && i < n; i += 8, bits >>= 8) {
        const uint64_t ones = UINT64_C(0x0101010101010101);
        const uint64_t spread = (bits & 0xff) * ones & UINT64_C(0x8040201008040201);
        const uint64_t bytes = (spread + 0x7f * ones) >> 7 & ones;
        const intptr_t most = lanes - i < 8 ? lanes - i : 8;
        memcpy(x + i, &bytes, (size_t)(n - i < most ? n - i : most));
    }
}

/* n float32 in lanes of double. */
static inline v_f64 take_wide(const float *x, intptr_t n)
{
    float rest[LANES_f64];
    for (intptr_t j = 0; j < LANES_f64 && n < LANES_f64; j++) {
        rest[j] = x[j < n ? j : 0];
    }
    return load_wide(n < LANES_f64 ? rest : x);
}

static inline void give_narrow(float *x, intptr_t n, v_f64 v)
{
    float rest[LANES_f64];
    store_narrow(n < LANES_f64 ? rest : x, v);
    if (n < LANES_f64) {
        memcpy(x, rest, (size_t)n * sizeof(float));
    }
}

/* float16: lanes of float32, which hold it exactly; give rounds. */
typedef v_f32 v_f16;
enum { LANES_f16 = LANES_f32 };
LANES_OF_BLOCK(f16, uint16_t)
#endif

#endif
