/*
 * extremes.h - the greatest and the least of floats in one pass, by number (numbers.h).
 *
 * A zero and a NaN come in several kinds, and which of them NumPy's loop gives depends
 * on its order.  So a kernel tells whether it may be another one than its own.
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

/* Whether an extreme is zero or NaN, and other ones of these are among n elements, or
 * it is not the usual NaN itself.  (NUMPYS: its loop gives what it gives.) */
enum kinds { KINDS_NONE, KINDS_ONE, KINDS_SEVERAL, KINDS_NUMPYS };
typedef enum kinds kinds_function(const char *x, intptr_t n, intptr_t stride,
                                  const char *extreme);

/* Whether a signalling NaN is among n elements. */
typedef bool signalling_function(const char *x, intptr_t n, intptr_t stride);

/* The extreme of n > 0 contiguous elements, and that of it; NONE may also be said of
 * one that is the only one of its kind.  NUMPYS: among them is a signalling NaN that
 * fmax or fmin is to leave out, which the scalar end of NumPy's loops does not. */
typedef enum kinds extreme_function(const char *x, intptr_t n, char *extreme);

/* Those of columns: of `rows` rows of n <= EXTREME_COLUMNS contiguous elements, and of
 * what n extremes are already, unless these begin here (`first`).  Whether NumPy's
 * order may decide; then nothing is written. */
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
