/* selection.c - see selection.h. */
#include "selection.h"

#include <assert.h>
#include <string.h>

#include "kernels/bits64.h"
#include "memory/pool.h"
#include "python/array.h"
#include "reasons/reasons.h"

/* A chunk is large enough for the kernels, and small enough that there are some for
 * each member; FIND_BLOCK truth values are made at a time. */
enum { CHUNKS = 64, CHUNK_MOST = SELECTION_CHUNK_MOST };

static npy_intp chunk_of(npy_intp n)
{
    const npy_intp chunk = (n / CHUNKS + 63) & ~(npy_intp)63;
    return chunk < 64 ? 64 : chunk > CHUNK_MOST ? CHUNK_MOST : chunk;
}

/* Room for the bits and the starts, in one block. */
static bool make_room(struct selection *selection)
{
    const size_t words = (size_t)(selection->n + 63) / 64;
    const size_t chunks = (size_t)(selection->n / selection->chunk) + 2;
    const size_t size = words * sizeof *selection->bits + chunks * sizeof(npy_intp);
    selection->bits = pool_take_any(size);
    selection->starts = (npy_intp *)(void *)(selection->bits + words);
    return selection->bits != NULL;
}

void selection_clear(struct selection *selection)
{
    pool_give_any(selection->bits);
    selection->bits = NULL;
}

/* Truth values of a part, one row of the nest after the other. */
struct row {
    const struct selection *selection;
    char *truth;
};

static int make_row(void *context, char **data, npy_intp n)
{
    struct row *row = context;
    const struct selection *selection = row->selection;
    const npy_intp *stride = selection->nest.stride[0];
    int status = 0;
    if (selection->loop.run) {
        char *const at[] = {data[0], data[1], row->truth};
        const npy_intp steps[] = {stride[0], 0, 1};
        status = loop_run(&selection->loop, at, n, steps);
    } else {
        for (npy_intp i = 0; i < n; i++) {
            row->truth[i] = data[0][i * stride[0]];
        }
    }
    row->truth += n;
    return status;
}

/* Packs a part of at most one chunk, and returns how many are true; negative: the loop
 * failed. */
static npy_intp pack(const struct selection *selection, npy_intp begin, npy_intp end)
{
    const struct nest *nest = &selection->nest;
    uint64_t *bits = selection->bits + begin / 64;
    if (selection->loop.run == NULL && nest->ndim == 1) {
        const npy_intp stride = nest->stride[0][0];
        return kernels_masks()->pack(nest->base[0] + begin * stride, stride,
                                     end - begin, bits);
    }
    char truth[CHUNK_MOST];
    struct row row = {selection, truth};
    const int status = nest_run(nest, begin, end, make_row, &row);
    return status != 0 ? -1 : kernels_masks()->pack(truth, 1, end - begin, bits);
}

static int pack_chunks(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct selection *selection = job->context;
    for (npy_intp at = begin; at < end; at += selection->chunk) {
        const npy_intp most = at + selection->chunk;
        const npy_intp count = pack(selection, at, most < end ? most : end);
        if (count < 0) {
            return -1;
        }
        selection->starts[at / selection->chunk + 1] = count;
    }
    return 0;
}

bool selection_make(struct selection *selection, struct hook_call *hook,
                    const struct job *job, PyArrayObject *array,
                    const struct predicate *nonzero)
{
    PyArrayObject *operands[] = {array, nonzero ? nonzero->call.op[1] : NULL};
    struct hook_call packing = *hook;
    struct job own = *job;
    memset(selection, 0, sizeof *selection);
    selection->n = PyArray_SIZE(array);
    selection->chunk = chunk_of(selection->n);
    if (nonzero) {
        selection->loop = nonzero->plan.loop;
    }
    hook->report.reason =
        nest_of_arrays(&selection->nest, operands, nonzero ? 2 : 1, NPY_CORDER);
    if (hook->report.reason) {
        return false;
    }
    if (!make_room(selection)) {
        PyErr_NoMemory();
        return false;
    }
    own.key = cost_mix(job->key, 1); /* packing has a cost of its own */
    own.asked = job->asked ? own.key : 0;
    packing.explain = false; /* it writes to nothing of the caller's */
    const bool packed =
        selection_run(selection, &packing, &own, pack_chunks, selection);
    hook->report = packing.report;
    if (!packed) {
        return false;
    }
    const npy_intp chunks = (selection->n + selection->chunk - 1) / selection->chunk;
    selection->starts[0] = 0;
    for (npy_intp i = 0; i < chunks; i++) {
        selection->starts[i + 1] += selection->starts[i];
    }
    selection->count = selection->starts[chunks];
    return true;
}

/* Copies stretches of elements for whose size there is no kernel. */
static npy_intp move_stretches(const uint64_t *bits, const char *from, npy_intp n,
                               char *to, npy_intp itemsize)
{
    const char *const begin_of_result = to;
    npy_intp end = 0;
    for (;;) {
        const npy_intp begin = bits_find(bits, end, n, true);
        if (begin == n) {
            return (to - begin_of_result) / itemsize;
        }
        end = bits_find(bits, begin, n, false);
        memcpy(to, from + begin * itemsize, (size_t)((end - begin) * itemsize));
        to += (end - begin) * itemsize;
    }
}

npy_intp selection_move(const uint64_t *bits, const char *from, npy_intp n, char *to,
                        npy_intp itemsize)
{
    const int width = width_of(itemsize);
    if (width == WIDTHS) {
        return move_stretches(bits, from, n, to, itemsize);
    }
    const npy_intp count = bits_count(bits, n);
    kernels_masks()->compress[width](bits, from, n, to, count);
    return count;
}

bool selection_run(const struct selection *selection, struct hook_call *hook,
                   struct job *job, job_run *run, void *context)
{
    const struct split split = {.period = selection->n, .step = selection->chunk};
    return hook_run(hook, job, "indexing", run, context, selection->n, split);
}
