/* memory.c - numpy_par._engine: the pool. */
#include "bindings.h"

#include "memory/handler.h"
#include "memory/pool.h"

/* Returns None, or why the pool has no effect. */
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

PyMethodDef bindings_memory[] = {
    {"use_pool_everywhere", use_pool_everywhere, METH_O,
     PyDoc_STR(
         "use_pool_everywhere(on): None, or why it has no effect; under the lock of memory.py.")},
    {"swap_handler", swap_handler, METH_O,
     PyDoc_STR(
         "swap_handler(capsule): set NumPy's memory handler of this context, and return the one before.")},
    {"set_pool_limit", set_pool_limit, METH_O,
     PyDoc_STR("set_pool_limit(bytes): how much may lie idle; returns what it was.")},
    {"set_pool_huge_pages", set_pool_huge_pages, METH_O,
     PyDoc_STR("set_pool_huge_pages(yes): whether new blocks ask for huge pages.")},
    {"trim_pool", trim_pool, METH_NOARGS,
     PyDoc_STR("trim_pool(): give idle blocks back; returns the bytes.")},
    {"pool_figures", pool_figures, METH_NOARGS,
     PyDoc_STR("pool_figures(): what the pool did, as a dictionary.")},
    {NULL, NULL, 0, NULL},
};
