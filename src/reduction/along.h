/* along.h - the lines of elements along an axis: for what goes along one axis and has
 * results on it. */
#ifndef NPP_REDUCTION_ALONG_H
#define NPP_REDUCTION_ALONG_H

#include "python/numpy_api.h"

struct along {
    char *out, *in;
    npy_intp n, to, from; /* along the axis */

    /* The other axes; the first one is that in which results are contiguous, if any. */
    int ndim;
    npy_intp shape[NPY_MAXDIMS], tos[NPY_MAXDIMS], froms[NPY_MAXDIMS];
    npy_intp lines;
};

/* Of an array and its results, which may differ in length along the axis. */
void along_lay_out(struct along *along, PyArrayObject *array, PyArrayObject *out,
                   int axis);

/* Where number i of the lines begins; or, of a nest without the first axis (`first` is
 * 1), where lines side by side do. */
void along_at(const struct along *along, npy_intp i, int first, char **out, char **in);

#endif
