/*
 * argsort_counting.c - an argsort of keys of a small range, such as labels: members of
 * the team count the keys of shares; from the counts follows where the indices of each
 * key of each share begin; then the members write them.  So equal keys stay in their
 * order, and memory is gone through twice, whatever the order was.
 */
#include <string.h>

#include "memory/pool.h"
#include "reasons/reasons.h"

#include "order.h"

/* SHARES: for a team of a few threads; BLOCK: keys that are gone through twice, or more
 * often. */
enum { SHARES = 8, BLOCK = 2048 };

/* The counts of a share stay in a core's first caches, and there is little to do with
 * them beside the elements.  To go through several shares side by side, so that an
 * element does not wait for the count of the one before, gained nothing. */
enum { VALUES_MOST = 1 << 13, ELEMENTS_A_VALUE = 64 };

/* So many values are looked for one by one, in vectors: with two values, an element
 * waits for the count of the one before it half of the time. */
enum { FEW_VALUES = 4 };

/* What the key of the cost of counting differs by. */
#define COUNTING UINT32_C(0x6d2b79f5)

struct tally {
    const struct words *words;
    npy_intp values; /* of the keys: 0 to values - 1 */
    npy_intp share;
    uint16_t *keys;   /* a copy: the elements may change meanwhile */
    uint32_t *places; /* of each value, for each share: counts, then where to write */
    int64_t *to;
};

static npy_intp share_end(const struct tally *tally, npy_intp share)
{
    const npy_intp end = (share + 1) * tally->share;
    return end < tally->words->n ? end : tally->words->n;
}

/* Counts the keys of a block. */
static void count_block(const struct tally *tally, const uint16_t *keys, npy_intp n,
                        uint32_t *counts)
{
    for (npy_intp k = 0; tally->values > FEW_VALUES && k < n; k++) {
        counts[keys[k]]++;
    }
    for (npy_intp v = 0; tally->values <= FEW_VALUES && v < tally->values; v++) {
        counts[v] += (uint32_t)kernels_words()->count(keys, n, (uint16_t)v);
    }
}

/* Writes the indices of a block of few values, which begins at `at`. */
static void write_few(const struct tally *tally, npy_intp at, npy_intp n,
                      uint32_t *places)
{
    const struct mask_kernels *kernels = kernels_masks();
    for (npy_intp value = 0; value < tally->values; value++) {
        char truth[BLOCK];
        uint64_t bits[BLOCK / 64];
        kernels_words()->match(tally->keys + at, n, (uint16_t)value, truth);
        const npy_intp count = kernels->pack(truth, 1, n, bits);
        kernels->places(bits, n, at, tally->to + places[value], count);
        places[value] += (uint32_t)count;
    }
}

static int count_shares(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct tally *tally = job->context;
    for (npy_intp i = begin / tally->share; i < end / tally->share; i++) {
        uint32_t *counts = tally->places + i * tally->values;
        memset(counts, 0, sizeof *counts * (size_t)tally->values);
        for (npy_intp at = i * tally->share; at < share_end(tally, i); at += BLOCK) {
            const npy_intp rest = share_end(tally, i) - at;
            const npy_intp n = rest < BLOCK ? rest : BLOCK;
            words_narrow(tally->words, at, n, (uint16_t)(tally->values - 1),
                         tally->keys + at);
            count_block(tally, tally->keys + at, n, counts);
        }
    }
    return 0;
}

static void place(const struct tally *tally)
{
    uint32_t sum = 0;
    for (npy_intp value = 0; value < tally->values; value++) {
        for (npy_intp i = 0; i < SHARES; i++) {
            uint32_t *at = &tally->places[i * tally->values + value];
            const uint32_t count = *at;
            *at = sum;
            sum += count;
        }
    }
}

static int write_shares(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct tally *tally = job->context;
    for (npy_intp i = begin / tally->share; i < end / tally->share; i++) {
        uint32_t *places = tally->places + i * tally->values;
        const npy_intp from = i * tally->share, to = share_end(tally, i);
        const bool few = tally->values <= FEW_VALUES;
        for (npy_intp at = from; few && at < to; at += BLOCK) {
            write_few(tally, at, to - at < BLOCK ? to - at : BLOCK, places);
        }
        for (npy_intp k = from; !few && k < to; k++) {
            tally->to[places[tally->keys[k]]++] = k;
        }
    }
    return 0;
}

bool order_argsort_counts(npy_intp n, uint64_t greatest)
{
    return greatest < VALUES_MOST && (npy_intp)greatest < n / ELEMENTS_A_VALUE;
}

bool order_argsort_by_counting(
    struct hook_call *hook, struct job *job, const struct words *words,
    uint64_t greatest, int64_t *to) /* NOLINT(readability-non-const-parameter) */
{
    const npy_intp n = words->n;
    struct tally tally = {.words = words,
                          .values = (npy_intp)greatest + 1,
                          .share = (n + SHARES - 1) / SHARES,
                          .to = to};
    tally.keys = pool_take_any((size_t)n * sizeof *tally.keys);
    tally.places =
        pool_take_any((size_t)(SHARES * tally.values) * sizeof *tally.places);
    bool done = false;
    if (!tally.keys || !tally.places) {
        hook->report.reason = reason_no_memory_for_partials;
        goto finish;
    }
    struct job counting = *job;
    counting.key = job->key ^ COUNTING;
    const npy_intp size = tally.share * SHARES;
    const struct split split = {size, tally.share};
    if (!hook_run(hook, &counting, "counted", count_shares, &tally, size, split)) {
        goto finish;
    }
    place(&tally);
    done = hook_run(hook, job, "counted", write_shares, &tally, size, split);

finish:
    pool_give_any(tally.keys);
    pool_give_any(tally.places);
    return done;
}
