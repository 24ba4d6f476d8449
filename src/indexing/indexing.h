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

/* Does what array[mask] = values does, with one value for each selected element.
 * Returns false where a hook returns NULL. */
bool indexing_expand_by(struct hook_call *hook, PyArrayObject *array,
                        PyArrayObject *mask, PyArrayObject *values);

/* Returns whether `object` is a plain, aligned array of integers that can be an index,
 * with an axis, and with its elements side by side. */
bool indexing_is_index(PyObject *object);

#endif
