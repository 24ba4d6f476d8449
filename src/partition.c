/* partition.c - see partition.h. */
#include "partition.h"

#include <assert.h>
#include <string.h>

#define CACHE_LINE 64

/* Rows shorter than this are not cut: a segment costs as much as tens of elements. */
#define SHORT_ROW 1024

/* Pieces for each thread: enough that one that comes late, or is slowed down, does
 * not hold up the others for longer than a fraction of the whole. */
#define PIECES_A_THREAD 8

void box_line(struct box *box, int nop, char *const *base, npy_intp n,
              const npy_intp *stride)
{
    box->ndim = 1;
    box->nop = nop;
    box->size = n;
    box->shape[0] = n;
    for (int i = 0; i < nop; i++) {
        box->base[i] = base[i];
        box->stride[0][i] = stride[i];
    }
}

void box_from_iterator(struct box *box, NpyIter *iter)
{
    char **base = NpyIter_GetInitialDataPtrArray(iter);
    box->ndim = NpyIter_GetNDim(iter);
    box->nop = NpyIter_GetNOp(iter);
    box->size = NpyIter_GetIterSize(iter);
    /* Without a multi-index the iterator counts its axes from the innermost. */
    NpyIter_GetShape(iter, box->shape);
    for (int axis = 0; axis < box->ndim; axis++) {
        const npy_intp *stride = NpyIter_GetAxisStrideArray(iter, axis);
        for (int i = 0; i < box->nop; i++) {
            box->stride[axis][i] = stride[i];
        }
    }
    for (int i = 0; i < box->nop; i++) {
        box->base[i] = base[i];
    }
    if (box->ndim == 0) { /* one element */
        box->ndim = 1;
        box->shape[0] = 1;
        for (int i = 0; i < box->nop; i++) {
            box->stride[0][i] = 0;
        }
    }
}

int box_run(const struct box *box, npy_intp begin, npy_intp end, box_segment *segment,
            void *context)
{
    npy_intp index[NPY_MAXDIMS];
    char *data[NPP_MAX_SLOTS], *given[NPP_MAX_SLOTS];
    assert(0 <= begin && begin <= end && end <= box->size && box->ndim >= 1);

    for (int i = 0; i < box->nop; i++) {
        data[i] = box->base[i];
    }
    npy_intp rest = begin;
    for (int axis = 0; axis < box->ndim; axis++) {
        index[axis] = rest % box->shape[axis];
        rest /= box->shape[axis];
        for (int i = 0; i < box->nop; i++) {
            data[i] += index[axis] * box->stride[axis][i];
        }
    }
    for (npy_intp left = end - begin; left > 0;) {
        npy_intp n = box->shape[0] - index[0];
        n = n < left ? n : left;
        /* A loop may advance the pointers it is given (np.vecdot's does). */
        memcpy(given, data, sizeof *data * (size_t)box->nop);
        const int status = segment(context, given, n);
        if (status != 0) {
            return status;
        }
        left -= n;
        if (left == 0) {
            break;
        }
        /* The row is done: back to its start, one step on the first axis that has
         * one left. */
        for (int i = 0; i < box->nop; i++) {
            data[i] -= index[0] * box->stride[0][i];
        }
        index[0] = 0;
        for (int axis = 1; axis < box->ndim; axis++) {
            if (++index[axis] < box->shape[axis]) {
                for (int i = 0; i < box->nop; i++) {
                    data[i] += box->stride[axis][i];
                }
                break;
            }
            index[axis] = 0;
            for (int i = 0; i < box->nop; i++) {
                data[i] -= (box->shape[axis] - 1) * box->stride[axis][i];
            }
        }
    }
    return 0;
}

void box_unit(const struct box *box, int out, npy_intp *unit, npy_intp *origin)
{
    const npy_intp stride = box->stride[0][out];
    *unit = 1;
    *origin = 0;
    if (box->ndim > 1 && box->shape[0] <= SHORT_ROW) {
        *unit = box->shape[0];
    }
    else if (stride > 0 && CACHE_LINE % stride == 0) {
        const npy_intp past = (npy_intp)((uintptr_t)box->base[out] % CACHE_LINE);
        *unit = CACHE_LINE / stride;
        *origin = past % stride == 0 ? (CACHE_LINE - past) / stride % *unit : 0;
    }
}

struct pieces pieces_cut(npy_intp begin, npy_intp end, int threads, npy_intp least,
                         npy_intp most, npy_intp unit, npy_intp origin)
{
    struct pieces pieces = {.begin = begin, .end = end};
    const npy_intp n = end - begin;
    /* As many for each thread as the least size allows, but the same for all. */
    npy_intp each = n / (threads * least);
    each = each < 1 ? 1 : each > PIECES_A_THREAD ? PIECES_A_THREAD : each;
    npy_intp grain = (n + threads * each - 1) / (threads * each);
    grain = grain > most ? most : grain;
    if (grain >= unit) {
        grain = grain / unit * unit;
        pieces.shift = ((origin - begin) % unit + unit) % unit;
    }
    grain = grain < 1 ? 1 : grain;
    pieces.grain = grain;
    const npy_intp after_shift = n - pieces.shift;
    pieces.count = after_shift <= 0 ? 1 : (after_shift + grain - 1) / grain;
    return pieces;
}

void pieces_bounds(const struct pieces *pieces, npy_intp i, npy_intp *begin,
                   npy_intp *end)
{
    assert(0 <= i && i < pieces->count);
    const npy_intp first = pieces->begin + pieces->shift;
    *begin = i == 0 ? pieces->begin : first + i * pieces->grain;
    *end = i == pieces->count - 1 ? pieces->end : first + (i + 1) * pieces->grain;
}
