/* hooks.c - see hooks.h. */
#include "hooks.h"

#include "engine/precision.h"
#include "engine/profile.h"
#include "engine/size.h"
#include "python/context.h"

#include "slots.h"

struct hooks hooks;

static struct {
    _Atomic int everywhere; /* a mode */
    _Atomic int contexts;
} enabled = {.everywhere = HOOKS_OFF};

/* The context variable holds True, False, or a text, which means: on, with NumPy's bits
 * only. */
int hooks_mode_of(const PyObject *value)
{
    return value == Py_False ? HOOKS_OFF : value == Py_True ? HOOKS_ON : HOOKS_EXACT;
}

static int mode_now(void)
{
    const int everywhere =
        atomic_load_explicit(&enabled.everywhere, memory_order_relaxed);
    if (atomic_load_explicit(&enabled.contexts, memory_order_relaxed) == 0) {
        return everywhere;
    }
    PyObject *value = context_value(hooks.state->enabled_variable);
    const int mode = value ? hooks_mode_of(value) : everywhere;
    Py_XDECREF(value);
    return mode;
}

int hooks_bits(void)
{
    const int mode = mode_now();
    return mode == HOOKS_ON      ? (int)precision_now(hooks.state)
           : mode == HOOKS_EXACT ? KERNELS_SAME
                                 : HOOKS_OFF;
}

bool hooks_is_on(void)
{
    return mode_now() != HOOKS_OFF;
}

bool hooks_test(PyObject *callable, PyObject *const *args, size_t nargs)
{
    hooks.reached = false;
    atomic_store(&hooks.tester, PyThreadState_Get());
    size_gate_set(
        true); /* trampolines look for a test only where nothing is in haste */
    PyObject *result = PyObject_Vectorcall(callable, args, nargs, NULL);
    atomic_store(&hooks.tester, NULL);
    size_gate_set(profile_is_on());
    Py_XDECREF(result);
    PyErr_Clear();
    return hooks.reached;
}

int hooks_install(struct state *state)
{
    hooks.state = state;
    PyObject *numpy = PyImport_ImportModule("numpy");
    PyObject *functions = PyImport_ImportModule("numpy._core._multiarray_umath");
    const int status = numpy && functions ? ufunc_slots_prepare(state, functions) : -1;
    if (status == 0) {
        /* If a finalizer made a call in the middle of a test, it would be taken for the
         * test. */
        const int collecting = hooks.tested ? 0 : PyGC_Disable();
        ufunc_slots_install();
        method_slots_install(numpy, functions);
        hooks.tested = true;
        if (collecting) {
            PyGC_Enable();
        }
    }
    Py_XDECREF(functions);
    Py_XDECREF(numpy);
    return status;
}

void hooks_remove_unused(void)
{
    if (atomic_load(&enabled.everywhere) == HOOKS_OFF &&
        atomic_load(&enabled.contexts) == 0) {
        ufunc_slots_remove();
        method_slots_remove();
    }
}

int hooks_append_status(PyObject *list, PyObject *name, const char *left_out, bool on)
{
    const char *status = left_out ? left_out : on ? "on" : "off";
    PyObject *row = name ? Py_BuildValue("(Os)", name, status) : NULL;
    const int result = row ? PyList_Append(list, row) : -1;
    Py_XDECREF(row);
    Py_XDECREF(name);
    return result;
}

PyObject *hooks_status(void)
{
    PyObject *list = PyList_New(0);
    if (list && (ufunc_slots_status(list) < 0 || method_slots_status(list) < 0)) {
        Py_CLEAR(list);
    }
    return list;
}

void hooks_set_everywhere(int mode)
{
    atomic_store(&enabled.everywhere, mode);
}

void hooks_count_contexts(int more)
{
    atomic_fetch_add(&enabled.contexts, more);
}

int hooks_init(struct state *state)
{
    state->enabled_variable = PyContextVar_New("numpy_par_enabled", NULL);
    return state->enabled_variable ? 0 : -1;
}
