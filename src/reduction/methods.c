/* methods.c - reduce and accumulate as methods of a parallel ufunc, and explained. */
#include "methods.h"

#include <string.h>

#include "../dispatch.h"
#include "../glance.h"
#include "reduction.h"

static const struct method {
    const char *name;
    hook_function *ours;
} methods[] = {
    {"reduce", reduction_reduce},
    {"accumulate", reduction_accumulate},
    {"argmax", reduction_argmax},
    {"argmin", reduction_argmin},
    {NULL, NULL},
};

/* NULL without an exception: NumPy is to do it. */
static PyObject *call_ours(struct hook_call *hook, hook_function *ours, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    const int64_t gate = atomic_load_explicit(&glance_gate, memory_order_relaxed);
    return nargs > 0 && glance_elements(args[0]) >= gate
               ? ours(hook, self, args, nargs, kwnames)
               : NULL;
}

static PyObject *call(PyObject *self, const char *name, hook_function *ours,
                      PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct route *route = route_of(self);
    struct hook_call hook = {
        .state = route->state, .costs = &route->costs, .bits = KERNELS_SAME};
    PyObject *numpy = (PyObject *)route->numpy;
    PyObject *result = call_ours(&hook, ours, numpy, args, nargs, kwnames);
    if (result || PyErr_Occurred()) {
        return result;
    }
    PyObject *method = PyObject_GetAttrString(numpy, name);
    result = method ? PyObject_Vectorcall(method, args, (size_t)nargs, kwnames) : NULL;
    Py_XDECREF(method);
    return result;
}

static PyObject *reduce(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                        PyObject *kwnames)
{
    return call(self, "reduce", reduction_reduce, args, nargs, kwnames);
}

static PyObject *accumulate(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                            PyObject *kwnames)
{
    return call(self, "accumulate", reduction_accumulate, args, nargs, kwnames);
}

#define FUNCTION(f) ((PyCFunction)(void (*)(void))(f))
static PyMethodDef definitions[] = {
    {"reduce", FUNCTION(reduce), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.reduce on several threads, with NumPy's bits."},
    {"accumulate", FUNCTION(accumulate), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.accumulate on several threads, with NumPy's bits."},
};

int methods_add(PyObject *ufunc)
{
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof definitions / sizeof *definitions;
         i++) {
        PyObject *method = PyCFunction_NewEx(&definitions[i], ufunc, NULL);
        status =
            method ? PyObject_SetAttrString(ufunc, definitions[i].ml_name, method) : -1;
        Py_XDECREF(method);
    }
    return status;
}

int methods_explain(struct state *state, const char *name, PyObject *self,
                    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                    struct report *report)
{
    /* What one of NumPy's ufuncs costs is known to ours. */
    static struct cost_table of_arrays;
    const struct method *method = methods;
    const bool is_ufunc = PyObject_TypeCheck(self, &PyUFunc_Type);
    PyObject *ours = is_ufunc ? PyDict_GetItemWithError(state->registry, self) : NULL;
    PyObject *known = ours ? ours : self;
    const bool is_ours =
        is_ufunc && ((PyUFuncObject *)known)->vectorcall == dispatch_call;
    struct hook_call hook = {.state = state,
                             .costs = is_ours ? &route_of(known)->costs : &of_arrays,
                             .bits = KERNELS_SAME,
                             .explain = true};
    while (method->name && strcmp(method->name, name) != 0) {
        method++;
    }
    if (method->name == NULL || (!is_ours && !PyArray_Check(self))) {
        PyErr_Format(PyExc_TypeError,
                     "explain: %s is neither a ufunc nor one of the methods reduce and "
                     "accumulate of a ufunc, argmax and argmin of an array",
                     name);
        return -1;
    }
    PyObject *numpy = is_ours ? (PyObject *)route_of(known)->numpy : self;
    PyObject *result = method->ours(&hook, numpy, args, nargs, kwnames);
    Py_XDECREF(result);
    *report = hook.report;
    return PyErr_Occurred() ? -1 : 0;
}

PyObject *methods_map_sum(struct state *state, PyObject *const *args, Py_ssize_t nargs)
{
    static struct cost_table costs;
    struct hook_call hook = {.state = state, .costs = &costs, .bits = KERNELS_SAME};
    if (nargs != 4 || !PyArray_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "map_sum: it takes array, map, axis, centers");
        return NULL;
    }
    const long map = PyLong_AsLong(args[1]);
    if (map < 0 || map >= MAP_COUNT) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "map_sum: no such map");
        }
        return NULL;
    }
    PyArrayObject *centers = PyArray_Check(args[3]) ? (PyArrayObject *)args[3] : NULL;
    PyObject *result = reduction_map_sum(&hook, state->add, (enum map)map,
                                         (PyArrayObject *)args[0], args[2], centers);
    if (result == NULL && !PyErr_Occurred()) {
        result = Py_NewRef(Py_NotImplemented);
    }
    return result;
}
