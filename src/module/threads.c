/* threads.c - numpy_par._engine: the number of threads. */
#include "bindings.h"

#include "engine/choice.h"
#include "python/thread_limit.h"
#include "threads/team.h"

/* Returns a number of threads from Python: a plain int of 1 ...  TEAM_MAX_THREADS; -1:
 * an exception is set that names `function`. */
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
    const int n = thread_limit(module_state(module));
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

PyMethodDef bindings_threads[] = {
    {"set_num_threads", set_num_threads, METH_O,
     PyDoc_STR("set_num_threads(n): set the cap of the process.")},
    {"get_num_threads", get_num_threads, METH_NOARGS,
     PyDoc_STR("get_num_threads(): threads that a call may use here and now.")},
    {"thread_cap", thread_cap, METH_NOARGS,
     PyDoc_STR("thread_cap(): the cap of the process.")},
    {"check_threads", check_threads, METH_O,
     PyDoc_STR("check_threads(n): n as an int, if it is a number of threads.")},
    {NULL, NULL, 0, NULL},
};
