/* sorts_avx512.h - sorts_lanes.h for AVX-512. */
#ifndef NPP_KERNELS_SORTS_AVX512_H
#define NPP_KERNELS_SORTS_AVX512_H

#include <immintrin.h>

#include "permutations.h"

#define SORTS_LANES

/* Vectors V of N numbers, whose intrinsics end with P, masks K; integers of as many
 * bits have intrinsics that end with E. */
#define VECTORS(S, V, N, P, E, K, LT, LE)                                              \
  typedef V w_##S;                                                                     \
  enum { WIDE_##S = N };                                                               \
  ALWAYS_INLINE w_##S load_##S(const S *p)                                             \
  {                                                                                    \
    return _mm512_loadu_##P(p);                                                        \
  }                                                                                    \
  ALWAYS_INLINE void store_##S(S *p, w_##S v)                                          \
  {                                                                                    \
    _mm512_storeu_##P(p, v);                                                           \
  }                                                                                    \
  ALWAYS_INLINE w_##S load_first_##S(const S *p, intptr_t k, w_##S v)                  \
  {                                                                                    \
    return _mm512_mask_loadu_##P(v, (K)((1U << k) - 1), p);                            \
  }                                                                                    \
  ALWAYS_INLINE void store_first_##S(S *p, intptr_t k, w_##S v)                        \
  {                                                                                    \
    _mm512_mask_storeu_##P(p, (K)((1U << k) - 1), v);                                  \
  }                                                                                    \
  ALWAYS_INLINE w_##S all_##S(S x)                                                     \
  {                                                                                    \
    return _mm512_set1_##P(x);                                                         \
  }                                                                                    \
  ALWAYS_INLINE uint32_t below_##S(w_##S v, w_##S p)                                   \
  {                                                                                    \
    return LT(v, p);                                                                   \
  }                                                                                    \
  ALWAYS_INLINE uint32_t not_above_##S(w_##S v, w_##S p)                               \
  {                                                                                    \
    return LE(v, p);                                                                   \
  }                                                                                    \
  ALWAYS_INLINE w_##S least_##S(w_##S a, w_##S b)                                      \
  {                                                                                    \
    return _mm512_min_##P(a, b);                                                       \
  }                                                                                    \
  ALWAYS_INLINE w_##S greatest_##S(w_##S a, w_##S b)                                   \
  {                                                                                    \
    return _mm512_max_##P(b, a);                                                       \
  }                                                                                    \
  ALWAYS_INLINE w_##S mix_##S(w_##S v, w_##S w, int x, uint32_t bits)                  \
  {                                                                                    \
    return _mm512_mask_permutexvar_##P(v, (K)bits, flipped_##E(x), w);                 \
  }                                                                                    \
  ALWAYS_INLINE w_##S flip_##S(w_##S v, int x)                                         \
  {                                                                                    \
    return _mm512_permutexvar_##P(flipped_##E(x), v);                                  \
  }                                                                                    \
  ALWAYS_INLINE w_##S choose_##S(uint32_t bits, w_##S a, w_##S b)                      \
  {                                                                                    \
    return _mm512_mask_blend_##P((K)bits, a, b);                                       \
  }

ALWAYS_INLINE __m512i flipped_epi64(int x)
{
    return _mm512_xor_si512(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7),
                            _mm512_set1_epi64(x));
}

ALWAYS_INLINE __m512i flipped_epi32(int x)
{
    const __m512i lanes =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm512_xor_si512(lanes, _mm512_set1_epi32(x));
}

#define LT_PD(v, p) _mm512_cmp_pd_mask(v, p, _CMP_LT_OQ)
#define LE_PD(v, p) _mm512_cmp_pd_mask(v, p, _CMP_LE_OQ)
#define LT_PS(v, p) _mm512_cmp_ps_mask(v, p, _CMP_LT_OQ)
#define LE_PS(v, p) _mm512_cmp_ps_mask(v, p, _CMP_LE_OQ)

VECTORS(f64, __m512d, 8, pd, epi64, __mmask8, LT_PD, LE_PD)
VECTORS(i64, __m512i, 8, epi64, epi64, __mmask8, _mm512_cmplt_epi64_mask,
        _mm512_cmple_epi64_mask)
VECTORS(f32, __m512, 16, ps, epi32, __mmask16, LT_PS, LE_PS)
VECTORS(i32, __m512i, 16, epi32, epi32, __mmask16, _mm512_cmplt_epi32_mask,
        _mm512_cmple_epi32_mask)

/* One permutation from a table is less than to compress twice; that of sixteen lanes
 * would be too large a table. */
ALWAYS_INLINE w_i64 split_i64(w_i64 v, uint32_t bits)
{
    const __m128i row = _mm_loadl_epi64((const __m128i *)(order + bits));
    return _mm512_permutexvar_epi64(_mm512_cvtepu8_epi64(row), v);
}

ALWAYS_INLINE w_f64 split_f64(w_f64 v, uint32_t bits)
{
    return _mm512_castsi512_pd(split_i64(_mm512_castpd_si512(v), bits));
}

ALWAYS_INLINE w_i32 split_i32(w_i32 v, uint32_t bits)
{
    static const uint16_t behind[17] = {0xffff, 0xfffe, 0xfffc, 0xfff8, 0xfff0, 0xffe0,
                                        0xffc0, 0xff80, 0xff00, 0xfe00, 0xfc00, 0xf800,
                                        0xf000, 0xe000, 0xc000, 0x8000, 0x0000};
    const __m512i front = _mm512_mask_compress_epi32(v, (__mmask16)bits, v);
    const __m512i others = _mm512_mask_compress_epi32(v, (__mmask16)~bits, v);
    return _mm512_mask_expand_epi32(front, behind[__builtin_popcount(bits)], others);
}

ALWAYS_INLINE w_f32 split_f32(w_f32 v, uint32_t bits)
{
    return _mm512_castsi512_ps(split_i32(_mm512_castps_si512(v), bits));
}

#undef VECTORS

#endif
