/*
 * counting.c - numbers of 8 and 16 bits: each member of the team counts shares, and
 * then writes the numbers of a range of values.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels/counts.h"
#include "reasons/reasons.h"

#include "order.h"

/* VALUES: whose numbers are written at a time. */
enum { SHARE = 1 << 16, VALUES = 256 };

/* What the key of the cost of counting differs by. */
#define COUNTING UINT32_C(0x3c91d0a7)

/* The bits of the numbers in their order: runs of `count`, `step` apart from `first`
 * on. Halves: negative ones, which descend with their bits, positive ones, NaNs. */
struct run_of_bits {
    uint16_t first, count;
    int step;
};
static const struct run_of_bits unsigned_8[] = {{0, 256, 1}, {0, 0, 0}};
static const struct run_of_bits signed_8[] = {{0x80, 128, 1}, {0, 128, 1}, {0, 0, 0}};
static const struct run_of_bits unsigned_16[] = {
    {0, 0x8000, 1}, {0x8000, 0x8000, 1}, {0, 0, 0}};
static const struct run_of_bits signed_16[] = {
    {0x8000, 0x8000, 1}, {0, 0x8000, 1}, {0, 0, 0}};
static const struct run_of_bits halves[] = {{0xfc00, 0x7c01, -1},
                                            {0x0000, 0x7c01, 1},
                                            {0x7c01, 0x03ff, 1},
                                            {0xfc01, 0x03ff, 1},
                                            {0, 0, 0}};

struct counting {
    npy_intp size, n;
    const char *from;
    char *to;
    npy_intp values;
    uint32_t *counts; /* of each value, for each share that was taken ... */
    npy_intp parts;   /* ... of so many */
    npy_intp share;
    uint16_t *bits;   /* of the values in their order */
    npy_intp *begins; /* of each VALUES values, in the result */
};

static int count_shares(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct counting *counting = job->context;
    for (npy_intp i = begin / counting->share; i < end / counting->share; i++) {
        uint32_t *counts = counting->counts + i * counting->values;
        const npy_intp at = i * counting->share, rest = counting->n - at;
        const npy_intp n = rest < counting->share ? rest : counting->share;
        const char *from = counting->from + at * counting->size;
        memset(counts, 0, sizeof *counts * (size_t)counting->values);
        if (counting->size == 1) {
            counts_add_8((const uint8_t *)from, n, counts);
        } else {
            counts_add_16((const uint16_t *)from, n, counts);
        }
    }
    return 0;
}

static npy_intp count_of(const struct counting *counting, uint16_t bits)
{
    npy_intp count = 0;
    for (npy_intp part = 0; part < counting->parts; part++) {
        count += counting->counts[part * counting->values + bits];
    }
    return count;
}

static int write_values(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct counting *counting = job->context;
    const npy_intp step = job->split.step;
    for (npy_intp i = begin / step; i < end / step; i++) {
        char *to = counting->to + counting->begins[i] * counting->size;
        for (npy_intp k = i * VALUES; k < (i + 1) * VALUES; k++) {
            const uint16_t bits = counting->bits[k];
            const npy_intp count = count_of(counting, bits);
            if (counting->size == 1) {
                counts_fill_8((uint8_t *)to, (uint8_t)bits, count);
            } else {
                counts_fill_16((uint16_t *)to, bits, count);
            }
            to += count * counting->size;
        }
    }
    return 0;
}

static void order_bits(const struct counting *counting, const struct run_of_bits *run)
{
    uint16_t *to = counting->bits;
    for (; run->count; run++) {
        for (int i = 0; i < run->count; i++) {
            *to++ = (uint16_t)(run->first + i * run->step);
        }
    }
}

static void add_up(const struct counting *counting)
{
    npy_intp sum = 0;
    for (npy_intp i = 0; i < counting->values / VALUES; i++) {
        counting->begins[i] = sum;
        for (npy_intp k = i * VALUES; k < (i + 1) * VALUES; k++) {
            sum += count_of(counting, counting->bits[k]);
        }
    }
}

static const struct run_of_bits *runs_of(int type)
{
    switch (level_number(type)) {
    case NUMBER_i8:
        return signed_8;
    case NUMBER_u16:
        return unsigned_16;
    case NUMBER_i16:
        return signed_16;
    case NUMBER_f16:
        return halves;
    default:
        return unsigned_8;
    }
}

bool order_by_counting(struct hook_call *hook, struct job *job, int type,
                       const char *from,
                       char *to, /* NOLINT(readability-non-const-parameter) */
                       npy_intp n)
{
    const struct run_of_bits *runs = runs_of(type);
    struct counting counting = {.size = runs == unsigned_8 || runs == signed_8 ? 1 : 2,
                                .n = n,
                                .from = from,
                                .to = to};
    bool done = false;
    counting.values = counting.size == 1 ? COUNTS_8 : COUNTS_16;
    /* Counts of 16 bits fill a second-level cache: one share for each thread. */
    npy_intp least = counting.size == 1 ? SHARE : (n + job->limit - 1) / job->limit;
    least = least < UINT32_MAX / 2 ? least : UINT32_MAX / 2;
    const npy_intp shares = (n + least - 1) / least;
    counting.parts = shares < 256 ? shares : 256;
    counting.share = (n + counting.parts - 1) / counting.parts;
    if (counting.share > UINT32_MAX / 2) {
        hook->report.reason = reason_too_many_elements;
        return false;
    }
    counting.parts = (n + counting.share - 1) / counting.share;
    counting.counts =
        malloc(sizeof *counting.counts * (size_t)(counting.parts * counting.values));
    counting.bits = malloc(sizeof *counting.bits * (size_t)counting.values);
    counting.begins =
        malloc(sizeof *counting.begins * (size_t)(counting.values / VALUES));
    if (!counting.counts || !counting.bits || !counting.begins) {
        hook->report.reason = reason_no_memory_for_partials;
        goto finish;
    }
    struct job first = *job;
    first.key = job->key ^ COUNTING;
    npy_intp size = counting.parts * counting.share;
    if (!hook_run(hook, &first, "counting", count_shares, &counting, size,
                  (struct split){size, counting.share})) {
        goto finish;
    }
    order_bits(&counting, runs);
    add_up(&counting);
    const npy_intp pieces = counting.values / VALUES, step = n / pieces + 2;
    size = pieces * step;
    done = hook_run(hook, job, "counting", write_values, &counting, size,
                    (struct split){size, step});
    hook->report.elements = n;

finish:
    free(counting.counts);
    free(counting.bits);
    free(counting.begins);
    return done;
}
