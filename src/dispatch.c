/* dispatch.c - see dispatch.h. */
#include "dispatch.h"

#include "elementwise.h"
#include "fpu.h"
#include "glance.h"
#include "gufunc.h"
#include "precision.h"
#include "profile.h"
#include "worth.h"

/* One in so many calls below the threshold of their kind is looked at all the same:
 * what was learned while the machine was busy must not stay for ever. */
#define LOOK_AGAIN 64

static _Atomic uint64_t numpy_calls;

/* -- the call ------------------------------------------------------------------- */

/* Which of the thresholds is that of calls with these inputs. */
static inline unsigned look_slot(const struct route *route, PyObject *const *args)
{
    unsigned slot = 0;
    for (int i = 0; i < route->nin && i < 2; i++) {
        slot *= 23;
        if (PyArray_Check(args[i])) {
            PyArrayObject *array = (PyArrayObject *)args[i];
            slot += (unsigned)PyArray_TYPE(array) << 1;
            slot += (unsigned)PyArray_IS_C_CONTIGUOUS(array);
        }
    }
    return slot % LOOK_SLOTS;
}

/*
 * NULL without an exception: NumPy is to run the call, for the reason in the report.
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
    struct worth worth;
    report->reason = worth_consider(&worth, &call, &route->costs, explain);
    if (report->reason && worth.break_even > 0) {
        atomic_store_explicit(&route->look[look_slot(route, args)], worth.break_even,
                              memory_order_relaxed);
    }
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
    struct drive job = {
        .plan = &plan, .costs = &route->costs, .key = worth.key, .limit = worth.limit};
    for (int i = call.nin; i < call.nop; i++) {
        job.given |= call.given[i];
    }
    result = ufunc->core_enabled ? gufunc_run(&call, &plan, &job, explain, report)
                                 : elementwise_run(&call, &plan, &job, explain, report);

finish:
    /* It leaves floats to NumPy's loop where subnormals are flushed (kernels/loop.c).
     */
    report->kernel = plan.floats && fpu_flushes() ? NULL : plan.kernel;
    plan_clear(&plan);
    call_clear(&call);
    return result;
}

/* The elements of one argument; of an output tuple, those of its first. */
static inline int64_t elements_of(PyObject *object)
{
    if (PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) > 0) {
        object = PyTuple_GET_ITEM(object, 0);
    }
    if (!glance_is_array(object) && PyArray_Check(object)) {
        return PyArray_SIZE((PyArrayObject *)object);
    }
    return glance_elements(object);
}

static inline bool same_shape(PyObject *a, PyObject *b)
{
    if (a == b) {
        return true;
    }
    if (!glance_is_array(a) || !glance_is_array(b)) {
        return false;
    }
    PyArrayObject *left = (PyArrayObject *)a, *right = (PyArrayObject *)b;
    if (PyArray_NDIM(left) != PyArray_NDIM(right)) {
        return false;
    }
    for (int axis = 0; axis < PyArray_NDIM(left); axis++) {
        if (PyArray_DIM(left, axis) != PyArray_DIM(right, axis)) {
            return false;
        }
    }
    return true;
}

/*
 * An upper bound for the elements of a call, without judging its arguments: inputs
 * of different shapes are taken to be broadcast along different axes, outputs to be
 * as large as the result.
 */
static inline int64_t elements_at_most(PyObject *const *args, int nin, Py_ssize_t n)
{
    int64_t most = elements_of(args[0]);
    for (int i = 1; i < nin; i++) {
        if (!same_shape(args[i - 1], args[i]) &&
            __builtin_mul_overflow(most, elements_of(args[i]), &most)) {
            return INT64_MAX;
        }
    }
    for (Py_ssize_t i = nin; i < n; i++) {
        const int64_t size = elements_of(args[i]);
        most = size > most ? size : most;
    }
    return most;
}

/* Whether a call of so many elements may be worth a look. */
static inline bool worth_a_look(struct route *route, PyObject *const *args,
                                int64_t most)
{
    if (most < cost_first_look()) {
        return false;
    }
    if (cost_min_elements() >= 0 ||
        most >= atomic_load_explicit(&route->look[look_slot(route, args)],
                                     memory_order_relaxed)) {
        return true;
    }
    /* Not a read-modify-write: a lost count does no harm. */
    const unsigned looks =
        atomic_load_explicit(&route->looks, memory_order_relaxed) + 1;
    atomic_store_explicit(&route->looks, looks, memory_order_relaxed);
    return looks % LOOK_AGAIN == 0;
}

/* A dtype, or a type that stands for one, that is not a user's: those are registered
 * with NumPy's ufunc, which a copy does not learn of. */
static bool is_built_in(PyObject *object)
{
    return PyArray_DescrCheck(object)
               ? !PyTypeNum_ISUSERDEF(((PyArray_Descr *)object)->type_num)
               : PyType_Check(object) &&
                     (object == (PyObject *)&PyFloat_Type ||
                      object == (PyObject *)&PyLong_Type ||
                      PyType_IsSubtype((PyTypeObject *)object, &PyNumberArrType_Type));
}

/* What has no __array_ufunc__: numbers, texts and dtypes of keywords, lists; tuples of
 * outputs, for a closer look. */
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
 * NumPy's machinery, with our kernels: they are faster on one thread too, and the bits
 * of small calls must be those of large ones.  But NumPy >= 2.4 knows maximum and
 * minimum by their address, to warn of a third positional argument.
 */
static PyObject *call_numpy(const struct route *route, enum kernel_bits bits,
                            vectorcallfunc numpy_call, PyObject *const *args,
                            size_t nargsf, PyObject *kwnames)
{
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    const Py_ssize_t values = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    const bool as_usual = nargs <= route->nin || route_has_own_bits(route);
    if (route->loops[bits] != route->numpy && as_usual &&
        dispatch_are_plain(route, args, nargs + values)) {
        kernels_follow(route->loops[bits], route->numpy);
        return route->numpy_call((PyObject *)route->loops[bits], args, nargsf, kwnames);
    }
    return numpy_call((PyObject *)route->numpy, args, nargsf, kwnames);
}

PyObject *dispatch_small(const struct route *route, enum kernel_bits bits,
                         vectorcallfunc numpy_call, PyObject *const *args,
                         size_t nargsf)
{
    return call_numpy(route, bits, numpy_call, args, nargsf, NULL);
}

GLANCE_COMPACT PyObject *dispatch_large(struct route *route, enum kernel_bits bits,
                                        vectorcallfunc numpy_call,
                                        PyObject *const *args, size_t nargsf,
                                        PyObject *kwnames)
{
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    const Py_ssize_t n = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    const int64_t since = profile_is_on() ? profile_start() : 0;
    struct report report = {.reason = "small: too few elements for any loop to gain"};
    PyObject *result = NULL;
    if (nargs >= route->nin &&
        worth_a_look(route, args, elements_at_most(args, route->nin, n))) {
        result = engine_run(route, bits, args, nargs, kwnames, false, &report);
        atomic_fetch_add_explicit(&numpy_calls, result == NULL, memory_order_relaxed);
    }
    if (result == NULL && !PyErr_Occurred()) {
        result = call_numpy(route, bits, numpy_call, args, nargsf, kwnames);
    }
    if (since) {
        profile_call(route->numpy->name, args, n, result, &report, since);
    }
    return result;
}

static inline PyObject *small_target(const struct route *route)
{
    return (PyObject *)(route_has_own_bits(route)
                            ? route->loops[precision_now(route->state)]
                            : route->numpy);
}

/* Apart, so that dispatch_call() stays short. */
GLANCE_COMPACT static PyObject *call_other(PyObject *self, PyObject *const *args,
                                           size_t nargsf, PyObject *kwnames)
{
    struct route *route = route_of(self);
    const Py_ssize_t values = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    return glance_is_tiny(args, PyVectorcall_NARGS(nargsf) + values)
               ? route->numpy_call(small_target(route), args, nargsf, kwnames)
               : dispatch_large(route, precision_now(route->state), route->numpy_call,
                                args, nargsf, kwnames);
}

GLANCE_COMPACT PyObject *dispatch_call(PyObject *self, PyObject *const *args,
                                       size_t nargsf, PyObject *kwnames)
{
    struct route *route = route_of(self);
    return kwnames == NULL && glance_is_short(args, PyVectorcall_NARGS(nargsf))
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
    /* It never has a result. */
    engine_run(route, precision_now(route->state), args, nargs, kwnames, true, report);
    return PyErr_Occurred() ? -1 : 0;
}

uint64_t dispatch_numpy_calls(void)
{
    return atomic_load(&numpy_calls);
}
