/*
 * parts.h - rows and sums of rows, shared by the files that do the parts of a
 * reduction.  Only for the files of this folder.
 */
#ifndef NPP_REDUCTION_PARTS_H
#define NPP_REDUCTION_PARTS_H

#include "reduction.h"

/* rows.c: put n elements into one result (`to` is 0) or into n results.
 * rows_run_loop() uses the ufunc's loop; rows_run() uses it or a kernel that does the
 * same.  `first`: the results begin with these elements. */
int rows_run_loop(const struct reduction *reduction, char *out, npy_intp to, char *in,
                  npy_intp from, npy_intp n);
int rows_run(const struct reduction *reduction, char *out, npy_intp to, char *in,
             npy_intp from, npy_intp n, bool first);

/* The same for the elements under `mask`, whose stride is `step`. */
int rows_run_masked(const struct reduction *reduction, char *out, npy_intp to, char *in,
                    npy_intp from, const char *mask, npy_intp step, npy_intp n);

/* sums.c: sums_cast_row() returns the sum of a row that NumPy has in one buffer, cast.
 * sums_chunk() returns the sum of n elements from number `start` of all elements on, as
 * NumPy's buffer has them. */
union sum sums_cast_row(const struct reduction *reduction, char *in, npy_intp n);

/* Returns the center of the elements of the result at `out`, or NULL. */
static inline const char *center_of(const struct reduction *reduction, const char *out)
{
    return reduction->centers ? reduction->centers + (out - reduction->out) : NULL;
}

union sum sums_chunk(const struct reduction *reduction, npy_intp start, npy_intp n);

/* sums_of_runs() computes the sums of the runs of elements under a mask, in a row of n.
 * It takes the runs that begin with one of the next `stretch` elements from number `i`
 * on, and returns how many there are.  The sums need RUNS_ROOM bytes.  sums_add_runs()
 * adds `count` of them to the result at `out`, as NumPy's loop does with each run. */
#define RUNS_ROOM(stretch) (((stretch) + 1) / 2 * sizeof(union sum))
npy_intp sums_of_runs(const struct reduction *reduction, const char *in,
                      const char *mask, npy_intp i, npy_intp n, npy_intp stretch,
                      char *sums);
void sums_add_runs(const struct reduction *reduction, char *out, const char *sums,
                   npy_intp count);

/* Add `more` to the result at `out`, as NumPy's loop does at the end of a row. */
void sums_add_to(const struct reduction *reduction, char *out, const union sum *more);

/* sums_cut_tree() returns the number of nodes of NumPy's tree for a row of n.  If
 * `starts` is not NULL, it puts there where the nodes begin, in the order of their
 * elements.  sums_add_tree() puts the sums of the nodes together. */
npy_intp sums_cut_tree(const struct reduction *reduction, npy_intp *starts, npy_intp n);
union sum sums_add_tree(const struct reduction *reduction,
                        const union partial **partials, npy_intp n);

/* Elements of a node.  Nodes are long enough to be worth their bookkeeping, and a
 * fraction of a call that is worth two threads.  Nodes of extremes that are looked at
 * twice stay in the first-level cache. */
enum { NODE = 16384, TWICE_NODE = 4096 };

/* Returns where a row of `operand` begins.  `result` is the number of its result, and
 * `row` its number among the rows of that result, both in the order of the iterator. */
char *nodes_row_at(const struct reduction *reduction, char *operand,
                   const npy_intp *strides, npy_intp result, npy_intp row);

#endif
