/*
 * extremes.h - kernels that find the greatest and the least of floats in one pass, by
 * type (numbers.h).
 *
 * Zeros and NaNs come in several kinds, and which of them NumPy's loop returns depends
 * on its order.  So a kernel tells whether NumPy's result may be another one than its
 * own.
 */
#ifndef NPP_KERNELS_EXTREMES_H
#define NPP_KERNELS_EXTREMES_H

#include <stdbool.h>

#include "numbers.h"

enum extreme {
    EXTREME_MAXIMUM,
    EXTREME_MINIMUM,
    EXTREME_FMAX,
    EXTREME_FMIN,
    EXTREME_COUNT
};

/* Tells whether an extreme of n elements is one of several zeros or NaNs.  NONE: the
 * extreme is neither zero nor NaN.  ONE: it is zero or NaN, and no other zero or NaN is
 * among the elements.  SEVERAL: other ones are, or the extreme is not the usual NaN.
 * NUMPYS: the result is whatever NumPy's loop gives. */
enum kinds { KINDS_NONE, KINDS_ONE, KINDS_SEVERAL, KINDS_NUMPYS };
typedef enum kinds kinds_function(const char *x, intptr_t n, intptr_t stride,
                                  const char *extreme);

/* Returns whether a signalling NaN is among `n` elements. */
typedef bool signalling_function(const char *x, intptr_t n, intptr_t stride);

/* Stores the extreme of `n` > 0 contiguous elements in `extreme`, and returns its
 * kinds.  NONE is also possible for an extreme that is the only one of its kind.
 * NUMPYS: the elements have a signalling NaN that fmax or fmin should leave out; the
 * scalar end of NumPy's loops does not leave it out. */
typedef enum kinds extreme_function(const char *x, intptr_t n, char *extreme);

/* Finds the extremes of columns: of `rows` rows of `n` <= EXTREME_COLUMNS contiguous
 * elements, and of the n `extremes` so far, unless the columns begin here (`first`).
 * Returns true if NumPy's order may decide; then nothing is written. */
enum { EXTREME_COLUMNS = 512 };
typedef bool extreme_columns_function(char *extremes, const char *x, intptr_t n,
                                      intptr_t rows, intptr_t stride, bool first);

typedef const struct extreme_kernels {
    kinds_function *kinds[NUMBER_COUNT];
    signalling_function *signalling[NUMBER_COUNT];
    extreme_function *row[EXTREME_COUNT][NUMBER_COUNT];
    extreme_columns_function *columns[EXTREME_COUNT][NUMBER_COUNT];
} extreme_table;

#endif
