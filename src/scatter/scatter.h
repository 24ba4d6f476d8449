/*
 * scatter.h - a[index] = op(a[index], value) for many indices, on the engine.
 *
 * There are two strategies.  *Bins*: each member has some of the indices, and elements
 * of its own, which are put together at the end.  This is for a free order, and for few
 * elements compared with the indices.  *Owners*: each member has some of the elements,
 * and goes through all indices to find those of its own elements.  So every element
 * gets its values in the order of the indices, as floating-point numbers require.
 */
#ifndef NPP_SCATTER_SCATTER_H
#define NPP_SCATTER_SCATTER_H

#include "engine/hook_call.h"
#include "kernels/scatter.h"

/* More owners would do little else than go through indices. */
enum { SCATTER_OWNERS = 8 };

struct scatter {
    const scatter_kernels *kernels,
        *into_bins; /* into_bins: NULL: the order is not free */
    char *a;
    npy_intp length, itemsize;
    const char *values;
    npy_intp step; /* 0: the same value for all indices */

    const char *index;
    npy_intp n, index_size;
    kernel_loop *cast; /* casts indices; NULL: they are npy_intp */

    /* Bins: a set of bins for each member that is at work. */
    char *bins;
    struct bins *sets;
    int limit;
    _Atomic(bool) beyond; /* an index is out of bounds */

    /* Owners: the elements of owner i end before `ends[i]`.  `first` ... `last` are the
     * indices that are being done. */
    npy_intp ends[SCATTER_OWNERS];
    int owners;
    bool few; /* there would be too few owners */
    npy_intp first, last;

    _Atomic(npy_intp) least, greatest;
};

/* Returns the kernels for a ufunc by its name; their `all` is NULL if there are none.
 */
const scatter_kernels *scatter_find(const char *ufunc, int type);

/* Take the indices from `index`, an array of an integer type that has one axis and is
 * contiguous.  Returns NULL, or a reason. */
const char *scatter_take_index(struct scatter *scatter, PyObject *index);

/* Find the least and the greatest index, on the team.  Returns false as execute() does.
 */
bool scatter_bounds(struct hook_call *hook, struct scatter *scatter, struct job *job);

/* Run the call on the engine.  `known`: all indices are known to be in `a`.  If they
 * are not, and one is out of bounds, nothing is done, and NumPy raises.  Returns false
 * as execute() does. */
bool scatter_run(struct hook_call *hook, struct scatter *scatter, struct job *job,
                 bool known, int *fpe);

/* Run the call on the calling thread.  This is for calls in which NumPy calls its loop
 * for each index, which takes ten to fifty times as long as a kernel; or where part of
 * the work is done. */
bool scatter_alone(struct hook_call *hook, struct scatter *scatter, bool known,
                   int *fpe);

/* Returns whether scatter_alone() is faster than NumPy's own loop for floats. */
bool scatter_alone_pays(void);

/* Returns whether n indices are too few for either strategy, if NumPy has a loop for
 * them. */
bool scatter_is_small(npy_intp n);

#endif
