/* module.c - numpy_par._engine: what its import sets up. */
#define NPP_IMPORTS_NUMPY
#include "python/numpy_api.h"

#include <errno.h>

#include "engine/call.h"
#include "engine/plan.h"
#include "engine/precision.h"
#include "engine/size.h"
#include "functions/ufuncs.h"
#include "hooks/hooks.h"
#include "memory/arena.h"
#include "memory/arena_type.h"
#include "memory/handler.h"
#include "memory/pool.h"
#include "movement/movement.h"
#include "reduction/reduction.h"
#include "threads/team.h"
#include "ufunc/gufunc.h"

#include "bindings.h"

/* threadpoolctl knows the library for ours by this symbol
 * (numpy_par/_threadpoolctl.py). */
__attribute__((visibility("default"))) extern const char numpy_par_engine[];
const char numpy_par_engine[] = NPP_VERSION;

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

/* Adds the functions, a table for each subject. */
static int add_functions(PyObject *module)
{
    static PyMethodDef *const tables[] = {bindings_calls,    bindings_threads,
                                          bindings_drop_in,  bindings_memory,
                                          bindings_settings, NULL};
    int status = 0;
    for (int i = 0; status == 0 && tables[i]; i++) {
        status = PyModule_AddFunctions(module, tables[i]);
    }
    return status;
}

static int module_exec(PyObject *module)
{
    static bool process_ready; /* the GIL or the import lock is held */
    struct state *state = module_state(module);
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
    return add_functions(module) < 0 ||
                   PyModule_AddObjectRef(module, "thread_limit",
                                         state->limit_variable) < 0 ||
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
    struct state *state = module_state(module);
#define VISIT(name) Py_VISIT(state->name);
    STATE_OBJECTS(VISIT)
#undef VISIT
    return 0;
}

static int module_clear(PyObject *module)
{
    struct state *state = module_state(module);
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
    PyModuleDef_HEAD_INIT,          .m_name = "numpy_par._engine",
    .m_size = sizeof(struct state), .m_slots = slots,
    .m_traverse = module_traverse,  .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__engine(void); /* Python.h declares none */

PyMODINIT_FUNC PyInit__engine(void)
{
    return PyModuleDef_Init(&definition);
}
