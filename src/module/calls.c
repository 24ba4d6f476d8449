/* calls.c - numpy_par._engine: calls of functions, and what explain() says of them. */
#include "bindings.h"

#include "functions/methods.h"
#include "functions/ufuncs.h"
#include "hooks/hooks.h"
#include "scan/scan.h"
#include "statistics/statistics.h"

static PyObject *parallelize(PyObject *module, PyObject *ufunc)
{
    return ufuncs_parallelize(module_state(module), ufunc);
}

static PyObject *explain(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames)
{
    if (nargs < 1) {
        PyErr_SetString(PyExc_TypeError,
                        "explain: ufunc, the first argument, is missing");
        return NULL;
    }
    return ufuncs_explain(module_state(module), args[0], args + 1, nargs - 1, kwnames);
}

static PyObject *explain_method(PyObject *module, PyObject *const *args,
                                Py_ssize_t nargs, PyObject *kwnames)
{
    const char *name = nargs < 2 ? NULL : PyUnicode_AsUTF8(args[1]);
    if (name == NULL) {
        PyErr_SetString(PyExc_TypeError, "explain_method: it takes an object, a name");
        return NULL;
    }
    const struct choice_kind kind =
        hooks_kind(args[0], name, args + 2, nargs - 2, kwnames);
    return ufuncs_explain_method(module_state(module), args[0], name, args + 2,
                                 nargs - 2, kwnames, &kind);
}

static PyObject *call(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                      PyObject *kwnames)
{
    const char *name = nargs < 1 ? NULL : PyUnicode_AsUTF8(args[0]);
    if (name == NULL) {
        PyErr_SetString(PyExc_TypeError, "call: it takes a name and arguments");
        return NULL;
    }
    return methods_call(module_state(module), name, args + 1, nargs - 1, kwnames);
}

static PyObject *sum_exactly(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    return statistics_exact_sum(module_state(module), args, nargs);
}

static PyObject *blocked_cumsum(PyObject *module, PyObject *const *args,
                                Py_ssize_t nargs)
{
    return scan_blocked_cumsum(module_state(module), args, nargs);
}

static PyObject *moments(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    return statistics_moments(module_state(module), args, nargs);
}

PyMethodDef bindings_calls[] = {
    {"parallelize", parallelize, METH_O,
     PyDoc_STR("parallelize(ufunc): a parallel ufunc with the loops of another one.")},
    {"explain", C_FUNCTION(explain), METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR(
         "explain(ufunc, *args, **kwargs): what a call of a ufunc would do, as a dictionary.")},
    {"explain_method", C_FUNCTION(explain_method), METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR(
         "explain_method(owner, name, *args, **kwargs): the same of a method, or of a function if owner is None.")},
    {"call", C_FUNCTION(call), METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR(
         "call(name, *args, **kwargs): as NumPy's function of that name, or NotImplemented where that is to do it.")},
    {"blocked_cumsum", C_FUNCTION(blocked_cumsum), METH_FASTCALL,
     PyDoc_STR(
         "blocked_cumsum(array, out): running sums along the last axis, in blocks.")},
    {"exact_sum", C_FUNCTION(sum_exactly), METH_FASTCALL,
     PyDoc_STR(
         "exact_sum(array, out): add correctly rounded sums along the last axis to out.")},
    {"moments", C_FUNCTION(moments), METH_FASTCALL,
     PyDoc_STR(
         "moments(array, out): mean and sums of powers of the deviations from it, along the last axis.")},
    {NULL, NULL, 0, NULL},
};
