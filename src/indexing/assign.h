/*
 * assign.h - values for the elements at indices, on the engine: array[index] = values.
 *
 * The last of several values for one element stays, as with NumPy, whatever the number
 * of threads.  So each member *owns* a range of the elements, and goes through all
 * indices in order to find its own.  Before, all indices are checked, and the *span* of
 * each block of them is noted, so that an owner passes over blocks without any of its
 * own, and need not select where all are its own.
 */
#ifndef NPP_INDEXING_ASSIGN_H
#define NPP_INDEXING_ASSIGN_H

#include "index.h"

struct assigning {
    struct index index;
    char *to; /* `index.length` elements, `stride` bytes apart */
    npy_intp stride, itemsize;
    const char *values;
    npy_intp step; /* 0: one value for all */
};

/* Runs the assignment with what hook_call_pays() told `job`.  Returns false as
 * execute() does; nothing is written if an index is out of bounds. */
bool assign_run(struct hook_call *hook, struct job *job,
                const struct assigning *assigning);

#endif
