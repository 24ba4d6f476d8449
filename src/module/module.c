/* module.c - where Python comes in: numpy_par._engine. */
#define NPP_IMPORTS_NUMPY
#include "python/numpy_api.h"

#include <omp.h>
#include <sleef.h>

#include "engine/call.h"
#include "engine/choice.h"
#include "ufunc/dispatch.h"
#include "engine/size.h"
#include "ufunc/gufunc.h"
#include "hooks/hooks.h"
#include "engine/kernels.h"
#include "memory/arena.h"
#include "memory/arena_type.h"
#include "memory/handler.h"
#include "memory/pool.h"
#include "movement/movement.h"
#include "engine/precision.h"
#include "engine/profile.h"
#include "scan/scan.h"
#include "functions/methods.h"
#include "statistics/statistics.h"
#include "reduction/reduction.h"
#include "engine/stream.h"
#include "threads/team.h"
#include "functions/ufuncs.h"
#include "python/thread_limit.h"

static struct state *state_of(PyObject *module)
{
    return PyModule_GetState(module);
}

static PyObject *parallelize(PyObject *module, PyObject *ufunc)
{
    return ufuncs_parallelize(state_of(module), ufunc);
}

static PyObject *explain(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames)
{
    if (nargs < 1) {
        PyErr_SetString(PyExc_TypeError,
                        "explain: ufunc, the first argument, is missing");
        return NULL;
    }
    return ufuncs_explain(state_of(module), args[0], args + 1, nargs - 1, kwnames);
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
    return ufuncs_explain_method(state_of(module), args[0], name, args + 2, nargs - 2,
                                 kwnames, &kind);
}

static PyObject *call(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                      PyObject *kwnames)
{
    const char *name = nargs < 1 ? NULL : PyUnicode_AsUTF8(args[0]);
    if (name == NULL) {
        PyErr_SetString(PyExc_TypeError, "call: it takes a name and arguments");
        return NULL;
    }
    return methods_call(state_of(module), name, args + 1, nargs - 1, kwnames);
}

static PyObject *sum_exactly(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    return statistics_exact_sum(state_of(module), args, nargs);
}

static PyObject *blocked_cumsum(PyObject *module, PyObject *const *args,
                                Py_ssize_t nargs)
{
    return scan_blocked_cumsum(state_of(module), args, nargs);
}

static PyObject *moments(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    return statistics_moments(state_of(module), args, nargs);
}

/* -- threads -------------------------------------------------------------------- */

/* A number of threads from Python: a plain int of 1 ... TEAM_MAX_THREADS; -1: an
 * exception is set that names the function. */
static int as_threads(PyObject *object, const char *function)
{
    if (!PyIndex_Check(object) || PyBool_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s: n must be an int, not %R (%s)", function,
                     object, Py_TYPE(object)->tp_name);
        return -1;
    }
    PyObject *index = PyNumber_Index(object);
    if (index == NULL) {
        return -1;
    }
    int overflow;
    const long n = PyLong_AsLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (overflow || n < 1 || n > TEAM_MAX_THREADS) {
        PyErr_Format(PyExc_ValueError,
                     "%s: n must be at least 1 and at most %d, not %R", function,
                     TEAM_MAX_THREADS, object);
        return -1;
    }
    return (int)n;
}

static PyObject *set_num_threads(PyObject *module, PyObject *object)
{
    (void)module;
    const int n = as_threads(object, "set_num_threads");
    if (n < 0) {
        return NULL;
    }
    team_set_cap(n);
    choice_forget();
    Py_RETURN_NONE;
}

static PyObject *get_num_threads(PyObject *module, PyObject *unused)
{
    (void)unused;
    const int n = thread_limit(state_of(module));
    return n < 0 ? NULL : PyLong_FromLong(n);
}

static PyObject *thread_cap(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyLong_FromLong(team_cap());
}

static PyObject *check_threads(PyObject *module, PyObject *object)
{
    (void)module;
    const int n = as_threads(object, "threads");
    return n < 0 ? NULL : PyLong_FromLong(n);
}

/* -- the drop-in (_drop_in.py holds a lock around the first four) ---------------- */

static PyObject *install_hooks(PyObject *module, PyObject *unused)
{
    (void)unused;
    if (hooks_install(state_of(module)) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *remove_unused_hooks(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    hooks_remove_unused();
    Py_RETURN_NONE;
}

/* By the values of the context variable: see hooks.c. */
static PyObject *enable_everywhere(PyObject *module, PyObject *value)
{
    (void)module;
    hooks_set_everywhere(hooks_mode_of(value));
    Py_RETURN_NONE;
}

static PyObject *count_contexts(PyObject *module, PyObject *more)
{
    (void)module;
    const long n = PyLong_AsLong(more);
    if (n == -1 && PyErr_Occurred()) {
        return NULL;
    }
    hooks_count_contexts((int)n);
    Py_RETURN_NONE;
}

static PyObject *is_enabled(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyBool_FromLong(hooks_is_on());
}

static PyObject *begin_profile(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    profile_begin();
    Py_RETURN_NONE;
}

static PyObject *end_profile(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    profile_end();
    Py_RETURN_NONE;
}

static PyObject *read_profile(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return profile_rows();
}

static PyObject *hooks(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return hooks_status();
}

/* -- memory (memory.py holds a lock around the first) ---------------------------- */

/* None, or why it has no effect. */
static PyObject *use_pool_everywhere(PyObject *module, PyObject *on)
{
    (void)module;
    const char *left_out = handler_use_everywhere(on == Py_True);
    if (PyErr_Occurred()) {
        return NULL;
    }
    return left_out ? PyUnicode_FromString(left_out) : Py_NewRef(Py_None);
}

static PyObject *swap_handler(PyObject *module, PyObject *capsule)
{
    (void)module;
    return PyDataMem_SetHandler(capsule);
}

static PyObject *set_pool_limit(PyObject *module, PyObject *object)
{
    (void)module;
    size_t bytes = PyLong_AsSize_t(object);
    if (bytes == (size_t)-1 && PyErr_Occurred()) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    bytes = pool_limit(bytes);
    Py_END_ALLOW_THREADS
    return PyLong_FromSize_t(bytes);
}

static PyObject *set_pool_huge_pages(PyObject *module, PyObject *yes)
{
    (void)module;
    pool_use_huge_pages(yes == Py_True);
    Py_RETURN_NONE;
}

static PyObject *trim_pool(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    size_t bytes;
    Py_BEGIN_ALLOW_THREADS
    bytes = pool_trim();
    Py_END_ALLOW_THREADS
    return PyLong_FromSize_t(bytes);
}

static PyObject *pool_figures(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    const struct pool_stats stats = pool_stats();
    return Py_BuildValue(
        "{s:K,s:K,s:K,s:K,s:n,s:n,s:n,s:n,s:N}", "hits", (unsigned long long)stats.hits,
        "misses", (unsigned long long)stats.misses, "faults_saved",
        (unsigned long long)stats.faults_saved, "returned",
        (unsigned long long)stats.returned, "cached", (Py_ssize_t)stats.idle, "in_use",
        (Py_ssize_t)stats.in_use, "peak", (Py_ssize_t)stats.peak, "limit",
        (Py_ssize_t)pool_get_limit(), "everywhere",
        PyBool_FromLong(handler_is_everywhere()));
}

/* -- settings and figures ------------------------------------------------------- */

static PyObject *set_min_elements(PyObject *module, PyObject *object)
{
    (void)module;
    const long long n = PyLong_AsLongLong(object);
    if (n == -1 && PyErr_Occurred()) {
        return NULL;
    }
    const long long before = cost_min_elements();
    cost_set_min_elements(n < 0 ? -1 : n);
    size_gate_set(profile_is_on());
    choice_forget();
    return PyLong_FromLongLong(before);
}

/* Bytes of a result from which it is streamed; -1: never.  Returns what it was. */
static PyObject *set_stream_threshold(PyObject *module, PyObject *object)
{
    (void)module;
    const long long bytes = PyLong_AsLongLong(object);
    if (bytes == -1 && PyErr_Occurred()) {
        return NULL;
    }
    const int64_t before = stream_threshold();
    stream_set_threshold(bytes < 0 ? -1 : bytes);
    return PyLong_FromLongLong(before);
}

static PyObject *set_rendezvous(PyObject *module, PyObject *object)
{
    (void)module;
    const long long ns = PyLong_AsLongLong(object);
    if (ns == -1 && PyErr_Occurred()) {
        return NULL;
    }
    team_set_rendezvous(ns);
    Py_RETURN_NONE;
}

static PyObject *stall_helper(PyObject *module, PyObject *object)
{
    (void)module;
    const long long ns = PyLong_AsLongLong(object);
    if (ns == -1 && PyErr_Occurred()) {
        return NULL;
    }
    team_stall(ns);
    Py_RETURN_NONE;
}

static PyObject *counters(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    const struct team_counters team = team_counters();
    return Py_BuildValue(
        "{s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:i}", "regions",
        (unsigned long long)team.regions, "helped", (unsigned long long)team.helped,
        "serial", (unsigned long long)team.serial, "pieces",
        (unsigned long long)team.pieces, "region_ns", (unsigned long long)team.ns,
        "numpy", (unsigned long long)choice_refused(), "cpus_lost",
        (unsigned long long)team.cpus_lost, "cpus_tried",
        (unsigned long long)team.cpus_tried, "cpus_found",
        (unsigned long long)team.cpus_found, "profile_tables", profile_tables());
}

/* choose_kernels(level or None, everything) */
static PyObject *choose_kernels(PyObject *module, PyObject *args)
{
    (void)module;
    const char *name;
    int everything;
    if (!PyArg_ParseTuple(args, "zp:choose_kernels", &name, &everything) ||
        kernels_choose(name, everything) < 0) {
        return NULL;
    }
    return PyUnicode_FromString(kernels_level());
}

/* set_precision(number): see _precision.py, which checks it.  Returns what it was. */
static PyObject *set_precision(PyObject *module, PyObject *object)
{
    (void)module;
    const long bits = PyLong_AsLong(object);
    if (bits == -1 && PyErr_Occurred()) {
        return NULL;
    }
    return PyLong_FromLong(precision_set_everywhere((enum kernel_bits)bits));
}

static PyObject *get_precision(PyObject *module, PyObject *unused)
{
    (void)unused;
    return PyLong_FromLong(precision_now(state_of(module)));
}

static PyObject *count_precisions(PyObject *module, PyObject *more)
{
    (void)module;
    const long n = PyLong_AsLong(more);
    if (n == -1 && PyErr_Occurred()) {
        return NULL;
    }
    precision_count_contexts((int)n);
    Py_RETURN_NONE;
}

static PyObject *kernels(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return kernels_list();
}

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

static PyObject *build_info(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return Py_BuildValue(
        "{s:s,s:s,s:s,s:i,s:s,s:d,s:d,s:d}", "simd", kernels_simd(), "compiler",
#if defined(__clang__)
        "clang " __clang_version__,
#else
        "gcc " __VERSION__,
#endif
        "sleef",
        TEXT(SLEEF_VERSION_MAJOR) "." TEXT(SLEEF_VERSION_MINOR) "." TEXT(
            SLEEF_VERSION_PATCHLEVEL),
        "openmp", _OPENMP, "numpy_headers", TEXT(NPY_VERSION), "arrival_awake_ns",
        team_costs(false).arrival, "arrival_asleep_ns", team_costs(true).arrival,
        "wait_ns", team_costs(false).wait);
}

static PyMethodDef methods[] = {
    {"parallelize", parallelize, METH_O, NULL},
    {"explain", (PyCFunction)(void (*)(void))explain, METH_FASTCALL | METH_KEYWORDS,
     NULL},
    {"explain_method", (PyCFunction)(void (*)(void))explain_method,
     METH_FASTCALL | METH_KEYWORDS, NULL},
    {"call", (PyCFunction)(void (*)(void))call, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"blocked_cumsum", (PyCFunction)(void (*)(void))blocked_cumsum, METH_FASTCALL,
     NULL},
    {"exact_sum", (PyCFunction)(void (*)(void))sum_exactly, METH_FASTCALL, NULL},
    {"moments", (PyCFunction)(void (*)(void))moments, METH_FASTCALL, NULL},
    {"set_num_threads", set_num_threads, METH_O, NULL},
    {"get_num_threads", get_num_threads, METH_NOARGS, NULL},
    {"thread_cap", thread_cap, METH_NOARGS, NULL},
    {"check_threads", check_threads, METH_O, NULL},
    {"install_hooks", install_hooks, METH_NOARGS, NULL},
    {"remove_unused_hooks", remove_unused_hooks, METH_NOARGS, NULL},
    {"enable_everywhere", enable_everywhere, METH_O, NULL},
    {"count_contexts", count_contexts, METH_O, NULL},
    {"is_enabled", is_enabled, METH_NOARGS, NULL},
    {"hooks", hooks, METH_NOARGS, NULL},
    {"begin_profile", begin_profile, METH_NOARGS, NULL},
    {"end_profile", end_profile, METH_NOARGS, NULL},
    {"read_profile", read_profile, METH_NOARGS, NULL},
    {"use_pool_everywhere", use_pool_everywhere, METH_O, NULL},
    {"swap_handler", swap_handler, METH_O, NULL},
    {"set_pool_limit", set_pool_limit, METH_O, NULL},
    {"set_pool_huge_pages", set_pool_huge_pages, METH_O, NULL},
    {"trim_pool", trim_pool, METH_NOARGS, NULL},
    {"pool_figures", pool_figures, METH_NOARGS, NULL},
    {"set_min_elements", set_min_elements, METH_O, NULL},
    {"stall_helper", stall_helper, METH_O, NULL},
    {"set_stream_threshold", set_stream_threshold, METH_O, NULL},
    {"set_rendezvous", set_rendezvous, METH_O, NULL},
    {"kernels", kernels, METH_NOARGS, NULL},
    {"choose_kernels", choose_kernels, METH_VARARGS, NULL},
    {"set_precision", set_precision, METH_O, NULL},
    {"get_precision", get_precision, METH_NOARGS, NULL},
    {"count_precisions", count_precisions, METH_O, NULL},
    {"counters", counters, METH_NOARGS, NULL},
    {"build_info", build_info, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* By this threadpoolctl knows the library for ours (numpy_par/_threadpoolctl.py). */
__attribute__((visibility("default"))) extern const char numpy_par_engine[];
const char numpy_par_engine[] = NPP_VERSION;

/* -- the module ----------------------------------------------------------------- */

static int refuse_subinterpreter(void)
{
    if (PyInterpreterState_Get() == PyInterpreterState_Main()) {
        return 0;
    }
    PyErr_SetString(
        PyExc_ImportError,
        "numpy_par cannot be imported in a sub-interpreter, because NumPy "
        "cannot either: import it in the main interpreter, or use processes "
        "(concurrent.futures.ProcessPoolExecutor) in place of interpreters");
    return -1;
}

static int module_exec(PyObject *module)
{
    static bool process_ready; /* the GIL or the import lock is held */
    struct state *state = state_of(module);
    if (refuse_subinterpreter() < 0) {
        return -1;
    }
    import_array1(-1);
    import_umath1(-1);
    size_gate_set(false);
    if (!process_ready && ((errno = team_init(1)) != 0 || (errno = pool_init()) != 0 ||
                           (errno = arena_init()) != 0)) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    process_ready = true;
    if (call_init(state) < 0 || plan_init(state) < 0 || gufunc_init(state) < 0 ||
        ufuncs_init(state, module) < 0 || precision_init(state) < 0 ||
        hooks_init(state) < 0 || movement_init(state) < 0 ||
        reduction_init(state) < 0 || handler_init(state, module) < 0 ||
        arena_type_init(module) < 0 || ring_type_init(module) < 0) {
        return -1;
    }
    return PyModule_AddObjectRef(module, "thread_limit", state->limit_variable) < 0 ||
                   PyModule_AddObjectRef(module, "precision_here",
                                         state->precision_variable) < 0 ||
                   PyModule_AddObjectRef(module, "enabled_here",
                                         state->enabled_variable) < 0 ||
                   PyModule_AddObjectRef(module, "pool_handler",
                                         handler_for_context(true)) < 0 ||
                   PyModule_AddObjectRef(module, "numpy_handler",
                                         handler_for_context(false)) < 0 ||
                   PyModule_AddObjectRef(module, "default_handler",
                                         PyDataMem_DefaultHandler) < 0 ||
                   PyModule_AddIntConstant(module, "POOL_LEAST", POOL_LEAST) < 0 ||
                   PyModule_AddIntConstant(module, "MAX_THREADS", TEAM_MAX_THREADS) <
                       0 ||
                   PyModule_AddStringConstant(module, "version", NPP_VERSION) < 0
               ? -1
               : 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    struct state *state = state_of(module);
#define VISIT(name) Py_VISIT(state->name);
    STATE_OBJECTS(VISIT)
#undef VISIT
    return 0;
}

static int module_clear(PyObject *module)
{
    struct state *state = state_of(module);
#define CLEAR(name) Py_CLEAR(state->name);
    STATE_OBJECTS(CLEAR)
#undef CLEAR
    return 0;
}

static void module_free(void *module)
{
    module_clear(module);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, module_exec},
#ifdef Py_mod_multiple_interpreters
    /* Not NOT_SUPPORTED: our own refusal says what to do instead. */
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "numpy_par._engine",
    .m_size = sizeof(struct state),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__engine(void); /* Python.h declares none */

PyMODINIT_FUNC PyInit__engine(void)
{
    return PyModuleDef_Init(&definition);
}
