/* glance.c - see glance.h. */
#include "glance.h"

#include "cost.h"

_Atomic int64_t glance_gate;
PyTypeObject *glance_ndarray;

void glance_set(bool everything)
{
    glance_ndarray = &PyArray_Type;
    atomic_store(&glance_gate, everything ? 0 : cost_first_look());
}

/* All operands broadcast have at most the longest rows and columns there are. */
bool glance_is_tiny(PyObject *const *args, Py_ssize_t n)
{
    int64_t rows = 1, columns = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!glance_is_array(args[i])) {
            if (!PyFloat_CheckExact(args[i]) && !PyLong_CheckExact(args[i])) {
                return false;
            }
            continue;
        }
        PyArrayObject *array = (PyArrayObject *)args[i];
        const npy_intp *shape = PyArray_DIMS(array);
        const int ndim = PyArray_NDIM(array);
        if (ndim > 2) {
            return false;
        }
        if (ndim > 0) {
            columns = shape[ndim - 1] > columns ? shape[ndim - 1] : columns;
        }
        if (ndim == 2) {
            rows = shape[0] > rows ? shape[0] : rows;
        }
    }
    /* Neither is near 2^32 if both are below the gate. */
    const int64_t gate = atomic_load_explicit(&glance_gate, memory_order_relaxed);
    return rows < gate && columns < gate && rows * columns < gate;
}
