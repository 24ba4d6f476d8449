/* dispatch.c - see dispatch.h. */
#include "dispatch.h"

#include <stdatomic.h>

#include "elementwise.h"
#include "gufunc.h"
#include "team.h"

/* One in so many calls below the threshold of their kind is looked at all the same:
 * what was learned while the machine was busy must not stay for ever. */
#define LOOK_AGAIN 64

/* What a person notices, and what an element costs at most where nothing is known. */
#define LONG_NS 1e8
#define DEAREST_NS 100.0

static _Atomic uint64_t numpy_calls;

/* -- the call ------------------------------------------------------------------- */

int dispatch_thread_limit(const struct state *state)
{
    int limit = team_cap();
    const int openmp = team_openmp_limit();
    PyObject *value = NULL;
    if (PyContextVar_Get(state->limit_variable, NULL, &value) < 0) {
        return -1;
    }
    if (value != NULL) {
        const long own = PyLong_AsLong(value);
        Py_DECREF(value);
        if (own == -1 && PyErr_Occurred()) {
            return -1;
        }
        limit = own < limit ? (int)own : limit;
    }
    return openmp < limit ? openmp : limit;
}

/* Everything the cost of an element depends on, in the order of magnitude. */
static uint32_t cost_key(const struct call *call)
{
    uint32_t key = cost_mix(0, (uint64_t)call->masked);
    for (int i = 0; i < call->nop; i++) {
        PyArrayObject *op = call->op[i];
        if (op == NULL) {
            key = cost_mix(key, 1);
            continue;
        }
        const int flags =
            PyArray_FLAGS(op) & (NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED);
        key = cost_mix(key, (uint64_t)PyArray_TYPE(op) << 32 |
                                (uint64_t)(unsigned)flags << 8 |
                                (uint64_t)(unsigned char)PyArray_DESCR(op)->byteorder);
        key = cost_mix(key, (uint64_t)PyArray_ITEMSIZE(op) << 1 |
                                (uint64_t)(PyArray_SIZE(op) == 1));
    }
    /* Sizes within a factor of four cost alike an element; caches end in between. */
    int magnitude = 0;
    for (npy_intp size = call->size; size > 3; size >>= 2) {
        magnitude++;
    }
    key = cost_mix(key, (uint64_t)magnitude);
    return key ? key : 1;
}

/* A call that a person would want to interrupt goes through the engine also on one
 * thread, for it asks for signals between pieces; NumPy does not. */
static bool is_long(const struct call *call, double ns)
{
    return (double)call->size * (ns > 0 ? ns : DEAREST_NS) > LONG_NS;
}

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
static PyObject *engine_run(struct route *route, PyObject *const *args,
                            Py_ssize_t nargs, PyObject *kwnames, bool explain,
                            struct report *report)
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
    report->elements = call.size;
    const uint32_t key = cost_key(&call);
    const int limit = dispatch_thread_limit(route->state);
    if (limit < 0) {
        goto finish;
    }
    const double known = cost_known(&route->costs, key);
    if (!ufunc->core_enabled && call.size < atomic_load(&cost_first_look)) {
        report->reason = "small: too few elements for any loop to gain";
        goto finish;
    }
    if (limit < 2 && !explain && !is_long(&call, known)) {
        report->reason = "the limit on threads is 1";
        goto finish;
    }
    const bool decided = cost_min_elements() >= 0 || known > 0;
    if (limit >= 2 && decided && !explain && !ufunc->core_enabled &&
        cost_threads_awake(call.size, known, limit) < 2) {
        report->reason = "small: a parallel region would cost more than it gains";
        if (known > 0) {
            atomic_store_explicit(&route->look[look_slot(route, args)],
                                  cost_break_even(known), memory_order_relaxed);
        }
        goto finish;
    }
    report->reason = plan_make(&plan, &call, &route->plans);
    if (!report->reason) {
        report->reason = plan_convert_weak(&plan, &call);
    }
    if (report->reason) {
        goto finish;
    }
    if (call.rehearse && !explain && !ufunc->core_enabled &&
        call_rehearse(&call, route->numpy_call, args, nargs, kwnames) < 0) {
        goto finish;
    }
    struct drive job = {
        .plan = &plan, .costs = &route->costs, .key = key, .limit = limit};
    for (int i = call.nin; i < call.nop; i++) {
        job.given |= call.given[i];
    }
    result = ufunc->core_enabled ? gufunc_run(&call, &plan, &job, explain, report)
                                 : elementwise_run(&call, &plan, &job, explain, report);

finish:
    plan_clear(&plan);
    call_clear(&call);
    return result;
}

/* The elements of one argument; of an output tuple, those of its first. */
static inline int64_t elements_of(PyObject *object)
{
    if (PyFloat_CheckExact(object) || PyLong_CheckExact(object) || object == Py_None) {
        return 1; /* spares them the subtype check */
    }
    if (PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) > 0 &&
        PyArray_CheckExact(PyTuple_GET_ITEM(object, 0))) {
        object = PyTuple_GET_ITEM(object, 0);
    }
    if (PyArray_CheckExact(object) || PyArray_Check(object)) {
        PyArrayObject *array = (PyArrayObject *)object;
        int64_t size = 1;
        for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
            size *= PyArray_DIM(array, axis);
        }
        return size;
    }
    return PyList_CheckExact(object) || PyTuple_CheckExact(object) ? Py_SIZE(object)
                                                                   : 1;
}

static inline bool same_shape(PyObject *a, PyObject *b)
{
    if (a == b) {
        return true;
    }
    if (!PyArray_CheckExact(a) || !PyArray_CheckExact(b)) {
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
    if (most < atomic_load_explicit(&cost_first_look, memory_order_relaxed)) {
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

/* Apart, so that the path of small calls needs no stack frame. */
__attribute__((noinline)) static PyObject *
large_call(struct route *route, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    const Py_ssize_t n = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    if (nargs >= route->nin &&
        worth_a_look(route, args, elements_at_most(args, route->nin, n))) {
        struct report report;
        PyObject *result = engine_run(route, args, nargs, kwnames, false, &report);
        if (result != NULL || PyErr_Occurred()) {
            return result;
        }
        atomic_fetch_add_explicit(&numpy_calls, 1, memory_order_relaxed);
    }
    return route->numpy_call((PyObject *)route->numpy, args, nargsf, kwnames);
}

/* What most small calls look like: arrays of one or two axes, numbers, few elements. */
static inline bool is_tiny(const struct route *route, PyObject *const *args,
                           Py_ssize_t n)
{
    const int64_t look = atomic_load_explicit(&cost_first_look, memory_order_relaxed);
    int64_t most = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PyArray_CheckExact(args[i])) {
            PyArrayObject *array = (PyArrayObject *)args[i];
            if (PyArray_NDIM(array) > 2) {
                return false;
            }
            int64_t size = i < route->nin ? most : 1;
            for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
                size *= PyArray_DIM(array, axis);
            }
            if (size >= look) {
                return false;
            }
            most = i < route->nin ? size : most;
        } else if (!PyFloat_CheckExact(args[i]) && !PyLong_CheckExact(args[i])) {
            return false;
        }
    }
    return true;
}

PyObject *dispatch_call(PyObject *self, PyObject *const *args, size_t nargsf,
                        PyObject *kwnames)
{
    struct route *route = route_of(self);
    const Py_ssize_t values = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (!is_tiny(route, args, PyVectorcall_NARGS(nargsf) + values)) {
        return large_call(route, args, nargsf, kwnames);
    }
    return route->numpy_call((PyObject *)route->numpy, args, nargsf, kwnames);
}

int dispatch_explain(struct route *route, PyObject *const *args, Py_ssize_t nargs,
                     PyObject *kwnames, struct report *report)
{
    engine_run(route, args, nargs, kwnames, true, report); /* never has a result */
    return PyErr_Occurred() ? -1 : 0;
}

uint64_t dispatch_numpy_calls(void)
{
    return atomic_load(&numpy_calls);
}
