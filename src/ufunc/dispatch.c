/* dispatch.c - see dispatch.h. */
#include "dispatch.h"

#include <string.h>

#include "engine/precision.h"
#include "engine/profile.h"
#include "engine/profit.h"
#include "engine/size.h"
#include "threads/fpu.h"

#include "elementwise.h"
#include "gufunc.h"

/* -- the call ------------------------------------------------------------------- */

/*
 * Returns NULL without an exception if NumPy must run the call, for the reason in the
 * report.
 */
__attribute__((noinline)) static PyObject *
engine_run(struct route *route, enum kernel_bits bits, PyObject *const *args,
           Py_ssize_t nargs, PyObject *kwnames, bool explain, struct report *report)
{
    struct call call;
    struct plan plan = {0};
    PyObject *result = NULL;
    const PyUFuncObject *ufunc = route->numpy;

    *report = (struct report){.path = "numpy", .threads = 1, .pieces = 1, .ns = -1};
    report->reason =
        call_parse(&call, route->state, route->numpy, args, nargs, kwnames);
    if (report->reason) {
        return NULL;
    }
    call.loops = route->loops[bits];
    kernels_follow(call.loops, route->numpy);
    report->elements = call.size;
    struct profit profit;
    report->reason = profit_check(&profit, &call, &route->costs, explain);
    if (report->reason || PyErr_Occurred()) {
        goto finish;
    }
    report->reason = plan_make(&plan, &call, &route->plans);
    if (!report->reason) {
        report->reason = plan_convert_weak(&plan, &call);
    }
    if (report->reason) {
        goto finish;
    }
    call.written = (struct written){route->numpy_call, args, nargs, kwnames};
    struct job job = {.plan = &plan,
                      .costs = &route->costs,
                      .key = profit.key,
                      .asked = profit.asked ? profit.key : 0,
                      .limit = profit.limit};
    for (int i = call.nin; i < call.nop; i++) {
        job.given |= call.given[i];
    }
    result = ufunc->core_enabled ? gufunc_run(&call, &plan, &job, explain, report)
                                 : elementwise_run(&call, &plan, &job, explain, report);

finish:
    /* A kernel leaves floats to NumPy's loop where subnormals are flushed
     * (kernels/loop.c). */
    report->kernel = plan.floats && fpu_flushes() ? NULL : plan.kernel;
    report->alike =
        strcmp(report->path, "fused") != 0 && strcmp(report->path, "streamed") != 0;
    plan_clear(&plan);
    call_clear(&call);
    return result;
}

/* Returns whether `object` is a dtype, or a type that stands for one, that is not a
 * user's.  Users' dtypes are registered with NumPy's ufunc, and a copy does not learn
 * of them. */
static bool is_built_in(PyObject *object)
{
    return PyArray_DescrCheck(object)
               ? !PyTypeNum_ISUSERDEF(((PyArray_Descr *)object)->type_num)
               : PyType_Check(object) &&
                     (object == (PyObject *)&PyFloat_Type ||
                      object == (PyObject *)&PyLong_Type ||
                      PyType_IsSubtype((PyTypeObject *)object, &PyNumberArrType_Type));
}

/* Returns whether `object` has no __array_ufunc__: numbers, texts and dtypes of
 * keywords, lists.  Tuples of outputs get a closer look. */
static bool is_plain_object(PyObject *object)
{
    bool plain = PyFloat_CheckExact(object) || PyLong_CheckExact(object) ||
                 PyComplex_CheckExact(object) || PyBool_Check(object) ||
                 PyUnicode_CheckExact(object) || PyList_CheckExact(object) ||
                 is_built_in(object);
    if (PyTuple_CheckExact(object)) {
        plain = true;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object) && plain; i++) {
            PyObject *item = PyTuple_GET_ITEM(object, i);
            plain = item == Py_None || PyArray_CheckExact(item) ||
                    PyFloat_CheckExact(item) || PyLong_CheckExact(item);
        }
    }
    return plain;
}

bool dispatch_are_plain(const struct route *route, PyObject *const *args, Py_ssize_t n)
{
    bool plain = true;
    for (Py_ssize_t i = 0; i < n && plain; i++) {
        plain = args[i] == Py_None ||
                (call_is_plain_array(route->state, args[i]) &&
                 !PyTypeNum_ISUSERDEF(PyArray_TYPE((PyArrayObject *)args[i]))) ||
                PyArray_CheckAnyScalarExact(args[i]) || is_plain_object(args[i]);
    }
    return plain;
}

/*
 * Runs a call on NumPy's machinery with our kernels: they are faster on one thread too,
 * and small calls must have the same bits as large ones.  But NumPy >= 2.4 knows
 * maximum and minimum by their address, to warn about a third positional argument.
 */
PyObject *dispatch_small(const struct route *route, enum kernel_bits bits,
                         vectorcallfunc numpy_call, PyObject *const *args,
                         size_t nargsf, PyObject *kwnames)
{
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    const Py_ssize_t values = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    const bool as_usual = nargs <= route->nin || route_has_own_bits(route);
    if (as_usual && route->loops[bits] != route->numpy &&
        dispatch_are_plain(route, args, nargs + values)) {
        kernels_follow(route->loops[bits], route->numpy);
        return route->numpy_call((PyObject *)route->loops[bits], args, nargsf, kwnames);
    }
    return numpy_call((PyObject *)route->numpy, args, nargsf, kwnames);
}

PyObject *dispatch_large(struct route *route, enum kernel_bits bits,
                         const struct choice_kind *kind, vectorcallfunc numpy_call,
                         PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    const Py_ssize_t n = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    const int64_t since = profile_is_on() ? profile_start() : 0;
    const struct choice choice = choice_begin(kind);
    struct report report = {.reason = choice.reason};
    PyObject *result = NULL;
    if (choice.side == CHOICE_OURS) {
        result = engine_run(route, bits, args, nargs, kwnames, false, &report);
    }
    const bool is_ours = result != NULL || PyErr_Occurred();
    if (!is_ours) {
        result = dispatch_small(route, bits, numpy_call, args, nargsf, kwnames);
    }
    choice_end(&choice, &route->gate, is_ours ? NULL : report.reason, report.probed);
    if (since) {
        profile_call(route->numpy->name, args, n, result, &report,
                     is_ours ? kind : NULL, since);
    }
    return result;
}

static inline PyObject *small_target(const struct route *route)
{
    return (PyObject *)(route_has_own_bits(route)
                            ? route->loops[precision_now(route->state)]
                            : route->numpy);
}

/* A function of its own, so that dispatch_call() stays short. */
SIZE_COMPACT static PyObject *call_other(PyObject *self, PyObject *const *args,
                                         size_t nargsf, PyObject *kwnames)
{
    struct route *route = route_of(self);
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    const Py_ssize_t n = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    const int64_t elements = size_broadcast(args, n);
    const bool is_few = size_is_few(elements), quick = !route_has_own_bits(route);
    if (quick &&
        (is_few || choice_is_below(&route->gate, elements, args, n, route->types))) {
        return route->numpy_call((PyObject *)route->numpy, args, nargsf, kwnames);
    }
    struct choice_kind kind = {0};
    if (!is_few) {
        kind = choice_kind(route, NULL, args, n, kwnames, elements);
    }
    const bool is_numpys = is_few || choice_is_numpys(&kind);
    if (is_numpys && quick && !(kind.types & route->types)) {
        return route->numpy_call((PyObject *)route->numpy, args, nargsf, kwnames);
    }
    const enum kernel_bits bits = precision_now(route->state);
    return is_numpys
               ? dispatch_small(route, bits, route->numpy_call, args, nargsf, kwnames)
               : dispatch_large(route, bits, &kind, route->numpy_call, args, nargsf,
                                kwnames);
}

SIZE_COMPACT PyObject *dispatch_call(PyObject *self, PyObject *const *args,
                                     size_t nargsf, PyObject *kwnames)
{
    struct route *route = route_of(self);
    return kwnames == NULL && size_is_short(args, PyVectorcall_NARGS(nargsf))
               ? route->numpy_call(small_target(route), args, nargsf, NULL)
               : call_other(self, args, nargsf, kwnames);
}

PyObject *dispatch_engine(struct route *route, enum kernel_bits bits,
                          PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                          struct report *report)
{
    return engine_run(route, bits, args, nargs, kwnames, false, report);
}

int dispatch_explain(struct route *route, PyObject *const *args, Py_ssize_t nargs,
                     PyObject *kwnames, struct report *report)
{
    /* An explained call never has a result. */
    engine_run(route, precision_now(route->state), args, nargs, kwnames, true, report);
    return PyErr_Occurred() ? -1 : 0;
}
