/* index.h - the indices of one axis, a block at a time: cast to npy_intp, and brought
 * into bounds where mode= says so. */
#ifndef NPP_INDEXING_INDEX_H
#define NPP_INDEXING_INDEX_H

#include "engine/hook_call.h"
#include "kernels/select.h"

enum { INDEX_BLOCK = SELECT_BLOCK };

struct index {
    const char *data;
    npy_intp n, size;  /* how many, and the bytes of one */
    kernel_loop *cast; /* NULL: they are npy_intp */
    npy_intp length;   /* of the axis */
    NPY_CLIPMODE mode;
};

/* Takes the indices of an array for which indexing_is_index() is true.  Returns NULL,
 * or the reason why NumPy runs the call. */
const char *index_take(struct index *index, PyArrayObject *array, npy_intp length,
                       NPY_CLIPMODE mode);

/* Returns n indices, at most INDEX_BLOCK, from number `at` on: in `room`, unless they
 * are there as they are wanted.  With NPY_RAISE they may be out of bounds. */
const npy_intp *index_block(const struct index *index, npy_intp at, npy_intp n,
                            npy_intp *room);

#endif
