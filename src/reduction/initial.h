/* initial.h - what results, and partial results, of a reduction begin with. */
#ifndef NPP_REDUCTION_INITIAL_H
#define NPP_REDUCTION_INITIAL_H

#include "reduction.h"
#include "request.h"

/* Owned; that of the ufunc, the caller's; NULL where it is the first element. */
struct initials {
    PyArrayObject *identity, *initial;
};

/* Of a call, whose result has this dtype.  NULL, or why NumPy is to run it. */
const char *initial_take(struct initials *initials, const struct request *request,
                         PyArray_Descr *descr);

/* Before a run, of which ways differ in this; into a result, if it is not NULL.  -1: an
 * exception is set. */
int initial_put(const struct initials *initials, struct reduction *reduction,
                bool split, PyArrayObject *out);

void initial_clear(struct initials *initials);

#endif
