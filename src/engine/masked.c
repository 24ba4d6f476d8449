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

/* NumPy's loops for fmin and fmax choose between zeros of both signs in one way in
 * their vectors, and in another for the elements that are left. */
bool masked_goes_by_place(const struct plan *plan, const struct call *call)
{
    const enum extreme extreme =
        call->ufunc ? kernels_extreme_of(call->ufunc->name) : EXTREME_COUNT;
    return plan->floats && (extreme == EXTREME_FMAX || extreme == EXTREME_FMIN);
}

void masked_prepare(struct masking *masked, const struct plan *plan,
                    const struct call *call, bool copies)
{
    const int nop = call->nop;
    *masked = (struct masking){.nin = call->nin,
                               .nop = nop,
                               .fpe = plan->fpe,
                               .tries = !plan->may_fail && !plan->may_raise,
                               .whole = nop <= MASKED_MOST};
    masked->block = BLOCK_MOST;
    for (int k = 0; k < nop && masked->whole; k++) {
        const PyArray_Descr *descr = plan_descr(plan, k);
        masked->width[k] = (unsigned char)width_of(PyDataType_ELSIZE(descr));
        /* A long double has bytes that loops do not write. */
        const int type = descr->type_num;
        masked->whole = masked->width[k] < WIDTHS && !PyTypeNum_ISFLEXIBLE(type) &&
                        type != NPY_LONGDOUBLE && type != NPY_CLONGDOUBLE;
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
        stretches += ones_in(bits[i] & ~(bits[i] << 1 | carry));
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
        if (strides[k] != 0) {
            kernels_masks()->blend[masked->width[k]](mask, data[k], strides[k],
                                                     data[k] + first * strides[k], 0,
                                                     whole->buffers[k], n);
            whole->at[k] = whole->buffers[k];
        }
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
        kernels_masks()->assign[masked->width[k]](data[masked->nop], whole.buffers[k],
                                                  strides[k], data[k], n);
    }
    return status;
}

/* Returns whether all operands are contiguous, or one element: NumPy has other loops
 * for other strides, with other bits. */
static bool is_contiguous(const struct masking *masked, const npy_intp *strides)
{
    for (int k = 0; k < masked->nop; k++) {
        const npy_intp size = (npy_intp)1 << masked->width[k];
        if (strides[k] != size && (strides[k] != 0 || k >= masked->nin)) {
            return false;
        }
    }
    return strides[masked->nop] == 1;
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
    if (masked->whole && n <= masked->block && count * SHARE >= n &&
        is_contiguous(masked, strides) &&
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
    char *at[NPP_MAX_SLOTS] = {NULL};
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
