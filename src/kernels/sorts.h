/*
 * sorts.h - kernels that sort contiguous numbers, aligned as numbers are.
 *
 * They see four kinds of keys; order/ makes those of the other types.  Floats have no
 * NaN: sorts_part_nans() moves these last first.  Zeros of both signs are equal, and
 * come out in any order, but with their signs.
 */
#ifndef NPP_KERNELS_SORTS_H
#define NPP_KERNELS_SORTS_H

#include <stdbool.h>

#include "kernel.h"
#include "numbers.h"

enum sort_key { KEY_i32, KEY_i64, KEY_f32, KEY_f64, SORT_KEYS };

/* Sorts `n` keys, in O(n log n) whatever they are. */
typedef void sort_function(void *keys, intptr_t n);

/* Parts `n` keys by `count` splitters, which ascend: keys below the first one come
 * first, then those below the second one, ...  Stores how many each of the count + 1
 * parts has. */
typedef void divide_function(void *keys, intptr_t n, const void *splitters,
                             intptr_t count, intptr_t *sizes);

/* Chooses at most `most` splitters that cut keys like those of a sorted sample in equal
 * parts, and returns how many.  A key that would fill a part alone is given one. */
typedef intptr_t splitters_function(const void *sample, intptr_t n, intptr_t most,
                                    void *splitters);

/* Returns whether the keys ascend already; false if there is a NaN. */
typedef bool ascends_function(const void *keys, intptr_t n);

/* Moves NaNs behind all other keys, and returns how many these others are. */
typedef intptr_t part_nans_function(void *keys, intptr_t n);

/* Returns whether there are NaNs, or zeros with a sign: equal numbers of other bits. */
typedef bool has_twins_function(const void *keys, intptr_t n);

typedef const struct sort_kernels {
    sort_function *sort[SORT_KEYS];
    divide_function *divide[SORT_KEYS];
    splitters_function *splitters[SORT_KEYS];
    ascends_function *ascends[SORT_KEYS];
    part_nans_function *part_nans[SORT_KEYS]; /* NULL: the keys are integers */
    has_twins_function *has_twins[SORT_KEYS]; /* the same */
} sort_table;

#endif
