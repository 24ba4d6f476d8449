/* stream.c - see stream.h. */
#include "stream.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Small beside the first-level cache, as stores that go out have to wait for each other
 * and loads meanwhile are few: of 2, 4 and 16 KiB the largest was slower than no
 * streams at all. */
#define BLOCK_BYTES 4096
#define LINE 64

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

/* Bytes between places that lie alike within a line; `from` is in the cache. */
static void stream_out(char *to, const char *from, size_t n)
{
    size_t head = (size_t)(-(uintptr_t)to % LINE);
    head = head < n ? head : n;
    memcpy(to, from, head);
    size_t at = head;
    for (; at + LINE <= n; at += LINE) {
        const __m128i *line = (const __m128i *)(from + at);
        __m128i *target = (__m128i *)(to + at);
        _mm_stream_si128(target, _mm_load_si128(line));
        _mm_stream_si128(target + 1, _mm_load_si128(line + 1));
        _mm_stream_si128(target + 2, _mm_load_si128(line + 2));
        _mm_stream_si128(target + 3, _mm_load_si128(line + 3));
    }
    memcpy(to + at, from + at, n - at);
}

/* Such stores are not in order with others: they have to be done before the team is
 * told that the piece is. */
static void stream_finish(void)
{
    _mm_sfence();
}

#else

/* No portable C says "do not read the line". */
int64_t stream_threshold(void)
{
    return -1;
}

static void stream_out(char *to, const char *from, size_t n)
{
    memcpy(to, from, n);
}

static void stream_finish(void)
{
}

#endif

int stream_run(const struct loop *loop, int nop, char *const *data, npy_intp n,
               const npy_intp *strides)
{
    _Alignas(LINE) char buffer[BLOCK_BYTES + LINE];
    char *at[NPP_MAX_SLOTS];
    const int out = nop - 1;
    /* Multiples of NumPy's vectors: partition.h tells why. */
    const npy_intp block = BLOCK_BYTES / strides[out] & ~(npy_intp)63;
    int status = 0;

    for (npy_intp i = 0; i < n && status == 0; i += block) {
        const npy_intp m = n - i < block ? n - i : block;
        for (int k = 0; k < nop; k++) {
            at[k] = data[k] + i * strides[k];
        }
        char *const to = at[out];
        char *const here = buffer + (uintptr_t)to % LINE;
        at[out] = here;
        status = loop_run(loop, at, m, strides);
        stream_out(to, here, (size_t)(m * strides[out]));
    }
    stream_finish();
    return status;
}
