/*
 * elements_avx512.h - elements.h for AVX-512 (F, BW, VL).
 *
 * Elements are compressed in a register and stored whole, as storing while compressing
 * is microcode on Zen 4.  Lanes that are not wanted keep what they had, rather than
 * become zeros: on Zen 5 vpcompress and vpexpand wait for the register they write to
 * even if they set it to zero, and gcc takes the same one each time, so that an element
 * of 8 bytes took 0.16 ns instead of 0.09.
 */
#ifndef NPP_KERNELS_ELEMENTS_AVX512_H
#define NPP_KERNELS_ELEMENTS_AVX512_H

#include <immintrin.h>

#define NPP_FRONTS
enum { FEW = 4, TRUTHS_AT_ONCE = true };

#define STORES_u8 STORE_BY_VECTORS
#define STORES_u16 STORE_BY_VECTORS
#define STORES_u32 STORE_BY_VECTORS
#define STORES_u64 STORE_BY_VECTORS
#define STORES_u128 STORE_BY_VECTORS

static inline uint64_t truth_bits(const char *truth)
{
    const __m512i v = _mm512_loadu_si512(truth);
    return _mm512_test_epi8_mask(v, v);
}

static inline void truths_of(char *to, uint64_t bits)
{
    _mm512_storeu_si512(to, _mm512_maskz_set1_epi8(bits, 1));
}

/* The mask of four pairs, from bits of the pairs. */
static inline __mmask8 pairs_in(uint64_t in)
{
    static const uint8_t pairs[16] = {0x00, 0x03, 0x0c, 0x0f, 0x30, 0x33, 0x3c, 0x3f,
                                      0xc0, 0xc3, 0xcc, 0xcf, 0xf0, 0xf3, 0xfc, 0xff};
    return pairs[in];
}

/* Vectors V, whose intrinsics begin with M, of elements of B bits, which are compressed
 * as epiC: those of 8 and 16 bits are widened for it. */
#define VECTORS(S, V, M, B, C, K, N, WIDEN, NARROW)                                    \
  typedef V v_##S;                                                                     \
  enum { LANES_##S = N };                                                              \
  static inline v_##S load_##S(const e_##S *p)                                         \
  {                                                                                    \
    return M##_loadu_epi##B(p);                                                        \
  }                                                                                    \
  static inline void store_##S(e_##S *p, v_##S v)                                      \
  {                                                                                    \
    M##_storeu_epi##B(p, v);                                                           \
  }                                                                                    \
  static inline v_##S front_##S(v_##S v, uint64_t in)                                  \
  {                                                                                    \
    const __m512i wide = WIDEN(v);                                                     \
    return NARROW(_mm512_mask_compress_epi##C(wide, K(in), wide));                     \
  }                                                                                    \
  static inline v_##S back_##S(v_##S v, uint64_t in)                                   \
  {                                                                                    \
    const __m512i wide = WIDEN(v);                                                     \
    return NARROW(_mm512_mask_expand_epi##C(wide, K(in), wide));                       \
  }                                                                                    \
  static inline void store_where_##S(e_##S *p, uint64_t in, v_##S v)                   \
  {                                                                                    \
    M##_mask_storeu_epi##B(p, K(in), v);                                               \
  }

VECTORS(u8, __m128i, _mm, 8, 32, (__mmask16), 16, _mm512_cvtepu8_epi32,
        _mm512_cvtepi32_epi8)
VECTORS(u16, __m256i, _mm256, 16, 32, (__mmask16), 16, _mm512_cvtepu16_epi32,
        _mm512_cvtepi32_epi16)
VECTORS(u32, __m512i, _mm512, 32, 32, (__mmask16), 16, , )
VECTORS(u64, __m512i, _mm512, 64, 64, (__mmask8), 8, , )
VECTORS(u128, __m512i, _mm512, 64, 64, pairs_in, 4, , )

static inline v_u8 all_u8(e_u8 x)
{
    return _mm_set1_epi8((char)x);
}

static inline v_u16 all_u16(e_u16 x)
{
    return _mm256_set1_epi16((short)x);
}

static inline v_u32 all_u32(e_u32 x)
{
    return _mm512_set1_epi32((int)x);
}

static inline v_u64 all_u64(e_u64 x)
{
    return _mm512_set1_epi64((int64_t)x);
}

static inline v_u128 all_u128(e_u128 x)
{
    return _mm512_broadcast_i32x4((__m128i)x);
}

enum { PLACES = 8 };
static inline void store_places(e_u64 *to, uint64_t in, uint64_t first)
{
    const __m512i numbers = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    store_u64(to, front_u64(_mm512_add_epi64(all_u64(first), numbers), in));
}

#endif
