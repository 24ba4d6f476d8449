/* statistics.c - see order_statistics.h. */
#include "order_statistics.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "python/array.h"
#include "python/arguments.h"
#include "reasons/reasons.h"

/* STEP: elements that are compared with all bounds while they are in the first-level
 * cache.  CLUSTERS: pairs of bounds, at most. */
enum { STEP = 1024, CLUSTERS = 16, SAMPLE_LEAST = 256, SAMPLE_MOST = 16384 };

/* Times standard deviations that a bound is away from its rank in the sample.  A first
 * sample misses one rank in a thousand, a second one practically none. */
static const double margins[] = {3.3, 12};
enum { ATTEMPTS = sizeof margins / sizeof *margins };

/* Ranks [first, last] between two bounds: as places in the sorted sample, as keys, and
 * as elements. */
struct cluster {
    npy_intp first, last;
    npy_intp begin, end; /* -1, or as many as the sample has: no bound */
    int64_t low_key, high_key;
    _Alignas(8) char low[8], high[8];
    int64_t *between;
    npy_intp room;
    _Atomic(int64_t) found, below, at_low, at_high;
};

struct selecting {
    const struct place_kernels *kernels;
    const char *data;
    npy_intp n, itemsize;
    const npy_intp *ranks;
    npy_intp nranks;
    int64_t *sample;
    npy_intp nsample;
    int64_t *gathered;
    int nclusters;
    _Atomic(int64_t) nans;
    struct cluster clusters[CLUSTERS];
};

/* -- the pass ---------------------------------------------------------------------- */

static void place(const struct selecting *selecting, struct cluster *cluster,
                  const char *x, npy_intp n, struct place_counts *counts)
{
    int64_t keys[STEP];
    const int64_t before = counts->between;
    selecting->kernels->place(x, n, cluster->low, cluster->high, counts, keys);
    const int64_t between = counts->between - before;
    if (between > 0) {
        const int64_t at = atomic_fetch_add(&cluster->found, between);
        if (at + between <= cluster->room) {
            memcpy(cluster->between + at, keys, (size_t)between * sizeof *keys);
        }
    }
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct selecting *selecting = job->context;
    struct place_counts counts[CLUSTERS] = {{0}};
    for (npy_intp at = begin; at < end; at += STEP) {
        const npy_intp n = end - at < STEP ? end - at : STEP;
        const char *x = selecting->data + at * selecting->itemsize;
        for (int i = 0; i < selecting->nclusters; i++) {
            place(selecting, &selecting->clusters[i], x, n, &counts[i]);
        }
    }
    for (int i = 0; i < selecting->nclusters; i++) {
        struct cluster *cluster = &selecting->clusters[i];
        atomic_fetch_add(&cluster->below, counts[i].below);
        atomic_fetch_add(&cluster->at_low, counts[i].at_low);
        atomic_fetch_add(&cluster->at_high, counts[i].at_high);
    }
    atomic_fetch_add(&selecting->nans, counts[0].nans);
    return 0;
}

/* -- selection among few keys ------------------------------------------------------ */

/* Puts keys where sorting would, at `count` places, by NumPy.  -1: an exception. */
static int partition(int64_t *keys, npy_intp n, npy_intp *places, npy_intp count)
{
    int status = -1;
    PyObject *array = PyArray_SimpleNewFromData(1, &n, NPY_INT64, keys);
    PyObject *kth = PyArray_SimpleNewFromData(1, &count, NPY_INTP, places);
    if (array && kth) {
        status = PyArray_Partition((PyArrayObject *)array, (PyArrayObject *)kth, 0,
                                   NPY_INTROSELECT);
    }
    Py_XDECREF(kth);
    Py_XDECREF(array);
    return status;
}

/* A place within each stretch of the array, the same on every machine. */
static npy_intp sample_place(npy_intp i, npy_intp n, npy_intp count, int attempt)
{
    uint64_t mixed = ((uint64_t)i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    mixed =
        (mixed ^ mixed >> 31) * (UINT64_C(0xbf58476d1ce4e5b9) + (unsigned)attempt * 2);
    const double within = (double)(mixed >> 11) * 0x1p-53;
    const npy_intp place = (npy_intp)(((double)i + within) * (double)n / (double)count);
    return place < n ? place : n - 1;
}

/* Takes the sample.  -1: an exception is set. */
static int take_sample(struct selecting *selecting, int attempt)
{
    const npy_intp n = selecting->n;
    const double root = cbrt((double)n), wanted = root * root;
    const npy_intp most = wanted < SAMPLE_LEAST  ? SAMPLE_LEAST
                          : wanted > SAMPLE_MOST ? SAMPLE_MOST
                                                 : (npy_intp)wanted;
    selecting->nsample = n < most ? n : most;
    int64_t *sample =
        PyMem_Realloc(selecting->sample, (size_t)selecting->nsample * sizeof *sample);
    if (sample == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    selecting->sample = sample;
    for (npy_intp i = 0; i < selecting->nsample; i++) {
        const npy_intp at = sample_place(i, n, selecting->nsample, attempt);
        selecting->kernels->keys(selecting->data + at * selecting->itemsize, 1,
                                 sample + i);
    }
    return 0;
}

/* Chooses the bounds of each rank, as places in the sample; ranks whose bounds overlap
 * share theirs.  Returns false if that leaves too much between them. */
static bool make_clusters(struct selecting *selecting, double margin)
{
    struct cluster *cluster = NULL;
    const double share = (double)selecting->nsample / (double)selecting->n;
    npy_intp between = 0;
    selecting->nclusters = 0;
    for (npy_intp i = 0; i < selecting->nranks; i++) {
        const double rank = (double)selecting->ranks[i];
        const double at = rank * share, left = 1 - rank / (double)selecting->n;
        const double apart = margin * sqrt(at * left + 1) + 2;
        const npy_intp begin = at < apart ? -1 : (npy_intp)(at - apart);
        const double top = at + apart + 1;
        const npy_intp end =
            top < (double)selecting->nsample ? (npy_intp)top : selecting->nsample;
        if (cluster && begin <= cluster->end) {
            cluster->end = end;
        } else if (selecting->nclusters == CLUSTERS) {
            return false;
        } else {
            cluster = &selecting->clusters[selecting->nclusters++];
            *cluster = (struct cluster){.first = i, .begin = begin, .end = end};
        }
        cluster->last = i;
    }
    for (int i = 0; i < selecting->nclusters; i++) {
        cluster = &selecting->clusters[i];
        between += cluster->end - cluster->begin;
    }
    return between <= selecting->nsample / 2 || selecting->nsample == selecting->n;
}

static int64_t bound(const struct selecting *selecting, npy_intp place)
{
    const struct place_kernels *kernels = selecting->kernels;
    return place < 0 ? kernels->least
           : place < selecting->nsample && selecting->sample[place] < kernels->most
               ? selecting->sample[place]
               : kernels->most;
}

/* Finds the bounds, and makes room for what is between.  -1: an exception. */
static int find_bounds(struct selecting *selecting)
{
    npy_intp places[2 * CLUSTERS], count = 0, room = 0;
    for (int i = 0; i < selecting->nclusters; i++) {
        struct cluster *cluster = &selecting->clusters[i];
        if (cluster->begin >= 0) {
            places[count++] = cluster->begin;
        }
        if (cluster->end < selecting->nsample) {
            places[count++] = cluster->end;
        }
        cluster->room = 2 * (cluster->end - cluster->begin) *
                            (selecting->n / selecting->nsample + 1) +
                        STEP;
        room += cluster->room;
    }
    if (count > 0 &&
        partition(selecting->sample, selecting->nsample, places, count) < 0) {
        return -1;
    }
    PyMem_RawFree(selecting->gathered);
    selecting->gathered = PyMem_RawMalloc((size_t)room * sizeof(int64_t));
    if (selecting->gathered == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    room = 0;
    for (int i = 0; i < selecting->nclusters; i++) {
        struct cluster *cluster = &selecting->clusters[i];
        cluster->low_key = bound(selecting, cluster->begin);
        cluster->high_key = bound(selecting, cluster->end);
        selecting->kernels->elements(&cluster->low_key, 1, cluster->low);
        selecting->kernels->elements(&cluster->high_key, 1, cluster->high);
        cluster->between = selecting->gathered + room;
        room += cluster->room;
    }
    atomic_store(&selecting->nans, 0);
    return 0;
}

/* Finds the keys at the ranks of a cluster.  Returns 1; 0: they are not between the
 * bounds; -1: an exception is set. */
static int finish_cluster(const struct selecting *selecting, struct cluster *cluster,
                          int64_t *keys)
{
    const npy_intp numbers = selecting->n - atomic_load(&selecting->nans);
    const npy_intp below = atomic_load(&cluster->below);
    const npy_intp to_low = below + atomic_load(&cluster->at_low);
    const npy_intp found = atomic_load(&cluster->found), to_high = to_low + found;
    const npy_intp all = to_high + atomic_load(&cluster->at_high);
    npy_intp *places =
        PyMem_New(npy_intp, (size_t)(cluster->last - cluster->first + 1));
    npy_intp count = 0;
    int status = 1;
    if (places == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (npy_intp i = cluster->first; i <= cluster->last && status > 0; i++) {
        const npy_intp rank = selecting->ranks[i];
        if (rank >= numbers) {
            keys[i] = PLACE_NAN;
        } else if (rank < below || rank >= all) {
            status = 0;
        } else if (rank < to_low) {
            keys[i] = cluster->low_key;
        } else if (rank >= to_high) {
            keys[i] = cluster->high_key;
        } else {
            places[count++] = rank - to_low;
        }
    }
    if (status > 0 && count > 0) {
        status = found > cluster->room                                   ? 0
                 : partition(cluster->between, found, places, count) < 0 ? -1
                                                                         : 1;
    }
    for (npy_intp i = cluster->first; i <= cluster->last && status > 0; i++) {
        const npy_intp at = selecting->ranks[i] - to_low;
        if (at >= 0 && at < found && selecting->ranks[i] < numbers) {
            keys[i] = cluster->between[at];
        }
    }
    PyMem_Free(places);
    return status;
}

/* -- the call ---------------------------------------------------------------------- */

/* Returns 1 if the keys are found; 0: the sample was not good enough; -1: see the
 * report, or the exception. */
static int attempt(struct selecting *selecting, struct hook_call *hook, struct job *job,
                   int number, int64_t *keys)
{
    int status = 1;
    if (take_sample(selecting, number) < 0) {
        return -1;
    }
    if (!make_clusters(selecting, margins[number])) {
        hook->report.reason = reason_many_ranks;
        return -1;
    }
    if (find_bounds(selecting) < 0 ||
        !hook_run(hook, job, "selection", run, selecting, selecting->n,
                  (struct split){selecting->n, STEP})) {
        return -1;
    }
    for (int i = 0; i < selecting->nclusters && status > 0; i++) {
        status = finish_cluster(selecting, &selecting->clusters[i], keys);
    }
    return status;
}

bool order_statistics(struct hook_call *hook, struct job *job, PyArrayObject *array,
                      const npy_intp *ranks, npy_intp count, int64_t *keys)
{
    struct selecting selecting = {.kernels = kernels_places(PyArray_TYPE(array)),
                                  .data = PyArray_BYTES(array),
                                  .n = PyArray_SIZE(array),
                                  .itemsize = PyArray_ITEMSIZE(array),
                                  .ranks = ranks,
                                  .nranks = count};
    int status = 0;
    for (int i = 0; i < ATTEMPTS && status == 0; i++) {
        status = attempt(&selecting, hook, job, i, keys);
    }
    if (status == 0) {
        hook->report.reason = reason_sample_missed;
    }
    PyMem_RawFree(selecting.gathered);
    PyMem_Free(selecting.sample);
    return status > 0;
}

const char *order_check_whole(PyObject *object, PyObject *axis)
{
    int along;
    if (object == NULL || !array_is_plain_numbers(object)) {
        return reason_not_plain_numbers;
    }
    PyArrayObject *array = (PyArrayObject *)object;
    const int ndim = PyArray_NDIM(array);
    if (axis && axis != Py_None && (ndim != 1 || !arguments_axis(axis, ndim, &along))) {
        return reason_not_in_one_order;
    }
    if (!PyArray_IS_C_CONTIGUOUS(array) && !PyArray_IS_F_CONTIGUOUS(array)) {
        return reason_not_in_one_order;
    }
    return kernels_places(PyArray_TYPE(array)) ? NULL : reason_no_order_of_dtype;
}
