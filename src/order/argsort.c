/* argsort.c - np.argsort, ndarray.argsort: the stable permutation.  Where
 * another one is as good, the call is NumPy's if two elements are equal: there are
 * calls that go to NumPy since they are small, and one result for all is wanted. */
#include <stdlib.h>
#include <string.h>

#include "python/array.h"
#include "reasons/reasons.h"

#include "order.h"
#include "request.h"

/* Elements of one line from which several threads share it; of a share. */
enum { PARTS_FROM = 1 << 15, SHARE = 1 << 14 };

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
        cut_by_range(&words);
        words_make(&words, 0, n, line);
        kernels_sorts()->sort[KEY_i64](line, n);
        words_to_indices(&words, line, n);
        for (npy_intp k = 0; gathers && k < n; k++) {
            *(int64_t *)(to + k * argsort->to_step) = line[k];
        }
    }
    free(buffer);
    return 0;
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

static int run_indices(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct argsort *argsort = job->context;
    for (npy_intp i = begin / SHARE; i < end / SHARE; i++) {
        words_to_indices(&argsort->words, (int64_t *)argsort->to + i * SHARE,
                         share_at(argsort, i));
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

static bool run_line(struct hook_call *hook, struct job *job, struct argsort *argsort)
{
    struct words *words = &argsort->words;
    const npy_intp n = words->n, shares = (n + SHARE - 1) / SHARE;
    bool done = false;
    argsort->ranges = malloc(sizeof *argsort->ranges * (size_t)shares);
    if (argsort->ranges == NULL) {
        hook->report.reason = reason_no_memory_for_partials;
        return false;
    }
    if (!is_wide(words->type)) {
        words_cut(words, 0, UINT32_MAX);
    } else if (run_shares(hook, job, RANGING, run_ranges, argsort)) {
        struct range all = {UINT64_MAX, 0};
        for (npy_intp i = 0; i < shares; i++) {
            const struct range range = argsort->ranges[i];
            all.least = range.least < all.least ? range.least : all.least;
            all.greatest =
                range.greatest > all.greatest ? range.greatest : all.greatest;
        }
        words_cut(words, all.least, all.greatest);
    } else {
        goto finish;
    }
    if (!run_shares(hook, job, MAKING, make_words, argsort)) {
        goto finish;
    }
    /* Equal first bits would have to be looked at across shares. */
    if (words->shift == 0 && keys_ascend(KIND_i64, argsort->to, n)) {
        if (words->tied) {
            words_find_ties(words, (const int64_t *)argsort->to, n);
        }
        done = run_shares(hook, job, MAKING, run_indices, argsort);
    } else {
        done =
            order_in_buckets(hook, job, KIND_i64, argsort->to, argsort->to, n, words);
    }
    hook->report.elements = n;

finish:
    free(argsort->ranges);
    return done;
}

/* -- the call --------------------------------------------------------------------- */

static PyObject *sort_indices(struct hook_call *hook, const struct request *request)
{
    PyArrayObject *array = request->array;
    struct job job;
    hook->report.elements = PyArray_SIZE(array);
    if (request->n > WORDS_MOST) {
        return decline(hook, reason_too_many_elements);
    }
    const bool one_line = request->n == PyArray_SIZE(array);
    if (!hook_pays(hook, array, (uint64_t)one_line + 4, true, &job)) {
        return NULL;
    }
    PyArrayObject *result = (PyArrayObject *)PyArray_SimpleNew(
        PyArray_NDIM(array), PyArray_DIMS(array), NPY_INTP);
    if (result == NULL) {
        return NULL;
    }
    _Atomic bool tied = false;
    struct argsort argsort = {.words = {.tied = request->stable ? NULL : &tied,
                                        .type = PyArray_TYPE(array),
                                        .from = PyArray_BYTES(array),
                                        .step = PyArray_STRIDE(array, request->axis),
                                        .n = request->n},
                              .lines = 1,
                              .to = PyArray_BYTES(result),
                              .to_step = PyArray_STRIDE(result, request->axis)};
    for (int d = PyArray_NDIM(array) - 1; d >= 0; d--) {
        if (d != request->axis) {
            argsort.shape[argsort.ndim] = PyArray_DIM(array, d);
            argsort.froms[argsort.ndim] = PyArray_STRIDE(array, d);
            argsort.tos[argsort.ndim++] = PyArray_STRIDE(result, d);
            argsort.lines *= PyArray_DIM(array, d);
        }
    }
    const npy_intp size = request->n * argsort.lines;
    const bool parts = one_line && PyArray_NDIM(array) == 1 && job.limit >= 2 &&
                       request->n >= PARTS_FROM;
    const bool done = parts ? run_line(hook, &job, &argsort)
                            : hook_run(hook, &job, "lines", run_lines, &argsort, size,
                                       (struct split){size, request->n});
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
