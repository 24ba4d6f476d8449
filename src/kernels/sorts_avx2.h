/* sorts_avx2.h - sorts_lanes.h for AVX2. */
#ifndef NPP_KERNELS_SORTS_AVX2_H
#define NPP_KERNELS_SORTS_AVX2_H

#include <immintrin.h>

#include "permutations.h"

#define SORTS_LANES

/* The lanes whose bits are set, as masks. */
ALWAYS_INLINE __m256i lanes_epi64(uint32_t bits)
{
    const __m256i each = _mm256_setr_epi64x(1, 2, 4, 8);
    return _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi64x(bits), each), each);
}

ALWAYS_INLINE __m256i lanes_epi32(uint32_t bits)
{
    const __m256i each = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)bits), each),
                              each);
}

ALWAYS_INLINE __m256i flipped(int x)
{
    return _mm256_xor_si256(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
                            _mm256_set1_epi32(x));
}

ALWAYS_INLINE __m256i row_of(const uint64_t *row)
{
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)row));
}

/* Vectors of N numbers, as integers of B bits, I in C; PARTS lanes of 32 bits each,
 * whose permutations are in ORDER. */
#define VECTORS(S, V, N, B, I, PARTS, ORDER, INTS, NUMBERS, SET)                       \
  typedef V w_##S;                                                                     \
  enum { WIDE_##S = N };                                                               \
  ALWAYS_INLINE w_##S load_##S(const S *p)                                             \
  {                                                                                    \
    return NUMBERS(_mm256_loadu_si256((const __m256i *)p));                            \
  }                                                                                    \
  ALWAYS_INLINE void store_##S(S *p, w_##S v)                                          \
  {                                                                                    \
    _mm256_storeu_si256((__m256i *)p, INTS(v));                                        \
  }                                                                                    \
  ALWAYS_INLINE w_##S choose_##S(uint32_t bits, w_##S a, w_##S b)                      \
  {                                                                                    \
    return NUMBERS(_mm256_blendv_epi8(INTS(a), INTS(b), lanes_epi##B(bits)));          \
  }                                                                                    \
  ALWAYS_INLINE w_##S load_first_##S(const S *p, intptr_t k, w_##S v)                  \
  {                                                                                    \
    const uint32_t bits = (1U << k) - 1;                                               \
    const __m256i there = _mm256_maskload_epi##B((const I *)p, lanes_epi##B(bits));    \
    return choose_##S(bits, v, NUMBERS(there));                                        \
  }                                                                                    \
  ALWAYS_INLINE void store_first_##S(S *p, intptr_t k, w_##S v)                        \
  {                                                                                    \
    _mm256_maskstore_epi##B((I *)p, lanes_epi##B((1U << k) - 1), INTS(v));             \
  }                                                                                    \
  ALWAYS_INLINE w_##S all_##S(S x)                                                     \
  {                                                                                    \
    return SET(x);                                                                     \
  }                                                                                    \
  ALWAYS_INLINE w_##S flip_##S(w_##S v, int x)                                         \
  {                                                                                    \
    return NUMBERS(_mm256_permutevar8x32_epi32(INTS(v), flipped(PARTS * x)));          \
  }                                                                                    \
  ALWAYS_INLINE w_##S mix_##S(w_##S v, w_##S w, int x, uint32_t bits)                  \
  {                                                                                    \
    return choose_##S(bits, v, flip_##S(w, x));                                        \
  }                                                                                    \
  ALWAYS_INLINE w_##S split_##S(w_##S v, uint32_t bits)                                \
  {                                                                                    \
    return NUMBERS(_mm256_permutevar8x32_epi32(INTS(v), row_of((ORDER) + bits)));      \
  }

VECTORS(f64, __m256d, 4, 64, long long, 2, pair_order, _mm256_castpd_si256,
        _mm256_castsi256_pd, _mm256_set1_pd)
VECTORS(i64, __m256i, 4, 64, long long, 2, pair_order, , , _mm256_set1_epi64x)
VECTORS(f32, __m256, 8, 32, int, 1, order, _mm256_castps_si256, _mm256_castsi256_ps,
        _mm256_set1_ps)
VECTORS(i32, __m256i, 8, 32, int, 1, order, , , _mm256_set1_epi32)

#define FLOATS(S, P)                                                                   \
  ALWAYS_INLINE w_##S least_##S(w_##S a, w_##S b)                                      \
  {                                                                                    \
    return _mm256_min_##P(a, b);                                                       \
  }                                                                                    \
  ALWAYS_INLINE w_##S greatest_##S(w_##S a, w_##S b)                                   \
  {                                                                                    \
    return _mm256_max_##P(b, a);                                                       \
  }                                                                                    \
  ALWAYS_INLINE uint32_t below_##S(w_##S v, w_##S p)                                   \
  {                                                                                    \
    return (uint32_t)_mm256_movemask_##P(_mm256_cmp_##P(v, p, _CMP_LT_OQ));            \
  }                                                                                    \
  ALWAYS_INLINE uint32_t not_above_##S(w_##S v, w_##S p)                               \
  {                                                                                    \
    return (uint32_t)_mm256_movemask_##P(_mm256_cmp_##P(v, p, _CMP_LE_OQ));            \
  }

FLOATS(f64, pd)
FLOATS(f32, ps)

/* Where a > b, both bit patterns change places.  (To blend takes three operations.) */
ALWAYS_INLINE __m256i changes_i64(w_i64 a, w_i64 b)
{
    return _mm256_and_si256(_mm256_xor_si256(a, b), _mm256_cmpgt_epi64(a, b));
}

ALWAYS_INLINE w_i64 least_i64(w_i64 a, w_i64 b)
{
    return _mm256_xor_si256(a, changes_i64(a, b));
}

ALWAYS_INLINE w_i64 greatest_i64(w_i64 a, w_i64 b)
{
    return _mm256_xor_si256(b, changes_i64(a, b));
}

ALWAYS_INLINE uint32_t below_i64(w_i64 v, w_i64 p)
{
    return (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(p, v)));
}

ALWAYS_INLINE uint32_t not_above_i64(w_i64 v, w_i64 p)
{
    return 0xf ^ below_i64(p, v);
}

ALWAYS_INLINE w_i32 least_i32(w_i32 a, w_i32 b)
{
    return _mm256_min_epi32(a, b);
}

ALWAYS_INLINE w_i32 greatest_i32(w_i32 a, w_i32 b)
{
    return _mm256_max_epi32(a, b);
}

ALWAYS_INLINE uint32_t below_i32(w_i32 v, w_i32 p)
{
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(p, v)));
}

ALWAYS_INLINE uint32_t not_above_i32(w_i32 v, w_i32 p)
{
    return 0xff ^ below_i32(p, v);
}

#undef VECTORS

#endif
