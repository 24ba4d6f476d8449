/* source.h - the elements of an array in C order, block by block, side by side and cast
 * to the type that a kernel takes. */
#ifndef NPP_SEARCH_SOURCE_H
#define NPP_SEARCH_SOURCE_H

#include "engine/hook_call.h"
#include "engine/stage.h"
#include "kernels/move.h"

/* Elements of a block, at most; and bytes of a room for them. */
enum { SOURCE_BLOCK = RANK_KEYS, SOURCE_ROOM = SOURCE_BLOCK * sizeof(double) };

struct source {
    struct nest nest;
    bool is_direct; /* the elements lie as kernels take them */
    move_loop *copy;
    struct cast cast; /* `run` is NULL: none */
    npy_intp step;    /* between elements of a block */
};

/* Returns NULL, or the reason why NumPy runs the call.  The array is aligned and in
 * this machine's byte order; `type` is one of NumPy's numbers of up to 8 bytes. */
const char *source_make(struct source *source, PyArrayObject *array, int type);

/* Returns the elements from `begin` on, `n` of them, at most a block; `room` is for
 * SOURCE_ROOM bytes, aligned to 8. */
const void *source_block(const struct source *source, npy_intp begin, npy_intp n,
                         void *room);

/* The end of the block that begins at `begin`. */
static inline npy_intp source_block_end(npy_intp begin, npy_intp end)
{
    return end - begin < SOURCE_BLOCK ? end : begin + SOURCE_BLOCK;
}

#endif
