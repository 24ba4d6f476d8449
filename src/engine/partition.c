/* partition.c - see partition.h. */
#include "partition.h"

#include <assert.h>
#include <string.h>

#include "reasons/reasons.h"

#include "iterator.h"

/* Pieces for each thread: enough that a thread that comes late, or is slowed down, does
 * not hold up the others for longer than a fraction of the whole. */
#define PIECES_A_THREAD 16

void nest_line(struct nest *nest, int nop, char *const *base, npy_intp n,
               const npy_intp *stride)
{
    nest->ndim = 1;
    nest->nop = nop;
    nest->size = n;
    nest->shape[0] = n;
    for (int i = 0; i < nop; i++) {
        nest->base[i] = base[i];
        nest->stride[0][i] = stride[i];
    }
}

void nest_from_iterator(struct nest *nest, NpyIter *iter)
{
    char **base = NpyIter_GetInitialDataPtrArray(iter);
    nest->ndim = NpyIter_GetNDim(iter);
    nest->nop = NpyIter_GetNOp(iter);
    nest->size = NpyIter_GetIterSize(iter);
    /* Without a multi-index the iterator counts its axes from the innermost. */
    NpyIter_GetShape(iter, nest->shape);
    for (int axis = 0; axis < nest->ndim; axis++) {
        const npy_intp *stride = NpyIter_GetAxisStrideArray(iter, axis);
        for (int i = 0; i < nest->nop; i++) {
            nest->stride[axis][i] = stride[i];
        }
    }
    for (int i = 0; i < nest->nop; i++) {
        nest->base[i] = base[i];
    }
    if (nest->ndim == 0) { /* one element */
        nest->ndim = 1;
        nest->shape[0] = 1;
        for (int i = 0; i < nest->nop; i++) {
            nest->stride[0][i] = 0;
        }
    }
}

const char *nest_of_arrays(struct nest *nest, PyArrayObject *const *op, int n,
                           NPY_ORDER order)
{
    const struct iterator_kind kind = {.nin = n, .nop = n, .order = order};
    PyArrayObject *operands[NPP_MAX_SLOTS] = {NULL};
    PyArray_Descr *descrs[NPP_MAX_SLOTS] = {NULL};
    for (int i = 0; i < n; i++) {
        operands[i] = op[i];
    }
    NpyIter *iter = iterator_new(&kind, operands, descrs);
    if (iter == NULL) {
        PyErr_Clear();
        return reason_iterator_refuses;
    }
    nest_from_iterator(nest, iter);
    iterator_discard(iter);
    return NULL;
}

int nest_run(const struct nest *nest, npy_intp begin, npy_intp end,
             nest_segment *segment, void *context)
{
    npy_intp index[NPY_MAXDIMS];
    char *data[NPP_MAX_SLOTS], *given[NPP_MAX_SLOTS];
    assert(0 <= begin && begin <= end && end <= nest->size && nest->ndim >= 1);

    for (int i = 0; i < nest->nop; i++) {
        data[i] = nest->base[i];
    }
    npy_intp rest = begin;
    for (int axis = 0; axis < nest->ndim; axis++) {
        index[axis] = rest % nest->shape[axis];
        rest /= nest->shape[axis];
        for (int i = 0; i < nest->nop; i++) {
            data[i] += index[axis] * nest->stride[axis][i];
        }
    }
    for (npy_intp left = end - begin; left > 0;) {
        npy_intp n = nest->shape[0] - index[0];
        n = n < left ? n : left;
        /* A loop may advance the pointers it is given (np.vecdot's does). */
        memcpy(given, data, sizeof *data * (size_t)nest->nop);
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
        for (int i = 0; i < nest->nop; i++) {
            data[i] -= index[0] * nest->stride[0][i];
        }
        index[0] = 0;
        for (int axis = 1; axis < nest->ndim; axis++) {
            if (++index[axis] < nest->shape[axis]) {
                for (int i = 0; i < nest->nop; i++) {
                    data[i] += nest->stride[axis][i];
                }
                break;
            }
            index[axis] = 0;
            for (int i = 0; i < nest->nop; i++) {
                data[i] -= (nest->shape[axis] - 1) * nest->stride[axis][i];
            }
        }
    }
    return 0;
}

/* -- pieces --------------------------------------------------------------------- */

struct split split_anywhere(void)
{
    return (struct split){1, 1};
}

npy_intp split_columns(npy_intp n, int members, npy_intp least, npy_intp most,
                       npy_intp unit)
{
    npy_intp each = (n + members - 1) / members;
    each = each < least ? least : each > most ? most : each;
    return (each + unit - 1) / unit * unit;
}

struct split split_line(npy_intp n, bool vectors)
{
    return vectors ? (struct split){n, VECTOR_STEP} : split_anywhere();
}

static npy_intp common_multiple(npy_intp a, npy_intp b)
{
    npy_intp x = a, y = b;
    while (y) {
        const npy_intp rest = x % y;
        x = y;
        y = rest;
    }
    return a / x * b;
}

/* Returns how many elements an iterator gathers in its buffers at a time: since NumPy
 * 2.3 a row, or rows of rows, of which a buffer holds a whole number; before, elements
 * regardless of rows. */
static npy_intp gathered_at_a_time(NpyIter *iter, const npy_intp *shape)
{
    const npy_intp buffer = NpyIter_GetBufferSize(iter);
    const int ndim = NpyIter_GetNDim(iter);
    npy_intp gathered = 1, product = 1;
    if (PyArray_GetNDArrayCFeatureVersion() < NUMPY_2_3) {
        return 1;
    }
    for (int axis = 0; axis < ndim && (product *= shape[axis]) <= buffer; axis++) {
        gathered = buffer % product == 0 ? product : gathered;
    }
    return gathered;
}

struct split split_iterator(NpyIter *iter, bool vectors)
{
    npy_intp shape[NPY_MAXDIMS] = {1};
    const npy_intp size = NpyIter_GetIterSize(iter);
    const npy_intp buffer = NpyIter_GetBufferSize(iter);
    NpyIter_GetShape(iter, shape);
    if (buffer <= shape[0] || shape[0] == size) {
        return split_line(shape[0],
                          vectors); /* inner loops are rows, or parts of them */
    }
    /* Several rows are gathered in a buffer.  It is best to cut between buffers, ... */
    if (size >= 2 * buffer) {
        return (struct split){buffer, buffer};
    }
    /* ... or, in a single buffer, where both a vector and what is gathered at a time
     * end. */
    const npy_intp gathered = gathered_at_a_time(iter, shape);
    const npy_intp step = vectors ? common_multiple(gathered, VECTOR_STEP) : gathered;
    return step <= size / 2 ? (struct split){buffer, step}
           : vectors        ? (struct split){size, size}
                            : split_anywhere();
}

struct pieces pieces_make(npy_intp begin, npy_intp end, int threads, npy_intp least,
                          npy_intp most, struct split split)
{
    const npy_intp n = end - begin;
    npy_intp each = n / (threads * least);
    each = each < 1 ? 1 : each > PIECES_A_THREAD ? PIECES_A_THREAD : each;
    npy_intp grain = (n + threads * each - 1) / (threads * each);
    grain = grain > most ? most : grain;
    grain = grain < 1 ? 1 : grain;
    return (struct pieces){begin, end, grain, split, (n + grain - 1) / grain};
}

static npy_intp snap(const struct pieces *pieces, npy_intp i)
{
    const npy_intp at = pieces->begin + i * pieces->grain;
    const npy_intp within = at % pieces->split.period;
    const npy_intp snapped = at - within % pieces->split.step;
    return i == 0                    ? pieces->begin
           : i == pieces->count      ? pieces->end
           : snapped < pieces->begin ? pieces->begin
                                     : snapped;
}

void pieces_bounds(const struct pieces *pieces, npy_intp i, npy_intp *begin,
                   npy_intp *end)
{
    assert(0 <= i && i < pieces->count);
    *begin = snap(pieces, i);
    *end = snap(pieces, i + 1);
}
