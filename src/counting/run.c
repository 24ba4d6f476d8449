/* run.c - counts elements: each member of the team has counts of its own. */
#include <stdatomic.h>
#include <string.h>

#include "counting.h"

#include "memory/pool.h"
#include "reasons/reasons.h"

/* FEW_SLOTS: four arrays of so many counts leave half of the first cache to elements.
 * ELEMENTS_A_SLOT: elements for each slot of each member at least, so that clearing
 * counts and adding them up takes little time. */
enum { FEW_SLOTS = 512, LANES = 4, ELEMENTS_A_SLOT = 2 };

struct set {
    _Atomic(bool) taken;
    npy_intp *counts; /* NULL: nobody has had it */
};

struct counting {
    const struct axis *axes;
    int naxes, limit;
    npy_intp slots, lanes;
    struct set *sets;
};

static struct set *take_set(struct counting *counting)
{
    struct set *set = counting->sets;
    while (atomic_exchange(&set->taken, true)) {
        set++;
        set = set < counting->sets + counting->limit ? set : counting->sets;
    }
    if (set->counts == NULL) {
        const size_t size =
            (size_t)(counting->slots * counting->lanes) * sizeof *set->counts;
        set->counts = pool_take_any(size);
        if (set->counts) {
            memset(set->counts, 0, size);
        }
    }
    return set;
}

/* Stores the slots of the elements from `at` on along one axis. */
static void find_slots(const struct axis *axis, npy_intp at, npy_intp n, int32_t *slots)
{
    const struct bin_kernels *kernels = kernels_bins();
    _Alignas(8) char room[SOURCE_ROOM];
    if (axis->ends) {
        kernels->uniform(&axis->bins, source_block(&axis->source, at, n, room), n,
                         slots);
        return;
    }
    const struct ranking *ranking = &axis->ranking;
    npy_intp ranks[SOURCE_BLOCK];
    const void *x = source_block(&ranking->keys, at, n, room);
    ranking->rank(&ranking->tree, x, n, ranks);
    kernels->ranked(&axis->bins, x, ranks, n, slots);
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct counting *counting = job->context;
    const struct bin_kernels *kernels = kernels_bins();
    const npy_intp stride = counting->lanes > 1 ? counting->slots : 0;
    struct set *set = take_set(counting);
    int32_t slots[SOURCE_BLOCK], more[SOURCE_BLOCK];
    for (npy_intp at = begin, next; at < end && set->counts; at = next) {
        next = source_block_end(at, end);
        find_slots(&counting->axes[0], at, next - at, slots);
        for (int d = 1; d < counting->naxes; d++) {
            find_slots(&counting->axes[d], at, next - at, more);
            kernels->combine(slots, next - at,
                             (int32_t)counting->axes[d].bins.count + 2, more);
        }
        kernels->tally(slots, next - at, set->counts, stride);
    }
    const int status = set->counts ? 0 : -1;
    atomic_store(&set->taken, false);
    return status;
}

static void add_up(const struct counting *counting, npy_intp *to)
{
    memset(to, 0, (size_t)counting->slots * sizeof *to);
    for (int i = 0; i < counting->limit; i++) {
        const npy_intp *counts = counting->sets[i].counts;
        for (npy_intp lane = 0; counts && lane < counting->lanes; lane++) {
            for (npy_intp slot = 0; slot < counting->slots; slot++) {
                to[slot] += counts[lane * counting->slots + slot];
            }
        }
    }
}

PyArrayObject *counting_run(struct hook_call *hook, struct job *job,
                            const struct axis *axes, int naxes, npy_intp size)
{
    struct counting counting = {.axes = axes, .naxes = naxes, .slots = 1};
    npy_intp shape[COUNTING_AXES];
    PyArrayObject *result = NULL;
    for (int d = 0; d < naxes; d++) {
        shape[d] = axes[d].bins.count + 2;
        if (__builtin_mul_overflow(counting.slots, shape[d], &counting.slots)) {
            counting.slots = NPY_MAX_INTP;
            break;
        }
    }
    if (counting.slots > size * ELEMENTS_A_SLOT || counting.slots > INT32_MAX) {
        return (PyArrayObject *)decline(hook, reason_many_bins);
    }
    const npy_intp members = size / ELEMENTS_A_SLOT / counting.slots;
    job->limit = members < job->limit ? (int)members + (members == 0) : job->limit;
    counting.limit = job->limit > 1 ? job->limit : 1;
    counting.lanes = counting.slots <= FEW_SLOTS ? LANES : 1;
    counting.sets = PyMem_Calloc((size_t)counting.limit, sizeof *counting.sets);
    if (counting.sets == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    if (hook_run(hook, job, "counting", run, &counting, size, split_anywhere())) {
        result = (PyArrayObject *)PyArray_SimpleNew(naxes, shape, NPY_INTP);
        if (result) {
            add_up(&counting, PyArray_DATA(result));
        }
    }
    for (int i = 0; i < counting.limit; i++) {
        pool_give_any(counting.sets[i].counts);
    }
    PyMem_Free(counting.sets);
    return result;
}
