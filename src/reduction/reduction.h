/*
 * reduction.h - ufunc.reduce on the engine, with NumPy's bits.
 *
 * What NumPy does with an element of the result has an order that is part of the
 * answer: row by row of its iterator, in each of which its loop has an order of its
 * own.  There are two strategies to share that out.  *By output*: each member has some
 * of the results, and for those does what NumPy does, in its order.  *Within output*: a
 * result's own elements are cut into nodes, each of which has a *partial* result, and
 * these are put together in order; only where that gives the same bits, which is for
 * sums the cuts of NumPy's own tree (kernels/sums.h), and anywhere for what does not
 * depend on the order.
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
    npy_intp runs; /* how many a node under a mask has */
};

/* What NumPy's buffer has, and so what is cast before it is summed. */
enum { REDUCTION_CHUNK = 8192 };

/* How elements of one result may be put together other than one after the other. */
enum order {
    ORDER_FIXED,   /* not at all */
    ORDER_TREE,    /* by NumPy's tree of sums */
    ORDER_FREE,    /* in any way */
    ORDER_EXTREME, /* in any, unless it is a zero or a NaN: there are several of each */
};

/* What NumPy's loop is given at a time. */
enum rows {
    ROWS_NATURAL,  /* rows as they lie in memory, or the cast of one */
    ROWS_GATHERED, /* chunks of several, or of a part of one */
    ROWS_UNKNOWN,
};

struct reduction {
    const struct state *state;
    const char *ufunc;
    struct plan plan;
    enum order order;
    int type;          /* of the loop's inputs, and of the result */
    npy_intp itemsize; /* of the result */
    bool copies_first; /* the first element is where a result begins */

    /* The axes as NumPy's iterator has them, innermost first. */
    int ndim;
    npy_intp shape[NPY_MAXDIMS], to[NPY_MAXDIMS], from[NPY_MAXDIMS];
    npy_intp masks[NPY_MAXDIMS];
    bool reduced[NPY_MAXDIMS];
    char *out, *in;
    char *mask; /* or NULL */
    enum rows rows_are;
    npy_intp chunk; /* elements that NumPy's loop is given at a time, if GATHERED */

    bool is_part;              /* of another call, which has its own name for errors */
    enum map map;              /* of what is made of the elements */
    const char *centers;       /* for that, as the results lie; NULL: none */
    sum_function *sum;         /* of a row; NULL: NumPy's loop */
    runs_function *runs;       /* of one under a mask; NULL: NumPy's loop */
    columns_function *columns; /* of rows of few; NULL: NumPy's loop */
    extreme_function *extreme; /* of a row; NULL: NumPy's loop */
    extreme_columns_function *extremes; /* of rows; NULL: NumPy's loop */
    signalling_function *signalling;    /* for those that leave NaNs out; or NULL */
    kernel_loop *cast;  /* from the array's type to the loop's; NULL: none */
    npy_intp cast_size; /* of an element of the loop's */

    /* By output: the axis that is cut. */
    int axis;

    /* Within output, in NumPy's chunks, one after the other, or in nodes: a row has
     * `nodes`, which begin at `starts`; a result has `rows`. */
    bool is_chunked;
    npy_intp nodes, rows, results;
    npy_intp *starts;        /* nodes + 1 of them */
    union partial *partials; /* [results][rows][nodes] */
    char *sums;              /* under a mask, of the runs of each: RUNS_ROOM bytes */
    union partial neutral;   /* what a partial result begins with */
    bool has_end;            /* what is not neutral decides: any, all */
    _Atomic(bool) ended;     /* such a one was found */
    _Atomic(bool) ambiguous; /* zeros, or NaNs, of several kinds */
    _Atomic(bool) is_numpys; /* whatever the extreme is */
};

/* layout.c: the axes of a call, and its result, made if it is NULL.  -1: an exception
 * is set. */
struct request;
int reduction_lay_out(struct reduction *reduction, const struct request *request,
                      PyArrayObject **out);

/* An array of the same shape, its axes in the order of NumPy's iterator.  NULL: an
 * exception is set. */
PyArrayObject *reduction_new_like(PyArrayObject *array, PyArray_Descr *descr);

/* strategy.c: which strategy.  NULL, or the reason why none. */
const char *reduction_choose(struct reduction *reduction, struct job *job);

/* The range for execute() is of elements, so that costs are those of one.  -1: no
 * room for partial results; no exception is set. */
int reduction_prepare(struct reduction *reduction, struct job *job);

/* rows.c: whether a kernel goes through the columns (kernels/sums.h). */
bool reduction_has_columns(const struct reduction *reduction);

/* rows.c, nodes.c: pieces of the two strategies, for execute(); and the results of the
 * second.
 */
job_run reduction_run_by_output, reduction_run_within_output;

/* Cut rows into nodes, and have room for their results.  -1: too many; no exception. */
int reduction_split(struct reduction *reduction);
void reduction_clear(struct reduction *reduction);

/* Put the partial results together into the result.  False: NumPy's order decides which
 * of several zeros, or NaNs, it is. */
bool reduction_combine(struct reduction *reduction, bool has_initial);

/* reduce.c: how elements may be put together; and of which ufuncs large calls and small
 * ones have NumPy's bits. */
enum order reduction_order(const char *ufunc, int type);
bool reduction_has_numpys_bits(const char *ufunc);

/* The loop of a plan, its order, casts and kernels.  NULL, or why NumPy is to run it.
 */
struct request;
const char *reduction_choose_loop(struct reduction *reduction,
                                  const struct request *request);

int reduction_init(struct state *state);

/* What hooks and methods lead to: methods of a ufunc (self). */
hook_function reduction_reduce, reduction_reduceat;

/* (minimum.reduce, maximum.reduce) of an array and the other arguments of these. */
hook_function reduction_minmax;

/* The sum along axes of what is made of each element (kernels/sums.h); `centers` lie as
 * the results do, or NULL.  As a hook, but for the result, which may have no axes. */
PyArrayObject *reduction_map_sum(struct hook_call *hook, enum map map,
                                 PyArrayObject *array, PyObject *axis,
                                 PyObject *keepdims, PyArrayObject *centers);

#endif
