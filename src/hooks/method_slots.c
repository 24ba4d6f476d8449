/* method_slots.c - the ml_meth of the methods and functions in hooks.def. */
#include "slots.h"

#include <string.h>

#include "../dispatch.h"
#include "../movement.h"
#include "../outer.h"
#include "hook_call.h"
#include "hooks.h"

typedef PyObject *with_keywords(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
typedef PyObject *positional(PyObject *, PyObject *const *, Py_ssize_t);

enum owner { owner_ndarray, owner_ufunc, owner_function };
#define NUMPY NULL

struct slot {
    const char *owner_name, *name;
    enum owner owner;
    int arrays;
    hook_function *ours;
    /* One trampoline for each way in which CPython may call a function. */
    PyCFunction trampolines[3];
    PyMethodDef *def; /* NULL: this NumPy has none */
    PyCFunction saved, chosen;
    const char *left_out;
    bool buried;
    struct cost_table costs;
};

enum slot_number {
#define HOOK(owner, name, arrays, ours) slot_##owner##_##name,
#include "hooks.def"
#undef HOOK
    slot_count,
};
static struct slot slots[slot_count];

/* Of an array, or of the first arrays in a list or tuple. */
static inline int64_t elements(PyObject *object)
{
    if (!PyList_CheckExact(object) && !PyTuple_CheckExact(object)) {
        return dispatch_elements(object);
    }
    int64_t sum = PySequence_Fast_GET_SIZE(object);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object) && i < 16; i++) {
        sum += dispatch_elements(PySequence_Fast_GET_ITEM(object, i));
    }
    return sum;
}

/* What a call is about, at a glance. */
static inline int64_t glance(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    int64_t most = PyArray_Check(self) ? dispatch_elements(self) : 0;
    for (Py_ssize_t i = 0; i < nargs && i < 3; i++) {
        const int64_t size = elements(args[i]);
        most = size > most ? size : most;
    }
    return most;
}

/* Ours; NULL without an exception: NumPy is to run it. */
static PyObject *run(struct slot *slot, PyObject *self, PyObject *const *args,
                     Py_ssize_t nargs, PyObject *kwnames)
{
    if (is_test()) {
        Py_RETURN_NONE;
    }
    const int64_t look = atomic_load_explicit(&cost_first_look, memory_order_relaxed);
    if (slot->ours == NULL || glance(self, args, nargs) < look || !hooks_are_on()) {
        return NULL;
    }
    struct hook_call hook = {.state = hooks.state, .costs = &slot->costs};
    return slot->ours(&hook, self, args, nargs, kwnames);
}

static inline PyObject *call_with_keywords(struct slot *slot, PyObject *self,
                                           PyObject *const *args, Py_ssize_t nargs,
                                           PyObject *kwnames)
{
    PyObject *result = run(slot, self, args, nargs, kwnames);
    return result || PyErr_Occurred() ? result
                                      : ((with_keywords *)(void (*)(void))slot->saved)(
                                            self, args, nargs, kwnames);
}

static inline PyObject *call_positional(struct slot *slot, PyObject *self,
                                        PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *result = run(slot, self, args, nargs, NULL);
    return result || PyErr_Occurred()
               ? result
               : ((positional *)(void (*)(void))slot->saved)(self, args, nargs);
}

static inline PyObject *call_tuple(struct slot *slot, PyObject *self, PyObject *args)
{
    PyObject *result =
        run(slot, self, ((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args), NULL);
    return result || PyErr_Occurred() ? result : slot->saved(self, args);
}

#define HOOK(owner, name, arrays, ours)                                                \
  static PyObject *keywords_##owner##_##name(PyObject *self, PyObject *const *args,    \
                                             Py_ssize_t nargs, PyObject *kwnames)      \
  {                                                                                    \
    return call_with_keywords(&slots[slot_##owner##_##name], self, args, nargs,        \
                              kwnames);                                                \
  }                                                                                    \
  static PyObject *positional_##owner##_##name(PyObject *self, PyObject *const *args,  \
                                               Py_ssize_t nargs)                       \
  {                                                                                    \
    return call_positional(&slots[slot_##owner##_##name], self, args, nargs);          \
  }                                                                                    \
  static PyObject *tuple_##owner##_##name(PyObject *self, PyObject *args)              \
  {                                                                                    \
    return call_tuple(&slots[slot_##owner##_##name], self, args);                      \
  }
#include "hooks.def"
#undef HOOK

#define FUNCTION(f) ((PyCFunction)(void (*)(void))(f))
static struct slot slots[slot_count] = {
#define HOOK(owner, name, arrays, ours)                                                \
  {#owner,                                                                             \
   #name,                                                                              \
   owner_##owner,                                                                      \
   arrays,                                                                             \
   ours,                                                                               \
   {FUNCTION(keywords_##owner##_##name), FUNCTION(positional_##owner##_##name),        \
    tuple_##owner##_##name},                                                           \
   NULL,                                                                               \
   NULL,                                                                               \
   NULL,                                                                               \
   NULL,                                                                               \
   false,                                                                              \
   {{0}}},
#include "hooks.def"
#undef HOOK
};

static PyMethodDef *find_method(PyTypeObject *type, const char *name)
{
    for (PyMethodDef *def = type->tp_methods; def && def->ml_name; def++) {
        if (strcmp(def->ml_name, name) == 0) {
            return def;
        }
    }
    return NULL;
}

static PyMethodDef *find_function(PyObject *module, const char *name)
{
    PyObject *function = PyObject_GetAttrString(module, name);
    PyMethodDef *def = NULL;
    if (function && PyCFunction_CheckExact(function)) {
        def = ((PyCFunctionObject *)function)->m_ml;
    }
    Py_XDECREF(function);
    PyErr_Clear();
    return def;
}

/* What users call: the method of a type, or the function in numpy. */
static PyObject *public_callable(const struct slot *slot, PyObject *numpy)
{
    PyObject *owner = slot->owner == owner_ndarray ? (PyObject *)&PyArray_Type
                      : slot->owner == owner_ufunc ? (PyObject *)&PyUFunc_Type
                                                   : numpy;
    return PyObject_GetAttrString(owner, slot->name);
}

static bool slot_is_reached(const struct slot *slot, PyObject *numpy)
{
    npy_intp two = 2;
    bool reached = false;
    PyObject *array = PyArray_SimpleNew(1, &two, NPY_DOUBLE);
    PyObject *callable = public_callable(slot, numpy);
    PyObject *add = PyObject_GetAttrString(numpy, "add");
    if (array && callable && add) {
        PyObject *args[] = {slot->owner == owner_ufunc ? add : array, array, array};
        reached = hooks_test(callable, args,
                             (size_t)slot->arrays + (slot->owner != owner_function));
    }
    PyErr_Clear();
    Py_XDECREF(add);
    Py_XDECREF(callable);
    Py_XDECREF(array);
    return reached;
}

/* Find a slot of this NumPy.  NULL, or why it cannot be had. */
static const char *find_slot(struct slot *slot, PyObject *functions)
{
    slot->def = slot->owner == owner_ndarray ? find_method(&PyArray_Type, slot->name)
                : slot->owner == owner_ufunc ? find_method(&PyUFunc_Type, slot->name)
                                             : find_function(functions, slot->name);
    if (slot->def == NULL) {
        return "this NumPy has no such C function";
    }
    switch (slot->def->ml_flags) {
    case METH_FASTCALL | METH_KEYWORDS:
        slot->chosen = slot->trampolines[0];
        return NULL;
    case METH_FASTCALL:
        slot->chosen = slot->trampolines[1];
        return NULL;
    case METH_VARARGS:
        slot->chosen = slot->trampolines[2];
        return NULL;
    default:
        slot->def = NULL;
        return "this NumPy takes its arguments in another way";
    }
}

static void install_slot(struct slot *slot, PyObject *numpy, PyObject *functions)
{
    if (!hooks.tested) {
        slot->left_out = find_slot(slot, functions);
    }
    if (slot->left_out || slot->buried || LOAD(slot->def->ml_meth) == slot->chosen) {
        return;
    }
    slot->saved = LOAD(slot->def->ml_meth);
    STORE(slot->def->ml_meth, slot->chosen);
    if (!hooks.tested && !slot_is_reached(slot, numpy)) {
        slot->left_out = "a call does not reach its slot";
        STORE(slot->def->ml_meth, slot->saved);
    }
}

static void remove_slot(struct slot *slot)
{
    if (slot->def == NULL || slot->left_out) {
        return;
    }
    const PyCFunction now = LOAD(slot->def->ml_meth);
    slot->buried = now != slot->chosen && now != slot->saved;
    if (now == slot->chosen) {
        STORE(slot->def->ml_meth, slot->saved);
    }
}

void method_slots_install(PyObject *numpy, PyObject *functions)
{
    for (int i = 0; i < slot_count; i++) {
        install_slot(&slots[i], numpy, functions);
    }
}

void method_slots_remove(void)
{
    for (int i = 0; i < slot_count; i++) {
        remove_slot(&slots[i]);
    }
}

int method_slots_status(PyObject *list)
{
    int status = 0;
    for (int i = 0; i < slot_count && status == 0; i++) {
        const struct slot *slot = &slots[i];
        status = hooks_append_status(
            list, PyUnicode_FromFormat("%s.%s", slot->owner_name, slot->name),
            slot->left_out, slot->def && LOAD(slot->def->ml_meth) == slot->chosen);
    }
    return status;
}
