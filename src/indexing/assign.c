/* assign.c - see assign.h. */
#include "assign.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "kernels/assign.h"
#include "memory/pool.h"
#include "reasons/reasons.h"
#include "threads/team.h"

/* More owners would do little else than go through indices.  Many indices are done in
 * stretches, between which a signal may stop the call. */
enum { OWNERS = 8, STRETCH = 1 << 22 };

/* The indices of a sample, which tells how all are spread. */
enum { SAMPLE = 128 };

/* Elements that lie within so many bytes are in the first-level cache soon: they need
 * not be fetched ahead, and owners would wait for each other's lines. */
enum { NEAR = 1 << 15 };

struct span {
    npy_intp least, greatest;
};

struct owning {
    const struct assigning *assigning;
    struct span *spans;  /* one for each block of indices */
    _Atomic bool beyond; /* an index is out of bounds */

    /* The elements of owner k end before ends[k].  Blocks [first, last) are being
     * done. */
    npy_intp begin, ends[OWNERS];
    int owners;
    npy_intp first, last;
};

static npy_intp blocks_of(npy_intp n)
{
    return (n + INDEX_BLOCK - 1) / INDEX_BLOCK;
}

static npy_intp block_length(const struct index *index, npy_intp at)
{
    return index->n - at < INDEX_BLOCK ? index->n - at : INDEX_BLOCK;
}

/* -- spans ----------------------------------------------------------------------- */

static int run_spans(const struct job *job, npy_intp begin, npy_intp end)
{
    struct owning *owning = job->context;
    const struct index *index = &owning->assigning->index;
    const npy_intp length = index->length;
    npy_intp room[INDEX_BLOCK];
    for (npy_intp at = begin; at < end; at += INDEX_BLOCK) {
        const npy_intp n = block_length(index, at);
        npy_intp least = NPY_MAX_INTP, greatest = NPY_MIN_INTP;
        kernels_select()->bounds(index_block(index, at, n, room), n, &least, &greatest);
        if (least < -length || greatest >= length) {
            atomic_store(&owning->beyond, true);
            return 1;
        }
        if (greatest < 0) {
            least += length;
            greatest += length;
        } else if (least < 0) { /* from both ends */
            least = 0;
            greatest = length - 1;
        }
        owning->spans[at / INDEX_BLOCK] = (struct span){least, greatest};
    }
    return 0;
}

/* Finds the spans of all blocks, and checks all indices.  Returns false as execute()
 * does. */
static bool find_spans(struct hook_call *hook, const struct job *job,
                       struct owning *owning)
{
    const npy_intp n = owning->assigning->index.n;
    struct job spans = *job;
    spans.key = cost_mix(job->key, 1); /* these have a cost of their own */
    spans.asked = job->asked ? spans.key : 0;
    spans.given = false;
    /* Of a single block there is nothing to share out, nor to measure. */
    if (n <= INDEX_BLOCK) {
        spans.context = owning;
        run_spans(&spans, 0, n);
    } else if (!hook_run(hook, &spans, "indexing", run_spans, owning, n,
                         (struct split){n, INDEX_BLOCK})) {
        return false;
    }
    if (atomic_load(&owning->beyond)) {
        hook->report.reason = reason_index_out_of_bounds;
        return false;
    }
    return true;
}

/* -- owners ---------------------------------------------------------------------- */

/* Assigns to the elements [begin, end). */
static void run_owner(struct owning *owning, npy_intp begin, npy_intp end)
{
    const struct assigning *assigning = owning->assigning;
    const struct index *index = &assigning->index;
    const npy_intp bytes = labs(assigning->stride);
    npy_intp room[INDEX_BLOCK];
    int32_t at[SELECT_ROOM], from[SELECT_ROOM];
    struct assign assign = {.stride = assigning->stride,
                            .step = assigning->step,
                            .itemsize = assigning->itemsize};
    for (npy_intp block = owning->first; block < owning->last; block++) {
        const struct span span = owning->spans[block];
        if (span.greatest < begin || span.least >= end) {
            continue;
        }
        const npy_intp first = block * INDEX_BLOCK, n = block_length(index, first);
        const npy_intp *indices = index_block(index, first, n, room);
        const npy_intp low = span.least > begin ? span.least : begin;
        const npy_intp high = span.greatest < end ? span.greatest : end - 1;
        assign.values = assigning->values + first * assigning->step;
        assign.far = (high - low) * bytes > NEAR;
        if (low == span.least && high == span.greatest) {
            assign.to = assigning->to;
            if (!kernels_assign()->all(&assign, indices, n, index->length)) {
                atomic_store(&owning->beyond, true); /* changed meanwhile */
            }
        } else {
            assign.to = assigning->to + begin * assigning->stride;
            const npy_intp count = kernels_select()->select(
                indices, n, index->length, begin, end - begin, at, from);
            kernels_assign()->some(&assign, at, from, count);
        }
    }
}

/* Owners whose work one member does at once are one owner. */
static int run_owners(const struct job *job, npy_intp begin, npy_intp end)
{
    struct owning *owning = job->context;
    const npy_intp each = job->size / owning->owners;
    const npy_intp from = begin / each, to = end / each;
    if (from < to) {
        run_owner(owning, from > 0 ? owning->ends[from - 1] : owning->begin,
                  owning->ends[to - 1]);
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const npy_intp x = *(const npy_intp *)a, y = *(const npy_intp *)b;
    return (x > y) - (x < y);
}

/* Returns how many of a sorted sample are less than `end`. */
static int until(const npy_intp *sample, npy_intp end)
{
    int count = 0;
    while (count < SAMPLE && sample[count] < end) {
        count++;
    }
    return count;
}

/* Takes equal parts of the elements in [begin, end), or those that have as many indices
 * of a sample if one would have much more than its share.  Returns false if one has
 * most of them either way. */
static bool share_out(struct owning *owning, npy_intp begin, npy_intp end)
{
    const struct index *index = &owning->assigning->index;
    const int owners = owning->owners;
    npy_intp sample[SAMPLE], room[INDEX_BLOCK];
    for (int i = 0; i < SAMPLE; i++) {
        const npy_intp at = (npy_intp)((double)i / SAMPLE * (double)index->n);
        sample[i] = *index_block(index, at, 1, room);
        sample[i] += sample[i] < 0 ? index->length : 0;
    }
    qsort(sample, SAMPLE, sizeof *sample, compare);
    for (int by_sample = 0; by_sample < 2; by_sample++) {
        int most = 0, before = 0;
        for (int k = 0; k < owners; k++) {
            const npy_intp equal =
                begin + (npy_intp)((double)(k + 1) / owners * (double)(end - begin));
            npy_intp *own = &owning->ends[k];
            *own = by_sample && k < owners - 1 ? sample[SAMPLE * (k + 1) / owners]
                   : k < owners - 1            ? equal
                                               : end;
            const int below = until(sample, *own);
            most = below - before > most ? below - before : most;
            before = below;
        }
        if (most * owners <= SAMPLE * 5 / 4) {
            return true;
        }
    }
    return false;
}

/* Decides who owns what; one owner has all if sharing does not pay. */
static void choose_owners(struct owning *owning, int limit)
{
    const struct assigning *assigning = owning->assigning;
    const npy_intp blocks = blocks_of(assigning->index.n);
    npy_intp begin = NPY_MAX_INTP, end = 0;
    for (npy_intp i = 0; i < blocks; i++) {
        const struct span span = owning->spans[i];
        begin = span.least < begin ? span.least : begin;
        end = span.greatest >= end ? span.greatest + 1 : end;
    }
    owning->begin = begin;
    owning->owners = limit < OWNERS ? limit : OWNERS;
    const bool pays =
        (end - begin) * labs(assigning->stride) > NEAR || cost_min_elements() >= 0;
    if (owning->owners < 2 || !pays || end - begin > INT32_MAX ||
        team_unavailable() != NULL || !share_out(owning, begin, end)) {
        owning->owners = 1;
        owning->ends[0] = end;
    }
}

/* None of the stretches is too short for execute(), because NumPy could not go on where
 * the engine stopped. */
static bool run_stretches(struct hook_call *hook, struct job *job,
                          struct owning *owning)
{
    const npy_intp n = owning->assigning->index.n, blocks = blocks_of(n);
    const npy_intp stretches = (n + STRETCH - 1) / STRETCH;
    bool done = true;
    for (npy_intp i = 0; i < stretches && done; i++) {
        owning->first = blocks * i / stretches;
        owning->last = blocks * (i + 1) / stretches;
        const npy_intp each = n / stretches / owning->owners + 2;
        const npy_intp size = each * owning->owners;
        done = hook_run(hook, job, "indexing", run_owners, owning, size,
                        (struct split){size, each});
    }
    return done;
}

bool assign_run(struct hook_call *hook, struct job *job,
                const struct assigning *assigning)
{
    struct owning owning = {.assigning = assigning};
    bool done = false;
    job->given = true;
    if (hook->explain) {
        owning.owners = job->limit < OWNERS ? job->limit : OWNERS;
        done = run_stretches(hook, job, &owning);
        hook->report.elements = assigning->index.n;
        return done;
    }
    owning.spans =
        pool_take_any((size_t)blocks_of(assigning->index.n) * sizeof *owning.spans);
    if (owning.spans == NULL) {
        PyErr_NoMemory();
        return false;
    }
    if (find_spans(hook, job, &owning)) {
        choose_owners(&owning, job->limit);
        done = run_stretches(hook, job, &owning);
        hook->report.elements = assigning->index.n;
        if (done && atomic_load(&owning.beyond)) {
            hook->report.reason = reason_index_out_of_bounds;
            done = false;
        }
    }
    pool_give_any(owning.spans);
    return done;
}
