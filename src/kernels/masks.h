/*
 * masks.h - kernels that move elements by a mask: elements of 1, 2, 4, 8 and 16 bytes,
 * whatever they are.
 *
 * A mask is truth values, a byte each (anything but 0 is true), or the bits that `pack`
 * makes of them: bit i % 64 of word i / 64.  Bits are for functions that have to go
 * twice over a mask, once to count and once to move: nobody can change them between.
 * Pointers to elements need no alignment.  Nothing is written but what the contract
 * names: neighbours may belong to another thread.
 */
#ifndef NPP_KERNELS_MASKS_H
#define NPP_KERNELS_MASKS_H

#include "kernel.h"
#include "widths.h"

/* Packs `n` truth values, `step` bytes apart, and returns how many are true.  All words
 * that hold one of the n bits are written; the bits behind the last are 0. */
typedef intptr_t pack_function(const char *mask, intptr_t step, intptr_t n,
                               uint64_t *bits);

/* to[i] = mask[i] ? x[i] : y[i].  The mask and `to` are contiguous; the steps of x and
 * y are the element's size, or 0 for one element.  `to` may be x or y. */
typedef void blend_function(const char *mask, const char *x, intptr_t x_step,
                            const char *y, intptr_t y_step, char *to, intptr_t n);

/* to[i] = x[i] where mask[i] is true; other elements of `to` are not written.  The mask
 * and `to` are contiguous; the step of x is the element's size, or 0. */
typedef void assign_function(const char *mask, const char *x, intptr_t x_step, char *to,
                             intptr_t n);

/* Copies those of the `n` elements whose bits are set, one after the other, to `to`.
 * `count` is the number of these bits. */
typedef void compress_function(const uint64_t *bits, const char *from, intptr_t n,
                               char *to, intptr_t count);

/* The reverse: puts the `count` elements from `from` on in the places whose bits are
 * set; other elements of `to` are not written. */
typedef void expand_function(const uint64_t *bits, const char *from, intptr_t count,
                             char *to, intptr_t n);

/* Stores first + i for each set bit i of `n`. */
typedef void places_function(const uint64_t *bits, intptr_t n, int64_t first,
                             int64_t *to, intptr_t count);

typedef const struct mask_kernels {
    pack_function *pack;
    blend_function *blend[WIDTHS];
    assign_function *assign[WIDTHS];
    compress_function *compress[WIDTHS];
    expand_function *expand[WIDTHS];
    places_function *places;
} mask_table;

#endif
