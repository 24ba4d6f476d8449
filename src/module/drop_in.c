/* drop_in.c - numpy_par._engine: the drop-in, and profile(). */
#include "bindings.h"

#include "engine/profile.h"
#include "hooks/hooks.h"

static PyObject *install_hooks(PyObject *module, PyObject *unused)
{
    (void)unused;
    if (hooks_install(module_state(module)) < 0) {
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

/* `value` is one of those of the context variable: see hooks.c. */
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

PyMethodDef bindings_drop_in[] = {
    {"install_hooks", install_hooks, METH_NOARGS,
     PyDoc_STR("install_hooks(): fill NumPy's slots; under the lock of _drop_in.py.")},
    {"remove_unused_hooks", remove_unused_hooks, METH_NOARGS,
     PyDoc_STR(
         "remove_unused_hooks(): give NumPy's slots back where nobody needs them; under the same lock.")},
    {"enable_everywhere", enable_everywhere, METH_O,
     PyDoc_STR(
         "enable_everywhere(value): True, False or \"exact\", for the process; under the same lock.")},
    {"count_contexts", count_contexts, METH_O,
     PyDoc_STR(
         "count_contexts(more): contexts with a say of their own; under the same lock.")},
    {"is_enabled", is_enabled, METH_NOARGS,
     PyDoc_STR("is_enabled(): whether the drop-in is on here and now.")},
    {"hooks", hooks, METH_NOARGS,
     PyDoc_STR("hooks(): a list of (name, \"on\", \"off\" or why it is left out).")},
    {"begin_profile", begin_profile, METH_NOARGS,
     PyDoc_STR("begin_profile(): record calls from now on.")},
    {"end_profile", end_profile, METH_NOARGS,
     PyDoc_STR("end_profile(): the end of one begin_profile().")},
    {"read_profile", read_profile, METH_NOARGS,
     PyDoc_STR("read_profile(): what was recorded, a tuple for each kind of call.")},
    {NULL, NULL, 0, NULL},
};
