/*
 * buckets.c - one long line on several threads.
 *
 * Splitters from a sample cut the numbers into buckets.  Members of the team take
 * shares of the line, small enough for a core's second cache, copy them to a buffer and
 * part them there by the splitters.  Then they take buckets: they bring the parts of a
 * bucket together where it belongs, and sort it, in the cache again.  So a thread goes
 * through memory twice, and no share of the work depends on what the others are like.
 */
#include <stdlib.h>
#include <string.h>

#include "memory/pool.h"
#include "reasons/reasons.h"

#include "order.h"

/* BUCKET: numbers of a bucket, about; SAMPLES: of the sample for each bucket. */
enum { SHARE = 1 << 15, BUCKET = 1 << 14, SAMPLES = 32, SHARES_MOST = 4096 };
enum { BUCKETS_MOST = 512 };

/* What the key of the cost of parting differs by. */
#define PARTING UINT32_C(0x9a4713b5)

struct buckets {
    enum key_kind kind;
    npy_intp size; /* bytes of a number */
    npy_intp n;
    const char *from;
    char *buffer, *to;
    npy_intp share, shares;
    npy_intp count;   /* buckets, those of NaNs not counted */
    char *splitters;  /* count - 1 keys */
    npy_intp *sizes;  /* of the count + 1 parts of each share; the last has NaNs */
    npy_intp *begins; /* of the count + 1 buckets, and the end */
    sort_table *kernels;
    const struct words *words; /* of an argsort, or NULL */
};

static int part_shares(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct buckets *buckets = job->context;
    const enum sort_key key = keys_key(buckets->kind);
    for (npy_intp i = begin / buckets->share; i < end / buckets->share; i++) {
        const npy_intp at = i * buckets->share, rest = buckets->n - at;
        const npy_intp n = rest < buckets->share ? rest : buckets->share;
        char *keys = buckets->buffer + at * buckets->size;
        npy_intp *sizes = buckets->sizes + i * (buckets->count + 1);
        const npy_intp numbers =
            keys_load(buckets->kind, buckets->from + at * buckets->size, keys, n);
        buckets->kernels->divide[key](keys, numbers, buckets->splitters,
                                      buckets->count - 1, sizes);
        sizes[buckets->count] = n - numbers;
    }
    return 0;
}

/* Makes of the sizes where each part begins in its share. */
static void add_up(struct buckets *buckets)
{
    npy_intp sum = 0;
    const npy_intp parts = buckets->count + 1;
    for (npy_intp bucket = 0; bucket < parts; bucket++) {
        buckets->begins[bucket] = sum;
        for (npy_intp i = 0; i < buckets->shares; i++) {
            sum += buckets->sizes[i * parts + bucket];
        }
    }
    buckets->begins[parts] = sum;
    for (npy_intp i = 0; i < buckets->shares; i++) {
        npy_intp at = i * buckets->share;
        for (npy_intp bucket = 0; bucket < parts; bucket++) {
            npy_intp *size = &buckets->sizes[i * parts + bucket];
            at += *size;
            *size = at - *size;
        }
    }
}

static int sort_buckets(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct buckets *buckets = job->context;
    const npy_intp parts = buckets->count + 1, size = buckets->size;
    for (npy_intp b = begin / job->split.step; b < end / job->split.step; b++) {
        char *to = buckets->to + buckets->begins[b] * size, *at = to;
        for (npy_intp i = 0; i < buckets->shares; i++) {
            const npy_intp *part = &buckets->sizes[i * parts + b];
            const npy_intp share_end = (i + 1) * buckets->share;
            const npy_intp stop = b + 1 < parts            ? part[1]
                                  : share_end < buckets->n ? share_end
                                                           : buckets->n;
            const npy_intp bytes = (stop - *part) * size;
            memcpy(at, buckets->buffer + *part * size, (size_t)bytes);
            at += bytes;
        }
        if (b < buckets->count) {
            const npy_intp n = buckets->begins[b + 1] - buckets->begins[b];
            buckets->kernels->sort[keys_key(buckets->kind)](to, n);
            if (buckets->words) {
                words_to_indices(buckets->words, (int64_t *)to, n);
            } else {
                keys_store(buckets->kind, to, n);
            }
        }
    }
    return 0;
}

/* Chooses splitters from numbers all over the line.  Returns false without memory. */
static bool choose_splitters(struct buckets *buckets, npy_intp most)
{
    const npy_intp n = SAMPLES * most, size = buckets->size;
    char *sample = malloc((size_t)(n * size));
    if (sample == NULL) {
        return false;
    }
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    for (npy_intp i = 0; i < n; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        const npy_intp at =
            (npy_intp)((double)(random >> 11) * 0x1p-53 * (double)buckets->n);
        memcpy(sample + i * size, buckets->from + at * size, (size_t)size);
    }
    const enum sort_key key = keys_key(buckets->kind);
    const npy_intp numbers = keys_load(buckets->kind, sample, sample, n);
    buckets->kernels->sort[key](sample, numbers);
    buckets->count = 1;
    if (numbers > 0) {
        buckets->count += buckets->kernels->splitters[key](sample, numbers, most - 1,
                                                           buckets->splitters);
    }
    if (buckets->words) { /* equal keys go to one bucket */
        int64_t *splitters = (int64_t *)buckets->splitters;
        for (npy_intp i = 0; i < buckets->count - 1; i++) {
            splitters[i] &= ~buckets->words->index_bits;
        }
    }
    free(sample);
    return true;
}

/* If the job ended early, the numbers of an array that is sorted in place are in the
 * buffer. */
static void put_back(const struct buckets *buckets, bool parted)
{
    if (parted && buckets->from == buckets->to) {
        keys_store(buckets->kind, buckets->buffer, buckets->n);
        memcpy(buckets->to, buckets->buffer, (size_t)(buckets->n * buckets->size));
    }
}

bool order_in_buckets(struct hook_call *hook, struct job *job, enum key_kind kind,
                      const char *from,
                      char *to, /* NOLINT(readability-non-const-parameter) */
                      npy_intp n, const struct words *words)
{
    struct buckets buckets = {.kind = kind,
                              .size = keys_size(kind),
                              .n = n,
                              .from = from,
                              .to = to,
                              .share = SHARE,
                              .kernels = kernels_sorts(),
                              .words = words};
    bool done = false, parted = false;
    npy_intp most = 16;
    while (most < BUCKETS_MOST && most * BUCKET < n) {
        most *= 2;
    }
    while (n / buckets.share > SHARES_MOST) {
        buckets.share *= 2;
    }
    buckets.shares = (n + buckets.share - 1) / buckets.share;
    buckets.buffer = pool_take((size_t)(n * buckets.size));
    buckets.splitters = malloc((size_t)(most * buckets.size));
    buckets.sizes =
        malloc(sizeof *buckets.sizes * (size_t)(buckets.shares * (most + 1)));
    buckets.begins = malloc(sizeof *buckets.begins * (size_t)(most + 2));
    if (!buckets.buffer || !buckets.splitters || !buckets.sizes || !buckets.begins ||
        !choose_splitters(&buckets, most)) {
        hook->report.reason = reason_no_memory_for_partials;
        goto finish;
    }
    struct job parting = *job;
    parting.key = job->key ^ PARTING;
    const npy_intp parted_size = buckets.shares * buckets.share;
    parted = hook_run(hook, &parting, "buckets", part_shares, &buckets, parted_size,
                      (struct split){parted_size, buckets.share});
    if (!parted) {
        goto finish;
    }
    add_up(&buckets);
    const npy_intp step = n / (buckets.count + 1) + 1;
    const npy_intp size = step * (buckets.count + 1);
    done = hook_run(hook, job, "buckets", sort_buckets, &buckets, size,
                    (struct split){size, step});
    hook->report.elements = n;

finish:
    if (!done) {
        put_back(&buckets, parted);
    }
    if (buckets.buffer) {
        pool_give(buckets.buffer);
    }
    free(buckets.splitters);
    free(buckets.sizes);
    free(buckets.begins);
    return done;
}
