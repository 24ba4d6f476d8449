/* along.h - the lines of elements along an axis, for functions that go along one axis
 * and have results on it. */
#ifndef NPP_REDUCTION_ALONG_H
#define NPP_REDUCTION_ALONG_H

#include "python/numpy_api.h"

struct along {
    char *out, *in;
    npy_intp n, to, from; /* along the axis */

    /* The other axes.  The first one is the axis in which results are contiguous, if
     * there is one. */
    int ndim;
    npy_intp shape[NPY_MAXDIMS], tos[NPY_MAXDIMS], froms[NPY_MAXDIMS];
    npy_intp lines;
};

/* Lay out the lines of `array` and of its results `out`, which may differ in length
 * along `axis`. */
void along_lay_out(struct along *along, PyArrayObject *array, PyArrayObject *out,
                   int axis);

/* Set `out` and `in` to where line number `i` begins.  If `first` is 1, the nest is
 * taken without its first axis, and `i` is the number of a row of lines side by side.
 */
void along_at(const struct along *along, npy_intp i, int first, char **out, char **in);

#endif
