/*
 * slots.h - shared by the two kinds of slots: those of ufuncs (ufunc_slots.c), and
 * those of methods and functions (method_slots.c).  Only for the files of this folder.
 */
#ifndef NPP_HOOKS_SLOTS_H
#define NPP_HOOKS_SLOTS_H

#include <stdatomic.h>

#include "engine/choice.h"
#include "python/slot.h"
#include "python/state.h"

struct hooks {
    const struct state *state; /* of the main interpreter's module, which stays */
    bool tested;
    _Atomic(PyThreadState *) tester; /* the thread that tests hooks now, or NULL */
    bool reached;                    /* by the last test */
};
extern struct hooks hooks;

/* Returns whether this call is the test of a hook.  Such a call has done its work by
 * arriving. */
static inline bool is_test(void)
{
    PyThreadState *tester = atomic_load_explicit(&hooks.tester, memory_order_relaxed);
    if (tester == NULL || tester != PyThreadState_Get()) {
        return false;
    }
    hooks.reached = true;
    return true;
}

/* Calls `callable`, into which a trampoline has just been put.  Returns true if the
 * trampoline was reached. */
bool hooks_test(PyObject *callable, PyObject *const *args, size_t nargs);

/* Returns the ufunc whose loops a method of `ufunc` has to use: a copy with our kernels
 * where calls use those, else `ufunc` itself.  Borrowed. */
PyObject *ufunc_slots_loops(PyObject *ufunc, int bits, PyObject *const *args,
                            Py_ssize_t n);

/* Returns the gate of one of the ufunc's methods; NULL: the ufunc has no hook. */
struct choice_gate *ufunc_slots_gate(const PyObject *ufunc, int method);

/* Returns whether small calls of `ufunc` may go straight to NumPy. */
bool ufunc_slots_is_quick(const PyObject *ufunc);

/* 0, or -1 with an exception set. */
int ufunc_slots_prepare(struct state *state, PyObject *functions);
void ufunc_slots_install(void);
void ufunc_slots_remove(void);
int ufunc_slots_status(PyObject *list);

void method_slots_install(PyObject *numpy, PyObject *functions);
void method_slots_remove(void);
int method_slots_status(PyObject *list);

/* Appends a row to what hooks_status() returns; takes over the reference to `name`. */
int hooks_append_status(PyObject *list, PyObject *name, const char *left_out, bool on);

#endif
