/* size.c - see size.h. */
#include "size.h"

#include "cost.h"

_Atomic int64_t size_gate;
_Atomic bool size_gate_usual;
PyTypeObject *object_ndarray, *object_float64;

void size_gate_set(bool everything)
{
    object_ndarray = &PyArray_Type;
    object_float64 = &PyDoubleArrType_Type;
    atomic_store(&size_gate_usual, !everything && cost_min_elements() < 0);
    atomic_store(&size_gate, everything ? 0 : cost_least_elements());
}

/* Arrays of more axes are not looked at axis by axis. */
enum { AXES = 8 };

static inline int64_t product(const npy_intp *shape, int ndim)
{
    int64_t size = 1;
    for (int axis = 0; axis < ndim; axis++) {
        size *= shape[axis];
    }
    return size;
}

static int64_t broadcast_axes(PyObject *const *args, Py_ssize_t n)
{
    npy_intp shape[AXES] = {1, 1}; /* the last axis first */
    int ndim = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *object = args[i];
        if (PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) > 0) {
            object = PyTuple_GET_ITEM(object, 0); /* out=(array,) */
        }
        if (!object_is_any_array(object)) {
            if (PyList_CheckExact(object)) {
                const npy_intp length = PyList_GET_SIZE(object);
                shape[0] = length > shape[0] ? length : shape[0];
                ndim = ndim > 1 ? ndim : 1;
            }
            continue;
        }
        PyArrayObject *array = (PyArrayObject *)object;
        const int own = PyArray_NDIM(array);
        if (own > AXES) {
            return INT64_MAX;
        }
        for (; ndim < own; ndim++) {
            shape[ndim] = 1;
        }
        for (int axis = 0; axis < own; axis++) {
            const npy_intp length = PyArray_DIM(array, own - 1 - axis);
            shape[axis] = length > shape[axis] ? length : shape[axis];
        }
    }
    return product(shape, ndim);
}

int64_t size_broadcast(PyObject *const *args, Py_ssize_t n)
{
    /* Most calls: at most three axes, and objects that are no arrays. */
    npy_intp planes = 1, rows = 1, columns = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!object_is_array(args[i])) {
            if (PyTuple_CheckExact(args[i]) || PyList_CheckExact(args[i]) ||
                object_is_any_array(args[i])) {
                return broadcast_axes(args, n);
            }
            continue;
        }
        const PyArrayObject_fields *array = (const PyArrayObject_fields *)args[i];
        const npy_intp *shape = array->dimensions; /* NULL if it is 0-d */
        switch (array->nd) {
        case 3:
            planes = *shape > planes ? *shape : planes;
            shape++;
            /* fall through */
        case 2:
            rows = *shape > rows ? *shape : rows;
            shape++;
            /* fall through */
        case 1:
            columns = *shape > columns ? *shape : columns;
            /* fall through */
        case 0:
            break;
        default:
            return broadcast_axes(args, n);
        }
    }
    return planes * rows * columns;
}

int64_t size_of_arrays(PyObject *object)
{
    int64_t size = 1;
    if (object_is_any_array(object)) {
        PyArrayObject *array = (PyArrayObject *)object;
        size = product(PyArray_DIMS(array), PyArray_NDIM(array));
    } else if (PyList_CheckExact(object) && FREE_THREADED) {
        size = INT64_MAX; /* another thread may change it: a closer look is needed */
    } else if (PyTuple_CheckExact(object) || PyList_CheckExact(object)) {
        size = PySequence_Fast_GET_SIZE(object);
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object) && i < 16; i++) {
            PyObject *item = PySequence_Fast_GET_ITEM(object, i);
            size += object_is_any_array(item) ? size_of_arrays(item) : 0;
        }
    }
    return size;
}

/* Returns the number of elements of the part of `array` that a key without arrays
 * leaves, at most: an index takes one of its axis, a slice up to all. */
static int64_t size_of_part(const PyArrayObject *array, PyObject *key)
{
    const PyArrayObject_fields *fields = (const PyArrayObject_fields *)array;
    const Py_ssize_t n = PyTuple_CheckExact(key) ? PyTuple_GET_SIZE(key) : 0;
    int64_t size = 1;
    int axis = 0;
    for (Py_ssize_t i = 0; i < n && axis < fields->nd; i++, axis++) {
        PyObject *item = PyTuple_GET_ITEM(key, i);
        if (item == Py_Ellipsis || item == Py_None) {
            return PyArray_SIZE((PyArrayObject *)array);
        }
        size *= PySlice_Check(item) ? fields->dimensions[axis] : 1;
    }
    return size * product(fields->dimensions + axis, fields->nd - axis);
}

int64_t size_of_key_slowly(const PyObject *self, PyObject *key, PyObject *value)
{
    int64_t size = -1;
    const Py_ssize_t items = PyTuple_CheckExact(key) ? PyTuple_GET_SIZE(key) : 0;
    for (Py_ssize_t i = 0; i < items; i++) {
        PyObject *item = PyTuple_GET_ITEM(key, i);
        if (object_is_array(item)) {
            const int64_t n = PyArray_SIZE((PyArrayObject *)item);
            size = n > size ? n : size;
        }
    }
    return size < 0 && value && object_is_array(self)
               ? size_of_part((const PyArrayObject *)self, key)
               : size;
}
