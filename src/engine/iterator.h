/*
 * iterator.h - NumPy's iterator over the operands of an elementwise call: made with
 * NumPy's own flags, so that its outputs have NumPy's strides and its loops see what
 * NumPy's would; and one for each member of a team.
 */
#ifndef NPP_ENGINE_ITERATOR_H
#define NPP_ENGINE_ITERATOR_H

#include "python/numpy_api.h"

struct iterator_kind {
    int nin, nop;
    bool masked; /* operand nop is the where= mask */
    NPY_ORDER order;
    npy_intp buffersize; /* elements; 0: without buffers */
};

/* Returns an iterator, or NULL with an exception set.  `op` may have NULL for outputs
 * to allocate. */
NpyIter *iterator_new(const struct iterator_kind *kind, PyArrayObject **op,
                      PyArray_Descr **descrs);

/*
 * Returns an iterator for one member over the operands of `iter`, or NULL with an
 * exception set.  `iter` has to outlive it.  All copies go through the elements in the
 * same order.  `iter` itself may use another order, so only copies may be given ranges.
 */
NpyIter *iterator_copy(const struct iterator_kind *kind, NpyIter *iter);

/* Frees an iterator (or NULL) whose results are not wanted.  What it holds for an
 * overlapping out= is not written back. */
void iterator_discard(NpyIter *iter);

#endif
