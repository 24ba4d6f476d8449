/* nodes.c - reductions within output: each part is some of the elements of a result. */
#include "parts.h"

#include <string.h>

enum { MOST_NODES = 16384, MOST_PARTIALS = 1 << 22 };

/* -- where nodes begin ----------------------------------------------------------- */

static bool has_tree(const struct reduction *reduction)
{
    return reduction->order == ORDER_TREE && !reduction->is_chunked && !reduction->mask;
}

/* Under a mask a node has the sums of its runs. */
static bool has_runs(const struct reduction *reduction)
{
    return reduction->order == ORDER_TREE && reduction->mask;
}

/* Cut n elements into nodes of at most `each` elements, none of which goes beyond a
 * multiple of `span`.  Returns the number of nodes, and puts where they begin into
 * `starts`, if that is not NULL. */
static npy_intp cut_even(npy_intp *starts, npy_intp n, npy_intp span, npy_intp each)
{
    npy_intp count = 0;
    for (npy_intp begin = 0; begin < n; begin += span) {
        for (npy_intp at = begin; at < begin + span; at += each) {
            if (starts) {
                starts[count] = at;
            }
            count++;
        }
    }
    return count;
}

/* Returns the `span` of cut_even() for chunks.  Chunks are taken from all elements.  A
 * chunk has whole rows, or whole rows of rows, and so on, or a part of one of these.  A
 * chunk with a part of an axis ends with that axis. */
static npy_intp span_of_chunks(const struct reduction *reduction)
{
    npy_intp span = 1;
    for (int axis = 0; axis < reduction->ndim && reduction->chunk % span == 0; axis++) {
        span *= reduction->shape[axis];
    }
    return span;
}

static bool has_extreme(const struct reduction *reduction)
{
    return reduction->extreme && reduction->from[0] == reduction->itemsize;
}

/* Returns the length of a node in a row of n whose nodes may have any length.  There
 * are never more nodes than needed. */
static npy_intp even_node(const struct reduction *reduction, npy_intp n)
{
    const bool twice = reduction->order == ORDER_EXTREME && !has_extreme(reduction);
    const npy_intp least = twice ? TWICE_NODE : NODE;
    return n / MOST_NODES < least ? least : n / MOST_NODES + 1;
}

static npy_intp cut_row(const struct reduction *reduction, npy_intp *starts, npy_intp n)
{
    return has_tree(reduction) ? sums_cut_tree(reduction, starts, n)
           : reduction->is_chunked
               ? cut_even(starts, n, span_of_chunks(reduction), reduction->chunk)
               : cut_even(starts, n, n, even_node(reduction, n));
}

int reduction_split(struct reduction *reduction)
{
    npy_intp n = reduction->shape[0], all_rows = 1;
    for (int axis = 1; axis < reduction->ndim; axis++) {
        all_rows *= reduction->shape[axis];
    }
    if ((has_tree(reduction) ? n / NODE : 1) + all_rows > MOST_PARTIALS) {
        return -1;
    }
    for (int axis = 1; reduction->is_chunked && axis < reduction->ndim; axis++) {
        n *= reduction->shape[axis];
    }
    reduction->nodes = cut_row(reduction, NULL, n);
    reduction->rows = reduction->results = 1;
    for (int axis = 1; axis < reduction->ndim; axis++) {
        *(reduction->reduced[axis] ? &reduction->rows : &reduction->results) *=
            reduction->is_chunked ? 1 : reduction->shape[axis];
    }
    const npy_intp all = reduction->nodes * reduction->rows * reduction->results;
    reduction->has_end = reduction->has_end && reduction->results == 1;
    reduction->starts =
        PyMem_Malloc(sizeof *reduction->starts * (size_t)(reduction->nodes + 1));
    reduction->partials = PyMem_Malloc(sizeof *reduction->partials * (size_t)all);
    if (has_runs(reduction)) {
        /* The kernel touches only what it needs of this memory. */
        reduction->sums = PyMem_Malloc((size_t)all * RUNS_ROOM(NODE));
    }
    if (!reduction->starts || !reduction->partials ||
        (has_runs(reduction) && !reduction->sums)) {
        return -1;
    }
    cut_row(reduction, reduction->starts, n);
    reduction->starts[reduction->nodes] = n;
    for (npy_intp i = 0; i < all && reduction->has_end; i++) {
        reduction->partials[i] = reduction->neutral;
    }
    return 0;
}

void reduction_clear(struct reduction *reduction)
{
    PyMem_Free(reduction->starts);
    PyMem_Free(reduction->partials);
    PyMem_Free(reduction->sums);
    plan_clear(&reduction->plan);
}

/* -- running -------------------------------------------------------------------- */

static npy_intp number_of(const struct reduction *reduction, npy_intp result,
                          npy_intp row, npy_intp node)
{
    return (result * reduction->rows + row) * reduction->nodes + node;
}

static void note_kinds(struct reduction *reduction, enum kinds kinds)
{
    if (kinds == KINDS_NUMPYS) {
        atomic_store_explicit(&reduction->is_numpys, true, memory_order_relaxed);
    } else if (kinds == KINDS_SEVERAL) {
        atomic_store_explicit(&reduction->ambiguous, true, memory_order_relaxed);
    }
}

static int run_node(struct reduction *reduction, npy_intp result, npy_intp row,
                    npy_intp node)
{
    const npy_intp start = reduction->starts[node];
    const npy_intp n = reduction->starts[node + 1] - start;
    const npy_intp number = number_of(reduction, result, row, node);
    const npy_intp from = reduction->from[0], step = reduction->masks[0];
    union partial *partial = &reduction->partials[number];
    char *in = nodes_row_at(reduction, reduction->in, reduction->from, result, row);
    char *mask = reduction->mask ? nodes_row_at(reduction, reduction->mask,
                                                reduction->masks, result, row)
                                 : NULL;
    if (has_runs(reduction)) {
        partial->runs = sums_of_runs(reduction, in, mask, start, reduction->shape[0], n,
                                     reduction->sums + number * RUNS_ROOM(NODE));
        return 0;
    }
    in += start * from;
    if (reduction->order == ORDER_TREE) {
        const char *out =
            nodes_row_at(reduction, reduction->out, reduction->to, result, 0);
        partial->sum = reduction->sum(in, n, from, center_of(reduction, out));
        return 0;
    }
    if (has_extreme(reduction)) {
        note_kinds(reduction, reduction->extreme(in, n, partial->bytes));
        return 0;
    }
    if (!reduction->copies_first) {
        *partial = reduction->neutral;
    }
    const int status = mask ? rows_run_masked(reduction, partial->bytes, 0, in, from,
                                              mask + start * step, step, n)
                            : rows_run(reduction, partial->bytes, 0, in, from, n,
                                       reduction->copies_first);
    if (status == 0 && reduction->order == ORDER_EXTREME) {
        note_kinds(reduction,
                   reduction->signalling && reduction->signalling(in, n, from)
                       ? KINDS_NUMPYS
                       : kernels_kinds(reduction->type)(in, n, from, partial->bytes));
    }
    if (reduction->has_end && memcmp(partial->bytes, reduction->neutral.bytes,
                                     (size_t)reduction->itemsize) != 0) {
        atomic_store_explicit(&reduction->ended, true, memory_order_relaxed);
    }
    return status;
}

char *nodes_row_at(const struct reduction *reduction, char *operand,
                   const npy_intp *strides, npy_intp result, npy_intp row)
{
    for (int axis = 1; axis < reduction->ndim; axis++) {
        npy_intp *rest = reduction->reduced[axis] ? &row : &result;
        operand += *rest % reduction->shape[axis] * strides[axis];
        *rest /= reduction->shape[axis];
    }
    return operand;
}

int reduction_run_within_output(const struct job *job, npy_intp begin, npy_intp end)
{
    struct reduction *reduction = job->context;
    const npy_intp rows = reduction->rows * reduction->results;
    const npy_intp each = job->size / (rows * reduction->nodes);
    for (npy_intp i = begin / each; i < end / each; i++) {
        if (atomic_load_explicit(&reduction->ended, memory_order_relaxed)) {
            break;
        }
        /* Results may lie side by side: their nodes are neighbours in the range too. */
        const npy_intp result = i % reduction->results, rest = i / reduction->results;
        const npy_intp node = rest % reduction->nodes, row = rest / reduction->nodes;
        if (reduction->is_chunked) {
            const npy_intp start = reduction->starts[node];
            reduction->partials[i].sum =
                sums_chunk(reduction, start, reduction->starts[node + 1] - start);
            continue;
        }
        const int status = run_node(reduction, result, row, node);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

/* -- putting together ----------------------------------------------------------- */

static void combine_runs(const struct reduction *reduction, char *out, npy_intp first)
{
    const npy_intp n = reduction->rows * reduction->nodes;
    for (npy_intp i = first; i < first + n; i++) {
        sums_add_runs(reduction, out, reduction->sums + i * RUNS_ROOM(NODE),
                      reduction->partials[i].runs);
    }
}

static void combine_sums(struct reduction *reduction, char *out,
                         const union partial *partials)
{
    const npy_intp n = reduction->rows * reduction->nodes;
    for (const union partial *end = partials + n; partials < end;) {
        const union sum sum = has_tree(reduction) ? sums_add_tree(reduction, &partials,
                                                                  reduction->shape[0])
                                                  : partials++->sum;
        sums_add_to(reduction, out, &sum);
    }
}

bool reduction_combine(struct reduction *reduction, bool has_initial)
{
    const npy_intp n = reduction->rows * reduction->nodes;
    const npy_intp size = (npy_intp)sizeof *reduction->partials;
    bool ambiguous = false;
    for (npy_intp result = 0; result < reduction->results; result++) {
        union partial *partials = reduction->partials + result * n;
        char *out = nodes_row_at(reduction, reduction->out, reduction->to, result, 0);
        if (has_runs(reduction)) {
            combine_runs(reduction, out, result * n);
            continue;
        }
        if (reduction->order == ORDER_TREE) {
            combine_sums(reduction, out, partials);
            continue;
        }
        char initial[sizeof *partials];
        npy_intp first = 0;
        if (!has_initial) {
            memcpy(out, partials[first++].bytes, (size_t)reduction->itemsize);
        }
        memcpy(initial, out, (size_t)reduction->itemsize);
        if (first < n) {
            rows_run_loop(reduction, out, 0, partials[first].bytes, size, n - first);
        }
        /* The partial results, too, must be of one kind only. */
        kinds_function *const kinds =
            reduction->order == ORDER_EXTREME ? kernels_kinds(reduction->type) : NULL;
        const enum kinds found =
            kinds ? kinds(partials[0].bytes, n, size, out) : KINDS_NONE;
        ambiguous |=
            found == KINDS_SEVERAL ||
            (found == KINDS_ONE && atomic_load(&reduction->ambiguous)) ||
            (found == KINDS_ONE && kinds(initial, 1, size, out) == KINDS_SEVERAL);
    }
    return !ambiguous && !atomic_load(&reduction->is_numpys);
}
