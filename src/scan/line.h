/*
 * line.h - the lines of a call of ufunc.accumulate: the elements along the axis.  Only
 * for the files that scan them.
 */
#ifndef NPP_SCAN_LINE_H
#define NPP_SCAN_LINE_H

#include "reduction/along.h"
#include "reduction/reduction.h"
#include "reduction/request.h"

/* Bytes of cast elements at a time; elements of a block of a line, which stay in a
 * second-level cache. */
enum { CAST_BYTES = 8192, SCAN_BLOCK = 16384 };

struct scan {
    struct plan plan;
    kernel_loop *kernel, *cast; /* NULL: NumPy's loop; nothing to cast */
    npy_intp itemsize, cast_size;
    struct along along;
    npy_intp wide, blocks; /* lines side by side in a block, blocks of the first axis */

    /* A single line in blocks: the next one to be taken, what is known of each, what it
     * adds up to, and all to its end. */
    npy_intp first, others; /* how long they are */
    bool in_parts;          /* only two, for a member each */
    _Atomic(npy_intp) next;
    _Atomic(unsigned char) *known;
    union partial *totals, *sums;
};

/* scan_line.c: n elements as they are, `to` and `from` apart; and n, cast if need be,
 * that follow what is `before`; if `to` is 0 only the last result, into `out`. */
void scan_begin(const struct scan *scan, char *out, npy_intp to, char *in,
                npy_intp from, npy_intp n);
int scan_on(const struct scan *scan, char *before, char *in, char *out, npy_intp to,
            npy_intp n);

/* The same ufunc of two numbers, the first of which becomes the result. */
int scan_put_together(const struct scan *scan, char *to, char *more);

/* scan_blocks.c: a single line, of what does not depend on the order, in blocks.  -1:
 * no memory; no exception is set. */
int scan_cut(struct scan *scan, struct job *job);
void scan_clear(struct scan *scan);

#endif
