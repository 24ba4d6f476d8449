/*
 * sums.h - sums of rows of numbers with NumPy's bits, by type (numbers.h).
 *
 * NumPy sums pairwise.  A row of more than 128 parts is cut in halves, the first
 * rounded down to a multiple of 8 parts.  A row of 8 parts or more has 8 sums side by
 * side, and what is left at its end is added one by one.  (A complex number has two
 * parts.)  That order is part of the answer: it is the same in all versions of NumPy 2.
 */
#ifndef NPP_KERNELS_SUMS_H
#define NPP_KERNELS_SUMS_H

#include <stdbool.h>

#include "numbers.h"

enum { SUM_LEAF = 128, SUM_LANES = 8 };

/* Returns where a row of `n` parts is cut. */
static inline intptr_t sum_half(intptr_t n)
{
    const intptr_t half = n / 2;
    return half - half % SUM_LANES;
}

/* The type of a part, in which NumPy's loop sums.  float16 is summed in float. */
enum sum_part { SUM_FLOAT, SUM_DOUBLE };

/* A sum.  One member is in use; a real sum is in `re`. */
union sum {
    struct {
        float re, im;
    } f32;
    struct {
        double re, im;
    } f64;
};

/* What is summed: the elements x, or a function of each element.  m is a number that
 * the elements of a result have in common (their mean). */
enum map {
    MAP_PLAIN,
    MAP_NUMBER,        /* x, or 0 if it is NaN */
    MAP_IS_NUMBER,     /* 1, or 0 if it is NaN */
    MAP_SQUARE,        /* (x - m)^2 */
    MAP_NUMBER_SQUARE, /* that, or 0 if x is NaN */
    MAP_COUNT
};

/* Where the elements come from: a cache (SUM_NEAR), or memory (SUM_FAR). */
enum sum_place { SUM_NEAR, SUM_FAR, SUM_PLACES };

/* Returns the sum of `n` elements.  `m` is a number of their type, or NULL. */
typedef union sum sum_function(const char *x, intptr_t n, intptr_t stride,
                               const char *m);

/* Sums runs.  Under a mask NumPy's loop gets each run of elements where the mask is
 * true.  This sums the runs that begin in the first `n` elements of a row, and may go
 * on to element number `all`.  Stores the sums one after the other in `sums`, as
 * elements of the type, and returns how many there are. */
struct masked {
    const char *x, *mask;
    intptr_t stride, mask_stride;
};
typedef intptr_t runs_function(const struct masked *row, intptr_t n, intptr_t all,
                               char *sums);

/* Adds `rows` rows of n contiguous elements to n sums; m has n elements, or is NULL. */
typedef void columns_function(char *sums, const char *x, intptr_t n, intptr_t rows,
                              intptr_t stride, const char *m);

typedef const struct sum_kernels {
    sum_function *sum[SUM_PLACES][MAP_COUNT][NUMBER_COUNT];
    runs_function *runs[NUMBER_COUNT];
    columns_function *columns[MAP_COUNT][NUMBER_COUNT];
} sum_table;

#endif
