/*
 * partition.h - which piece?
 *
 * The elements of a call, in the order of NumPy's iterator, are a range [0, size).  It
 * is cut into *pieces* of about a *grain* of elements.  A range is turned into inner
 * loops either by a *nest*, a coalesced nest of strides, or by a copy of NumPy's
 * buffered iterator for each member of the team.
 */
#ifndef NPP_ENGINE_PARTITION_H
#define NPP_ENGINE_PARTITION_H

#include "plan.h"

/* Axis 0 is the innermost.  A mask, if there is one, is the last operand. */
struct nest {
    int ndim, nop;
    npy_intp size;
    npy_intp shape[NPY_MAXDIMS];
    npy_intp stride[NPY_MAXDIMS][NPP_MAX_SLOTS];
    char *base[NPP_MAX_SLOTS];
};

/* One inner loop: n elements from `data` on. */
typedef int nest_segment(void *context, char **data, npy_intp n);

/* Fills in a nest of one axis; strides in bytes. */
void nest_line(struct nest *nest, int nop, char *const *base, npy_intp n,
               const npy_intp *stride);

/* Fills in the nest that an unbuffered iterator goes through.  Needs the GIL. */
void nest_from_iterator(struct nest *nest, NpyIter *iter);

/* Makes the nest of `n` operands, broadcast against each other, in `order`.  Returns
 * NULL, or the reason why NumPy runs the call.  Needs the GIL. */
const char *nest_of_arrays(struct nest *nest, PyArrayObject *const *op, int n,
                           NPY_ORDER order);

/* Runs the elements [begin, end) of a nest, one segment after the other, until one
 * returns non-zero.  Returns that value, or 0. */
int nest_run(const struct nest *nest, npy_intp begin, npy_intp end,
             nest_segment *segment, void *context);

/*
 * Where pieces may end: at multiples of `step` within each `period` of elements.
 *
 * NumPy's float loops work in vectors and do what is left at the end one by one, and
 * the two differ in which of two NaNs comes through, or in the sign of fmin(0, -0).
 * So there a piece must only end where NumPy's own inner loop (a period) ends too, or
 * between two vectors of it.
 */
struct split {
    npy_intp period, step;
};

/* The number of elements that all of NumPy's float loops take at a time, or a
 * multiple. */
enum { VECTOR_STEP = 64 };

/* Return the split points of one line of `n` elements, of the inner loops of a buffered
 * iterator, and of work that may be cut anywhere.  `vectors`: the loop works in
 * vectors, as described above. */
struct split split_line(npy_intp n, bool vectors);
struct split split_iterator(NpyIter *iter, bool vectors);
struct split split_anywhere(void);

/* Returns how many of `n` columns, side by side, each member takes: an equal share, but
 * at least `least` and at most `most`, and a multiple of `unit`. */
npy_intp split_columns(npy_intp n, int members, npy_intp least, npy_intp most,
                       npy_intp unit);

struct pieces {
    npy_intp begin, end, grain;
    struct split split;
    npy_intp count;
};

/* Cuts [begin, end) for `threads` threads, into the same number of pieces for each.  A
 * piece has at least `least` elements where that leaves one for each thread, and at
 * most `most`.  A piece may turn out empty where the cut is coarser than the grain. */
struct pieces pieces_make(npy_intp begin, npy_intp end, int threads, npy_intp least,
                          npy_intp most, struct split split);
void pieces_bounds(const struct pieces *pieces, npy_intp i, npy_intp *begin,
                   npy_intp *end);

#endif
