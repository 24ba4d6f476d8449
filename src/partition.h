/*
 * partition.h - which piece?
 *
 * The elements of a call, in the order of NumPy's iterator, are a range [0, size).
 * It is cut into *pieces* of *grain* elements.  What turns a range into inner loops
 * is either a *box*, a coalesced nest of strides where no operand needs a cast, or
 * a *buffered* iterator for each member of the team, where one does.
 */
#ifndef NPP_PARTITION_H
#define NPP_PARTITION_H

#include "plan.h"

/* Axis 0 is the innermost.  A mask, if there is one, is the last operand. */
struct box {
    int ndim, nop;
    npy_intp size;
    npy_intp shape[NPY_MAXDIMS];
    npy_intp stride[NPY_MAXDIMS][NPP_MAX_SLOTS];
    char *base[NPP_MAX_SLOTS];
};

/* One inner loop: n elements from `data` on. */
typedef int box_segment(void *context, char **data, npy_intp n);

/* A box of one axis; strides in bytes. */
void box_line(struct box *box, int nop, char *const *base, npy_intp n,
              const npy_intp *stride);

/* The box an unbuffered iterator goes through.  Needs the GIL. */
void box_from_iterator(struct box *box, NpyIter *iter);

/* Run the elements [begin, end) of a box, one segment after the other, until one
 * returns non-zero; returns that, or 0. */
int box_run(const struct box *box, npy_intp begin, npy_intp end, box_segment *segment,
            void *context);

struct pieces {
    npy_intp begin, end, grain;
    npy_intp shift; /* the first piece is this much longer: later ones start aligned */
    npy_intp count;
};

/*
 * Cut [begin, end) into pieces for so many threads.  Pieces end on multiples of
 * `unit` elements counted from `origin`, unless they are smaller than a unit.  They
 * are at least `least` elements where that leaves one for each thread, and at most
 * `most`.
 */
struct pieces pieces_cut(npy_intp begin, npy_intp end, int threads, npy_intp least,
                         npy_intp most, npy_intp unit, npy_intp origin);
void pieces_bounds(const struct pieces *pieces, npy_intp i, npy_intp *begin,
                   npy_intp *end);

/* Where a box is best cut: after full inner rows if these are short, else where a
 * cache line of operand `out` ends, so that no two members write to one line. */
void box_unit(const struct box *box, int out, npy_intp *unit, npy_intp *origin);

#endif
