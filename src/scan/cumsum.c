/*
 * cumsum.c - running sums in blocks.
 *
 * The order: each block of PREFIX_BLOCK elements has a running sum, which begins anew.
 * The totals of the blocks before it are added up, one after the other.  A result is
 * the sum of these two.  (So the sum before the next block is the last result of this
 * block: sums of numbers that are not negative do not fall.)  Lines are shared out.  If
 * there are few, their blocks are shared out instead, in two passes: first the totals
 * of the blocks, then their results.
 */
#include "scan.h"

#include <string.h>

#include "engine/kernels.h"
#include "python/thread_limit.h"
#include "reduction/lines.h"

/* ENOUGH: lines that are enough to be shared out.  PART: elements of a part. */
enum { ENOUGH = 64, PART = PREFIX_CHAINS * PREFIX_BLOCK };

struct scan {
    struct lines lines;
    const struct prefix_kernels *kernels;
    npy_intp blocks; /* of a line */
    char *totals;    /* [line][block]; then the sum before each block */
};

/* -- lines ---------------------------------------------------------------------- */

static npy_intp least(npy_intp a, npy_intp b)
{
    return a < b ? a : b;
}

/* Turn the totals of all whole blocks of n elements into the sums before each block.
 */
static void add_up(const struct scan *scan, char *totals, void *sum, npy_intp n)
{
    const npy_intp whole = n / PREFIX_BLOCK;
    scan->kernels->chain(totals, sum, whole);
    if (n > whole * PREFIX_BLOCK) {
        memcpy(totals + whole * scan->kernels->size, sum, (size_t)scan->kernels->size);
    }
}

/* Compute the results of n elements of a line, from the beginning of a block on.
 * `before` has the sum before each of the blocks. */
static void run_blocks(const struct scan *scan, char *out, const char *in, npy_intp n,
                       const char *before)
{
    const struct lines *lines = &scan->lines;
    const npy_intp whole = n / PREFIX_BLOCK;
    struct prefix_steps to = {lines->out.step, lines->out.step * PREFIX_BLOCK};
    struct prefix_steps from = {lines->in.step, lines->in.step * PREFIX_BLOCK};
    if (whole > 0) {
        scan->kernels->prefixes(out, to, in, from, PREFIX_BLOCK, whole, before);
    }
    if (n > whole * PREFIX_BLOCK) {
        scan->kernels->prefixes(out + whole * to.apart, to, in + whole * from.apart,
                                from, n - whole * PREFIX_BLOCK, 1,
                                before + whole * scan->kernels->size);
    }
}

/* Run a line, PART after PART.  A part is still in a cache when it is read again. */
static void run_line(const struct scan *scan, char *out, const char *in)
{
    const struct lines *lines = &scan->lines;
    const struct prefix_steps from = {lines->in.step, lines->in.step * PREFIX_BLOCK};
    _Alignas(double) char sum[sizeof(double)],
        before[(PREFIX_CHAINS + 1) * sizeof(double)];
    memcpy(sum, scan->kernels->nothing, (size_t)scan->kernels->size);
    for (npy_intp i = 0; i < lines->n; i += PART) {
        const npy_intp n = least(lines->n - i, PART);
        scan->kernels->totals(before, in, from, PREFIX_BLOCK, n / PREFIX_BLOCK);
        add_up(scan, before, sum, n);
        run_blocks(scan, out, in, n, before);
        in += PART * lines->in.step;
        out += PART * lines->out.step;
    }
}

/* Run `count` lines side by side, row by row.  The sums before the next block are the
 * last row. */
static void run_side_by_side(const struct scan *scan, char *out, const char *in,
                             npy_intp count)
{
    const struct lines *lines = &scan->lines;
    const struct prefix_steps to = {lines->out.step, lines->out.strides[0]};
    const struct prefix_steps from = {lines->in.step, lines->in.strides[0]};
    const npy_intp size = scan->kernels->size;
    _Alignas(double) char before[PREFIX_LINES * sizeof(double)];
    for (npy_intp line = 0; line < count; line++) {
        memcpy(before + line * size, scan->kernels->nothing, (size_t)size);
    }
    for (npy_intp i = 0; i < lines->n; i += PREFIX_BLOCK) {
        const npy_intp n = least(lines->n - i, PREFIX_BLOCK);
        scan->kernels->prefixes(out, to, in, from, n, count, before);
        in += n * from.along;
        out += n * to.along;
        for (npy_intp line = 0; line < count; line++) {
            memcpy(before + line * size, out - to.along + line * to.apart,
                   (size_t)size);
        }
    }
}

static int run_lines(const struct job *job, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = job->context;
    const struct lines *lines = &scan->lines;
    end /= lines->n;
    for (npy_intp i = begin_at / lines->n, count; i < end; i += count) {
        char *out = lines_at(lines, &lines->out, i);
        const char *in = lines_at(lines, &lines->in, i);
        count = lines_together(lines, i, end);
        if (count > 1) {
            run_side_by_side(scan, out, in, count);
        } else {
            run_line(scan, out, in);
        }
    }
    return 0;
}

/* -- parts of lines ------------------------------------------------------------- */

struct part {
    npy_intp n;
    char *out, *totals;
    const char *in;
};

static struct part part_at(const struct scan *scan, npy_intp i)
{
    const struct lines *lines = &scan->lines;
    const npy_intp line = i / lines->parts, begin_at = i % lines->parts * lines->part;
    return (struct part){
        least(lines->n - begin_at, lines->part),
        lines_at(lines, &lines->out, line) + begin_at * lines->out.step,
        scan->totals +
            (line * scan->blocks + begin_at / PREFIX_BLOCK) * scan->kernels->size,
        lines_at(lines, &lines->in, line) + begin_at * lines->in.step};
}

/* Compute the totals of the whole blocks of parts.  A last block of a line that is not
 * whole is before no other block. */
static int run_totals(const struct job *job, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = job->context;
    const npy_intp step = scan->lines.in.step;
    for (npy_intp i = begin_at / PART; i < end / PART; i++) {
        const struct part part = part_at(scan, i);
        scan->kernels->totals(part.totals, part.in,
                              (struct prefix_steps){step, step * PREFIX_BLOCK},
                              PREFIX_BLOCK, part.n / PREFIX_BLOCK);
    }
    return 0;
}

static int run_from_totals(const struct job *job, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = job->context;
    for (npy_intp i = begin_at / PART; i < end / PART; i++) {
        const struct part part = part_at(scan, i);
        run_blocks(scan, part.out, part.in, part.n, part.totals);
    }
    return 0;
}

/* -- the call ------------------------------------------------------------------- */
static void add_up_totals(const struct scan *scan)
{
    const struct lines *lines = &scan->lines;
    for (npy_intp line = 0; line < lines->count; line++) {
        _Alignas(double) char sum[sizeof(double)];
        memcpy(sum, scan->kernels->nothing, (size_t)scan->kernels->size);
        add_up(scan, scan->totals + line * scan->blocks * scan->kernels->size, sum,
               lines->n);
    }
}

static int run_in_two_passes(struct scan *scan, const struct state *state,
                             struct report *report, int *fpe)
{
    static struct cost_table costs_of_totals, costs;
    int of_totals = 0, status = -1;
    scan->totals =
        PyMem_Malloc((size_t)(scan->lines.count * scan->blocks * scan->kernels->size));
    if (scan->totals == NULL) {
        PyErr_NoMemory();
    } else if (lines_run(&scan->lines, state, &costs_of_totals, run_totals, scan,
                         report, &of_totals) == 0) {
        add_up_totals(scan);
        status =
            lines_run(&scan->lines, state, &costs, run_from_totals, scan, report, fpe);
    }
    *fpe |= of_totals;
    PyMem_Free(scan->totals);
    return status;
}

static int scan_lines(const struct state *state, PyArrayObject *array,
                      PyArrayObject *out, struct report *report)
{
    static struct cost_table costs;
    struct scan scan = {0};
    int fpe = 0;
    lines_lay_out(&scan.lines, array, out);
    scan.lines.side_by_side = PREFIX_LINES;
    scan.kernels = kernels_prefixes(scan.lines.type);
    scan.blocks = (scan.lines.n + PREFIX_BLOCK - 1) / PREFIX_BLOCK;
    const int threads = thread_limit(state);
    if (threads > 1) { /* one thread would read the lines from memory twice */
        lines_cut(&scan.lines, ENOUGH, PART, scan.lines.count * scan.lines.n);
    }
    const int status =
        threads < 0 ? -1
        : scan.lines.parts > 1
            ? run_in_two_passes(&scan, state, report, &fpe)
            : lines_run(&scan.lines, state, &costs, run_lines, &scan, report, &fpe);
    return status < 0 ? -1 : execute_give_fpe("accumulate", fpe);
}

PyObject *scan_blocked_cumsum(const struct state *state, PyObject *const *args,
                              Py_ssize_t nargs)
{
    return lines_call(scan_lines, "npp.cumsum, blocked", state, args, nargs);
}
