/*
 * scatter.h - a[index] = op(a[index], value) for all of many indices, on the engine.
 *
 * Two ways.  *Bins*: where the order is free, and the elements are few beside the
 * indices, each member has some of the indices, and elements of its own, which are put
 * together at the end.  *Owners*: each member has some of the elements, and goes
 * through all indices for those that are its own; so every element gets its values in
 * the order of the indices, as floating-point numbers have to.
 */
#ifndef NPP_SCATTER_SCATTER_H
#define NPP_SCATTER_SCATTER_H

#include "engine/hook_call.h"
#include "kernels/scatter.h"

/* More would do little but go through indices. */
enum { SCATTER_OWNERS = 8 };

struct scatter {
    const scatter_kernels *kernels,
        *into_bins; /* into_bins: NULL: the order is not free */
    char *a;
    npy_intp length, itemsize;
    const char *values;
    npy_intp step; /* 0: the same for all */

    const char *index;
    npy_intp n, index_size;
    kernel_loop *cast; /* of indices; NULL: they are of npy_intp */

    /* Bins: a set of them for each member that is at work. */
    char *bins;
    struct bins *sets;
    int limit;
    _Atomic(bool) beyond; /* an index is */

    /* Owners: their elements end before these; the indices of now. */
    npy_intp ends[SCATTER_OWNERS];
    int owners;
    bool few; /* there would be too few of them */
    npy_intp first, last;

    _Atomic(npy_intp) least, greatest;
};

/* Kernels for a ufunc by name; all is NULL if there are none. */
const scatter_kernels *scatter_find(const char *ufunc, int type);

/* Indices, of an integer type, from an array that is of one axis and contiguous.  NULL,
 * or a reason. */
const char *scatter_take_index(struct scatter *scatter, PyObject *index);

/* Their least and greatest, by the team.  False: as execute(). */
bool scatter_bounds(struct hook_call *hook, struct scatter *scatter, struct job *job);

/* Do it.  `known`: all indices are known to be in `a`; if not, and one is not, nothing
 * is done, for NumPy to raise.  False: as execute(). */
bool scatter_run(struct hook_call *hook, struct scatter *scatter, struct job *job,
                 bool known, int *fpe);

/* The same on the calling thread: for what NumPy does by a call of its loop for each
 * index, which takes ten to fifty times as long as a kernel; or where part of the work
 * is done. */
bool scatter_alone(struct hook_call *hook, struct scatter *scatter, bool known,
                   int *fpe);

/* Whether that is sooner done than NumPy's own loop for floats. */
bool scatter_alone_pays(void);

/* Too few indices for any way, if NumPy has a loop for them. */
bool scatter_is_small(npy_intp n);

/* What hooks lead to. */
hook_function scatter_at, scatter_bincount;

#endif
