/* line.h - elementwise calls that need no iterator.  Only for the files of this folder.
 */
#ifndef NPP_UFUNC_LINE_H
#define NPP_UFUNC_LINE_H

#include "engine/execute.h"

/* The operands of one run: those of the call, or its own. */
struct operands {
    PyArrayObject *op[NPP_MAX_SLOTS]; /* owned, or NULL: to allocate */
    bool cast;     /* one of them needs a cast, a byte swap or an aligned copy */
    NpyIter *iter; /* over these operands; NULL: none */
};

/*
 * Where NumPy runs a call as one inner loop over lines (one-dimensional operands, or
 * all contiguous in the same order, beside 0-d ones), so do we, because the strides of
 * that loop, their sign for one, decide between vector and scalar code.
 */
enum line {
    LINE,
    LINE_NOT, /* needs the iterator */
    /* NumPy lets an input run ahead of an output in the same memory, and its loops see
     * that and take their scalar code: neither pieces nor a copy would give its bits.
     */
    LINE_IN_ORDER,
};

/* Makes `nest` of the operands, if they are a line, and the output if there is none.
 * `vectors`: the loop may treat its last elements unlike the others (partition.h);
 * `staged`: the operands are cast block by block. */
enum line line_of(struct nest *nest, struct operands *operands, const struct call *call,
                  const struct plan *plan, bool vectors, bool staged);

#endif
