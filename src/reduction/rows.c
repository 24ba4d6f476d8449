/* rows.c - rows by the ufunc's loop, and reductions by output: each part is some of the
 * results. */
#include "parts.h"

#include <string.h>

/* Bytes of cast elements at a time: they stay in the first-level cache. */
enum { CAST_BYTES = 8192 };

/* Elements under a mask at a time. */
enum { STRETCH = 512 };

int rows_run_loop(const struct reduction *reduction, char *out, npy_intp to, char *in,
                  npy_intp from, npy_intp n)
{
    char *data[] = {out, in, out};
    const npy_intp strides[] = {to, from, to};
    return loop_run(&reduction->plan.loop, data, n, strides);
}

static int run_cast(const struct reduction *reduction, char *out, npy_intp to, char *in,
                    npy_intp from, npy_intp n)
{
    const npy_intp size = reduction->cast_size, most = CAST_BYTES / size;
    _Alignas(16) char block[CAST_BYTES];
    int status = 0;
    for (npy_intp i = 0; i < n && status == 0; i += most) {
        const npy_intp m = n - i < most ? n - i : most;
        char *args[] = {in + i * from, block};
        const npy_intp steps[] = {from, size};
        reduction->cast(args, &m, steps, NULL);
        status = rows_run_loop(reduction, out + i * to, to, block, size, m);
    }
    return status;
}

int rows_run(const struct reduction *reduction, char *out, npy_intp to, char *in,
             npy_intp from, npy_intp n, bool first)
{
    if (first) {
        const npy_intp results = to ? n : 1;
        for (npy_intp i = 0; i < results; i++) {
            memcpy(out + i * to, in + i * from, (size_t)reduction->itemsize);
        }
        in += from;
        n = to ? 0 : n - 1;
    }
    if (n == 0) {
        return 0;
    }
    if (reduction->cast && reduction->sum && to == 0) {
        const union sum sum = sums_cast_row(reduction, in, n);
        sums_add_to(reduction, out, &sum);
        return 0;
    }
    if (reduction->cast) {
        return run_cast(reduction, out, to, in, from, n);
    }
    if (reduction->sum && to == 0 && (n >= SUM_LANES || reduction->map != MAP_PLAIN)) {
        const union sum sum = reduction->sum(in, n, from, center_of(reduction, out));
        sums_add_to(reduction, out, &sum);
        return 0;
    }
    return rows_run_loop(reduction, out, to, in, from, n);
}

/* -- under a mask --------------------------------------------------------------- */

/* Give the loop one run of elements after the other, as NumPy does. */
static int run_runs(const struct reduction *reduction, char *out, npy_intp to, char *in,
                    npy_intp from, const char *mask, npy_intp step, npy_intp n)
{
    int status = 0;
    for (npy_intp i = 0, end; i < n && status == 0; i = end) {
        for (end = i; end < n && (mask[end * step] != 0) == (mask[i * step] != 0);) {
            end++;
        }
        if (mask[i * step]) {
            status = rows_run(reduction, out + i * to, to, in + i * from, from, end - i,
                              false);
        }
    }
    return status;
}

int rows_run_masked(const struct reduction *reduction, char *out, npy_intp to, char *in,
                    npy_intp from, const char *mask, npy_intp step, npy_intp n)
{
    if (reduction->runs == NULL || to != 0) {
        return run_runs(reduction, out, to, in, from, mask, step, n);
    }
    _Alignas(16) char sums[RUNS_ROOM(STRETCH)];
    for (npy_intp i = 0; i < n; i += STRETCH) {
        const npy_intp m = sums_of_runs(reduction, in, mask, i, n, STRETCH, sums);
        sums_add_runs(reduction, out, sums, m);
    }
    return 0;
}

/* -- columns -------------------------------------------------------------------- */

/*
 * Returns whether results lie side by side, so that a kernel may go through columns.
 * NumPy calls its loop for each row.  If the rows have few results, these calls take
 * most of the time; if they have many, the loop reads and writes all results each time.
 * A result is the sum of its column in order, so a kernel may go through all rows at
 * once.
 */
static bool are_columns(const struct reduction *reduction)
{
    return reduction->ndim > 1 && !reduction->reduced[0] && reduction->reduced[1] &&
           reduction->from[0] == reduction->itemsize &&
           reduction->to[0] == reduction->itemsize;
}

bool reduction_has_columns(const struct reduction *reduction)
{
    return reduction->columns && are_columns(reduction);
}

/* Run the kernel for extremes of columns, or one row after the other where it matters
 * which zero or NaN an extreme is. */
static int run_extremes(const struct reduction *reduction, char *out, char *in,
                        const npy_intp *shape, bool first)
{
    int status = 0;
    for (npy_intp j = 0; j < shape[0] && status == 0; j += EXTREME_COLUMNS) {
        const npy_intp n =
            shape[0] - j < EXTREME_COLUMNS ? shape[0] - j : EXTREME_COLUMNS;
        char *to = out + j * reduction->to[0], *row = in + j * reduction->from[0];
        const bool is_done =
            !reduction->extremes(to, row, n, shape[1], reduction->from[1], first);
        for (npy_intp i = 0; i < shape[1] && !is_done && status == 0; i++) {
            status = rows_run(reduction, to, reduction->to[0], row, reduction->from[0],
                              n, first && i == 0);
            row += reduction->from[1];
        }
    }
    return status;
}

static int run_columns(const struct reduction *reduction, char *out, char *in,
                       const npy_intp *shape, bool first)
{
    if (reduction->extremes) {
        return run_extremes(reduction, out, in, shape, first);
    }
    reduction->columns(out, in, shape[0], shape[1], reduction->from[1],
                       center_of(reduction, out));
    return 0;
}

/* -- by output ------------------------------------------------------------------ */

/* Run all elements whose index along the cut axis is from `begin` to `end`, in NumPy's
 * order. */
static int run_range(const struct reduction *reduction, npy_intp begin, npy_intp end)
{
    npy_intp index[NPY_MAXDIMS] = {0}, shape[NPY_MAXDIMS];
    const int ndim = reduction->ndim, cut = reduction->axis;
    char *out = reduction->out + begin * reduction->to[cut];
    char *in = reduction->in + begin * reduction->from[cut];
    const char *mask =
        reduction->mask ? reduction->mask + begin * reduction->masks[cut] : NULL;
    const bool columns =
        (reduction->columns || reduction->extremes) && are_columns(reduction);
    int later = 0; /* reduced axes that are not at their beginning */
    memcpy(shape, reduction->shape, sizeof *shape * (size_t)ndim);
    shape[cut] = end - begin;
    for (;;) {
        const bool first = reduction->copies_first && later == 0;
        const int status = columns ? run_columns(reduction, out, in, shape, first)
                           : mask  ? rows_run_masked(reduction, out, reduction->to[0],
                                                     in, reduction->from[0], mask,
                                                     reduction->masks[0], shape[0])
                                   : rows_run(reduction, out, reduction->to[0], in,
                                              reduction->from[0], shape[0], first);
        if (status != 0) {
            return status;
        }
        int axis = columns ? 2 : 1;
        for (; axis < ndim; axis++) {
            if (++index[axis] < shape[axis]) {
                later += reduction->reduced[axis] && index[axis] == 1;
                out += reduction->to[axis];
                in += reduction->from[axis];
                mask = mask ? mask + reduction->masks[axis] : NULL;
                break;
            }
            later -= reduction->reduced[axis] && shape[axis] > 1;
            index[axis] = 0;
            out -= (shape[axis] - 1) * reduction->to[axis];
            in -= (shape[axis] - 1) * reduction->from[axis];
            mask = mask ? mask - (shape[axis] - 1) * reduction->masks[axis] : NULL;
        }
        if (axis == ndim) {
            return 0;
        }
    }
}

int reduction_run_by_output(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct reduction *reduction = job->context;
    const npy_intp each = job->size / reduction->shape[reduction->axis];
    return run_range(reduction, begin / each, end / each);
}
