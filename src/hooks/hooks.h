/*
 * hooks.h - the drop-in: NumPy's own functions lead to the engine.
 *
 * The one place that touches NumPy's slots: the `vectorcall` of its ufuncs, which
 * operators use too, and the `ml_meth` or `vectorcall` of methods and functions
 * (functions.def).  Each slot gets a trampoline, which is valid for ever and asks each
 * time whether numpy_par is on here and now.  So slots may change while other threads
 * run through them.
 */
#ifndef NPP_HOOKS_HOOKS_H
#define NPP_HOOKS_HOOKS_H

#include "engine/choice.h"
#include "python/state.h"

/* 0, or -1 with an exception set. */
int hooks_init(struct state *state);

/*
 * hooks_install() fills all slots, hooks_remove_unused() gives them back where nobody
 * needs them.  The first time each hook is tested; a hook that does not take effect is
 * left out from then on.  Returns 0, or -1 with an exception set.  One caller at a
 * time: the lock is in _drop_in.py.
 */
int hooks_install(struct state *state);
void hooks_remove_unused(void);

/* Returns [(name, "on" | "off" | why it is left out)], or NULL with an exception
 * set. */
PyObject *hooks_status(void);

/* HOOKS_ON: with the kernels that the precision allows.  HOOKS_EXACT: only with kernels
 * that have NumPy's bits. */
enum { HOOKS_OFF = -1, HOOKS_EXACT, HOOKS_ON };

/* Set the mode for everybody; and count the contexts that have a mode of their own. */
void hooks_set_everywhere(int mode);
void hooks_count_contexts(int more);

/* hooks_bits() returns, for here and now, HOOKS_OFF or the kernels that a call may use
 * (enum kernel_bits). */
int hooks_bits(void);
bool hooks_is_on(void);

/* Returns the kind (choice.h) of a call of method `name` of `self`, or of a function if
 * `self` is None; all zeros if it is none of the hooks. */
struct choice_kind hooks_kind(PyObject *self, const char *name, PyObject *const *args,
                              Py_ssize_t nargs, PyObject *kwnames);

/* Returns the mode that True, False or "exact" stands for. */
int hooks_mode_of(const PyObject *value);

#endif
