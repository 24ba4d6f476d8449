/*
 * parts.h - what the files on the parts of a reduction share: rows, the sums of rows.
 * Only for the files of this folder.
 */
#ifndef NPP_REDUCTION_PARTS_H
#define NPP_REDUCTION_PARTS_H

#include "reduction.h"

/* rows.c: n elements into one result (`to` is 0) or n of them, by the ufunc's loop; or
 * by what does the same, and `first`: these begin here. */
int rows_run_loop(const struct reduction *reduction, char *out, npy_intp to, char *in,
                  npy_intp from, npy_intp n);
int rows_run(const struct reduction *reduction, char *out, npy_intp to, char *in,
             npy_intp from, npy_intp n, bool first);

/* The same of those under a mask, whose stride is `step`. */
int rows_run_masked(const struct reduction *reduction, char *out, npy_intp to, char *in,
                    npy_intp from, const char *mask, npy_intp step, npy_intp n);

/* sums.c: of a row that NumPy has in one buffer, cast; of the elements from number
 * `start` of all on, as NumPy's buffer has them. */
union sum sums_cast_row(const struct reduction *reduction, char *in, npy_intp n);

/* Of the elements of a result, or NULL. */
static inline const char *center_of(const struct reduction *reduction, const char *out)
{
    return reduction->centers ? reduction->centers + (out - reduction->out) : NULL;
}

union sum sums_chunk(const struct reduction *reduction, npy_intp start, npy_intp n);

/* Sums of the runs of elements under a mask that begin with one of the next `stretch`
 * elements from number i on, of a row of n; how many.  They need so much room.  And
 * added to a result, as NumPy's loop does with each. */
#define RUNS_ROOM(stretch) (((stretch) + 1) / 2 * sizeof(union sum))
npy_intp sums_of_runs(const struct reduction *reduction, const char *in,
                      const char *mask, npy_intp i, npy_intp n, npy_intp stretch,
                      char *sums);
void sums_add_runs(const struct reduction *reduction, char *out, const char *sums,
                   npy_intp count);

/* To a result, as NumPy's loop does at the end of a row. */
void sums_add_to(const struct reduction *reduction, char *out, const union sum *more);

/* The nodes of NumPy's tree for a row of n, in the order of their elements: how many,
 * and where they begin, if `starts` is not NULL; then their sums put together. */
npy_intp sums_cut_tree(const struct reduction *reduction, npy_intp *starts, npy_intp n);
union sum sums_add_tree(const struct reduction *reduction,
                        const union partial **partials, npy_intp n);

/* Nodes are long enough for their bookkeeping, and a fraction of what a call is that is
 * worth two threads; those of extremes that are looked at twice stay in the first-level
 * cache. */
enum { NODE = 16384, TWICE_NODE = 4096 };

/* Where a row of an operand begins: the numbers of its result, and of the row among
 * those of one result, in the order of the iterator. */
char *nodes_row_at(const struct reduction *reduction, char *operand,
                   const npy_intp *strides, npy_intp result, npy_intp row);

#endif
