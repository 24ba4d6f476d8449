/* array.h - what is asked of arrays, beside what NumPy answers. */
#ifndef NPP_PYTHON_ARRAY_H
#define NPP_PYTHON_ARRAY_H

#include "numpy_api.h"

/* The sign bit of the flags is NumPy's own "warn on write", of what
 * np.broadcast_arrays returns. */
static inline bool array_is_writeable(PyArrayObject *array)
{
    const int flags = PyArray_FLAGS(array);
    return (flags & NPY_ARRAY_WRITEABLE) && flags >= 0;
}

/* A view of an array's memory from `data` on; NULL: an exception is set. */
PyObject *array_view(PyArrayObject *array, char *data, int ndim, const npy_intp *shape,
                     const npy_intp *strides);

/* Whether two elements of an array may share a byte. */
bool array_overlaps_itself(PyArrayObject *array);

/* Whether the bytes from the first to the last of two arrays overlap. */
bool arrays_overlap(PyArrayObject *a, PyArrayObject *b);

/* Whether an operand is not as a loop on this dtype wants it: another dtype, not in
 * this machine's byte order, or not aligned. */
bool array_needs_copy(PyArrayObject *op, PyArray_Descr *descr);

/* A plain, aligned ndarray of numbers in this machine's byte order. */
bool array_is_plain_numbers(PyObject *object);
bool array_type_is_number(int type);

#endif
