/* indexing.h - shared by the files of this folder: elements by masks and by indices. */
#ifndef NPP_INDEXING_INDEXING_H
#define NPP_INDEXING_INDEXING_H

#include "engine/hook_call.h"

/* Return what array[mask] and array[index] do, or NULL as a hook does.  The mask has
 * the first `axes` axes of the array, or its elements in one axis; the index is an
 * array of integers, for the first axis. */
PyArrayObject *indexing_compress_by(struct hook_call *hook, PyArrayObject *array,
                                    PyArrayObject *mask, int axes);
PyArrayObject *indexing_take_by(struct hook_call *hook, PyArrayObject *array,
                                PyArrayObject *index);

/* Returns what array[key] does with a tuple of arrays of integers, of one shape after
 * broadcasting; NULL as a hook does. */
PyArrayObject *indexing_take_by_tuple(struct hook_call *hook, PyArrayObject *array,
                                      PyObject *key);

/* Does what array[mask] = values does, with one value for each selected element; or
 * what place() does, with values that are repeated.  Returns false where a hook returns
 * NULL. */
bool indexing_expand_by(struct hook_call *hook, PyArrayObject *array,
                        PyArrayObject *mask, PyArrayObject *values, bool repeated);

/* Do what array[index] = values and array[rows, columns] = values do.  Return false
 * where a hook returns NULL. */
bool indexing_assign_by(struct hook_call *hook, PyArrayObject *array,
                        PyArrayObject *index, PyArrayObject *values);
bool indexing_assign_by_tuple(struct hook_call *hook, PyArrayObject *array,
                              PyObject *key, PyArrayObject *values);

/* indexing_is_mask() returns whether `object` is an array of truth values with an axis;
 * indexing_mask_fits() whether it has the first axes of `array`. */
bool indexing_is_mask(PyObject *object);
bool indexing_mask_fits(PyArrayObject *array, PyArrayObject *mask);

/* Gathers items, `stride` bytes apart, as the kernels in kernels/rearrange.h do. */
bool indexing_gather(const char *from, npy_intp stride, npy_intp length,
                     const npy_intp *index, npy_intp n, char *to, npy_intp itemsize);

/* Returns `result` (or NULL), whose elements were `done`; if an index was `beyond` the
 * array, it is dropped, and NumPy raises. */
PyArrayObject *indexing_finish(struct hook_call *hook, PyArrayObject *result, bool done,
                               bool beyond);

/* Returns whether `out` may be written to as the result of that shape, with elements of
 * `array` chosen by `index`, a mask or indices. */
bool indexing_fits_out(PyObject *out, PyArrayObject *array, PyArrayObject *index,
                       int ndim, const npy_intp *shape);

/* Returns whether `object` is a plain, aligned array of integers that can be an index,
 * with an axis, and with its elements side by side. */
bool indexing_is_index(PyObject *object);

#endif
