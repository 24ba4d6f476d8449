/*
 * moments.c - mean and central moments in one pass over memory.
 *
 * The moments of a block come from two sweeps in the first-level cache
 * (kernels/moments.h).  Two neighbours are put together by the formulas of Chan, Golub
 * and LeVeque (1979) for the squares and of Pebay ("Formulas for robust, one-pass
 * parallel computation of covariances and arbitrary-order statistical moments",
 * SAND2008-6212) for the others.  The order is a tree over the blocks of a line, cut at
 * the greatest power of 2 that is less than their number.  It depends on that number
 * alone, not on which thread has which part.
 */
#include "statistics.h"

#include <fenv.h>
#include <string.h>

#include "engine/kernels.h"
#include "reduction/lines.h"

/* ENOUGH: lines that are enough to be shared out.  PART: elements of a part, a power of
 * 2 of blocks, so that a part is a node of the tree.  DEPTH: the depth of a tree. */
enum { ENOUGH = 64, PART = 64 * MOMENTS_BLOCK, SIDE_BY_SIDE = 8, DEPTH = 64 };

struct work {
    struct lines lines;
    moments_function *moments;
    gather_function *gather;
    struct moments *parts;
};

/* -- trees ---------------------------------------------------------------------- */

static struct moments put_together(const struct moments *a, const struct moments *b)
{
    const double n = a->n + b->n, of_a = a->n / n, of_b = b->n / n;
    const double d = (b->mean - a->mean) + (b->rest - a->rest);
    const double d2 = d * d, both = a->n * of_b; /* n_a n_b / n */
    struct moments sum = {.n = n};
    sum.m2 = a->m2 + b->m2 + d2 * both;
    sum.m3 = a->m3 + b->m3 + 3 * d * (of_a * b->m2 - of_b * a->m2) +
             d2 * d * both * (of_a - of_b);
    sum.m4 = a->m4 + b->m4 + 4 * d * (of_a * b->m3 - of_b * a->m3) +
             6 * d2 * (of_a * of_a * b->m2 + of_b * of_b * a->m2) +
             d2 * d2 * both * (of_a * of_a - of_a * of_b + of_b * of_b);
    moments_set_mean(&sum, a->mean, a->rest + d * of_b);
    return sum;
}

/* A stack of whole trees.  Each tree has half as many nodes as the tree before it, or
 * less. */
struct tree {
    uint64_t count; /* of all nodes */
    int height;     /* of the stack */
    struct moments nodes[DEPTH];
};

static void join(struct tree *tree)
{
    struct moments *last = &tree->nodes[--tree->height];
    last[-1] = put_together(&last[-1], last);
}

static void push(struct tree *tree, const struct moments *node)
{
    tree->nodes[tree->height++] = *node;
    for (uint64_t count = ++tree->count; count % 2 == 0; count /= 2) {
        join(tree);
    }
}

static const struct moments *finish(struct tree *tree)
{
    while (tree->height > 1) {
        join(tree);
    }
    return &tree->nodes[0];
}

/* -- lines ---------------------------------------------------------------------- */

/* Push the blocks of n elements of each of `count` lines to the trees of the lines.
 */
static void push_blocks(const struct work *work, struct tree *trees, const char *in,
                        npy_intp n, npy_intp count)
{
    _Alignas(64) double block[SIDE_BY_SIDE * MOMENTS_BLOCK];
    const struct lines *lines = &work->lines;
    const bool in_place = lines->type == NPY_DOUBLE &&
                          lines->in.step == (npy_intp)sizeof(double) && count == 1;
    for (npy_intp i = 0; i < n; i += MOMENTS_BLOCK) {
        const npy_intp m = n - i < MOMENTS_BLOCK ? n - i : MOMENTS_BLOCK;
        const double *x = in_place ? (const void *)in : block;
        if (!in_place) {
            work->gather(block, MOMENTS_BLOCK, in, m, lines->in.step, count,
                         lines->in.strides[0]);
        }
        for (npy_intp line = 0; line < count; line++) {
            struct moments moments;
            work->moments(&moments, x + line * MOMENTS_BLOCK, m);
            push(&trees[line], &moments);
        }
        in += m * lines->in.step;
    }
}

static void give(const struct work *work, npy_intp line, const struct moments *all)
{
    const double sums[] = {all->mean, all->m2, all->m3, all->m4};
    char *out = lines_at(&work->lines, &work->lines.out, line);
    for (int k = 0; k < 4; k++, out += work->lines.out.step) {
        memcpy(out, &sums[k], sizeof *sums);
    }
}

static int run_lines(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct work *work = job->context;
    const struct lines *lines = &work->lines;
    end /= lines->n;
    for (npy_intp i = begin / lines->n, count; i < end; i += count) {
        struct tree trees[SIDE_BY_SIDE];
        count = lines_together(lines, i, end);
        for (npy_intp line = 0; line < count; line++) {
            trees[line].count = 0;
            trees[line].height = 0;
        }
        push_blocks(work, trees, lines_at(lines, &lines->in, i), lines->n, count);
        for (npy_intp line = 0; line < count; line++) {
            give(work, i + line, finish(&trees[line]));
        }
    }
    return 0;
}

static int run_parts(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct work *work = job->context;
    const struct lines *lines = &work->lines;
    for (npy_intp i = begin / PART; i < end / PART; i++) {
        const npy_intp at = i % lines->parts * PART, rest = lines->n - at;
        const char *in = lines_at(lines, &lines->in, i / lines->parts);
        struct tree tree;
        tree.count = 0;
        tree.height = 0;
        push_blocks(work, &tree, in + at * lines->in.step, rest < PART ? rest : PART,
                    1);
        work->parts[i] = *finish(&tree);
    }
    return 0;
}

/* -- the call ------------------------------------------------------------------- */

static void put_parts_together(const struct work *work)
{
    const npy_intp parts = work->lines.parts;
    for (npy_intp line = 0; line < work->lines.count; line++) {
        struct tree tree;
        tree.count = 0;
        tree.height = 0;
        for (npy_intp part = 0; part < parts; part++) {
            push(&tree, &work->parts[line * parts + part]);
        }
        give(work, line, finish(&tree));
    }
}

static int run(struct work *work, const struct state *state, struct report *report,
               int *fpe)
{
    static struct cost_table costs;
    const struct lines *lines = &work->lines;
    if (lines->parts == 1) {
        return lines_run(lines, state, &costs, run_lines, work, report, fpe);
    }
    work->parts =
        PyMem_Malloc(sizeof *work->parts * (size_t)(lines->count * lines->parts));
    if (work->parts == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    const int status = lines_run(lines, state, &costs, run_parts, work, report, fpe);
    if (status == 0) {
        put_parts_together(work);
    }
    PyMem_Free(work->parts);
    return status;
}

static int moments(const struct state *state, PyArrayObject *array, PyArrayObject *out,
                   struct report *report)
{
    struct work work = {.moments = kernels_moments()};
    int fpe = 0;
    lines_lay_out(&work.lines, array, out);
    lines_cut(&work.lines, ENOUGH, PART, work.lines.count * work.lines.n);
    work.lines.side_by_side = SIDE_BY_SIDE;
    work.gather = kernels_gather(work.lines.type);
    return run(&work, state, report, &fpe) < 0
               ? -1
               : execute_give_fpe("moments", fpe & (FE_INVALID | FE_OVERFLOW));
}

PyObject *statistics_moments(const struct state *state, PyObject *const *args,
                             Py_ssize_t nargs)
{
    return lines_call(moments, "npp.moments", state, args, nargs);
}
