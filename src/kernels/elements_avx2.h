/* elements_avx2.h - elements.h for AVX2. */
#ifndef NPP_KERNELS_ELEMENTS_AVX2_H
#define NPP_KERNELS_ELEMENTS_AVX2_H

#include <immintrin.h>

#include "permutations.h"

#define NPP_FRONTS
enum { FEW = 8, TRUTHS_AT_ONCE = false };

/* vpmaskmov stores 4 and 8 bytes: on Zen 5 an element of 8 bytes takes 0.13 ns, bit by
 * bit 0.25 to 0.5.  On AMD's processors before Zen 4, where this was not measured, it
 * is said to take some forty micro-operations, which is about as long as bit by bit. */
#define STORES_u8 STORE_BIT_BY_BIT
#define STORES_u16 STORE_BIT_BY_BIT
#define STORES_u32 STORE_BY_VECTORS
#define STORES_u64 STORE_BY_VECTORS
#define STORES_u128 STORE_BY_VECTORS

static inline uint64_t truth_bits(const char *truth)
{
    uint64_t zeros = 0;
    for (int i = 0; i < WORD; i += 32) {
        const __m256i v = _mm256_loadu_si256((const __m256i *)(truth + i));
        const int zero =
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
        zeros |= (uint64_t)(unsigned)zero << i;
    }
    return ~zeros;
}

/* Each byte goes to eight, of which each looks at its bit. */
static inline void truths_of(char *to, uint64_t bits)
{
    const __m256i all = _mm256_set1_epi64x((int64_t)bits);
    const __m256i bit = _mm256_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));
    const __m256i first =
        _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2,
                         2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i last = _mm256_add_epi8(first, _mm256_set1_epi8(4));
    const __m256i low = _mm256_and_si256(_mm256_shuffle_epi8(all, first), bit);
    const __m256i high = _mm256_and_si256(_mm256_shuffle_epi8(all, last), bit);
    const __m256i one = _mm256_set1_epi8(1);
    _mm256_storeu_si256((__m256i *)to, _mm256_min_epu8(low, one));
    _mm256_storeu_si256((__m256i *)(to + 32), _mm256_min_epu8(high, one));
}

/* Of two halves, the second alone goes to the front, and back, by a swap. */
static const uint64_t half_order[4] = {
    UINT64_C(0x0706050403020100), UINT64_C(0x0706050403020100),
    UINT64_C(0x0302010007060504), UINT64_C(0x0706050403020100)};

static inline __m128i order_in(const uint64_t *row)
{
    return _mm_loadl_epi64((const __m128i *)row);
}

static inline __m256i permute(__m256i v, const uint64_t *row)
{
    return _mm256_permutevar8x32_epi32(v, _mm256_cvtepu8_epi32(order_in(row)));
}

#define VECTORS(S, V, N, LOAD, STORE)                                                  \
  typedef V v_##S;                                                                     \
  enum { LANES_##S = N };                                                              \
  static inline v_##S load_##S(const e_##S *p)                                         \
  {                                                                                    \
    return LOAD((const V *)p);                                                         \
  }                                                                                    \
  static inline void store_##S(e_##S *p, v_##S v)                                      \
  {                                                                                    \
    STORE((V *)p, v);                                                                  \
  }

VECTORS(u8, __m128i, 8, _mm_loadl_epi64, _mm_storel_epi64)
VECTORS(u16, __m128i, 8, _mm_loadu_si128, _mm_storeu_si128)
VECTORS(u32, __m256i, 8, _mm256_loadu_si256, _mm256_storeu_si256)
VECTORS(u64, __m256i, 4, _mm256_loadu_si256, _mm256_storeu_si256)
VECTORS(u128, __m256i, 2, _mm256_loadu_si256, _mm256_storeu_si256)

static inline v_u8 front_u8(v_u8 v, uint64_t in)
{
    return _mm_shuffle_epi8(v, order_in(order + in));
}

static inline v_u16 front_u16(v_u16 v, uint64_t in)
{
    const __m128i half = order_in(order + in), low = _mm_add_epi8(half, half);
    const __m128i high = _mm_or_si128(low, _mm_set1_epi8(1));
    return _mm_shuffle_epi8(v, _mm_unpacklo_epi8(low, high));
}

/* The lanes of B bits whose bits are set, BITS being that of each lane. */
#define WHERE(B, in, BITS) _mm256_cmpeq_epi##B(_mm256_and_si256(in, BITS), BITS)
#define BITS_u32 _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128)
#define BITS_u64 _mm256_setr_epi64x(1, 2, 4, 8)
#define BITS_u128 _mm256_setr_epi64x(1, 1, 2, 2)

#define PARTS(S, B, T, SET, ORDER, RANKS)                                              \
  static inline v_##S front_##S(v_##S v, uint64_t in)                                  \
  {                                                                                    \
    return permute(v, (ORDER) + in);                                                   \
  }                                                                                    \
  static inline v_##S back_##S(v_##S v, uint64_t in)                                   \
  {                                                                                    \
    return permute(v, (RANKS) + in);                                                   \
  }                                                                                    \
  static inline void store_where_##S(e_##S *p, uint64_t in, v_##S v)                   \
  {                                                                                    \
    _mm256_maskstore_epi##B((T *)p, WHERE(B, SET((T)in), BITS_##S), v);                \
  }

PARTS(u32, 32, int, _mm256_set1_epi32, order, ranks)
PARTS(u64, 64, long long, _mm256_set1_epi64x, pair_order, pair_ranks)
PARTS(u128, 64, long long, _mm256_set1_epi64x, half_order, half_order)

static inline v_u32 all_u32(e_u32 x)
{
    return _mm256_set1_epi32((int)x);
}

static inline v_u64 all_u64(e_u64 x)
{
    return _mm256_set1_epi64x((int64_t)x);
}

static inline v_u128 all_u128(e_u128 x)
{
    return _mm256_broadcastsi128_si256((__m128i)x);
}

enum { PLACES = 8 };
static inline void store_places(e_u64 *to, uint64_t in, uint64_t first)
{
    const __m128i low = order_in(order + in), high = _mm_srli_si128(low, 4);
    const __m256i firsts = all_u64(first);
    store_u64(to, _mm256_add_epi64(firsts, _mm256_cvtepu8_epi64(low)));
    store_u64(to + 4, _mm256_add_epi64(firsts, _mm256_cvtepu8_epi64(high)));
}

#endif
