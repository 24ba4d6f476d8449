/*
 * drive.h - runs the planned loop over the pieces of a call, on as many threads as
 * pay.  Elementwise calls and gufuncs differ in how they lay out their operands;
 * from there on they are driven alike.
 */
#ifndef NPP_DRIVE_H
#define NPP_DRIVE_H

#include "partition.h"

#include "cost.h"

/* What happened, or for explain() what would happen. */
struct report {
    const char *reason; /* why on one thread, or why NumPy; NULL: in parallel */
    const char *path;   /* "direct", "iterator", "buffered", "gufunc", "numpy" */
    npy_intp elements, pieces;
    int threads;
    double ns; /* an element; negative: not known */
};

struct drive {
    const struct plan *plan;
    const char *path;
    npy_intp size; /* elements, or core problems */

    /* Either a box ... */
    const struct box *box;
    npy_intp strides[NPP_MAX_SLOTS + NPP_MAX_CORE_STRIDES]; /* of its inner loop */
    /* ... or a buffered iterator, copied for every member that needs one. */
    NpyIter *iter;
    bool masked; /* its last operand is the where= mask */

    struct cut cut;
    struct cost_table *costs;
    uint32_t key;
    int limit; /* threads at most */
};

enum drive_status {
    DRIVE_DONE,
    DRIVE_FAILED, /* a loop returned -1: NumPy is to repeat the call and raise */
    DRIVE_RAISED, /* an exception is set: a signal handler raised, or no memory */
};

/*
 * Called with the GIL, which it gives back while loops run.  `fpe` gets the FE_*
 * flags that any of them raised.
 */
enum drive_status drive(const struct drive *drive, int *fpe, struct report *report);

/* Fill in the report without running more than a first piece, and that only if
 * `measure` (the outputs are nobody's yet) and the cost is not known. */
enum drive_status drive_explain(const struct drive *drive, bool measure,
                                struct report *report);

/* Raise or warn as np.errstate says.  0, or -1 with an exception set. */
int drive_give_fpe(const PyUFuncObject *ufunc, int fpe);

#endif
