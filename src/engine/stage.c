/* stage.c - see stage.h. */
#include "stage.h"

#include <assert.h>
#include <string.h>

#include "threads/fpu.h"

#include "stream.h"

/* The size of each operand's block.  It is small beside the first-level cache, because
 * streamed stores have to wait for each other and few loads run meanwhile: of 2, 4 and
 * 16 KiB the largest was slower than no streams at all. */
#define BLOCK_BYTES 4096
#define LARGEST_ITEM 16
#define SHORTEST_LINE 512 /* of a result that is streamed */

bool cast_find(struct cast *cast, PyArray_Descr *from, PyArray_Descr *to)
{
    cast->run = PyArray_ISNBO(from->byteorder) && PyArray_ISNBO(to->byteorder)
                    ? kernels_cast(from->type_num, to->type_num)
                    : NULL;
    cast->steps[0] = PyDataType_ELSIZE(from);
    cast->steps[1] = PyDataType_ELSIZE(to);
    return cast->run != NULL;
}

bool stage_casts(struct stage *stage, PyArrayObject *const *op, const struct call *call,
                 const struct plan *plan)
{
    bool can = call->nop <= STAGE_MOST && !call->masked && !plan->any_strides;
    *stage = (struct stage){.nin = call->nin, .nop = call->nop};
    for (int i = 0; i < call->nop && can; i++) {
        PyArray_Descr *descr = plan_descr(plan, i);
        stage->itemsize[i] = PyDataType_ELSIZE(descr);
        if (op[i] == NULL) {
            continue;
        }
        can = PyArray_NDIM(op[i]) == 0 || PyArray_IS_C_CONTIGUOUS(op[i]) ||
              PyArray_IS_F_CONTIGUOUS(op[i]);
        stage->is_cast[i] = array_needs_copy(op[i], descr);
        if (can && stage->is_cast[i]) {
            PyArray_Descr *own = PyArray_DESCR(op[i]);
            const bool in = i < call->nin;
            can = PyArray_ISALIGNED(op[i]) &&
                  cast_find(&stage->casts[i], in ? own : descr, in ? descr : own);
        }
    }
    return can;
}

bool stage_may_stream(const struct nest *nest, PyArrayObject *const *op,
                      const struct call *call, const struct stage *stage)
{
    const int out = call->nin;
    const npy_intp itemsize = PyArray_ITEMSIZE(op[out]);
    if (call->nout != 1 || call->masked || call->nop > STAGE_MOST ||
        nest->stride[0][out] != itemsize || itemsize > LARGEST_ITEM ||
        nest->shape[0] < SHORTEST_LINE || !stream_is_far(nest->size * itemsize) ||
        (stage && stage->is_cast[out])) {
        return false;
    }
    bool apart = true;
    for (int i = 0; i < out && call->given[out]; i++) {
        apart = apart && !(call->op[i] && arrays_overlap(call->op[i], call->op[out]));
    }
    return apart;
}

void stage_stream(struct stage *stage, const struct call *call, const struct plan *plan)
{
    stage->nin = call->nin;
    stage->nop = call->nop;
    for (int i = 0; i < call->nop; i++) {
        stage->itemsize[i] = PyDataType_ELSIZE(plan_descr(plan, i));
    }
    stage->streamed = true;
}

static void run_cast(const struct cast *cast, char *from, char *to, npy_intp n)
{
    char *args[] = {from, to};
    cast->run(args, &n, cast->steps, NULL);
}

/* Returns the elements of a block, by the size of what the buffers hold; the strides of
 * operands that need no buffer do not matter. */
static npy_intp block_of(const struct stage *stage)
{
    npy_intp largest = 1;
    for (int k = 0; k < stage->nop; k++) {
        largest = stage->itemsize[k] > largest ? stage->itemsize[k] : largest;
    }
    assert(largest <= BLOCK_BYTES / VECTOR_STEP);
    return BLOCK_BYTES / largest & ~(npy_intp)(VECTOR_STEP - 1);
}

int stage_run(struct stage *stage, const struct loop *loop, char *const *data,
              npy_intp n, const npy_intp *strides)
{
    _Alignas(STREAM_LINE) char buffers[STAGE_MOST][BLOCK_BYTES + STREAM_LINE];
    char *at[STAGE_MOST] = {NULL};
    npy_intp steps[STAGE_MOST];
    const npy_intp block = block_of(stage);
    const int out = stage->nop - 1;
    int status = 0;

    for (int k = 0; k < stage->nop; k++) {
        steps[k] = stage->is_cast[k] && strides[k] ? stage->itemsize[k] : strides[k];
    }
    for (npy_intp i = 0; i < n && status == 0; i += block) {
        const npy_intp m = n - i < block ? n - i : block;
        for (int k = 0; k < stage->nop; k++) {
            char *const here = data[k] + i * strides[k];
            at[k] = here;
            if (stage->is_cast[k]) {
                at[k] = buffers[k];
            } else if (stage->streamed && k == out) {
                /* At the same offset within a line as the result. */
                at[k] = buffers[k] + (uintptr_t)here % STREAM_LINE;
            }
            /* One number for all elements is cast once. */
            if (k < stage->nin && stage->is_cast[k] && (i == 0 || strides[k])) {
                run_cast(&stage->casts[k], here, at[k], strides[k] ? m : 1);
            }
        }
        char *const staged = at[out];
        char *const target = data[out] + i * strides[out];
        status = loop_run(loop, at, m, steps);
        if (stage->is_cast[out]) {
            run_cast(&stage->casts[out], staged, target, m);
            /* NumPy's maximum clears the flags, in the next block or piece. */
            atomic_fetch_or_explicit(&stage->fpe, fpu_get_flags(),
                                     memory_order_relaxed);
        } else if (stage->streamed) {
            stream_out(target, staged, (size_t)(m * strides[out]));
        }
    }
    if (stage->streamed) {
        stream_finish();
    }
    return status;
}
