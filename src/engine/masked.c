/*
 * masked.c - see masked.h.
 *
 * NumPy runs its loop on each stretch of selected elements.  A random mask has
 * stretches of two elements, so that calls of the loop, and branches that nobody can
 * predict, are nearly all of the work.  Such blocks are computed as a whole instead,
 * into buffers, and stored under the mask.
 *
 * Elements that are not selected must raise no flag and no error.  If a flag came up,
 * or if the loop may fail, the loop sees the first selected element in their place.
 */
#include "masked.h"

#include <string.h>

#include "kernels/bits64.h"
#include "kernels/move.h"
#include "threads/fpu.h"

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
    *masked = (struct masking){.nin = nin,
                               .nop = nop,
                               .fpe = plan->fpe,
                               .tries = !plan->may_fail && !plan->may_raise,
                               .whole = nop <= MASKED_MOST};
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

/* The operands of a block that is computed as a whole. */
struct whole {
    char *at[MASKED_MOST];
    npy_intp steps[MASKED_MOST];
    _Alignas(64) char buffers[MASKED_MOST][BLOCK_BYTES];
};

/* Puts the first selected element in the place of those that are not selected. */
static void stand_in(struct whole *whole, const struct masking *masked, npy_intp first,
                     char *const *data, npy_intp n, const npy_intp *strides)
{
    const char *mask = data[masked->nop];
    for (int k = 0; k < masked->nin; k++) {
        const int width = masked->width[k];
        const npy_intp size = (npy_intp)1 << width;
        char *const buffer = whole->buffers[k];
        const char *from = data[k];
        if (strides[k] == 0) {
            continue;
        }
        if (strides[k] != size) {
            char *const ends[] = {data[k], buffer};
            const intptr_t both[] = {strides[k], size};
            move_copy(size)(ends, n, both, size);
            from = buffer;
        }
        kernels_masks()->blend[width](mask, from, size, data[k] + first * strides[k], 0,
                                      buffer, n);
        whole->at[k] = buffer;
        whole->steps[k] = size;
    }
}

/* Runs the loop on all elements.  Returns false if it raised a flag, which is then
 * forgotten. */
static bool try_all(const struct whole *whole, const struct loop *loop, bool fpe,
                    npy_intp n)
{
    if (!fpe) {
        loop_run(loop, whole->at, n, whole->steps);
        return true;
    }
    const int before = fpu_get_flags();
    if (before) {
        fpu_clear_flags();
    }
    loop_run(loop, whole->at, n, whole->steps);
    const bool quiet = !fpu_get_flags();
    if (!quiet) {
        fpu_clear_flags();
    }
    if (before) {
        fpu_add_flags(before);
    }
    return quiet;
}

static int run_whole(const struct masking *masked, const struct loop *loop,
                     npy_intp first, bool *quiet, char *const *data, npy_intp n,
                     const npy_intp *strides)
{
    struct whole whole;
    for (int k = 0; k < masked->nop; k++) {
        const bool in = k < masked->nin;
        whole.at[k] = in ? data[k] : whole.buffers[k];
        whole.steps[k] = in ? strides[k] : (npy_intp)1 << masked->width[k];
    }
    int status = 0;
    *quiet = *quiet && try_all(&whole, loop, masked->fpe, n);
    if (!*quiet) {
        stand_in(&whole, masked, first, data, n, strides);
        status = loop_run(loop, whole.at, n, whole.steps);
    }
    for (int k = masked->nin; k < masked->nop && status == 0; k++) {
        store(kernels_masks(), masked->width[k], data[masked->nop], whole.buffers[k],
              data[k], strides[k], n);
    }
    return status;
}

/* `quiet`: no element that is not selected has raised a flag so far. */
static int run_block(const struct masking *masked, const struct loop *loop, bool *quiet,
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
        return run_whole(masked, loop, bits_find(bits, 0, n, true), quiet, data, n,
                         strides);
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
    bool quiet = masked->tries;
    int status = 0;
    for (npy_intp i = 0; i < n && status == 0; i += masked->block) {
        const npy_intp m = n - i < masked->block ? n - i : masked->block;
        for (int k = 0; k <= nop; k++) {
            at[k] = data[k] + i * strides[k];
        }
        status = run_block(masked, loop, &quiet, at, m, strides);
    }
    return status;
}
