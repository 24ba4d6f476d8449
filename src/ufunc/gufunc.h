/* gufunc.h - generalized ufuncs, split over their loop dimensions. */
#ifndef NPP_UFUNC_GUFUNC_H
#define NPP_UFUNC_GUFUNC_H

#include "engine/execute.h"

/* Does the same as elementwise_run(), and mixes the core dimensions into the job's
 * key. */
PyObject *gufunc_run(struct call *call, struct plan *plan, struct job *job,
                     bool explain, struct report *report);

/* 0, or -1 with an exception set. */
int gufunc_init(struct state *state);

#endif
