/* method_slots.h - the slots of the methods and functions in functions.def.  Only for
 * the files of this folder. */
#ifndef NPP_HOOKS_METHOD_SLOTS_H
#define NPP_HOOKS_METHOD_SLOTS_H

#include "engine/choice.h"
#include "engine/hook_call.h"

/* How CPython calls a function, beside METH_*: by its vectorcall, that of an object of
 * NumPy's or of a function in C that users hold; or x[key], and x[key] = value, by the
 * slots of the type. */
enum { DISPATCHED = -1, BUILTIN = -2, GETS_ITEM = -3, SETS_ITEM = -4 };

struct slot {
    const char *name, *label;
    enum owner owner;
    int arrays;
    hook_function *ours;
    int64_t (*elements)(PyObject *, PyObject *const *, Py_ssize_t);
    /* One trampoline for each way in which CPython may call a function. */
    PyCFunction trampolines[8];
    PyCFunction *place; /* NULL: this NumPy has none */
    int flags;          /* METH_*, or one of the above */
    /* Of a function in C that users hold: itself, its module, what NumPy defines it by,
     * and what is put in place of that. */
    PyCFunctionObject *builtin;
    PyObject *module;
    PyMethodDef *definition, general;
    PyCFunction saved, chosen;
    const char *left_out;
    bool buried;
    struct cost_table costs;
    struct choice_gate gate;
};

/* Expands to its arguments for a function that is hooked, else to nothing. */
#define IF_HOOKED_HOOKED(...) __VA_ARGS__
#define IF_HOOKED_BOTH(...) __VA_ARGS__
#define IF_HOOKED_CALLED(...)

enum slot_number {
#define FUNCTION(owner, name, arrays, elements, ours, uses)                            \
  IF_HOOKED_##uses(slot_##owner##_##name, )
#include "engine/functions.def"
    slot_count,
};

/* The slots, and what is put into them: method_calls.c. */
extern struct slot slots[slot_count];

#endif
