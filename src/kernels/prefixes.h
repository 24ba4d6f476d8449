/*
 * prefixes.h - running sums of blocks: of each of several lines, or of several blocks
 * of one line as if they were lines.  Chains of additions that do not wait for each
 * other go side by side.
 *
 * Sums begin with -0.0, to which anything is added as it is.
 */
#ifndef NPP_KERNELS_PREFIXES_H
#define NPP_KERNELS_PREFIXES_H

#include <stdint.h>

enum { PREFIX_FLOAT, PREFIX_DOUBLE, PREFIX_TYPES };

/* Elements of a block.  Longer ones have larger errors, and shorter ones more sums of
 * blocks, with errors of their own; 1000 is best for a million elements.  Not a power
 * of 2, so that blocks of a line do not compete for the same places in a cache. */
enum { PREFIX_BLOCK = 1000 };

/* Lines at most, and as many blocks of a line as hide what an addition takes. */
enum { PREFIX_LINES = 64, PREFIX_CHAINS = 4 };

/* Bytes from element to element, and from line to line. */
struct prefix_steps {
    intptr_t along, apart;
};

/* The sum of n elements of each line, one added after the other. */
typedef void totals_function(void *totals, const char *x, struct prefix_steps from,
                             intptr_t n, intptr_t lines);

/* The same, each of these sums added to what was before the line. */
typedef void prefixes_function(char *out, struct prefix_steps to, const char *x,
                               struct prefix_steps from, intptr_t n, intptr_t lines,
                               const void *before);

/* Of n values, what comes before each of them, beginning with `sum`, which becomes what
 * comes after them. */
typedef void chain_function(void *values, void *sum, intptr_t n);

typedef const struct prefix_kernels {
    intptr_t size;       /* of a number */
    const void *nothing; /* -0.0 */
    totals_function *totals;
    chain_function *chain;
    prefixes_function *prefixes;
} prefix_table[PREFIX_TYPES];

#endif
