/* words.c - see words.h. */
#include "words.h"

#include "keys.h"

#include <string.h>

#include "engine/level.h"

enum { WORD_BITS = 63, BLOCK = 512 };

/* Stores keys: unsigned, in the order of the elements. */
static void load_keys(const struct words *words, npy_intp begin, npy_intp n,
                      uint64_t *to)
{
    const struct word_kernels *kernels = kernels_words();
    word_keys_function *keys = PyTypeNum_ISDATETIME(words->type)
                                   ? kernels->times
                                   : kernels->keys[level_number(words->type)];
    keys(words->from + begin * words->step, words->step, n, to);
}

void words_range(const struct words *words, npy_intp begin, npy_intp n, uint64_t *least,
                 uint64_t *greatest)
{
    uint64_t keys[BLOCK];
    for (npy_intp done = 0; done < n; done += BLOCK) {
        const npy_intp m = n - done < BLOCK ? n - done : BLOCK;
        load_keys(words, begin + done, m, keys);
        kernels_words()->range(keys, m, least, greatest);
    }
}

void words_narrow(const struct words *words, npy_intp begin, npy_intp n, uint16_t most,
                  uint16_t *to)
{
    uint64_t keys[BLOCK];
    for (npy_intp done = 0; done < n; done += BLOCK) {
        const npy_intp m = n - done < BLOCK ? n - done : BLOCK;
        load_keys(words, begin + done, m, keys);
        kernels_words()->narrow(keys, m, words->least, most, to + done);
    }
}

int words_sampled(const struct words *words)
{
    int64_t keys[WORDS_SAMPLE];
    const npy_intp stratum = words->n / WORDS_SAMPLE;
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    for (int i = 0; i < WORDS_SAMPLE; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        const npy_intp at = i * stratum + (npy_intp)((double)(random >> 11) * 0x1p-53 *
                                                     (double)stratum);
        load_keys(words, at, 1, (uint64_t *)&keys[i]);
    }
    kernels_sorts()->sort[KEY_i64](keys, WORDS_SAMPLE);
    int distinct = 1;
    for (int i = 1; i < WORDS_SAMPLE; i++) {
        distinct += keys[i] != keys[i - 1];
    }
    return distinct;
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
    load_keys(words, begin, n, (uint64_t *)to);
    kernels_words()->make((uint64_t *)to, n, words->least, words->shift, words->width,
                          (uint64_t)begin);
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

bool words_in_order(const struct words *words)
{
    const enum key_kind kind = keys_kind(words->type);
    if (kind == KEY_KINDS || words->step != keys_size(kind) ||
        !keys_ascend(kind, words->from, words->n)) {
        return false;
    }
    bool tied = false;
    for (npy_intp at = 1; words->tied && at < words->n; at += BLOCK - 1) {
        uint64_t keys[BLOCK];
        const npy_intp rest = words->n - at + 1;
        const npy_intp n = rest < BLOCK ? rest : BLOCK;
        load_keys(words, at - 1, n, keys);
        for (npy_intp i = 1; i < n; i++) {
            tied |= keys[i] == keys[i - 1];
        }
    }
    if (tied) {
        atomic_store(words->tied, true);
    }
    return true;
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
    kernels_words()->indices(sorted, n, words->index_bits);
}
