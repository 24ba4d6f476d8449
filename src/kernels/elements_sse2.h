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

#endif
