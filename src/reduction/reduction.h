/*
 * reduction.h - ufunc.reduce on the engine, with NumPy's bits.
 *
 * The order in which NumPy puts the elements of a result together is part of the
 * answer.  NumPy goes row by row of its iterator, and within each row its loop has an
 * order of its own.  There are two strategies to share that work out.  *By output*:
 * each member of the team has some of the results, and does for them what NumPy does,
 * in NumPy's order.  *Within output*: the elements of one result are cut into nodes.
 * Each node has a *partial* result, and the partial results are put together in order.
 * This is done only where it gives the same bits.  Sums are cut where NumPy's own tree
 * is cut (kernels/sums.h); a result that does not depend on the order may be cut
 * anywhere.
 */
#ifndef NPP_REDUCTION_REDUCTION_H
#define NPP_REDUCTION_REDUCTION_H

#include <stdatomic.h>

#include "engine/execute.h"
#include "engine/hook_call.h"
#include "engine/kernels.h"

/* A partial result of at most 16 bytes. */
union partial {
    union sum sum;
    char bytes[sizeof(union sum)];
    npy_intp runs; /* the number of runs in a node under a mask */
};

/* Elements in NumPy's buffer, and so the elements that are cast before they are summed.
 */
enum { REDUCTION_CHUNK = 8192 };

/* How elements of one result may be put together other than one after the other. */
enum order {
    ORDER_FIXED,   /* not at all */
    ORDER_TREE,    /* by NumPy's tree of sums */
    ORDER_FREE,    /* in any order */
    ORDER_EXTREME, /* in any order, except zeros and NaNs: there are several of each */
};

/* What NumPy passes to its loop at a time. */
enum rows {
    ROWS_NATURAL,  /* rows as they lie in memory, or the cast of one */
    ROWS_GATHERED, /* chunks of several rows, or of a part of one row */
    ROWS_UNKNOWN,
};

struct reduction {
    const struct state *state;
    const char *ufunc;
    struct plan plan;
    enum order order;
    int type;          /* the type of the loop's inputs, and of the result */
    npy_intp itemsize; /* of the result */
    bool copies_first; /* a result begins as a copy of its first element */

    /* The axes as NumPy's iterator has them, innermost first. */
    int ndim;
    npy_intp shape[NPY_MAXDIMS], to[NPY_MAXDIMS], from[NPY_MAXDIMS];
    npy_intp masks[NPY_MAXDIMS];
    bool reduced[NPY_MAXDIMS];
    char *out, *in;
    char *mask; /* or NULL */
    enum rows rows_are;
    npy_intp chunk; /* elements that NumPy's loop is given at a time, if GATHERED */

    bool is_part;              /* part of another call, with its own name in errors */
    enum map map;              /* what is made of each element */
    const char *centers;       /* for `map`, laid out as the results; NULL: none */
    sum_function *sum;         /* sums a row; NULL: NumPy's loop */
    runs_function *runs;       /* sums runs under a mask; NULL: NumPy's loop */
    columns_function *columns; /* sums columns of few results; NULL: NumPy's loop */
    extreme_function *extreme; /* finds that of a row; NULL: NumPy's loop */
    extreme_columns_function *extremes; /* finds those of columns; NULL: NumPy's loop */
    signalling_function *signalling;    /* for extremes that leave NaNs out; or NULL */
    kernel_loop *cast;  /* from the array's type to the loop's; NULL: none */
    npy_intp cast_size; /* the size of an element that the loop takes */

    /* By output: the axis that is cut. */
    int axis;

    /* Within output: elements are taken in NumPy's chunks, one after the other, or in
     * nodes.  A row has `nodes` nodes, which begin at `starts`; a result has `rows`
     * rows. */
    bool is_chunked;
    npy_intp nodes, rows, results;
    npy_intp *starts;        /* nodes + 1 of them */
    union partial *partials; /* [results][rows][nodes] */
    char *sums;              /* under a mask: RUNS_ROOM bytes for each node's runs */
    union partial neutral;   /* what a partial result begins with */
    bool has_end;            /* a result that is not neutral decides: any, all */
    _Atomic(bool) ended;     /* such a result was found */
    _Atomic(bool) ambiguous; /* zeros, or NaNs, of several kinds */
    _Atomic(bool) is_numpys; /* NumPy has to run the call, whatever the extreme is */
};

/* layout.c: take the axes of the call in `request`, and make the result if `*out` is
 * NULL.  Returns -1 with an exception set. */
struct request;
int reduction_lay_out(struct reduction *reduction, const struct request *request,
                      PyArrayObject **out);

/* Returns a new array of the shape of `array`, with its axes in the order of NumPy's
 * iterator, or NULL with an exception set. */
PyArrayObject *reduction_new_like(PyArrayObject *array, PyArray_Descr *descr);

/* strategy.c: choose the strategy for `job`.  Returns NULL, or the reason why there is
 * none. */
const char *reduction_choose(struct reduction *reduction, struct job *job);

/* Lay out the range for execute().  It is a range of elements, so that costs are the
 * cost of one element.  Returns -1, with no exception set, if there is no room for
 * partial results. */
int reduction_prepare(struct reduction *reduction, struct job *job);

/* rows.c: returns whether a kernel goes through the columns (kernels/sums.h). */
bool reduction_has_columns(const struct reduction *reduction);

/* rows.c, nodes.c: run a piece of a job by output, or within output.  For execute().
 * The functions below are for the results of the second strategy. */
job_run reduction_run_by_output, reduction_run_within_output;

/* Cut rows into nodes, and make room for their results.  Returns -1, with no exception
 * set, if there are too many or there is no memory. */
int reduction_split(struct reduction *reduction);
void reduction_clear(struct reduction *reduction);

/* Put the partial results together into the result.  Returns false if NumPy's order
 * decides which of several zeros, or NaNs, the result is. */
bool reduction_combine(struct reduction *reduction, bool has_initial);

/* reduce.c: reduction_order() returns how the elements of a result of `ufunc` may be
 * put together.  reduction_has_numpys_bits() returns whether large and small calls of
 * `ufunc` both have NumPy's bits. */
enum order reduction_order(const char *ufunc, int type);
bool reduction_has_numpys_bits(const char *ufunc);

/* Take the loop of the plan, and choose its order, cast and kernels.  Returns NULL, or
 * the reason why NumPy runs the call. */
struct request;
const char *reduction_choose_loop(struct reduction *reduction,
                                  const struct request *request);

int reduction_init(struct state *state);

/* Returns the sum along `axis` of what `map` makes of each element (kernels/sums.h).
 * `centers` has the layout of the results, or is NULL.  The contract is that of a hook,
 * except that the result may be an array without axes. */
PyArrayObject *reduction_map_sum(struct hook_call *hook, enum map map,
                                 PyArrayObject *array, PyObject *axis,
                                 PyObject *keepdims, PyArrayObject *centers);

#endif
