/* beginnings.h - what results, and partial results, of a reduction begin with. */
#ifndef NPP_REDUCTION_BEGINNINGS_H
#define NPP_REDUCTION_BEGINNINGS_H

#include "reduction.h"
#include "request.h"

/* Owned; that of the ufunc, the caller's; NULL where it is the first element. */
struct beginnings {
    PyArrayObject *identity, *initial;
};

/* Of a call, whose result has this dtype.  NULL, or why NumPy is to run it. */
const char *beginnings_take(struct beginnings *beginnings,
                            const struct request *request, PyArray_Descr *descr);

/* Before a run, of which ways differ in this; into a result, if it is not NULL.  -1: an
 * exception is set. */
int beginnings_put(const struct beginnings *beginnings, struct reduction *reduction,
                   bool split, PyArrayObject *out);

void beginnings_clear(struct beginnings *beginnings);

#endif
