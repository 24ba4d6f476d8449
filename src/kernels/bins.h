/*
 * bins.h - which bin an element belongs to, and how many elements each bin has.
 *
 * A slot is a bin's number plus one.  Slot 0 and the slot behind the last bin are for
 * what belongs to no bin, among it NaNs.  The last bin has its right edge, too.
 */
#ifndef NPP_KERNELS_BINS_H
#define NPP_KERNELS_BINS_H

#include "kernel.h"
#include "numbers.h"

struct binning {
    intptr_t count;
    double first, last; /* edge */
    intptr_t edges;     /* count + 1, for those that are ranked */

    /*
     * Bins of about the same width.  (x - first) * scale is about the number of the bin
     * of x: it ascends with x, and at edge i it is i, give or take `near`, which is at
     * most a quarter.  So where it is not near to an integer, it is the bin's; and
     * elsewhere the bin's or the next one.  ends[i] is edge i, and of the last one the
     * next number.
     */
    double scale, near;
    const double *ends;
};

typedef const struct bin_kernels {
    void (*uniform)(const struct binning *bins, const double *x, intptr_t n,
                    int32_t *slots);

    /* From the right ranks (ranks.h) of elements among the edges. */
    void (*ranked)(const struct binning *bins, const double *x, const intptr_t *ranks,
                   intptr_t n, int32_t *slots);

    /* slots[i] = slots[i] * width + next[i] */
    void (*combine)(int32_t *slots, intptr_t n, int32_t width, const int32_t *next);

    /* Adds 1 at each slot; in four arrays of counts in turn, `stride` apart (0: it is
     * one), so that slots that are alike need not wait for each other. */
    void (*tally)(const int32_t *slots, intptr_t n, intptr_t *counts, intptr_t stride);
} bin_table;

#endif
