/*
 * prefixes.h - running sums of blocks.  A call has several lines, or several blocks of
 * one line as if they were lines, so that chains of additions go side by side and do
 * not wait for each other.
 *
 * Sums begin with -0.0; a number added to it stays as it is.
 */
#ifndef NPP_KERNELS_PREFIXES_H
#define NPP_KERNELS_PREFIXES_H

#include <stdint.h>

enum { PREFIX_FLOAT, PREFIX_DOUBLE, PREFIX_TYPES };

/* Elements of a block.  Longer blocks have larger errors, and shorter ones need more
 * sums of blocks, with errors of their own; 1000 is best for a million elements.  It is
 * not a power of 2, so that the blocks of a line do not compete for the same places in
 * a cache. */
enum { PREFIX_BLOCK = 1000 };

/* PREFIX_LINES is the largest number of lines of a call.  PREFIX_CHAINS is the number
 * of blocks of a line that hides the time of an addition. */
enum { PREFIX_LINES = 64, PREFIX_CHAINS = 4 };

/* The bytes from element to element (`along`), and from line to line (`apart`). */
struct prefix_steps {
    intptr_t along, apart;
};

/* Computes the sum of `n` elements of each line, added one after the other. */
typedef void totals_function(void *totals, const char *x, struct prefix_steps from,
                             intptr_t n, intptr_t lines);

/* Computes the running sums of each line in the same way, and adds to each of them what
 * was `before` the line. */
typedef void prefixes_function(char *out, struct prefix_steps to, const char *x,
                               struct prefix_steps from, intptr_t n, intptr_t lines,
                               const void *before);

/* Replaces each of `n` values by the sum of all before it, which begins with `sum`.
 * Then replaces `sum` by the sum of all. */
typedef void chain_function(void *values, void *sum, intptr_t n);

typedef const struct prefix_kernels {
    intptr_t size;       /* bytes of a number */
    const void *nothing; /* -0.0 */
    totals_function *totals;
    chain_function *chain;
    prefixes_function *prefixes;
} prefix_table[PREFIX_TYPES];

#endif
