/* offsets.h - where the elements of array[rows, columns] lie: an index for each of the
 * first axes, of one shape after broadcasting. */
#ifndef NPP_INDEXING_OFFSETS_H
#define NPP_INDEXING_OFFSETS_H

#include "engine/hook_call.h"

enum { OFFSET_AXES = 4 }; /* more axes are NumPy's */

struct offsets {
    int axes;
    npy_intp length[OFFSET_AXES], stride[OFFSET_AXES];
    npy_intp extent;                   /* the bytes in which items begin */
    npy_intp itemsize;                 /* of what belongs to one index of each axis */
    PyArrayObject *index[OFFSET_AXES]; /* borrowed */
    struct nest nest;                  /* of the indices */

    /* The shape of array[key], whose last axes are those behind the indexed ones. */
    int ndim, index_ndim;
    npy_intp shape[NPY_MAXDIMS];
};

/* Takes a key, a tuple.  Returns NULL, or the reason why NumPy runs the call. */
const char *offsets_take(struct offsets *offsets, PyArrayObject *array, PyObject *key);

/* Fills in what a call with these indices costs. */
void offsets_cost(const struct offsets *offsets, struct call *call);

/* Writes the offset of `n` items in bytes, for a part of the nest at `data`, which is
 * gone through once.  Returns false if an index is out of bounds. */
bool offsets_make(const struct offsets *offsets, char *const *data, npy_intp n,
                  npy_intp *to);

/* Returns the axis of the only index that differs from item to item within a row of the
 * nest, if its elements lie side by side; and the offset that the others stand for.
 * Negative: there is no such axis, or an index is out of bounds. */
int offsets_single(const struct offsets *offsets, char *const *data, npy_intp *offset);

#endif
