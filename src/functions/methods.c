/* methods.c - reduce and accumulate as methods of a parallel ufunc, and explained. */
#include "methods.h"

#include <string.h>

#include "ufunc/dispatch.h"
#include "engine/glance.h"
#include "scatter/scatter.h"
#include "reduction/reduction.h"

/* Of a ufunc, of an array, or of NumPy's module. */
enum owner { OF_UFUNC, OF_ARRAY, OF_NUMPY };

static const struct method {
    const char *name;
    enum owner owner;
    hook_function *ours;
} methods[] = {
    {"reduce", OF_UFUNC, reduction_reduce},
    {"accumulate", OF_UFUNC, reduction_accumulate},
    {"reduceat", OF_UFUNC, reduction_reduceat},
    {"at", OF_UFUNC, scatter_at},
    {"bincount", OF_NUMPY, scatter_bincount},
    {"argmax", OF_ARRAY, reduction_argmax},
    {"argmin", OF_ARRAY, reduction_argmin},
    {"var", OF_NUMPY, reduction_var},
    {"std", OF_NUMPY, reduction_std},
    {"nansum", OF_NUMPY, reduction_nansum},
    {"nanmean", OF_NUMPY, reduction_nanmean},
    {"nanvar", OF_NUMPY, reduction_nanvar},
    {"nanstd", OF_NUMPY, reduction_nanstd},
    {"minmax", OF_NUMPY, reduction_minmax},
    {"nanargmax", OF_NUMPY, reduction_nanargmax},
    {"nanargmin", OF_NUMPY, reduction_nanargmin},
    {"find_first", OF_NUMPY, reduction_find_first},
    {"array_equal", OF_NUMPY, reduction_array_equal},
    {"allclose", OF_NUMPY, reduction_allclose},
    {"isclose", OF_NUMPY, reduction_isclose},
    {"count_nonzero", OF_NUMPY, reduction_count_nonzero},
};

static const struct method *find(const char *name)
{
    const struct method *end = methods + sizeof methods / sizeof *methods;
    const struct method *method = methods;
    while (method < end && strcmp(method->name, name) != 0) {
        method++;
    }
    return method < end ? method : NULL;
}

/* NULL without an exception: NumPy is to do it. */
static PyObject *call_ours(struct hook_call *hook, hook_function *ours, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    const int64_t gate = atomic_load_explicit(&glance_gate, memory_order_relaxed);
    bool large = false;
    for (Py_ssize_t i = 0; i < nargs && i < 3; i++) {
        large |= glance_elements(args[i]) >= gate;
    }
    return large ? ours(hook, self, args, nargs, kwnames) : NULL;
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
    PyObject *method = attribute_of(numpy, name);
    result = method ? PyObject_Vectorcall(method, args, (size_t)nargs, kwnames) : NULL;
    Py_XDECREF(method);
    return result;
}

#define METHOD(name, ours)                                                             \
  static PyObject *name(PyObject *self, PyObject *const *args, Py_ssize_t nargs,       \
                        PyObject *kwnames)                                             \
  {                                                                                    \
    return call(self, #name, ours, args, nargs, kwnames);                              \
  }
METHOD(reduce, reduction_reduce)
METHOD(accumulate, reduction_accumulate)
METHOD(reduceat, reduction_reduceat)
METHOD(at, scatter_at)

#define FUNCTION(f) ((PyCFunction)(void (*)(void))(f))
static PyMethodDef definitions[] = {
    {"reduce", FUNCTION(reduce), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.reduce on several threads, with NumPy's bits."},
    {"accumulate", FUNCTION(accumulate), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.accumulate on several threads, with NumPy's bits."},
    {"reduceat", FUNCTION(reduceat), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.reduceat on several threads, with NumPy's bits."},
    {"at", FUNCTION(at), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.at on several threads, with NumPy's bits."},
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
    const struct method *method = find(name);
    const bool is_ufunc = PyObject_TypeCheck(self, &PyUFunc_Type);
    PyObject *ours = is_ufunc ? PyDict_GetItemWithError(state->registry, self) : NULL;
    PyObject *known = ours ? ours : self;
    const bool is_ours =
        is_ufunc && ((PyUFuncObject *)known)->vectorcall == dispatch_call;
    const enum owner owner = is_ours               ? OF_UFUNC
                             : PyArray_Check(self) ? OF_ARRAY
                                                   : OF_NUMPY;
    /* An array has methods of the names of NumPy's functions. */
    if (method == NULL ||
        (method->owner != owner && (owner == OF_UFUNC || method->owner == OF_UFUNC))) {
        PyErr_Format(
            PyExc_TypeError,
            "explain: %s is neither a ufunc nor a method of a ufunc or an array "
            "nor a function of NumPy's that numpy_par can run",
            name);
        return -1;
    }
    struct hook_call hook = {.state = state,
                             .costs = is_ours ? &route_of(known)->costs : &of_arrays,
                             .bits = KERNELS_SAME,
                             .explain = true};
    PyObject *of = is_ours             ? (PyObject *)route_of(known)->numpy
                   : owner == OF_NUMPY ? NULL
                                       : self;
    PyObject *result = method->ours(&hook, of, args, nargs, kwnames);
    Py_XDECREF(result);
    *report = hook.report;
    return PyErr_Occurred() ? -1 : 0;
}

PyObject *methods_call(struct state *state, const char *name, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames)
{
    static struct cost_table costs;
    const struct method *method = find(name);
    struct hook_call hook = {.state = state, .costs = &costs, .bits = KERNELS_SAME};
    if (method == NULL || method->owner != OF_NUMPY) {
        PyErr_Format(PyExc_ValueError,
                     "call: name must be one of NumPy's functions, not %s", name);
        return NULL;
    }
    PyObject *result = method->ours(&hook, NULL, args, nargs, kwnames);
    return result || PyErr_Occurred() ? result : Py_NewRef(Py_NotImplemented);
}
