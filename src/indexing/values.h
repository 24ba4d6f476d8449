/* values.h - the values of an assignment by index or mask, laid out as they are to be
 * stored: in the dtype of the array, one after the other. */
#ifndef NPP_INDEXING_VALUES_H
#define NPP_INDEXING_VALUES_H

#include "engine/hook_call.h"

/* Returns NULL, or the reason why NumPy runs an assignment to the array, whatever the
 * shapes.  Casts that lose nothing are done here. */
const char *values_refuse(PyArrayObject *array, PyArrayObject *values);

/* Returns whether a cast loses nothing, nor warns, of numbers or of one dtype. */
bool values_fit(PyArrayObject *array, PyArrayObject *values);

/*
 * Return the values: the array itself, or a new one, or NULL as a hook does.
 *
 * values_broadcast() broadcasts them to a shape of `ndim` axes, of which the first
 * `index_ndim` are those of the indices, and stores the bytes from the values of one
 * index to those of the next; 0: they are the same for all.
 *
 * values_list() takes them in C order: at least `count`, repeated from the first on.
 */
PyArrayObject *values_broadcast(struct hook_call *hook, PyArrayObject *array,
                                PyArrayObject *values, int index_ndim, int ndim,
                                const npy_intp *shape, npy_intp *step);
PyArrayObject *values_list(struct hook_call *hook, PyArrayObject *array,
                           PyArrayObject *values, npy_intp count);

/* Returns the values in the dtype of the array, of the same shape; NULL as a hook
 * does. */
PyArrayObject *values_cast(struct hook_call *hook, PyArrayObject *array,
                           PyArrayObject *values);

#endif
