/*
 * searches.h - what searches and counts (reduction/find.h) need of kernels.
 */
#ifndef NPP_KERNELS_SEARCHES_H
#define NPP_KERNELS_SEARCHES_H

#include <stdbool.h>

#include "kernel.h"
#include "numbers.h"

/* The data of a `close` kernel, whose args are x, y, results: |x - y| <= absolute +
 * relative * |y| in their type, y is finite; or they are equal; or both NaN. */
struct tolerance {
    double relative, absolute; /* numbers of that type */
    bool equal_nan;
};

/* How many of n truth values are true. */
typedef intptr_t count_function(const char *truth, intptr_t n);

typedef const struct search_kernels {
    kernel_function *close[NUMBER_COUNT];
    count_function *count;
} search_table;

#endif
