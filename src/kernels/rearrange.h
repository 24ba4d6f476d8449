/*
 * rearrange.h - kernels that move elements to other places: by index, transposed,
 * interleaved, repeated.
 *
 * Those with a table are for elements of 1, 2, 4, 8 and 16 bytes, whatever they are, by
 * the logarithm of the size.  Pointers to elements need no alignment, and nothing is
 * written but what the contract names: neighbours may belong to another thread.
 */
#ifndef NPP_KERNELS_REARRANGE_H
#define NPP_KERNELS_REARRANGE_H

#include <stdbool.h>

#include "kernel.h"
#include "widths.h"

/* to[i] = element index[i] of `length` elements that are `stride` bytes apart; negative
 * indices count from the end.  Returns false, with `to` in any state, if an index is
 * out of bounds; no byte outside of the elements is read then either. */
typedef bool gather_by_index_function(const char *from, intptr_t stride,
                                      intptr_t length, const intptr_t *index,
                                      intptr_t n, char *to);

/* The same for elements of `itemsize` bytes each. */
typedef bool gather_items_function(const char *from, intptr_t stride, intptr_t length,
                                   const intptr_t *index, intptr_t n, char *to,
                                   intptr_t itemsize);

/* to[i] = choices[index[i]][i]: the choices are contiguous arrays, or one element where
 * their step is 0 (else it is the element's size).  Returns false if an index is not in
 * [0, count). */
typedef bool choose_function(const intptr_t *index, intptr_t n,
                             const char *const *choices, const intptr_t *steps,
                             intptr_t count, char *to);

/* to[j * to_stride + i] = from[i * from_stride + j], strides in bytes, for `rows` i and
 * `columns` j: rows of `from`, whose elements lie side by side, become columns of `to`,
 * whose elements lie side by side along i. */
typedef void transpose_function(const char *from, intptr_t from_stride, intptr_t rows,
                                intptr_t columns, char *to, intptr_t to_stride);

/* to[i * count + k] = from[k][i]: `count` contiguous arrays, element by element. */
typedef void interleave_function(const char *const *from, intptr_t count, intptr_t n,
                                 char *to);

/* to[i * count + k] = from[i]. */
typedef void repeat_function(const char *from, intptr_t n, intptr_t count, char *to);

/* Stores element i of `from` counts[i] times, for n of them, but nothing from `end` on.
 * Returns where it ended. */
typedef char *repeat_each_function(const char *from, const intptr_t *counts, intptr_t n,
                                   char *to, char *end);

/* Returns the sum of n counts, of at most 2^40 each; -1: there is another one. */
typedef intptr_t sum_counts_function(const intptr_t *counts, intptr_t n);

/* to[i] = the element i * stride bytes from the first.  `to` overlaps none of them. */
typedef void bring_together_function(const char *from, intptr_t stride, intptr_t n,
                                     char *to);

typedef const struct rearrange_kernels {
    gather_by_index_function *gather[WIDTHS];
    gather_items_function *gather_items;
    choose_function *choose[WIDTHS];
    transpose_function *transpose[WIDTHS];
    interleave_function *interleave[WIDTHS];
    repeat_function *repeat[WIDTHS];
    repeat_each_function *repeat_each[WIDTHS];
    sum_counts_function *sum_counts;
    bring_together_function *bring_together[WIDTHS];
} rearrange_table;

#ifdef NPP_LEVEL
static inline intptr_t lesser_of(intptr_t a, intptr_t b)
{
    return a < b ? a : b;
}

/* rearrange.c has the table of all; these are in transpose.c, interleave.c,
 * repeat_each.c and strides.c. */
#  define KERNELS_OF_WIDTH(W)                                                          \
    transpose_function KERNEL(transpose_##W);                                          \
    interleave_function KERNEL(interleave_##W);                                        \
    repeat_function KERNEL(repeat_##W);                                                \
    repeat_each_function KERNEL(repeat_each_##W);                                      \
    bring_together_function KERNEL(bring_together_##W);
EACH_WIDTH(KERNELS_OF_WIDTH)
sum_counts_function KERNEL(sum_counts);
#endif

#endif
