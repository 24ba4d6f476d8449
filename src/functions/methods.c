/* methods.c - reduce and accumulate as methods of a parallel ufunc, and what explain()
 * says about them. */
#include "methods.h"

#include <string.h>

#include "engine/size.h"
#include "reasons/reasons.h"
#include "ufunc/dispatch.h"

static const struct method {
    const char *name;
    enum owner owner;
    hook_function *ours;
} methods[] = {
#define METHOD_HOOKED(...)
#define METHOD_CALLED(...) {__VA_ARGS__},
#define METHOD_BOTH(...) {__VA_ARGS__},
#define FUNCTION(owner, name, arrays, elements, ours, uses)                            \
  METHOD_##uses(#name, owner_##owner, ours)
#include "engine/functions.def"
};

/* Returns the method of this owner.  An array has methods with the names of NumPy's
 * functions. */
static const struct method *find(const char *name, enum owner owner)
{
    const struct method *other = NULL;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        const struct method *method = &methods[i];
        if (strcmp(method->name, name) == 0) {
            if (method->owner == owner) {
                return method;
            }
            if (method->owner != owner_ufunc && owner != owner_ufunc) {
                other = method;
            }
        }
    }
    return other;
}

/* Returns NULL without an exception if NumPy must run the call. */
static PyObject *call_ours(struct hook_call *hook, hook_function *ours, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    const int64_t gate = atomic_load_explicit(&size_gate, memory_order_relaxed);
    bool large = false;
    for (Py_ssize_t i = 0; i < nargs && i < 3; i++) {
        large |= size_of_arrays(args[i]) >= gate;
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

#define UFUNC_METHOD(name, ours)                                                       \
  static PyObject *name(PyObject *self, PyObject *const *args, Py_ssize_t nargs,       \
                        PyObject *kwnames)                                             \
  {                                                                                    \
    return call(self, #name, ours, args, nargs, kwnames);                              \
  }
UFUNC_METHOD(reduce, reduction_reduce)
UFUNC_METHOD(accumulate, scan_accumulate)
UFUNC_METHOD(reduceat, reduction_reduceat)
UFUNC_METHOD(at, scatter_at)

static PyMethodDef definitions[] = {
    {"reduce", C_FUNCTION(reduce), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.reduce on several threads, with NumPy's bits."},
    {"accumulate", C_FUNCTION(accumulate), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.accumulate on several threads, with NumPy's bits."},
    {"reduceat", C_FUNCTION(reduceat), METH_FASTCALL | METH_KEYWORDS,
     "numpy.ufunc.reduceat on several threads, with NumPy's bits."},
    {"at", C_FUNCTION(at), METH_FASTCALL | METH_KEYWORDS,
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

/* Calls a function of NumPy's, which may be a method of its first argument. */
static PyObject *call_function(const struct method *method, struct hook_call *hook,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    if (method->owner == owner_function) {
        return method->ours(hook, NULL, args, nargs, kwnames);
    }
    return nargs < 1 || !PyArray_CheckExact(args[0])
               ? decline(hook, reason_argument_not_plain)
               : method->ours(hook, args[0], args + 1, nargs - 1, kwnames);
}

int methods_explain(struct state *state, const char *name, PyObject *self,
                    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                    struct report *report)
{
    /* Our ufunc knows what NumPy's ufunc costs. */
    static struct cost_table of_arrays;
    const bool is_ufunc = PyObject_TypeCheck(self, &PyUFunc_Type);
    PyObject *ours = is_ufunc ? PyDict_GetItemWithError(state->registry, self) : NULL;
    PyObject *known = ours ? ours : self;
    const bool is_ours =
        is_ufunc && ((PyUFuncObject *)known)->vectorcall == dispatch_call;
    const enum owner owner = is_ours               ? owner_ufunc
                             : PyArray_Check(self) ? owner_ndarray
                                                   : owner_function;
    const struct method *method = find(name, owner);
    if (method == NULL) {
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
    PyObject *of = is_ours ? (PyObject *)route_of(known)->numpy : self;
    PyObject *result = owner == owner_function
                           ? call_function(method, &hook, args, nargs, kwnames)
                           : method->ours(&hook, of, args, nargs, kwnames);
    Py_XDECREF(result);
    *report = hook.report;
    return PyErr_Occurred() ? -1 : 0;
}

PyObject *methods_call(struct state *state, const char *name, PyObject *const *args,
                       Py_ssize_t nargs, PyObject *kwnames)
{
    static struct cost_table costs;
    const struct method *method = find(name, owner_function);
    struct hook_call hook = {.state = state, .costs = &costs, .bits = KERNELS_SAME};
    if (method == NULL || method->owner == owner_ufunc) {
        PyErr_Format(PyExc_ValueError,
                     "call: name must be one of NumPy's functions, not %s", name);
        return NULL;
    }
    PyObject *result = call_function(method, &hook, args, nargs, kwnames);
    return result || PyErr_Occurred() ? result : Py_NewRef(Py_NotImplemented);
}
