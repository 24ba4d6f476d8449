/*
 * exact.c - the correctly rounded sum.  Each line, or each part of one, is added to a
 * superaccumulator (kernels/exact.h) of its own.  The superaccumulators of parts are
 * put together at the end.  They lose nothing, so any order will do.
 */
#include "exact.h"

#include <fenv.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/kernels.h"
#include "reduction/lines.h"

#include "statistics.h"

/* ENOUGH: lines that are enough to be shared out.  PART: elements of a part at least.
 * PARTS: parts of all lines at most, because a superaccumulator is 1 KiB. */
enum { ENOUGH = 64, PART = 16384, PARTS = 1024, SIDE_BY_SIDE = 8 };

struct summation {
    struct lines lines;
    exact_function *add;
    gather_function *gather, *gather_out; /* for elements; for what is in a result */
    int type;                             /* the type of the results */
    struct exact *parts;
    _Atomic int flags;
};

/* Add n elements of each of `count` lines to `sums`. */
static void add_elements(const struct summation *summation, struct exact *sums,
                         const char *in, npy_intp n, npy_intp count)
{
    _Alignas(64) double block[EXACT_BLOCK];
    const struct lines *lines = &summation->lines;
    const bool in_place = lines->type == NPY_DOUBLE &&
                          lines->in.step == (npy_intp)sizeof(double) && count == 1;
    const npy_intp most = EXACT_BLOCK / count;
    for (npy_intp i = 0; i < n; i += most, in += most * lines->in.step) {
        const npy_intp m = n - i < most ? n - i : most;
        if (in_place) {
            summation->add(sums, (const void *)in, m);
            continue;
        }
        summation->gather(block, most, in, m, lines->in.step, count,
                          lines->in.strides[0]);
        for (npy_intp line = 0; line < count; line++) {
            summation->add(&sums[line], block + line * most, m);
        }
    }
}

/* Round `sum` into the result `out`.  What was in the result is one more element. */
static void finish(struct summation *summation, struct exact *sum, char *out)
{
    double before;
    summation->gather_out(&before, 1, out, 1, 0, 1, 0);
    summation->add(sum, &before, 1);
    atomic_fetch_or_explicit(&summation->flags, exact_round(sum, summation->type, out),
                             memory_order_relaxed);
}

static void sum_lines(struct summation *summation, npy_intp i, npy_intp end)
{
    const struct lines *lines = &summation->lines;
    for (npy_intp count; i < end; i += count) {
        struct exact sums[SIDE_BY_SIDE];
        count = lines_together(lines, i, end);
        memset(sums, 0, (size_t)count * sizeof *sums);
        add_elements(summation, sums, lines_at(lines, &lines->in, i), lines->n, count);
        for (npy_intp line = 0; line < count; line++) {
            finish(summation, &sums[line], lines_at(lines, &lines->out, i + line));
        }
    }
}

static void sum_parts(struct summation *summation, npy_intp i, npy_intp end)
{
    const struct lines *lines = &summation->lines;
    for (; i < end; i++) {
        const npy_intp begin = i % lines->parts * lines->part;
        const npy_intp rest = lines->n - begin;
        const char *in = lines_at(lines, &lines->in, i / lines->parts);
        summation->parts[i] = (struct exact){{0}, 0};
        add_elements(summation, &summation->parts[i], in + begin * lines->in.step,
                     rest < lines->part ? rest : lines->part, 1);
    }
}

/* The kernels need the default floating-point environment; the flags they raise say
 * nothing. */
static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct summation *summation = job->context;
    const struct lines *lines = &summation->lines;
    fenv_t environment;
    fegetenv(&environment);
    fesetenv(FE_DFL_ENV);
    if (lines->parts > 1) {
        sum_parts(summation, begin / lines->part, end / lines->part);
    } else {
        sum_lines(summation, begin / lines->n, end / lines->n);
    }
    fesetenv(&environment);
    return 0;
}

static void put_together(struct summation *summation)
{
    const struct lines *lines = &summation->lines;
    for (npy_intp i = 0; i < lines->count; i++) {
        struct exact *all = summation->parts + i * lines->parts;
        for (npy_intp part = 1; part < lines->parts; part++) {
            for (int bin = 0; bin < EXACT_BINS; bin++) {
                all->bins[bin] += all[part].bins[bin];
            }
            all->specials |= all[part].specials;
        }
        finish(summation, all, lines_at(lines, &lines->out, i));
    }
}

static int sum_all(struct summation *summation, const struct state *state,
                   struct report *report)
{
    static struct cost_table costs;
    const struct lines *lines = &summation->lines;
    int ignored, status = -1;
    if (lines->parts > 1) {
        summation->parts = PyMem_Malloc(sizeof *summation->parts *
                                        (size_t)(lines->count * lines->parts));
        if (summation->parts == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    if (lines_run(lines, state, &costs, run, summation, report, &ignored) == 0) {
        if (summation->parts) {
            put_together(summation);
        }
        status = execute_give_fpe("reduce", atomic_load(&summation->flags));
    }
    PyMem_Free(summation->parts);
    return status;
}

static int sum_exactly(const struct state *state, PyArrayObject *array,
                       PyArrayObject *out, struct report *report)
{
    struct summation summation = {.add = kernels_exact()};
    lines_lay_out(&summation.lines, array, out);
    lines_cut(&summation.lines, ENOUGH, PART, PARTS);
    summation.lines.side_by_side = SIDE_BY_SIDE;
    summation.type = lines_type(out);
    summation.gather = kernels_gather(summation.lines.type);
    summation.gather_out = kernels_gather(summation.type);
    return sum_all(&summation, state, report);
}

PyObject *statistics_exact_sum(const struct state *state, PyObject *const *args,
                               Py_ssize_t nargs)
{
    return lines_call(sum_exactly, "npp.sum, exact", state, args, nargs);
}
