/* reduce.h - a call of ufunc.reduce in three steps, for functions that do two such
 * calls at once. */
#ifndef NPP_REDUCTION_REDUCE_H
#define NPP_REDUCTION_REDUCE_H

#include "initial.h"

/* Zero it before use.  It owns what is in it, except for what request.h marks as
 * borrowed. */
struct reducing {
    struct request request;
    struct initials initials;
    struct reduction reduction;
    struct job job;
    PyArrayObject *out;
};

/* A reduction that is part of a larger call, such as var. */
struct part {
    enum map map;
    PyArrayObject *centers; /* borrowed, or NULL */
};

/* Lay out the call, so that execute() can run the job.  `part` may be NULL.  Returns
 * false if NumPy runs the call, for the reason in the report, or if an exception is
 * set. */
bool reduce_start(struct reducing *reducing, struct hook_call *hook, PyObject *ufunc,
                  PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                  const struct part *part);

/* Complete the call after execute(): then the result is in `out`.  Returns false as
 * reduce_start() does. */
bool reduce_complete(struct reducing *reducing, struct hook_call *hook, int fpe);

void reduce_clear(struct reducing *reducing);

#endif
