/*
 * repeat_each.c - repeat with a count for each element.
 *
 * The counts are added up in blocks, so that anybody can find in which block, and then
 * of which element, a place of the result is.  So it is the result that is cut, and one
 * element that is repeated very often is shared out as well.
 */
#include "repeat.h"

#include <string.h>

#include "python/array.h"
#include "reasons/reasons.h"

/* Counts are added up, and cast, so many at a time. */
enum { BLOCK = 512 };

/* Fewer elements in several outer steps gain nothing on one thread. */
enum { LEAST = 4096 };

/* Fewer blocks are added up here and now. */
enum { BLOCKS_AT_ONCE = 16 };

struct repeating {
    /* `outer` times n items of `itemsize` bytes. */
    const char *from;
    npy_intp outer, n, itemsize;
    char *to;
    const char *counts;
    npy_intp count_size;
    kernel_loop *cast; /* of counts; NULL: they are intp */
    npy_intp *starts;  /* of each block in the result, and the end of the last */
    npy_intp total;    /* items in the result of one outer step */
};

/* Copies a part of the counts, at most BLOCK of them. */
static void copy_counts(const struct repeating *repeating, npy_intp first, npy_intp n,
                        npy_intp *counts)
{
    const char *from = repeating->counts + first * repeating->count_size;
    if (repeating->cast) {
        const npy_intp steps[] = {repeating->count_size, sizeof *counts};
        char *args[] = {(char *)from, (char *)counts};
        repeating->cast(args, &n, steps, NULL);
    } else {
        memcpy(counts, from, (size_t)n * sizeof *counts);
    }
}

/* Returns how many counts a block has. */
static npy_intp length_of(const struct repeating *repeating, npy_intp block)
{
    const npy_intp left = repeating->n - block * BLOCK;
    return left < BLOCK ? left : BLOCK;
}

static int add_up(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct repeating *repeating = job->context;
    for (npy_intp block = begin; block < end; block++) {
        npy_intp counts[BLOCK];
        const npy_intp n = length_of(repeating, block);
        copy_counts(repeating, block * BLOCK, n, counts);
        repeating->starts[block + 1] = kernels_rearrange()->sum_counts(counts, n);
    }
    return 0;
}

/* Makes the starts.  Returns false if NumPy runs the call, for the reason in the
 * report. */
static bool make_starts(struct repeating *repeating, struct hook_call *hook,
                        const struct job *job)
{
    const npy_intp blocks = (repeating->n + BLOCK - 1) / BLOCK;
    struct job own = *job;
    own.key = cost_mix(job->key, 1); /* adding up has a cost of its own */
    own.asked = job->asked ? own.key : 0;
    own.context = repeating;
    if (blocks < BLOCKS_AT_ONCE) {
        add_up(&own, 0, blocks);
    } else {
        struct hook_call adding = *hook;
        adding.explain = false; /* it writes to nothing of the caller's */
        if (!hook_run(&adding, &own, "repeated", add_up, repeating, blocks,
                      split_anywhere())) {
            hook->report = adding.report;
            return false;
        }
    }
    npy_intp bytes;
    repeating->total = repeating->starts[0] = 0;
    for (npy_intp block = 0; block < blocks; block++) {
        npy_intp *const sum = &repeating->starts[block + 1];
        if (*sum < 0 ||
            __builtin_add_overflow(repeating->total, *sum, &repeating->total)) {
            hook->report.reason = reason_counts_refused;
            return false;
        }
        *sum = repeating->total;
    }
    if (__builtin_mul_overflow(repeating->total, repeating->outer, &bytes) ||
        __builtin_mul_overflow(bytes, repeating->itemsize, &bytes)) {
        hook->report.reason = reason_counts_refused;
        return false;
    }
    return true;
}

/* Returns the block that has the item at a place of the result. */
static npy_intp block_of(const struct repeating *repeating, npy_intp at)
{
    npy_intp low = 0, high = (repeating->n + BLOCK - 1) / BLOCK;
    while (high - low > 1) {
        const npy_intp middle = low + (high - low) / 2;
        if (repeating->starts[middle] <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static char *repeat_items(const char *from, const npy_intp *counts, npy_intp n,
                          npy_intp itemsize, char *to, const char *end)
{
    for (npy_intp i = 0; i < n; i++, from += itemsize) {
        for (npy_intp k = 0; k < counts[i] && to < end; k++, to += itemsize) {
            memcpy(to, from, (size_t)itemsize);
        }
    }
    return to;
}

/* Fills the places [begin, end) of one of the outer steps. */
static void fill(const struct repeating *repeating, npy_intp outer, npy_intp begin,
                 npy_intp end)
{
    const npy_intp size = repeating->itemsize;
    const int width = width_of(size);
    const char *from = repeating->from + outer * repeating->n * size;
    char *to = repeating->to + (outer * repeating->total + begin) * size;
    char *const stop = to + (end - begin) * size;
    npy_intp block = block_of(repeating, begin);
    npy_intp before = begin - repeating->starts[block];
    for (; to < stop && block * BLOCK < repeating->n; block++) {
        npy_intp counts[BLOCK], i = 0;
        const npy_intp n = length_of(repeating, block);
        const char *const items = from + block * BLOCK * size;
        copy_counts(repeating, block * BLOCK, n, counts);
        for (; i < n && before >= counts[i]; i++) { /* others have these */
            before -= counts[i];
        }
        if (i < n) {
            counts[i] -= before;
            before = 0;
        }
        to = width < WIDTHS
                 ? kernels_rearrange()->repeat_each[width](items + i * size, counts + i,
                                                           n - i, to, stop)
                 : repeat_items(items + i * size, counts + i, n - i, size, to, stop);
    }
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct repeating *repeating = job->context;
    while (begin < end) {
        const npy_intp outer = begin / repeating->total;
        const npy_intp first = begin % repeating->total;
        const npy_intp rest = repeating->total - first;
        const npy_intp n = end - begin < rest ? end - begin : rest;
        fill(repeating, outer, first, first + n);
        begin += n;
    }
    return 0;
}

static bool are_counts(PyArrayObject *counts, npy_intp n)
{
    return array_is_plain_numbers((PyObject *)counts) && PyArray_NDIM(counts) == 1 &&
           PyArray_SIZE(counts) == n && PyArray_IS_C_CONTIGUOUS(counts) &&
           PyArray_CanCastSafely(PyArray_TYPE(counts), NPY_INTP);
}

PyObject *repeat_each(struct hook_call *hook, PyArrayObject *array, int ndim,
                      npy_intp *shape, int axis, PyArrayObject *counts)
{
    struct repeating repeating = {.from = PyArray_BYTES(array),
                                  .outer = 1,
                                  .n = shape[axis],
                                  .itemsize = PyArray_ITEMSIZE(array),
                                  .counts = PyArray_BYTES(counts),
                                  .count_size = PyArray_ITEMSIZE(counts)};
    struct job job;
    PyArrayObject *result = NULL;
    if (!are_counts(counts, repeating.n)) {
        return decline(hook, reason_counts_refused);
    }
    if (!PyArray_EquivTypenums(PyArray_TYPE(counts), NPY_INTP)) {
        repeating.cast = kernels_cast(PyArray_TYPE(counts), NPY_INTP);
        if (repeating.cast == NULL) {
            return decline(hook, reason_indices_cast);
        }
    }
    for (int d = 0; d < ndim; d++) {
        repeating.outer *= d < axis ? shape[d] : 1;
        repeating.itemsize *= d > axis ? shape[d] : 1;
    }
    const struct call call = {
        .state = hook->state,
        .nin = 2,
        .nop = 2,
        .op = {array, counts},
        .size = PyArray_SIZE(array),
        .more = cost_magnitude(repeating.itemsize),
        .pays_alone = width_of(repeating.itemsize) < WIDTHS &&
                      (repeating.outer == 1 || PyArray_SIZE(array) >= LEAST)};
    if (!hook_call_pays(hook, &call, &job)) {
        return NULL;
    }
    repeating.starts =
        PyMem_Malloc((size_t)(repeating.n / BLOCK + 2) * sizeof *repeating.starts);
    if (repeating.starts == NULL) {
        return PyErr_NoMemory();
    }
    if (!make_starts(&repeating, hook, &job)) {
        goto finish;
    }
    shape[axis] = repeating.total;
    result = array_new_of(array, ndim, shape);
    if (result == NULL) {
        goto finish;
    }
    repeating.to = PyArray_BYTES(result);
    if (!hook_run(hook, &job, "repeated", run, &repeating,
                  repeating.outer * repeating.total, split_anywhere())) {
        Py_CLEAR(result);
    }

finish:
    PyMem_Free(repeating.starts);
    return (PyObject *)result;
}
