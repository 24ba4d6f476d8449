/*
 * execute.h - runs the planned loop over the pieces of a call, on as many threads as
 * pay.  Elementwise calls and gufuncs differ in how they lay out their operands;
 * from there on they are driven alike.
 */
#ifndef NPP_ENGINE_EXECUTE_H
#define NPP_ENGINE_EXECUTE_H

#include "cost.h"
#include "iterator.h"
#include "partition.h"
#include "stage.h"

/* What happened, or for explain() what would happen. */
struct report {
    const char *reason; /* why on one thread, or why NumPy; NULL: in parallel */
    const char *path;   /* "direct", "fused", "streamed", "iterator", "buffered",
                           "gufunc", "reduction", "numpy" */
    const char *kernel; /* the level of our kernel; NULL: the loop is NumPy's */
    npy_intp elements, pieces;
    int threads;
    double ns;   /* an element, on one thread; negative: not known */
    bool probed; /* that was measured just now, on first pieces */
    bool alike;  /* NumPy goes the same way, with the same loops: it is its cost too */
    int64_t without_gil_ns;
};

struct job;
/* 0; -1: failed; 1: what nobody is at need not run any more. */
typedef int job_run(const struct job *job, npy_intp begin, npy_intp end);

struct job {
    const struct plan *plan;
    const char *path;
    npy_intp size;       /* elements, or core problems */
    struct stage *stage; /* NULL: the loop takes the operands as they are */
    npy_intp weight; /* how many times dearer than an element a core problem may be */

    /* Either a nest ... */
    const struct nest *nest;
    npy_intp strides[NPP_MAX_SLOTS + NPP_MAX_CORE_STRIDES]; /* of its inner loop */
    /* ... or a buffered iterator, copied for every member that needs one. */
    NpyIter *iter;
    struct iterator_kind kind;
    /* ... or what knows itself how to do a range of the elements. */
    job_run *run;
    void *context;

    struct split split;
    bool given; /* an output is the caller's */
    struct cost_table *costs;
    uint32_t key;
    uint32_t asked; /* the key for which profit.c has asked whether to wake helpers */
    int limit;      /* threads at most */
};

/*
 * Run a job, or only explain it.  Called with the GIL, which it gives back while loops
 * run.  True: all is computed, and `fpe` has the FE_* flags that any loop raised.
 * False: the call has no result, because an exception is set (a signal handler raised,
 * no memory), or NumPy is to run it for the reason in the report, or it was explained.
 *
 * To explain, a first piece is run if the cost is not known and no output is given.
 */
bool execute(const struct job *job, bool explain, int *fpe, struct report *report);

/* Raise or warn as np.errstate says.  0, or -1 with an exception set. */
int execute_give_fpe(const char *name, int fpe);

#endif
