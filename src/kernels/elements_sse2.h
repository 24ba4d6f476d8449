/* elements_sse2.h - what SSE2 has of elements.h. */
#ifndef NPP_KERNELS_ELEMENTS_SSE2_H
#define NPP_KERNELS_ELEMENTS_SSE2_H

#include <emmintrin.h>

static inline uint64_t truth_bits(const char *truth)
{
    uint64_t zeros = 0;
    for (int i = 0; i < WORD; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(truth + i));
        const int zero = _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128()));
        zeros |= (uint64_t)(unsigned)zero << i;
    }
    return ~zeros;
}

/* Stores two times eight truth values: those of the bytes in the two halves of v. */
static inline void truths_of_two(char *to, __m128i v)
{
    const __m128i bit = _mm_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));
    const __m128i ones = _mm_min_epu8(_mm_and_si128(v, bit), _mm_set1_epi8(1));
    _mm_storeu_si128((__m128i *)to, ones);
}

/* Each byte is doubled three times. */
static inline void truths_of(char *to, uint64_t bits)
{
    const __m128i v = _mm_cvtsi64_si128((int64_t)bits), twice = _mm_unpacklo_epi8(v, v);
    const __m128i low = _mm_unpacklo_epi16(twice, twice);
    const __m128i high = _mm_unpackhi_epi16(twice, twice);
    truths_of_two(to, _mm_unpacklo_epi32(low, low));
    truths_of_two(to + 16, _mm_unpackhi_epi32(low, low));
    truths_of_two(to + 32, _mm_unpacklo_epi32(high, high));
    truths_of_two(to + 48, _mm_unpackhi_epi32(high, high));
}

#endif
