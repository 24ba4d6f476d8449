/*
 * masked.c - see masked.h.
 *
 * NumPy runs its loop on each stretch of selected elements.  A random mask has
 * stretches of two elements, so that calls of the loop, and branches that nobody can
 * predict, are nearly all of the work.  Such blocks are computed as a whole instead,
 * into buffers, and stored under the mask.  Elements that are not selected must raise
 * no flag and no error: the loop sees the first selected element in their place.
 */
#include "masked.h"

#include <string.h>

#include "kernels/bits64.h"
#include "kernels/move.h"

#include "kernels.h"

enum {
    BLOCK_BYTES = 4096, /* of each operand: all of them stay in the first-level cache */
    BLOCK_MOST = 1024,  /* elements */
    WORDS = BLOCK_MOST / 64,
    /* A block is computed as a whole if its stretches are shorter, and if at least one
     * element in four is selected. */
    LONG_STRETCH = 32,
    SHARE = 4,
};

void masked_prepare(struct masking *masked, const struct plan *plan, int nin, int nop,
                    bool copies)
{
    *masked = (struct masking){.nin = nin, .nop = nop, .whole = nop <= MASKED_MOST};
    masked->block = BLOCK_MOST;
    for (int k = 0; k < nop && masked->whole; k++) {
        const PyArray_Descr *descr = plan_descr(plan, k);
        masked->width[k] = (unsigned char)mask_width(PyDataType_ELSIZE(descr));
        masked->whole =
            masked->width[k] < MASK_WIDTHS && !PyTypeNum_ISFLEXIBLE(descr->type_num);
        const npy_intp most = BLOCK_BYTES >> masked->width[k];
        masked->block = most < masked->block ? most : masked->block;
    }
    masked->copies = copies && masked->whole;
}

/* Returns the number of stretches of set bits. */
static npy_intp count_stretches(const uint64_t *bits, npy_intp n)
{
    npy_intp stretches = 0;
    uint64_t carry = 0;
    for (npy_intp i = 0; i < (n + 63) / 64; i++) {
        stretches += __builtin_popcountll(bits[i] & ~(bits[i] << 1 | carry));
        carry = bits[i] >> 63;
    }
    return stretches;
}

static int run_stretches(const struct loop *loop, int nop, const uint64_t *bits,
                         char *const *data, npy_intp n, const npy_intp *strides)
{
    char *at[NPP_MAX_SLOTS];
    npy_intp end = 0;
    for (;;) {
        const npy_intp begin = bits_find(bits, end, n, true);
        if (begin == n) {
            return 0;
        }
        end = bits_find(bits, begin, n, false);
        for (int k = 0; k < nop; k++) {
            at[k] = data[k] + begin * strides[k];
        }
        const int status = loop_run(loop, at, end - begin, strides);
        if (status != 0) {
            return status;
        }
    }
}

/* Stores elements under a mask, whatever the stride. */
static void store(const struct mask_kernels *kernels, int width, const char *mask,
                  const char *from, char *to, npy_intp stride, npy_intp n)
{
    const size_t size = (size_t)1 << width;
    if (stride == (npy_intp)size) {
        kernels->assign[width](mask, from, stride, to, n);
        return;
    }
    for (npy_intp i = 0; i < n; i++) {
        if (mask[i]) {
            memcpy(to + i * stride, from + i * (npy_intp)size, size);
        }
    }
}

static int run_whole(const struct masking *masked, const struct loop *loop,
                     npy_intp first, char *const *data, npy_intp n,
                     const npy_intp *strides)
{
    _Alignas(64) char buffers[MASKED_MOST][BLOCK_BYTES];
    const struct mask_kernels *kernels = kernels_masks();
    const char *mask = data[masked->nop];
    char *at[MASKED_MOST];
    npy_intp steps[MASKED_MOST];
    for (int k = 0; k < masked->nop; k++) {
        const int width = masked->width[k];
        const npy_intp size = (npy_intp)1 << width;
        at[k] = buffers[k];
        steps[k] = size;
        if (k >= masked->nin) {
            continue;
        }
        if (strides[k] == 0) {
            at[k] = data[k];
            steps[k] = 0;
            continue;
        }
        const char *from = data[k];
        if (strides[k] != size) {
            char *const ends[] = {data[k], buffers[k]};
            const intptr_t both[] = {strides[k], size};
            move_copy(size)(ends, n, both, size);
            from = buffers[k];
        }
        const char *stand_in = data[k] + first * strides[k];
        kernels->blend[width](mask, from, size, stand_in, 0, buffers[k], n);
    }
    const int status = loop_run(loop, at, n, steps);
    for (int k = masked->nin; k < masked->nop && status == 0; k++) {
        store(kernels, masked->width[k], mask, buffers[k], data[k], strides[k], n);
    }
    return status;
}

static int run_block(const struct masking *masked, const struct loop *loop,
                     char *const *data, npy_intp n, const npy_intp *strides)
{
    uint64_t bits[WORDS];
    const npy_intp step = strides[masked->nop];
    const npy_intp count = kernels_masks()->pack(data[masked->nop], step, n, bits);
    if (count == 0) {
        return 0;
    }
    if (count == n) {
        return loop_run(loop, data, n, strides);
    }
    if (masked->whole && step == 1 && n <= masked->block && count * SHARE >= n &&
        count < count_stretches(bits, n) * LONG_STRETCH) {
        return run_whole(masked, loop, bits_find(bits, 0, n, true), data, n, strides);
    }
    return run_stretches(loop, masked->nop, bits, data, n, strides);
}

int masked_run(const struct masking *masked, const struct loop *loop, char *const *data,
               npy_intp n, const npy_intp *strides)
{
    const int nop = masked->nop;
    if (strides[nop] == 0) {
        return *data[nop] ? loop_run(loop, data, n, strides) : 0;
    }
    const npy_intp size = (npy_intp)1 << masked->width[0];
    if (masked->copies && strides[nop] == 1 && strides[1] == size &&
        (strides[0] == size || strides[0] == 0)) {
        kernels_masks()->assign[masked->width[0]](data[nop], data[0], strides[0],
                                                  data[1], n);
        return 0;
    }
    char *at[NPP_MAX_SLOTS];
    int status = 0;
    for (npy_intp i = 0; i < n && status == 0; i += masked->block) {
        const npy_intp m = n - i < masked->block ? n - i : masked->block;
        for (int k = 0; k <= nop; k++) {
            at[k] = data[k] + i * strides[k];
        }
        status = run_block(masked, loop, at, m, strides);
    }
    return status;
}
