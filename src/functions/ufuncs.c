/* ufuncs.c - see ufuncs.h. */
#include "ufuncs.h"

#include <string.h>

#include "engine/kernels.h"
#include "ufunc/dispatch.h"

#include "methods.h"

/* -- the objects ---------------------------------------------------------------- */

static int route_traverse(PyObject *self, visitproc visit, void *arg)
{
    struct route *route = (struct route *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(route->module);
    Py_VISIT(route->numpy);
    for (int bits = 0; bits < KERNELS_KINDS; bits++) {
        Py_VISIT(route->loops[bits]);
    }
    return plan_cache_traverse(&route->plans, visit, arg);
}

static void route_dealloc(PyObject *self)
{
    struct route *route = (struct route *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    plan_cache_clear(&route->plans);
    Py_XDECREF(route->module);
    Py_XDECREF(route->numpy);
    for (int bits = 0; bits < KERNELS_KINDS; bits++) {
        Py_XDECREF(route->loops[bits]);
    }
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot route_slots[] = {
    {Py_tp_traverse, route_traverse},
    {Py_tp_dealloc, route_dealloc},
    {0, NULL},
};
static PyType_Spec route_spec = {
    .name = "numpy_par._engine.Route",
    .basicsize = sizeof(struct route),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = route_slots,
};

/*
 * Returns a copy made with NumPy's constructor, and then given what the constructor has
 * no parameter for.  Types, and loops that are not ours, belong to NumPy's ufunc, which
 * the route keeps alive.
 */
static PyUFuncObject *duplicate(PyUFuncObject *ufunc, PyUFuncGenericFunction *functions,
                                void **data)
{
    PyUFuncObject *copy =
        (PyUFuncObject *)PyUFunc_FromFuncAndDataAndSignatureAndIdentity(
            functions, data, ufunc->types, ufunc->ntypes, ufunc->nin, ufunc->nout,
            ufunc->identity, ufunc->name, ufunc->doc, 0, ufunc->core_signature,
            ufunc->identity_value);
    if (copy == NULL) {
        return NULL;
    }
    copy->type_resolver = ufunc->type_resolver;
    copy->iter_flags = ufunc->iter_flags;
    if (ufunc->op_flags) {
        memcpy(copy->op_flags, ufunc->op_flags,
               sizeof *copy->op_flags * (size_t)ufunc->nargs);
    }
    Py_XINCREF(ufunc->userloops);
    Py_XSETREF(copy->userloops, ufunc->userloops);
    Py_XINCREF(ufunc->_loops); /* shared: a loop registered with one belongs to both */
    Py_XSETREF(copy->_loops, ufunc->_loops);
    return copy;
}

/* Returns a copy with kernels of ours in its table; `without` if these bits add
 * none. */
static PyUFuncObject *with_kernels(PyUFuncObject *ufunc, enum kernel_bits bits,
                                   PyUFuncObject *without)
{
    struct kernel_tables tables;
    if (!kernels_has(ufunc, bits)) {
        return (PyUFuncObject *)Py_NewRef((PyObject *)without);
    }
    return kernels_tables(ufunc, bits, &tables) < 0
               ? NULL
               : duplicate(ufunc, tables.functions, tables.data);
}

static struct route *route_new(struct state *state, PyUFuncObject *ufunc)
{
    PyTypeObject *type = (PyTypeObject *)state->route_type;
    struct route *route = (struct route *)type->tp_alloc(type, 0);
    if (route) {
        route->state = state;
        route->module = Py_NewRef(PyType_GetModule(type));
        route->numpy = (PyUFuncObject *)Py_NewRef(ufunc);
        route->numpy_call = ufunc->vectorcall;
        route->nin = ufunc->nin;
        route->types = ufunc->core_enabled ? 0 : kernels_types(ufunc);
        PyUFuncObject *last = ufunc;
        for (int bits = 0; bits < KERNELS_KINDS && last; bits++) {
            route->loops[bits] = last =
                with_kernels(ufunc, (enum kernel_bits)bits, last);
        }
        if (last == NULL) {
            Py_CLEAR(route);
        }
    }
    return route;
}

/*
 * NumPy ≥ 2.2 keeps __qualname__ and the like in a __dict__. __module__, which pickle
 * goes by, is not copied: the module that publishes our ufunc sets it.  The methods go
 * into the __dict__ too.  `outer`, which stays NumPy's, is a method of NumPy's ufunc,
 * so an __array_ufunc__ is given NumPy's ufunc.  (Before 2.2 all methods are NumPy's,
 * of the copy.)
 */
static int copy_attributes(PyObject *ours, PyObject *ufunc)
{
    PyObject *dict = PyObject_GetAttrString(ufunc, "__dict__");
    if (dict == NULL) {
        PyErr_Clear();
        return 0;
    }
    int status = 0;
    PyObject *key, *value;
    for (Py_ssize_t at = 0; status == 0 && PyDict_Next(dict, &at, &key, &value);) {
        if (PyUnicode_CompareWithASCIIString(key, "__module__") != 0) {
            status = PyObject_SetAttr(ours, key, value);
        }
    }
    Py_DECREF(dict);
    PyObject *outer = status == 0 ? PyObject_GetAttrString(ufunc, "outer") : NULL;
    status = outer ? PyObject_SetAttrString(ours, "outer", outer) : -1;
    Py_XDECREF(outer);
    return status == 0 ? methods_add(ours) : -1;
}

/* Makes the parallel ufunc that stands for one of NumPy's. */
static PyObject *copy_ufunc(struct state *state, PyUFuncObject *ufunc)
{
    struct route *route = route_new(state, ufunc);
    PyUFuncObject *copy =
        route ? duplicate(ufunc, ufunc->functions, (void **)ufunc->data) : NULL;
    if (copy == NULL) {
        Py_XDECREF(route);
        return NULL;
    }
    copy->obj = (PyObject *)route;
    PyObject_GC_Track(copy); /* as np.frompyfunc does: only `obj` can be in a cycle */
    copy->vectorcall = dispatch_call;
    if (copy_attributes((PyObject *)copy, (PyObject *)ufunc) < 0) {
        Py_CLEAR(copy);
    }
    return (PyObject *)copy;
}

/* Returns true for np.frompyfunc and the like: they have no loop that runs without the
 * GIL. */
static bool only_objects(const PyUFuncObject *ufunc)
{
    for (int i = 0; i < ufunc->ntypes * ufunc->nargs; i++) {
        if (ufunc->types[i] != NPY_OBJECT) {
            return false;
        }
    }
    return ufunc->ntypes > 0;
}

PyObject *ufuncs_parallelize(struct state *state, PyObject *ufunc)
{
    if (!PyObject_TypeCheck(ufunc, &PyUFunc_Type)) {
        return PyErr_Format(PyExc_TypeError,
                            "parallelize: ufunc must be a numpy.ufunc, not %R (%s)",
                            ufunc, Py_TYPE(ufunc)->tp_name);
    }
    if (((PyUFuncObject *)ufunc)->vectorcall == dispatch_call) {
        return Py_NewRef(ufunc);
    }
    PyObject *known = PyDict_GetItemWithError(state->registry, ufunc);
    if (known || PyErr_Occurred()) {
        return Py_XNewRef(known);
    }
    if (only_objects((PyUFuncObject *)ufunc)) {
        return PyErr_Format(PyExc_TypeError,
                            "parallelize: %R needs the GIL for every element (all its "
                            "loops take objects), so threads cannot help it",
                            ufunc);
    }
    PyObject *copy = copy_ufunc(state, (PyUFuncObject *)ufunc);
    if (copy == NULL) {
        return NULL;
    }
    /* Another thread may have been faster: then its ufunc is used. */
    known = Py_XNewRef(PyDict_SetDefault(state->registry, ufunc, copy));
    Py_DECREF(copy);
    return known;
}

int ufuncs_init(struct state *state, PyObject *module)
{
    state->route_type = PyType_FromModuleAndSpec(module, &route_spec, NULL);
    state->registry = PyDict_New();
    state->limit_variable = PyContextVar_New("numpy_par_threads", NULL);
    return state->route_type && state->registry && state->limit_variable ? 0 : -1;
}

/* -- explain -------------------------------------------------------------------- */

/* Returns `report` as a dict.  `kind` is the kind of the call; all zeros: nothing is
 * learned of it. */
static PyObject *as_dict(const struct report *report, const struct choice_kind *kind)
{
    const struct choice_times times = choice_times(kind);
    const char *measured = report->reason ? NULL : choice_measured(kind);
    const char *reason = measured ? measured : report->reason;
    return Py_BuildValue("{s:z,s:z,s:s,s:n,s:n,s:i,s:d,s:O,s:d,s:d}", "reason", reason,
                         "kernel", report->kernel, "path",
                         reason ? "numpy" : report->path, "elements",
                         (Py_ssize_t)report->elements, "pieces",
                         measured ? 1 : (Py_ssize_t)report->pieces, "threads",
                         measured ? 1 : report->threads, "ns", report->ns, "probed",
                         report->probed ? Py_True : Py_False, "numpys", times.numpys,
                         "ours", times.ours);
}

PyObject *ufuncs_explain(struct state *state, PyObject *ufunc, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    struct report report;
    PyObject *ours = ufuncs_parallelize(state, ufunc);
    if (ours == NULL) {
        return NULL;
    }
    struct choice_kind kind = {0};
    struct route *route = route_of(ours);
    const Py_ssize_t n = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    const int64_t elements = size_broadcast(args, n);
    if (!size_is_few(elements)) {
        const void *function = ours == ufunc ? (void *)route : (void *)ufunc;
        kind = choice_kind(function, NULL, args, n, kwnames, elements);
        kind.below = choice_is_below(&route->gate, elements, args, n, route->types);
    }
    const int status = dispatch_explain(route, args, nargs, kwnames, &report);
    Py_DECREF(ours);
    return status < 0 ? NULL : as_dict(&report, &kind);
}

PyObject *ufuncs_explain_method(struct state *state, PyObject *self, const char *name,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames, const struct choice_kind *kind)
{
    struct report report = {0};
    const int status =
        methods_explain(state, name, self, args, nargs, kwnames, &report);
    return status < 0 ? NULL : as_dict(&report, kind);
}
