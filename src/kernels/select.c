/* select.c - see select.h. */
#include "select.h"
#include "level.h"

#if defined(__AVX512VL__) || defined(__AVX2__)
#  include <immintrin.h>
#endif

#if defined(__AVX512VL__)

static intptr_t select_vectors(const intptr_t *index, intptr_t n, intptr_t length,
                               intptr_t begin, intptr_t width, int32_t *at,
                               int32_t *from, intptr_t *done)
{
    const __m512i lengths = _mm512_set1_epi64(length),
                  begins = _mm512_set1_epi64(begin);
    const __m512i widths = _mm512_set1_epi64(width);
    __m256i which = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    intptr_t count = 0, i = 0;
    for (; i + 8 <= n; i += 8) {
        __m512i x = _mm512_loadu_si512(index + i);
        x = _mm512_mask_add_epi64(x, _mm512_movepi64_mask(x), x, lengths);
        x = _mm512_sub_epi64(x, begins);
        const __mmask8 in = _mm512_cmplt_epu64_mask(x, widths);
        const __m256i narrow = _mm512_cvtepi64_epi32(x);
        _mm256_storeu_si256((__m256i *)(at + count),
                            _mm256_maskz_compress_epi32(in, narrow));
        _mm256_storeu_si256((__m256i *)(from + count),
                            _mm256_maskz_compress_epi32(in, which));
        count += __builtin_popcount(in);
        which = _mm256_add_epi32(which, _mm256_set1_epi32(8));
    }
    *done = i;
    return count;
}
#  define OWNERS 3

#elif defined(__AVX2__)

/* Shuffles that move the bytes of those lanes whose bit is set to the front. */
#  define LANE(i) 4 * (i), 4 * (i) + 1, 4 * (i) + 2, 4 * (i) + 3
#  define NO 0, 0, 0, 0
static const int8_t lanes[16][16] = {
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

static intptr_t select_vectors(const intptr_t *index, intptr_t n, intptr_t length,
                               intptr_t begin, intptr_t width, int32_t *at,
                               int32_t *from, intptr_t *done)
{
    const __m256i zeros = _mm256_setzero_si256(), lengths = _mm256_set1_epi64x(length);
    const __m256i begins = _mm256_set1_epi64x(begin);
    const __m256i last = _mm256_set1_epi64x(width - 1);
    const __m256i low = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    __m128i which = _mm_setr_epi32(0, 1, 2, 3);
    intptr_t count = 0, i = 0;
    for (; i + 4 <= n; i += 4) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(index + i));
        const __m256i negative = _mm256_cmpgt_epi64(zeros, x);
        x = _mm256_add_epi64(x, _mm256_and_si256(negative, lengths));
        x = _mm256_sub_epi64(x, begins);
        const __m256i out =
            _mm256_or_si256(_mm256_cmpgt_epi64(zeros, x), _mm256_cmpgt_epi64(x, last));
        const int in = 15 & ~_mm256_movemask_pd(_mm256_castsi256_pd(out));
        const __m128i narrow =
            _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(x, low));
        const __m128i order = _mm_loadu_si128((const __m128i *)lanes[in]);
        _mm_storeu_si128((__m128i *)(at + count), _mm_shuffle_epi8(narrow, order));
        _mm_storeu_si128((__m128i *)(from + count), _mm_shuffle_epi8(which, order));
        count += __builtin_popcount((unsigned)in);
        which = _mm_add_epi32(which, _mm_set1_epi32(4));
    }
    *done = i;
    return count;
}
#  define OWNERS 3

#else

static intptr_t select_vectors(const intptr_t *index, intptr_t n, intptr_t length,
                               intptr_t begin, intptr_t width, int32_t *at,
                               int32_t *from, intptr_t *done)
{
    (void)index, (void)n, (void)length, (void)begin, (void)width, (void)at, (void)from;
    *done = 0;
    return 0;
}
#  define OWNERS 4

#endif

/* Each index is written, and overwritten if it was not in the range, so that there is
 * no branch to predict. */
static intptr_t select_block(const intptr_t *index, intptr_t n, intptr_t length,
                             intptr_t begin, intptr_t width, int32_t *at, int32_t *from)
{
    intptr_t i;
    intptr_t count = select_vectors(index, n, length, begin, width, at, from, &i);
    for (; i < n; i++) {
        const intptr_t x = index[i] + (index[i] < 0 ? length : 0) - begin;
        at[count] = (int32_t)x;
        from[count] = (int32_t)i;
        count += (uintptr_t)x < (uintptr_t)width;
    }
    return count;
}

static void bounds(const intptr_t *index, intptr_t n, intptr_t *least,
                   intptr_t *greatest)
{
    intptr_t low = *least, high = *greatest;
    for (intptr_t i = 0; i < n; i++) {
        low = index[i] < low ? index[i] : low;
        high = index[i] > high ? index[i] : high;
    }
    *least = low;
    *greatest = high;
}

select_table KERNEL(select) = {select_block, bounds, OWNERS, OWNERS < 4};
