/* words.c - see words.h. */
#include "words.h"

#include <string.h>

#include "engine/level.h"

enum { WORD_BITS = 63, BLOCK = 512 };

#define SIGN(bits) (UINT64_C(1) << ((bits)-1))

/* The order of floats of `bits` bits as that of integers: zeros are one, NaNs too,
 * which are the greatest.  No branch depends on the sign. */
#define TURNED(x, bits) (((x) ^ (SIGN(bits) | (0 - ((x) >> ((bits)-1))))) & ALL(bits))
#define ALL(bits) (2 * SIGN(bits) - 1)
#define FLOAT_KEY(x, bits, infinity)                                                   \
  (((x) & ~SIGN(bits)) > (infinity) ? ALL(bits)                                        \
   : ((x) & ~SIGN(bits)) == 0       ? SIGN(bits)                                       \
                                    : TURNED(x, bits))

#define EACH(T, key)                                                                   \
  for (npy_intp i = 0; i < n; i++, from += step) {                                     \
    const uint64_t x = *(const T *)from;                                               \
    to[i] = (key);                                                                     \
  }
#define EACH_OF(T, key)                                                                \
  if (step == (npy_intp)sizeof(T)) {                                                   \
    const T *const all = (const T *)from;                                              \
    for (npy_intp i = 0; i < n; i++) {                                                 \
      const uint64_t x = all[i];                                                       \
      to[i] = (key);                                                                   \
    }                                                                                  \
  } else {                                                                             \
    EACH(T, key)                                                                       \
  }

/* Stores keys: unsigned, in the order of the elements. */
static void load_keys(const struct words *words, npy_intp begin, npy_intp n,
                      uint64_t *to)
{
    const npy_intp step = words->step;
    const char *from = words->from + begin * step;
    if (words->type == NPY_DATETIME || words->type == NPY_TIMEDELTA) {
        EACH_OF(uint64_t, (x - 1) ^ SIGN(64))
        return;
    }
    switch (level_number(words->type)) {
    case NUMBER_b1:
    case NUMBER_u8:
        EACH_OF(uint8_t, x)
        return;
    case NUMBER_i8:
        EACH_OF(uint8_t, x ^ SIGN(8))
        return;
    case NUMBER_u16:
        EACH_OF(uint16_t, x)
        return;
    case NUMBER_i16:
        EACH_OF(uint16_t, x ^ SIGN(16))
        return;
    case NUMBER_f16:
        EACH_OF(uint16_t, FLOAT_KEY(x, 16, 0x7c00))
        return;
    case NUMBER_u32:
        EACH_OF(uint32_t, x)
        return;
    case NUMBER_i32:
        EACH_OF(uint32_t, x ^ SIGN(32))
        return;
    case NUMBER_f32:
        EACH_OF(uint32_t, FLOAT_KEY(x, 32, 0x7f800000))
        return;
    case NUMBER_u64:
        EACH_OF(uint64_t, x)
        return;
    case NUMBER_i64:
        EACH_OF(uint64_t, x ^ SIGN(64))
        return;
    default:
        EACH_OF(uint64_t, FLOAT_KEY(x, 64, UINT64_C(0x7ff) << 52))
    }
}

void words_range(const struct words *words, npy_intp begin, npy_intp n, uint64_t *least,
                 uint64_t *greatest)
{
    uint64_t keys[BLOCK], low = *least, high = *greatest;
    for (npy_intp done = 0; done < n; done += BLOCK) {
        const npy_intp m = n - done < BLOCK ? n - done : BLOCK;
        load_keys(words, begin + done, m, keys);
        for (npy_intp i = 0; i < m; i++) {
            low = keys[i] < low ? keys[i] : low;
            high = keys[i] > high ? keys[i] : high;
        }
    }
    *least = low;
    *greatest = high;
}

static int bits_of(uint64_t x)
{
    return x ? 64 - __builtin_clzll(x) : 0;
}

void words_cut(struct words *words, uint64_t least, uint64_t greatest)
{
    const int width = bits_of((uint64_t)words->n - 1);
    const int over = bits_of(greatest - least) + width - WORD_BITS;
    words->least = least;
    words->width = width;
    words->shift = over > 0 ? over : 0;
    words->index_bits = ((int64_t)1 << width) - 1;
}

void words_make(const struct words *words, npy_intp begin, npy_intp n, int64_t *to)
{
    const uint64_t least = words->least;
    const int shift = words->shift, width = words->width;
    uint64_t *const keys = (uint64_t *)to;
    load_keys(words, begin, n, keys);
    for (npy_intp i = 0; i < n; i++) {
        /* Elements may have changed since their range was asked for. */
        const uint64_t first = (keys[i] - least) >> shift;
        keys[i] = (first << width & INT64_MAX) | (uint64_t)(begin + i);
    }
}

void words_find_ties(const struct words *words, const int64_t *sorted, npy_intp n)
{
    const int width = words->width;
    bool tied = false;
    for (npy_intp i = 1; i < n; i++) {
        tied |= sorted[i] >> width == sorted[i - 1] >> width;
    }
    if (tied) {
        atomic_store(words->tied, true);
    }
}

/* Sorts words of equal first bits by the last bits of their keys. */
static void sort_ties(const struct words *words, int64_t *sorted, npy_intp n)
{
    const uint64_t last_bits = (UINT64_C(1) << words->shift) - 1;
    for (npy_intp i = 0; i < n; i++) {
        struct words one = *words;
        const uint64_t index = (uint64_t)(sorted[i] & words->index_bits);
        uint64_t key;
        one.from += (npy_intp)index * words->step;
        load_keys(&one, 0, 1, &key);
        const uint64_t last = (key - words->least) & last_bits;
        sorted[i] = (int64_t)(last << words->width | index);
    }
    kernels_sorts()->sort[KEY_i64](sorted, n);
    if (words->tied) {
        words_find_ties(words, sorted, n);
    }
}

void words_to_indices(const struct words *words, int64_t *sorted, npy_intp n)
{
    const int width = words->width;
    if (words->tied && words->shift == 0) {
        words_find_ties(words, sorted, n);
    }
    for (npy_intp i = 0; words->shift > 0 && i < n;) {
        npy_intp end = i + 1;
        while (end < n && sorted[end] >> width == sorted[i] >> width) {
            end++;
        }
        if (end - i > 1) {
            sort_ties(words, sorted + i, end - i);
        }
        i = end;
    }
    for (npy_intp i = 0; i < n; i++) {
        sorted[i] &= words->index_bits;
    }
}
