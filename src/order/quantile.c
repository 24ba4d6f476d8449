/*
 * quantile.c - percentile and quantile of a whole array.
 *
 * Which elements NumPy asks for, and how it interpolates between them, is NumPy's: its
 * function gets a stand-in for the array (numpy_par/_stand_in.py), which finds the
 * elements when NumPy partitions it.
 */
#include <string.h>

#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"
#include "threads/fpu.h"

#include "order_statistics.h"

/* What a stand-in knows of the call. */
struct source {
    struct hook_call *hook; /* NULL: the call has returned */
    struct job job;
    PyArrayObject *array;
};

static const char capsule_name[] = "numpy_par.source";

/* find(ranks): an array of the elements at ascending ranks, or None. */
static PyObject *find(PyObject *capsule, PyObject *given)
{
    struct source *source = PyCapsule_GetPointer(capsule, capsule_name);
    if (source == NULL) {
        return NULL;
    }
    if (source->hook == NULL || !PyArray_CheckExact(given) ||
        PyArray_TYPE((PyArrayObject *)given) != NPY_INTP ||
        !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)given)) {
        PyErr_SetString(PyExc_RuntimeError, "a stand-in lives as long as its call");
        return NULL;
    }
    PyArrayObject *ranks = (PyArrayObject *)given, *result = NULL;
    const npy_intp count = PyArray_SIZE(ranks);
    int64_t *keys = PyMem_New(int64_t, (size_t)count);
    if (keys == NULL) {
        return PyErr_NoMemory();
    }
    const bool done =
        order_statistics(source->hook, &source->job, source->array,
                         (const npy_intp *)PyArray_DATA(ranks), count, keys);
    if (done) {
        result = array_new_of(source->array, 1, &count);
    }
    if (result) {
        kernels_places(PyArray_TYPE(result))
            ->elements(keys, count, PyArray_BYTES(result));
    }
    PyMem_Free(keys);
    return done || PyErr_Occurred() ? (PyObject *)result : Py_NewRef(Py_None);
}

static PyMethodDef find_definition = {"find", find, METH_O, NULL};

static void free_source(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, capsule_name));
}

static PyObject *make_capsule(struct hook_call *hook, const struct job *job,
                              PyArrayObject *array)
{
    struct source *source = PyMem_Malloc(sizeof *source);
    if (source == NULL) {
        return PyErr_NoMemory();
    }
    *source = (struct source){hook, *job, array};
    PyObject *capsule = PyCapsule_New(source, capsule_name, free_source);
    if (capsule == NULL) {
        PyMem_Free(source);
    }
    return capsule;
}

/* Returns the stand-in, or NULL with an exception set. */
static PyObject *make_stand_in(PyObject *capsule, PyObject *array)
{
    PyObject *module = PyImport_ImportModule("numpy_par._stand_in");
    PyObject *function = PyCFunction_New(&find_definition, capsule);
    PyObject *type = module ? PyObject_GetAttrString(module, "StandIn") : NULL;
    PyObject *result = type && function
                           ? PyObject_CallFunctionObjArgs(type, array, function, NULL)
                           : NULL;
    Py_XDECREF(type);
    Py_XDECREF(function);
    Py_XDECREF(module);
    return result;
}

enum { MOST_ARGUMENTS = 9 };

static PyObject *call_numpy(const struct state *state, const char *name,
                            PyObject *stand_in, PyObject *const *args, Py_ssize_t nargs,
                            PyObject *kwnames)
{
    PyObject *vector[MOST_ARGUMENTS];
    const Py_ssize_t all = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    PyObject *function = attribute_of(state->numpy_module, name);
    for (Py_ssize_t i = 1; i < all && i < MOST_ARGUMENTS; i++) {
        vector[i] = args[i];
    }
    vector[0] = stand_in;
    PyObject *result =
        function ? PyObject_Vectorcall(function, vector, (size_t)nargs, kwnames) : NULL;
    Py_XDECREF(function);
    return result;
}

/* Returns whether the exception says that NumPy does not do with a stand-in what it
 * does in the versions that are known. */
static bool is_unknown_use(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *module = PyImport_ImportModule("numpy_par._stand_in");
    PyObject *unknown =
        module ? PyObject_GetAttrString(module, "UnknownUseError") : NULL;
    const bool is = unknown && PyErr_GivenExceptionMatches(type, unknown);
    Py_XDECREF(unknown);
    Py_XDECREF(module);
    PyErr_Restore(type, value, traceback);
    return is;
}

/* Returns whether the result can be of elements of the array. */
static bool was_asked(PyObject *stand_in)
{
    PyObject *asked = PyObject_GetAttrString(stand_in, "asked");
    const bool was = asked && PyObject_IsTrue(asked) > 0;
    Py_XDECREF(asked);
    return was;
}

static PyObject *run(struct hook_call *hook, const struct job *job, const char *name,
                     PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyObject *capsule = make_capsule(hook, job, (PyArrayObject *)args[0]);
    PyObject *stand_in = capsule ? make_stand_in(capsule, args[0]) : NULL;
    PyObject *result =
        stand_in ? call_numpy(hook->state, name, stand_in, args, nargs, kwnames) : NULL;
    if (stand_in && (result ? !was_asked(stand_in) : is_unknown_use())) {
        PyErr_Clear();
        Py_CLEAR(result);
        hook->report.reason = reason_quantile_of_another_numpy;
    }
    if (capsule) {
        struct source *source = PyCapsule_GetPointer(capsule, capsule_name);
        source->hook = NULL;
    }
    Py_XDECREF(stand_in);
    Py_XDECREF(capsule);
    return result;
}

static PyObject *explain(struct hook_call *hook, struct job *job, PyArrayObject *array)
{
    const npy_intp middle = PyArray_SIZE(array) / 2;
    int64_t key;
    (void)order_statistics(hook, job, array, &middle, 1, &key);
    return NULL;
}

static PyObject *quantile(struct hook_call *hook, const char *name,
                          PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    struct job job;
    PyObject *a = arguments_find(&arguments, 0, "a");
    PyObject *q = arguments_find(&arguments, 1, "q");
    PyObject *axis = arguments_find(&arguments, 2, "axis");
    PyObject *out = arguments_find(&arguments, 3, "out");
    (void)arguments_find(&arguments, 4, "overwrite_input");
    (void)arguments_find(&arguments, 5, "method");
    (void)arguments_find(&arguments, 6, "keepdims");
    PyObject *weights = arguments_find(&arguments, 7, "weights");
    if (nargs < 1 || nargs > 7 || !q || !arguments_known(&arguments) ||
        (out && out != Py_None)) {
        return decline(hook, reason_arguments_refused);
    }
    if (weights && weights != Py_None) {
        return decline(hook, reason_weighted);
    }
    hook->report.reason = order_check_whole(a, axis);
    if (!hook->report.reason && fpu_flushes()) {
        hook->report.reason = reason_subnormals_as_zeros;
    }
    if (hook->report.reason) {
        return NULL;
    }
    PyArrayObject *array = (PyArrayObject *)a;
    hook->report.elements = PyArray_SIZE(array);
    if (PyArray_SIZE(array) < 2) {
        return decline(hook, reason_too_few_elements);
    }
    if (!hook_pays(hook, array, 0, true, &job)) {
        return NULL;
    }
    return hook->explain ? explain(hook, &job, array)
                         : run(hook, &job, name, args, nargs, kwnames);
}

PyObject *order_percentile(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    return quantile(hook, "percentile", args, nargs, kwnames);
}

PyObject *order_quantile(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    return quantile(hook, "quantile", args, nargs, kwnames);
}
