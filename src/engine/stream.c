/* stream.c - see stream.h. */
#include "stream.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic int64_t threshold = -1;

void stream_set_threshold(int64_t bytes)
{
    atomic_store_explicit(&threshold, bytes, memory_order_relaxed);
}

#if defined(__SSE2__)
#  include <emmintrin.h>

int64_t stream_threshold(void)
{
    return atomic_load_explicit(&threshold, memory_order_relaxed);
}

void stream_out(char *to, const char *from, size_t n)
{
    size_t head = (size_t)(-(uintptr_t)to % STREAM_LINE);
    head = head < n ? head : n;
    memcpy(to, from, head);
    size_t at = head;
    for (; at + STREAM_LINE <= n; at += STREAM_LINE) {
        const __m128i *line = (const __m128i *)(from + at);
        __m128i *target = (__m128i *)(to + at);
        _mm_stream_si128(target, _mm_load_si128(line));
        _mm_stream_si128(target + 1, _mm_load_si128(line + 1));
        _mm_stream_si128(target + 2, _mm_load_si128(line + 2));
        _mm_stream_si128(target + 3, _mm_load_si128(line + 3));
    }
    memcpy(to + at, from + at, n - at);
}

void stream_finish(void)
{
    _mm_sfence();
}

#else

/* No portable C says "do not read the line". */
int64_t stream_threshold(void)
{
    return -1;
}

void stream_out(char *to, const char *from, size_t n)
{
    memcpy(to, from, n);
}

void stream_finish(void)
{
}

#endif
