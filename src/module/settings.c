/* settings.c - numpy_par._engine: settings, kernels and figures. */
#include "bindings.h"

#include <omp.h>
#include <sleef.h>

#include "engine/choice.h"
#include "engine/cost.h"
#include "engine/kernels.h"
#include "engine/level.h"
#include "engine/precision.h"
#include "engine/profile.h"
#include "engine/size.h"
#include "engine/stream.h"
#include "threads/team.h"

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

/* set_stream_threshold(bytes): results are streamed from this size on; -1: never.
 * Returns the previous threshold. */
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

/* Gives nanoseconds from Python to one of the team's settings for tests. */
static PyObject *give_ns(PyObject *object, void (*setting)(int64_t))
{
    const long long ns = PyLong_AsLongLong(object);
    if (ns == -1 && PyErr_Occurred()) {
        return NULL;
    }
    setting(ns);
    Py_RETURN_NONE;
}

static PyObject *set_rendezvous(PyObject *module, PyObject *object)
{
    (void)module;
    return give_ns(object, team_set_rendezvous);
}

static PyObject *stall_helper(PyObject *module, PyObject *object)
{
    (void)module;
    return give_ns(object, team_stall);
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

/* set_precision(number): see _precision.py, which checks it.  Returns the previous
 * one. */
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
    return PyLong_FromLong(precision_now(module_state(module)));
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
        "{s:s,s:s,s:s,s:i,s:s,s:d,s:d,s:d}", "simd", level_simd(), "compiler",
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

PyMethodDef bindings_settings[] = {
    {"set_min_elements", set_min_elements, METH_O,
     PyDoc_STR(
         "set_min_elements(n): a threshold in place of the cost model, or -1; returns what it was.")},
    {"stall_helper", stall_helper, METH_O,
     PyDoc_STR(
         "stall_helper(ns): for tests: the next piece of a helper takes so much longer.")},
    {"set_stream_threshold", set_stream_threshold, METH_O,
     PyDoc_STR(
         "set_stream_threshold(bytes): from which size on results are streamed, or -1; returns what it was.")},
    {"set_rendezvous", set_rendezvous, METH_O,
     PyDoc_STR("set_rendezvous(ns): for tests: how long a region waits for helpers.")},
    {"kernels", kernels, METH_NOARGS,
     PyDoc_STR("kernels(): the rows of ops.def that are used.")},
    {"choose_kernels", choose_kernels, METH_VARARGS,
     PyDoc_STR(
         "choose_kernels(level or None, everything): choose an instruction set; returns its name.")},
    {"set_precision", set_precision, METH_O,
     PyDoc_STR("set_precision(number): for the process; returns what it was.")},
    {"get_precision", get_precision, METH_NOARGS,
     PyDoc_STR("get_precision(): here and now.")},
    {"count_precisions", count_precisions, METH_O,
     PyDoc_STR("count_precisions(more): contexts with a precision of their own.")},
    {"counters", counters, METH_NOARGS,
     PyDoc_STR("counters(): what the team did, as a dictionary.")},
    {"build_info", build_info, METH_NOARGS,
     PyDoc_STR("build_info(): the CPU, compilers and libraries, as a dictionary.")},
    {NULL, NULL, 0, NULL},
};
