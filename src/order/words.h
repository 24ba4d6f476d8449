/*
 * words.h - an argsort as a sort of words: the first bits of an element's key, then its
 * index.  So equal keys stay in their order, and all words differ.
 *
 * Where not all bits of the keys fit, words of equal first bits are sorted once more,
 * by the last bits and the index, which always fit.
 */
#ifndef NPP_ORDER_WORDS_H
#define NPP_ORDER_WORDS_H

#include <stdatomic.h>

#include "engine/kernels.h"

/* Words have 63 bits, as they are sorted as signed ones.  An index takes 31 at most, so
 * that those bits of a key which have no place fit beside it. */
#define WORDS_MOST ((npy_intp)1 << 31)

struct words {
    int type;         /* of NumPy's */
    const char *from; /* the elements */
    npy_intp step, n; /* bytes between them; how many */
    uint64_t least;   /* key */
    int shift;        /* the bits of a key that have no place */
    int width;        /* of an index */
    int64_t index_bits;
    _Atomic bool *tied; /* set if two keys are equal; NULL: nobody asks */
};

/* Stores the least and the greatest key of `n` elements from element `begin` on, unless
 * others are beyond them already. */
void words_range(const struct words *words, npy_intp begin, npy_intp n, uint64_t *least,
                 uint64_t *greatest);

/* Stores how much the keys of `n` elements are beyond the least one, and `most` if that
 * is less. */
void words_narrow(const struct words *words, npy_intp begin, npy_intp n, uint16_t most,
                  uint16_t *to);

/* Returns how many of WORDS_SAMPLE keys, of elements all over the line, differ.  The
 * line has as many elements, or more. */
enum { WORDS_SAMPLE = 64 };
int words_sampled(const struct words *words);

/* Sets how keys from `least` to `greatest` are cut. */
void words_cut(struct words *words, uint64_t least, uint64_t greatest);

/* Stores the words of `n` elements. */
void words_make(const struct words *words, npy_intp begin, npy_intp n, int64_t *to);

/* Returns whether the elements ascend already, without NaNs; then equal keys are looked
 * for too.  False where that is not worth asking. */
bool words_in_order(const struct words *words);

/* Looks for equal keys among sorted words that have all bits of the keys. */
void words_find_ties(const struct words *words, const int64_t *sorted, npy_intp n);

/* Makes indices of sorted words, which are all of those with their first bits. */
void words_to_indices(const struct words *words, int64_t *sorted, npy_intp n);

#endif
