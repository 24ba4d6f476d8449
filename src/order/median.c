/* median.c - the median of a whole array: NumPy's, of the one or two elements in its
 * middle. */
#include <string.h>

#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"
#include "threads/fpu.h"

#include "order_statistics.h"

/* Returns an array like `array`, of the elements that have the keys; all NaN if one is.
 */
static PyObject *middle(PyArrayObject *array, const int64_t *keys, npy_intp count)
{
    npy_intp shape[NPY_MAXDIMS];
    const int ndim = PyArray_NDIM(array);
    const struct place_kernels *kernels = kernels_places(PyArray_TYPE(array));
    for (int d = 0; d < ndim; d++) {
        shape[d] = d == ndim - 1 ? count : 1;
    }
    PyArrayObject *result = array_new_of(array, ndim, shape);
    if (result) {
        kernels->elements(keys, count, PyArray_BYTES(result));
    }
    return (PyObject *)result;
}

/* Calls NumPy's median with `array` in the place of the first argument. */
static PyObject *call_numpy(const struct state *state, PyObject *array,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    enum { MOST = 8 };
    PyObject *vector[MOST];
    const Py_ssize_t all = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    PyObject *median = attribute_of(state->numpy_module, "median");
    PyObject *result = NULL;
    if (median && all <= MOST) {
        for (Py_ssize_t i = 1; i < all; i++) {
            vector[i] = args[i];
        }
        vector[0] = array;
        result = PyObject_Vectorcall(median, vector, (size_t)nargs, kwnames);
    }
    Py_XDECREF(median);
    return result;
}

PyObject *order_median(struct hook_call *hook, PyObject *self, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    struct job job;
    PyObject *a = arguments_find(&arguments, 0, "a");
    PyObject *axis = arguments_find(&arguments, 1, "axis");
    PyObject *out = arguments_find(&arguments, 2, "out");
    (void)arguments_find(&arguments, 3, "overwrite_input");
    (void)arguments_find(&arguments, 4, "keepdims");
    if (nargs < 1 || nargs > 5 || !arguments_known(&arguments) ||
        (out && out != Py_None && !PyArray_Check(out))) {
        return decline(hook, reason_arguments_refused);
    }
    hook->report.reason = order_check_whole(a, axis);
    if (!hook->report.reason && fpu_flushes()) {
        hook->report.reason = reason_subnormals_as_zeros;
    }
    if (hook->report.reason) {
        return NULL;
    }
    PyArrayObject *array = (PyArrayObject *)a;
    const npy_intp n = PyArray_SIZE(array);
    hook->report.elements = n;
    if (n <= 4) { /* NumPy computes that from two elements */
        return decline(hook, reason_too_few_elements);
    }
    if (!hook_pays(hook, array, 0, true, &job)) {
        return NULL;
    }
    /* The last one is a NaN if there is any. */
    npy_intp ranks[] = {(n - 1) / 2, n / 2, n - 1};
    int64_t keys[3];
    const bool floats = PyTypeNum_ISFLOAT(PyArray_TYPE(array));
    const npy_intp half = n % 2 ? 1 : 2;
    ranks[half] = n - 1;
    if (!order_statistics(hook, &job, array, ranks, half + floats, keys)) {
        return NULL;
    }
    if (floats && keys[half] == PLACE_NAN) {
        keys[0] = keys[1] = PLACE_NAN;
    }
    PyObject *few = middle(array, keys, half);
    PyObject *result = few ? call_numpy(hook->state, few, args, nargs, kwnames) : NULL;
    Py_XDECREF(few);
    return result;
}
