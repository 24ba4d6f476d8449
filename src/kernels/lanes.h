/*
 * lanes.h - vectors of double (f64) and float (f32), as wide as the level has them: all
 * that kernels know about an instruction set, beside the conversions of half.c.
 *
 * Comparisons are quiet, and false for NaNs.  select(m, a, b) is m ? a : b.
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

/* 2 to the power of whole numbers from -1022 to 1023: the last bits of such a sum. */
static inline v_f64 power_of_two(v_f64 k)
{
    const __m512d biased = k + _mm512_set1_pd(0x1.8p52 + 1023);
    return _mm512_castsi512_pd(_mm512_slli_epi64(_mm512_castpd_si512(biased), 52));
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

#elif defined(__AVX2__) && defined(__FMA__)
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

static inline v_f64 power_of_two(v_f64 k)
{
    const __m256d biased = k + _mm256_set1_pd(0x1.8p52 + 1023);
    return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(biased), 52));
}

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
#endif

#endif
