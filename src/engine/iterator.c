/* iterator.c - see iterator.h. */
#include "iterator.h"

#include <stdbool.h>

/* NumPy's own flags, and one for a range of the elements, which is a piece. */
#define PLAIN_FLAGS (NPY_ITER_EXTERNAL_LOOP | NPY_ITER_REFS_OK | NPY_ITER_ZEROSIZE_OK)
#define BUFFERED_FLAGS                                                                 \
  (PLAIN_FLAGS | NPY_ITER_BUFFERED | NPY_ITER_GROWINNER | NPY_ITER_DELAY_BUFALLOC |    \
   NPY_ITER_RANGED)
#define INPUT_FLAGS                                                                    \
  (NPY_ITER_READONLY | NPY_ITER_ALIGNED | NPY_ITER_OVERLAP_ASSUME_ELEMENTWISE)
#define OUTPUT_FLAGS                                                                   \
  (NPY_ITER_ALIGNED | NPY_ITER_ALLOCATE | NPY_ITER_NO_BROADCAST |                      \
   NPY_ITER_NO_SUBTYPE | NPY_ITER_OVERLAP_ASSUME_ELEMENTWISE)

static NpyIter *make(const struct iterator_kind *kind, PyArrayObject **op,
                     PyArray_Descr **descrs, npy_uint32 more_flags)
{
    npy_uint32 flags[NPP_MAX_SLOTS];
    for (int i = 0; i < kind->nop; i++) {
        if (i < kind->nin) {
            flags[i] = INPUT_FLAGS;
        } else if (!kind->masked) {
            flags[i] = OUTPUT_FLAGS | NPY_ITER_WRITEONLY;
        } else { /* what the mask leaves out keeps its value */
            flags[i] = OUTPUT_FLAGS | NPY_ITER_WRITEMASKED |
                       (op[i] ? NPY_ITER_READWRITE : NPY_ITER_WRITEONLY);
        }
    }
    if (kind->masked) {
        flags[kind->nop] = NPY_ITER_READONLY | NPY_ITER_ARRAYMASK;
    }
    /* The casts were judged when the loop was resolved. */
    return NpyIter_AdvancedNew(
        kind->nop + kind->masked, op,
        (kind->buffersize ? BUFFERED_FLAGS : PLAIN_FLAGS) | more_flags, kind->order,
        NPY_UNSAFE_CASTING, flags, descrs, -1, NULL, NULL, kind->buffersize);
}

/* Returns whether an operand is itself a copy that NumPy writes back to another array.
 * iterator_discard() could not tell it from what an iterator holds. */
static bool has_writeback(PyArrayObject *const *op, int n)
{
    for (int i = 0; i < n; i++) {
        if (op[i] && (PyArray_FLAGS(op[i]) & NPY_ARRAY_WRITEBACKIFCOPY)) {
            return true;
        }
    }
    return false;
}

NpyIter *iterator_new(const struct iterator_kind *kind, PyArrayObject **op,
                      PyArray_Descr **descrs)
{
    if (has_writeback(op, kind->nop)) {
        PyErr_SetString(PyExc_ValueError, "an operand is written back elsewhere");
        return NULL;
    }
    return make(kind, op, descrs, NPY_ITER_COPY_IF_OVERLAP);
}

/*
 * NpyIter_Copy is no copy where a mask says what is written back from a buffer: the
 * clone leaves a pointer unset that freeing it follows (NumPy's dtype_transfer.c,
 * _masked_wrapper_transfer_data_clone).  So under a mask every member gets a new
 * iterator.  Iterators made from the same operands go through the elements alike.  The
 * first one, which may have allocated outputs, need not do so, and is not among them.
 */
NpyIter *iterator_copy(const struct iterator_kind *kind, NpyIter *iter)
{
    return kind->masked ? make(kind, NpyIter_GetOperandArray(iter),
                               NpyIter_GetDescrArray(iter), 0)
                        : NpyIter_Copy(iter);
}

void iterator_discard(NpyIter *iter)
{
    if (iter == NULL) {
        return;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    for (int i = 0; i < NpyIter_GetNOp(iter); i++) {
        PyArray_DiscardWritebackIfCopy(NpyIter_GetOperandArray(iter)[i]);
    }
    NpyIter_Deallocate(iter);
    PyErr_Restore(type, value, traceback);
}
