/*
 * searches.h - the kernels that searches and counts (search/find.h) need.
 */
#ifndef NPP_KERNELS_SEARCHES_H
#define NPP_KERNELS_SEARCHES_H

#include <stdbool.h>

#include "kernel.h"
#include "numbers.h"

/* The data of a `close` kernel, whose args are x, y and results.  A result is true if
 * |x - y| <= absolute + relative * |y| in their type and y is finite, or if x and y are
 * equal, or if both are NaN (`equal_nan`). */
struct tolerance {
    double relative, absolute; /* numbers of that type */
    bool equal_nan;
};

/* Returns how many of `n` truth values are true. */
typedef intptr_t count_function(const char *truth, intptr_t n);

typedef const struct search_kernels {
    kernel_function *close[NUMBER_COUNT];
    count_function *count;
} search_table;

#endif
