/* reduce.h - a call of ufunc.reduce in three steps, for those that do two at once. */
#ifndef NPP_REDUCTION_REDUCE_H
#define NPP_REDUCTION_REDUCE_H

#include "initial.h"

/* Zero it; what is in it is owned, but for what request.h says. */
struct reducing {
    struct request request;
    struct initials initials;
    struct reduction reduction;
    struct job job;
    PyArrayObject *out;
};

/* Of a call that is more than a reduction: var, say. */
struct part {
    enum map map;
    PyArrayObject *centers; /* borrowed, or NULL */
};

/* The call laid out, for execute() to run the job.  False: NumPy is to do it, for the
 * reason in the report, or an exception is set.  `part` may be NULL. */
bool reduce_start(struct reducing *reducing, struct hook_call *hook, PyObject *ufunc,
                  PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                  const struct part *part);

/* After that: the result is in `out`.  False as before. */
bool reduce_complete(struct reducing *reducing, struct hook_call *hook, int fpe);

void reduce_clear(struct reducing *reducing);

#endif
