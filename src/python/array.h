/* array.h - questions about arrays that NumPy does not answer. */
#ifndef NPP_PYTHON_ARRAY_H
#define NPP_PYTHON_ARRAY_H

#include "numpy_api.h"

/* The sign bit of the flags is NumPy's own "warn on write", which arrays from
 * np.broadcast_arrays have. */
static inline bool array_is_writeable(PyArrayObject *array)
{
    const int flags = PyArray_FLAGS(array);
    return (flags & NPY_ARRAY_WRITEABLE) && flags >= 0;
}

/* Returns a view of an array's memory from `data` on; NULL with an exception set. */
PyObject *array_view(PyArrayObject *array, char *data, int ndim, const npy_intp *shape,
                     const npy_intp *strides);

/* Returns a new array of the dtype of `array`, in C order; NULL with an exception set.
 */
PyArrayObject *array_new_of(PyArrayObject *array, int ndim, const npy_intp *shape);

/* Returns whether all strides are those of C order, also of axes of length 1, whose
 * strides NumPy does not look at when it tells whether an array is contiguous. */
bool array_has_c_strides(PyArrayObject *array);

/* Returns whether two elements of an array may share a byte. */
bool array_overlaps_itself(PyArrayObject *array);

/* Returns whether the bytes from the first to the last of two arrays overlap. */
bool arrays_overlap(PyArrayObject *a, PyArrayObject *b);

/* Returns whether `op` is not as a loop on `descr` wants it: it has another dtype, is
 * not in this machine's byte order, or is not aligned. */
bool array_needs_copy(PyArrayObject *op, PyArray_Descr *descr);

/* Returns whether `object` is a plain, aligned ndarray of numbers in this machine's
 * byte order. */
bool array_is_plain_numbers(PyObject *object);
bool array_type_is_number(int type);

#endif
