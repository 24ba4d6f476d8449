/*
 * execute.h - runs the planned loop over the pieces of a call, on as many threads as
 * pay.  Elementwise calls and gufuncs differ in how they lay out their operands; from
 * there on they run alike.
 */
#ifndef NPP_ENGINE_EXECUTE_H
#define NPP_ENGINE_EXECUTE_H

#include "cost.h"
#include "iterator.h"
#include "masked.h"
#include "partition.h"
#include "stage.h"

/* Reports what happened, or for explain() what would happen. */
struct report {
    const char *reason; /* why on one thread, or why NumPy; NULL: in parallel */
    const char *path;   /* "direct", "fused", "streamed", "iterator", "buffered",
                           "gufunc", "reduction", "numpy" */
    const char *kernel; /* the level of our kernel; NULL: the loop is NumPy's */
    npy_intp elements, pieces;
    int threads;
    double ns;   /* an element on one thread; negative: not known */
    bool probed; /* `ns` was measured just now, on first pieces */
    bool alike;  /* NumPy does the same with the same loops: `ns` is its cost too */
    int64_t without_gil_ns;
};

struct job;
/* Returns 0; -1: failed; 1: pieces that nobody has begun need not run any more. */
typedef int job_run(const struct job *job, npy_intp begin, npy_intp end);

struct job {
    const struct plan *plan;
    const char *path;
    npy_intp size;       /* elements, or core problems */
    struct stage *stage; /* NULL: the loop takes the operands as they are */
    npy_intp weight; /* how many times as much as an element a core problem may cost */

    /* Either a nest ... */
    const struct nest *nest;
    npy_intp strides[NPP_MAX_SLOTS + NPP_MAX_CORE_STRIDES]; /* of its inner loop */
    /* ... or a buffered iterator, copied for every member that needs one. */
    NpyIter *iter;
    struct iterator_kind kind;
    struct masking masked; /* if kind.masked */
    /* ... or a function that runs a range of the elements itself. */
    job_run *run;
    void *context;

    struct split split;
    bool given;  /* an output was passed by the user */
    bool copies; /* the loop does nothing but copy its one input */
    struct cost_table *costs;
    uint32_t key;
    uint32_t asked; /* the key for which profit.c has asked whether to wake helpers */
    int limit;      /* threads at most */
};

/*
 * Runs a job, or only explains it.  Call it with the GIL held; it releases the GIL
 * while loops run.  Returns true if everything is computed; `fpe` then has the FE_*
 * flags that any loop raised.  Returns false if the call has no result: an exception is
 * set (a signal handler raised, no memory), or NumPy must run it for the reason in the
 * report, or it was only explained.
 *
 * To explain a call whose cost is not known, a first piece is run, unless an output is
 * given.
 */
bool execute(const struct job *job, bool explain, int *fpe, struct report *report);

/* Raises or warns as np.errstate says.  Returns 0, or -1 with an exception set. */
int execute_give_fpe(const char *name, int fpe);

#endif
