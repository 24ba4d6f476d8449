/*
 * argsort.c - np.argsort, ndarray.argsort: the stable permutation.
 *
 * A call that need not be stable may go to NumPy at one time and not at another,
 * because of trials.  So that equal elements do not change their order between two such
 * calls, arrays of one axis are always ours from a number of elements on, but for
 * floats with few values; in all other calls NumPy has those with equal elements.
 */
#include <stdlib.h>
#include <string.h>

#include "python/array.h"
#include "reasons/reasons.h"

#include "order.h"
#include "request.h"

/* Elements of one line from which several threads share it; of a share. */
enum { PARTS_FROM = 1 << 15, SHARE = 1 << 14 };

/* From here on ours took no longer than NumPy's, on one thread too, with either's
 * vectors or none; but NumPy's vectors take a tenth of our time for floats of two
 * values, as they stop at parts that are equal.  A sample tells.  (Integers of a small
 * range are counted.) */
enum { SETTLED_FROM = PARTS_FROM, FEW_OF_SAMPLE = WORDS_SAMPLE * 7 / 8 };

/* What the keys of the costs of the range and of the words differ by. */
#define RANGING UINT32_C(0x51c3a9e7)
#define MAKING UINT32_C(0xb7e15163)

struct argsort {
    struct words words; /* of the first line */
    npy_intp lines;
    char *to; /* indices, 8 bytes each */
    npy_intp to_step;
    int ndim; /* the other axes, the last one first */
    npy_intp shape[NPY_MAXDIMS], froms[NPY_MAXDIMS], tos[NPY_MAXDIMS];
    struct range {
        uint64_t least, greatest;
    } * ranges; /* of each share */
};

static bool is_wide(int type)
{
    return keys_kind(type) != KEY_KINDS && keys_size(keys_kind(type)) == 8;
}

static void cut_by_range(struct words *words)
{
    uint64_t least = UINT64_MAX, greatest = 0;
    if (is_wide(words->type)) {
        words_range(words, 0, words->n, &least, &greatest);
        words_cut(words, least, greatest);
    } else {
        words_cut(words, 0, UINT32_MAX);
    }
}

/* -- lines ----------------------------------------------------------------------- */

static void sort_line(struct words *words, int64_t *to)
{
    const npy_intp n = words->n;
    if (words_in_order(words)) {
        for (npy_intp i = 0; i < n; i++) {
            to[i] = i;
        }
        return;
    }
    cut_by_range(words);
    words_make(words, 0, n, to);
    kernels_sorts()->sort[KEY_i64](to, n);
    words_to_indices(words, to, n);
}

static int run_lines(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct argsort *argsort = job->context;
    const npy_intp n = argsort->words.n;
    const bool gathers = argsort->to_step != (npy_intp)sizeof(int64_t);
    int64_t *buffer = gathers ? malloc(sizeof *buffer * (size_t)n) : NULL;
    if (gathers && buffer == NULL) {
        return -1;
    }
    for (npy_intp i = begin / n; i < end / n; i++) {
        struct words words = argsort->words;
        char *to = argsort->to;
        npy_intp rest = i;
        for (int d = 0; d < argsort->ndim; d++) {
            words.from += rest % argsort->shape[d] * argsort->froms[d];
            to += rest % argsort->shape[d] * argsort->tos[d];
            rest /= argsort->shape[d];
        }
        int64_t *line = gathers ? buffer : (int64_t *)to;
        sort_line(&words, line);
        for (npy_intp k = 0; gathers && k < n; k++) {
            *(int64_t *)(to + k * argsort->to_step) = line[k];
        }
    }
    free(buffer);
    return 0;
}

static bool run_all_lines(struct hook_call *hook, struct job *job,
                          struct argsort *argsort)
{
    const npy_intp size = argsort->words.n * argsort->lines;
    return hook_run(hook, job, "lines", run_lines, argsort, size,
                    (struct split){size, argsort->words.n});
}

/* -- one line in shares ----------------------------------------------------------- */

static npy_intp share_at(const struct argsort *argsort, npy_intp i)
{
    const npy_intp rest = argsort->words.n - i * SHARE;
    return rest < SHARE ? rest : SHARE;
}

static int run_ranges(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct argsort *argsort = job->context;
    for (npy_intp i = begin / SHARE; i < end / SHARE; i++) {
        struct range range = {UINT64_MAX, 0};
        words_range(&argsort->words, i * SHARE, share_at(argsort, i), &range.least,
                    &range.greatest);
        argsort->ranges[i] = range;
    }
    return 0;
}

static int make_words(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct argsort *argsort = job->context;
    for (npy_intp i = begin / SHARE; i < end / SHARE; i++) {
        words_make(&argsort->words, i * SHARE, share_at(argsort, i),
                   (int64_t *)argsort->to + i * SHARE);
    }
    return 0;
}

static bool run_shares(struct hook_call *hook, const struct job *job, uint32_t key,
                       job_run *run, struct argsort *argsort)
{
    struct job part = *job;
    const npy_intp size = (argsort->words.n + SHARE - 1) / SHARE * SHARE;
    part.key = job->key ^ key;
    return hook_run(hook, &part, "words", run, argsort, size,
                    (struct split){size, SHARE});
}

/* Finds the range of the keys, and cuts them by it. */
static bool find_range(struct hook_call *hook, const struct job *job,
                       struct argsort *argsort, struct range *all)
{
    const npy_intp shares = (argsort->words.n + SHARE - 1) / SHARE;
    *all = (struct range){0, UINT32_MAX};
    if (PyTypeNum_ISFLOAT(argsort->words.type) && !is_wide(argsort->words.type)) {
        words_cut(&argsort->words, all->least, all->greatest);
        return true;
    }
    argsort->ranges = malloc(sizeof *argsort->ranges * (size_t)shares);
    if (argsort->ranges == NULL) {
        hook->report.reason = reason_no_memory_for_partials;
        return false;
    }
    const bool done = run_shares(hook, job, RANGING, run_ranges, argsort);
    *all = (struct range){UINT64_MAX, 0};
    for (npy_intp i = 0; done && i < shares; i++) {
        const struct range range = argsort->ranges[i];
        all->least = range.least < all->least ? range.least : all->least;
        all->greatest = range.greatest > all->greatest ? range.greatest : all->greatest;
    }
    words_cut(&argsort->words, all->least, all->greatest);
    free(argsort->ranges);
    return done;
}

static int run_in_place(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct argsort *argsort = job->context;
    int64_t *to = (int64_t *)argsort->to;
    for (npy_intp i = begin; i < end; i++) {
        to[i] = i;
    }
    return 0;
}

static bool run_line(struct hook_call *hook, struct job *job, struct argsort *argsort)
{
    struct words *words = &argsort->words;
    const npy_intp n = words->n;
    struct range all;
    if (!hook->explain && words_in_order(words)) {
        struct job part = *job;
        part.key = job->key ^ MAKING;
        return hook_run(hook, &part, "words", run_in_place, argsort, n,
                        split_anywhere());
    }
    if (!find_range(hook, job, argsort, &all)) {
        return false;
    }
    const uint64_t greatest = all.greatest - all.least;
    if (order_argsort_counts(n, greatest)) {
        if (words->tied) {
            atomic_store(words->tied, true);
            return true;
        }
        return order_argsort_by_counting(hook, job, words, greatest,
                                         (int64_t *)argsort->to);
    }
    if (job->limit < 2) {
        return run_all_lines(hook, job, argsort);
    }
    if (!run_shares(hook, job, MAKING, make_words, argsort)) {
        return false;
    }
    const bool done =
        order_in_buckets(hook, job, KIND_i64, argsort->to, argsort->to, n, words);
    hook->report.elements = n;
    return done;
}

/* -- the call --------------------------------------------------------------------- */

static bool is_settled(PyArrayObject *array)
{
    return PyArray_NDIM(array) == 1 && PyArray_DIM(array, 0) >= SETTLED_FROM;
}

bool order_is_settled(hook_function *ours, PyObject *array)
{
    return (ours == order_argsort || ours == order_argsort_method) &&
           PyArray_CheckExact(array) && is_settled((PyArrayObject *)array);
}

/* Returns why NumPy is to run a call, as a sample tells it; NULL: it tells nothing. */
static const char *refuse_ties(const struct words *words, bool settled)
{
    const int distinct = words->n < WORDS_SAMPLE ? WORDS_SAMPLE : words_sampled(words);
    return settled ? PyTypeNum_ISFLOAT(words->type) && distinct < FEW_OF_SAMPLE
                         ? reason_few_values
                         : NULL
           : distinct < WORDS_SAMPLE ? reason_ties
                                     : NULL;
}

/* Lays out the lines, but for the result.  `tied` is NULL, or set if elements are
 * equal. */
static void lay_out(struct argsort *argsort, const struct request *request,
                    _Atomic bool *tied)
{
    PyArrayObject *array = request->array;
    *argsort = (struct argsort){.words = {.tied = tied,
                                          .type = PyArray_TYPE(array),
                                          .from = PyArray_BYTES(array),
                                          .step = PyArray_STRIDE(array, request->axis),
                                          .n = request->n},
                                .lines = PyArray_SIZE(array) / request->n};
}

static void lay_out_result(struct argsort *argsort, const struct request *request,
                           PyArrayObject *result)
{
    PyArrayObject *array = request->array;
    argsort->to = PyArray_BYTES(result);
    argsort->to_step = PyArray_STRIDE(result, request->axis);
    for (int d = PyArray_NDIM(array) - 1; d >= 0; d--) {
        if (d != request->axis) {
            argsort->shape[argsort->ndim] = PyArray_DIM(array, d);
            argsort->froms[argsort->ndim] = PyArray_STRIDE(array, d);
            argsort->tos[argsort->ndim++] = PyArray_STRIDE(result, d);
        }
    }
}

static PyObject *sort_indices(struct hook_call *hook, const struct request *request)
{
    PyArrayObject *array = request->array;
    struct job job;
    struct argsort argsort;
    _Atomic bool tied = false;
    hook->report.elements = PyArray_SIZE(array);
    if (request->n > WORDS_MOST) {
        return decline(hook, reason_too_many_elements);
    }
    const bool one_line = request->n == PyArray_SIZE(array);
    if (!hook_pays(hook, array, (uint64_t)one_line + 4, true, &job)) {
        return NULL;
    }
    const bool settled = is_settled(array) && !hook->exact;
    lay_out(&argsort, request, request->stable || settled ? NULL : &tied);
    hook->report.reason = request->stable ? NULL : refuse_ties(&argsort.words, settled);
    if (hook->report.reason) {
        return NULL;
    }
    PyArrayObject *result = (PyArrayObject *)PyArray_SimpleNew(
        PyArray_NDIM(array), PyArray_DIMS(array), NPY_INTP);
    if (result == NULL) {
        return NULL;
    }
    lay_out_result(&argsort, request, result);
    const bool parts = PyArray_NDIM(array) == 1 && request->n >= PARTS_FROM;
    const bool done =
        parts ? run_line(hook, &job, &argsort) : run_all_lines(hook, &job, &argsort);
    if (done && atomic_load(&tied)) {
        hook->report.reason = reason_ties;
    }
    if (!done || atomic_load(&tied)) {
        Py_CLEAR(result);
    }
    return (PyObject *)result;
}

PyObject *order_argsort(struct hook_call *hook, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames)
{
    struct request request = {0};
    if (nargs < 1) {
        return decline(hook, reason_arguments_refused);
    }
    struct arguments arguments = {args + 1, nargs - 1, kwnames, 0};
    hook->report.reason = request_parse(&request, args[0], &arguments);
    return hook->report.reason ? NULL : sort_indices(hook, &request);
}

PyObject *order_argsort_method(struct hook_call *hook, PyObject *self,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    struct request request = {0};
    struct arguments arguments = {args, nargs, kwnames, 0};
    hook->report.reason = request_parse(&request, self, &arguments);
    return hook->report.reason ? NULL : sort_indices(hook, &request);
}
