/* initial.h - what results, and partial results, of a reduction begin with. */
#ifndef NPP_REDUCTION_INITIAL_H
#define NPP_REDUCTION_INITIAL_H

#include "reduction.h"
#include "request.h"

/* Owned.  `identity` is the ufunc's, `initial` the caller's.  NULL where a result
 * begins with its first element. */
struct initials {
    PyArrayObject *identity, *initial;
};

/* Take the initials of the call in `request`, whose result has the dtype `descr`.
 * Returns NULL, or the reason why NumPy runs the call. */
const char *initial_take(struct initials *initials, const struct request *request,
                         PyArray_Descr *descr);

/* Prepare `reduction` for a run, and put the initial into the result `out`, if it is
 * not NULL.  The two strategies differ in the initial: `split` means within output.
 * Returns -1 with an exception set. */
int initial_put(const struct initials *initials, struct reduction *reduction,
                bool split, PyArrayObject *out);

void initial_clear(struct initials *initials);

#endif
