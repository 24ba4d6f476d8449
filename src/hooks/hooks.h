/*
 * hooks.h - the drop-in: NumPy's own functions lead to the engine.
 *
 * The one place that touches NumPy's slots: the `vectorcall` of its ufuncs, which
 * operators use too, and the `ml_meth` or `vectorcall` of methods and functions
 * (functions.def).  What is put there, a trampoline, is valid for ever and asks each
 * time whether numpy_par is on here and now, so slots may change while other threads
 * run through them.
 */
#ifndef NPP_HOOKS_HOOKS_H
#define NPP_HOOKS_HOOKS_H

#include "engine/choice.h"
#include "python/state.h"

/* 0, or -1 with an exception set. */
int hooks_init(struct state *state);

/*
 * Fill all slots, or give them back where nobody needs them.  The first time each hook
 * is tested; one that does not take effect is left out from then on.  0, or -1 with an
 * exception set.  One caller at a time: the lock is in _drop_in.py.
 */
int hooks_install(struct state *state);
void hooks_remove_unused(void);

/* [(name, "on" | "off" | why it is left out)], or NULL with an exception set. */
PyObject *hooks_status(void);

/* On: with the kernels that the precision allows, or only those with NumPy's bits. */
enum { HOOKS_OFF = -1, HOOKS_EXACT, HOOKS_ON };

/* For everybody; and how many contexts have a say of their own. */
void hooks_set_everywhere(int mode);
void hooks_count_contexts(int more);

/* Here and now: HOOKS_OFF, or the kernels that a call may use (enum kernel_bits). */
int hooks_bits(void);
bool hooks_is_on(void);

/* The kind of a call (choice.h) of a method of `self`, or of a function where that is
 * None; all zeros if it is none of the hooks. */
struct choice_kind hooks_kind(PyObject *self, const char *name, PyObject *const *args,
                              Py_ssize_t nargs, PyObject *kwnames);

/* What True, False and "exact" stand for. */
int hooks_mode_of(const PyObject *value);

#endif
