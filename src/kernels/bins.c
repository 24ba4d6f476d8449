/* bins.c - see bins.h. */
#include "bins.h"
#include "level.h"

#include "loop.h"

/* Elements of which one that is near to an edge makes all of them look at the edges. */
enum { AT_ONCE = 64 };

static inline double clamped(double x, double most)
{
    x = x > 0 ? x : 0; /* NaN too */
    return x < most ? x : most;
}

/* Slots of elements near to edges, from both edges of the bin that it is about. */
static void look_at_edges(const struct binning *bins, const double *x, intptr_t n,
                          int32_t *slots)
{
    const double *const ends = bins->ends;
    const double first = bins->first, scale = bins->scale;
    const double most = (double)(bins->count - 1);
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const int32_t bin = (int32_t)clamped((x[i] - first) * scale, most);
        slots[i] = bin + (x[i] >= ends[bin]) + (x[i] >= ends[bin + 1]);
    }
}

/* Returns how many elements are near to an edge. */
static inline int32_t guess(const struct binning *bins, const double *x, intptr_t n,
                            int32_t *slots)
{
    const double first = bins->first, last = bins->last, scale = bins->scale;
    const double most = (double)bins->count, far = 0.5 - bins->near;
    int32_t near = 0;
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const double place = clamped((x[i] - first) * scale, most);
        const int32_t bin = (int32_t)place;
        const double off = place - (double)bin - 0.5;
        const int inside = (x[i] >= first) & (x[i] <= last);
        slots[i] = inside ? bin + 1 : 0;
        near += inside & ((off >= far) | (off <= -far));
    }
    return near;
}

static void uniform(const struct binning *bins, const double *x, intptr_t n,
                    int32_t *slots)
{
    intptr_t i = 0;
    for (; n - i >= AT_ONCE; i += AT_ONCE) {
        if (guess(bins, x + i, AT_ONCE, slots + i)) {
            look_at_edges(bins, x + i, AT_ONCE, slots + i);
        }
    }
    look_at_edges(bins, x + i, n - i, slots + i);
}

static void ranked(const struct binning *bins, const double *x, const intptr_t *ranks,
                   intptr_t n, int32_t *slots)
{
    const double last = bins->last;
    const int32_t edges = (int32_t)bins->edges;
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const int32_t rank = (int32_t)ranks[i];
        slots[i] = rank - ((rank == edges) & (x[i] == last));
    }
}

static void combine(int32_t *slots, intptr_t n, int32_t width, const int32_t *next)
{
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        slots[i] = slots[i] * width + next[i];
    }
}

static void tally(const int32_t *slots, intptr_t n, intptr_t *counts, intptr_t stride)
{
    intptr_t *const second = counts + stride, *const third = second + stride;
    intptr_t *const fourth = third + stride;
    intptr_t i = 0;
    for (; n - i >= 4; i += 4) {
        counts[slots[i]]++;
        second[slots[i + 1]]++;
        third[slots[i + 2]]++;
        fourth[slots[i + 3]]++;
    }
    for (; i < n; i++) {
        counts[slots[i]]++;
    }
}

bin_table KERNEL(bins) = {
    .uniform = uniform, .ranked = ranked, .combine = combine, .tally = tally};
