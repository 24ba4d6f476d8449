/* reduce_groups.c - what npp.group_reduce and npp.factorize (numpy_par/_grouping.py)
 * ask for, by call("group_table", keys, values, op, with_codes). */
#include <string.h>

#include "reasons/reasons.h"

#include "grouping.h"

static PyObject *array_of(const void *data, npy_intp n, int type)
{
    PyObject *array = PyArray_SimpleNew(1, &n, type);
    if (array && n > 0) {
        memcpy(PyArray_DATA((PyArrayObject *)array), data, (size_t)n * 8);
    }
    return array;
}

static bool is_line(PyObject *object)
{
    return PyArray_CheckExact(object) && PyArray_NDIM((PyArrayObject *)object) == 1 &&
           PyArray_ISCARRAY_RO((PyArrayObject *)object);
}

static bool is_real(enum group_op op)
{
    return op == GROUP_SUM_FLOAT || op == GROUP_PROD_FLOAT || op == GROUP_MIN_FLOAT ||
           op == GROUP_MAX_FLOAT || op == GROUP_MOMENTS;
}

/* Returns the result: first rows, counts, what was accumulated (or None, twice), and
 * the numbers of rows (or None). */
static PyObject *results(const struct grouping *grouping, PyObject *codes)
{
    const struct groups *groups = &grouping->groups;
    const int type = is_real(grouping->op) ? NPY_FLOAT64 : NPY_INT64;
    PyObject *first = array_of(groups->first, groups->n, NPY_INTP);
    PyObject *counts = array_of(groups->counts, groups->n, NPY_INTP);
    PyObject *a = groups->a ? array_of(groups->a, groups->n, type) : Py_NewRef(Py_None);
    PyObject *b = groups->b ? array_of(groups->b, groups->n, type) : Py_NewRef(Py_None);
    PyObject *all = first && counts && a && b
                        ? PyTuple_Pack(5, first, counts, a, b, codes ? codes : Py_None)
                        : NULL;
    Py_XDECREF(first);
    Py_XDECREF(counts);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return all;
}

PyObject *grouping_table(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    struct grouping grouping = {0};
    struct job job;
    PyObject *codes = NULL, *result = NULL;
    if (kwnames || nargs != 4 || !is_line(args[0])) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *keys = (PyArrayObject *)args[0];
    const long op = PyLong_AsLong(args[2]);
    const int with_codes = PyObject_IsTrue(args[3]);
    if (PyErr_Occurred() || with_codes < 0) {
        return NULL;
    }
    grouping.n = PyArray_SIZE(keys);
    grouping.encode = group_encode_of(PyArray_DESCR(keys));
    if (op < 0 || op >= GROUP_OPS || !grouping.encode || grouping.n > INT32_MAX) {
        return decline(hook, reason_arguments_refused);
    }
    grouping.op = (enum group_op)op;
    if (args[1] != Py_None) {
        PyArrayObject *values = (PyArrayObject *)args[1];
        if (!is_line(args[1]) || PyArray_SIZE(values) != grouping.n ||
            PyArray_ITEMSIZE(values) != sizeof *grouping.values) {
            return decline(hook, reason_arguments_refused);
        }
        grouping.values = (const union group_number *)PyArray_DATA(values);
    } else if (grouping.op != GROUP_COUNT && grouping.op != GROUP_LAST) {
        return decline(hook, reason_arguments_refused);
    }
    grouping.keys = PyArray_BYTES(keys);
    grouping.itemsize = PyArray_ITEMSIZE(keys);
    if (with_codes) {
        codes = PyArray_SimpleNew(1, &grouping.n, NPY_INTP);
        if (!codes) {
            return NULL;
        }
        grouping.codes = (npy_intp *)PyArray_DATA((PyArrayObject *)codes);
    }
    const bool engine =
        hook_pays(hook, keys, 1 + (uint64_t)op * 2 + (with_codes != 0), true, &job);
    if (!PyErr_Occurred() && grouping_run(&grouping, hook, engine ? &job : NULL)) {
        result = results(&grouping, codes);
    }
    groups_clear(&grouping.groups);
    Py_XDECREF(codes);
    return result;
}
