/*
 * selection.h - which elements a mask selects, and where each of them goes.
 *
 * A mask is gone through twice: once to count, so that every member of the team knows
 * where its share of the result begins, and once to move elements.  The first time it
 * is packed to bits, an eighth of its bytes.  So the second time is short, and nobody
 * can change the mask between.
 */
#ifndef NPP_INDEXING_SELECTION_H
#define NPP_INDEXING_SELECTION_H

#include "engine/hook_call.h"
#include "search/find.h"

enum { SELECTION_CHUNK_MOST = FIND_BLOCK }; /* elements of a chunk, at most */

struct selection {
    npy_intp n, count; /* truth values, and how many are true */
    uint64_t *bits;    /* as kernels/masks.h has them */
    npy_intp chunk;    /* a multiple of 64; shares end between chunks */
    npy_intp *starts; /* for each chunk, how many are true before it; and for the end */

    struct nest nest; /* of what the truth values are made of, in C order */
    struct loop loop; /* x != 0; none for truth values */
};

/*
 * Makes the selection of the elements of `array`, in C order, that are not zero.
 * `nonzero` has the loop for that, and has to outlive it; it may be NULL for truth
 * values.  `job` is what hook_call_pays() gave.  Returns false as execute() does; clear
 * it either way.
 */
bool selection_make(struct selection *selection, struct hook_call *hook,
                    const struct job *job, PyArrayObject *array,
                    const struct predicate *nonzero);
void selection_clear(struct selection *selection);

/* Returns the number of selected elements before element `at`, which begins a chunk or
 * is the end. */
static inline npy_intp selection_before(const struct selection *selection, npy_intp at)
{
    return selection->starts[(at + selection->chunk - 1) / selection->chunk];
}

/* Copies those of `n` elements of any size whose bits are set to `to`, and returns how
 * many these are. */
npy_intp selection_move(const uint64_t *bits, const char *from, npy_intp n, char *to,
                        npy_intp itemsize);

/* Runs the job that moves the elements, in shares that end between chunks.  Returns the
 * same as execute(). */
bool selection_run(const struct selection *selection, struct hook_call *hook,
                   struct job *job, job_run *run, void *context);

#endif
