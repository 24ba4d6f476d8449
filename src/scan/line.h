/*
 * line.h - the lines of a call of ufunc.accumulate: the elements along the axis.  Only
 * for the files that scan them.
 */
#ifndef NPP_SCAN_LINE_H
#define NPP_SCAN_LINE_H

#include "reduction/along.h"
#include "reduction/reduction.h"
#include "reduction/request.h"

/* CAST_BYTES: bytes of cast elements at a time.  SCAN_BLOCK: elements of a block of a
 * line, which stay in a second-level cache. */
enum { CAST_BYTES = 8192, SCAN_BLOCK = 16384 };

struct scan {
    struct plan plan;
    kernel_loop *kernel, *cast; /* NULL: NumPy's loop; nothing to cast */
    npy_intp itemsize, cast_size;
    struct along along;
    npy_intp wide, blocks; /* lines side by side in a block, blocks of the first axis */

    /* A single line in blocks.  `next` is the next block that a member takes.  `known`
     * says what is known of each block, `totals` what the block adds up to, and `sums`
     * what all blocks to its end add up to. */
    npy_intp first, others; /* the lengths of the first block and of the others */
    bool in_parts;          /* only two blocks, one for each member */
    _Atomic(npy_intp) next;
    _Atomic(unsigned char) *known;
    union partial *totals, *sums;
};

/* scan_line.c: scan_begin() puts n elements from `in` to `out`, cast if need be, at
 * strides `from` and `to`.  scan_on() scans n elements, cast if need be, that follow
 * the result at `before`.  If `to` is 0, it puts only the last result into `out`. */
void scan_begin(const struct scan *scan, char *out, npy_intp to, char *in,
                npy_intp from, npy_intp n);
int scan_on(const struct scan *scan, char *before, char *in, char *out, npy_intp to,
            npy_intp n);

/* Apply the ufunc to the two numbers `to` and `more`; the result replaces the first
 * one. */
int scan_put_together(const struct scan *scan, char *to, char *more);

/* scan_blocks.c: cut a single line in blocks, for a ufunc that does not depend on the
 * order.  Returns -1, with no exception set, if there is no memory. */
int scan_cut(struct scan *scan, struct job *job);
void scan_clear(struct scan *scan);

#endif
