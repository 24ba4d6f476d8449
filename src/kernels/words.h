/*
 * words.h - kernels of an argsort: keys, unsigned integers in the order of elements;
 * words of a key and an index (order/words.h); and the counts of keys of a small range.
 *
 * Zeros of both signs have one key, and so have NaNs, the greatest.
 */
#ifndef NPP_KERNELS_WORDS_H
#define NPP_KERNELS_WORDS_H

#include "kernel.h"
#include "numbers.h"

/* Stores the keys of `n` elements, `step` bytes apart, aligned as numbers are. */
typedef void word_keys_function(const char *from, intptr_t step, intptr_t n,
                                uint64_t *to);

typedef const struct word_kernels {
    word_keys_function *keys[NUMBER_COUNT]; /* NULL: complex numbers */
    word_keys_function *times;              /* of those, NaT is the greatest */

    /* Brings `least` down and `greatest` up to what the keys are. */
    void (*range)(const uint64_t *keys, intptr_t n, uint64_t *least,
                  uint64_t *greatest);

    /* Makes words of keys: the bits of key - least from `shift` on, 63 - `width` of
     * them, then the index, `first` and those that follow. */
    void (*make)(uint64_t *keys, intptr_t n, uint64_t least, int shift, int width,
                 uint64_t first);

    /* Leaves the bits of `bits`. */
    void (*indices)(int64_t *words, intptr_t n, int64_t bits);

    /* Stores how much keys are beyond the least one, and `most` if that is less. */
    void (*narrow)(const uint64_t *keys, intptr_t n, uint64_t least, uint16_t most,
                   uint16_t *to);

    /* Returns how many of at most 32,767 narrow keys are `value`; stores which are. */
    intptr_t (*count)(const uint16_t *keys, intptr_t n, uint16_t value);
    void (*match)(const uint16_t *keys, intptr_t n, uint16_t value, char *truth);
} word_table;

#endif
