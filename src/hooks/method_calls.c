/* method_calls.c - the trampolines in the slots of methods and functions.  A trampoline
 * asks how large the call is, then whose code runs it. */
#include "method_slots.h"

#include <string.h>

#include "engine/profile.h"
#include "order/order.h"
#include "reasons/reasons.h"
#include "ufunc/dispatch.h"

#include "hooks.h"
#include "slots.h"

typedef PyObject *with_keywords(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
typedef PyObject *positional(PyObject *, PyObject *const *, Py_ssize_t);
typedef PyObject *gets_item(PyObject *, PyObject *);
typedef int sets_item(PyObject *, PyObject *, PyObject *);

/* Returns whether a method has the bits of the calls it stands for, and so our kernels.
 * Reductions have NumPy's bits, because only they have NumPy's own order of
 * operations. */
static inline bool stands_for_calls(const struct slot *slot)
{
    return slot == &slots[slot_ufunc_outer] || slot == &slots[slot_ufunc_accumulate];
}

/* Return how many elements a call is about, for each word of functions.def. */
static inline int64_t elements_self(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    (void)args, (void)n;
    return size_of_arrays(self);
}

static inline int64_t elements_first(PyObject *self, PyObject *const *args,
                                     Py_ssize_t n)
{
    (void)self;
    return n > 0 ? size_of_arrays(args[0]) : 0;
}

/* An object that is no array is no call to look at, even for profile(). */
static inline int64_t elements_array(PyObject *self, PyObject *const *args,
                                     Py_ssize_t n)
{
    (void)self;
    return n > 0 && object_is_array(args[0]) ? PyArray_SIZE((PyArrayObject *)args[0])
                                             : -1;
}

/* Nor is an array that is in order, without an argument that says more. */
static inline int64_t elements_unless_c(PyObject *self, PyObject *const *args,
                                        Py_ssize_t n)
{
    const int64_t elements = elements_array(self, args, n);
    return n == 1 && elements > 0 && PyArray_IS_C_CONTIGUOUS((PyArrayObject *)args[0])
               ? -1
               : elements;
}

static inline int64_t elements_unless_f(PyObject *self, PyObject *const *args,
                                        Py_ssize_t n)
{
    const int64_t elements = elements_array(self, args, n);
    return n == 1 && elements > 0 && PyArray_IS_F_CONTIGUOUS((PyArrayObject *)args[0])
               ? -1
               : elements;
}

static inline int64_t elements_second(PyObject *self, PyObject *const *args,
                                      Py_ssize_t n)
{
    (void)self;
    return n > 1 ? size_of_arrays(args[1]) : 0;
}

static inline int64_t elements_all(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    (void)self;
    return size_broadcast(args, n);
}

static inline int64_t elements_pairs(PyObject *self, PyObject *const *args,
                                     Py_ssize_t n)
{
    (void)self;
    int64_t elements = 0;
    return n > 1 && __builtin_mul_overflow(size_of_arrays(args[0]),
                                           size_of_arrays(args[1]), &elements)
               ? INT64_MAX
               : elements;
}

/* Views and single elements, -1, are no calls to look at. */
static inline int64_t elements_key(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return size_of_key(self, args[0], n > 1 ? args[1] : NULL);
}

/* Returns whether also small calls need our kernels, for their bits. */
static inline bool has_own_bits(const struct slot *slot, const PyObject *self)
{
    return stands_for_calls(slot) && !ufunc_slots_is_quick(self);
}

static inline bool is_small(const struct slot *slot, PyObject *self, int64_t elements)
{
    return size_is_few(elements) && !has_own_bits(slot, self);
}

/* The arguments of a call: as a vector, and as CPython gave them if that was not a
 * vector. */
struct given {
    PyObject *const *vector;
    Py_ssize_t nargs;
    PyObject *kwnames;
    PyObject *tuple, *dictionary;
};

static PyObject *call_numpy(const struct slot *slot, PyObject *self,
                            const struct given *given)
{
    void (*const saved)(void) = (void (*)(void))slot->saved;
    switch (slot->flags) {
    case DISPATCHED:
    case BUILTIN:
        return ((vectorcallfunc)saved)(self, given->vector, (size_t)given->nargs,
                                       given->kwnames);
    case METH_FASTCALL | METH_KEYWORDS:
        return ((with_keywords *)saved)(self, given->vector, given->nargs,
                                        given->kwnames);
    case METH_FASTCALL:
        return ((positional *)saved)(self, given->vector, given->nargs);
    case METH_VARARGS:
        return ((PyCFunction)saved)(self, given->tuple);
    case GETS_ITEM:
        return ((gets_item *)saved)(self, given->vector[0]);
    case SETS_ITEM:
        return ((sets_item *)saved)(self, given->vector[0], given->vector[1]) < 0
                   ? NULL
                   : Py_NewRef(Py_None);
    default:
        return ((PyCFunctionWithKeywords)saved)(self, given->tuple, given->dictionary);
    }
}

/* Runs our function.  Returns NULL without an exception if NumPy must run the call. */
static PyObject *call_ours(struct slot *slot, struct hook_call *hook, PyObject *self,
                           const struct given *given)
{
    enum { MOST = 16 };
    PyObject *vector[MOST], *name, *value;
    const Py_ssize_t more = given->dictionary ? PyDict_GET_SIZE(given->dictionary) : 0;
    self = slot->owner == owner_function ? NULL : self;
    if (more == 0) {
        return slot->ours(hook, self, given->vector, given->nargs, given->kwnames);
    }
    if (given->nargs + more > MOST) {
        return decline(hook, reason_too_many_arguments);
    }
    PyObject *kwnames = PyTuple_New(more);
    if (kwnames == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < given->nargs; i++) {
        vector[i] = given->vector[i];
    }
    Py_ssize_t at = 0;
    for (Py_ssize_t i = 0; PyDict_Next(given->dictionary, &at, &name, &value); i++) {
        PyTuple_SET_ITEM(kwnames, i, Py_NewRef(name));
        vector[given->nargs + i] = value;
    }
    PyObject *result = slot->ours(hook, self, vector, given->nargs, kwnames);
    Py_DECREF(kwnames);
    return result;
}

/* Runs NumPy's function, with our kernels where a call has to have their bits. */
static PyObject *call_numpy_with(const struct slot *slot, int bits, PyObject *self,
                                 const struct given *given)
{
    PyObject *target = stands_for_calls(slot)
                           ? ufunc_slots_loops(self, bits, given->vector, given->nargs)
                           : self;
    return call_numpy(slot, target, given);
}

static struct choice_kind kind_of(const struct slot *slot, PyObject *self,
                                  PyObject *const *args, Py_ssize_t n,
                                  PyObject *kwnames, int64_t elements)
{
    const void *function = slot->owner == owner_ufunc ? (void *)self : (void *)slot;
    struct choice_kind kind =
        choice_kind(function, slot->owner == owner_ndarray ? self : NULL, args, n,
                    kwnames, elements);
    kind.key = choice_mix(kind.key, (uint64_t)(uintptr_t)slot->ours);
    return kind;
}

static struct choice_gate *gate_of(struct slot *slot, PyObject *self)
{
    return slot->owner == owner_ufunc
               ? ufunc_slots_gate(self, (int)(slot - slots) - slot_ufunc_outer)
               : &slot->gate;
}
_Static_assert(slot_count - slot_ufunc_outer == ROUTE_METHODS, "a gate for each");

/* Returns what a call is about. */
static inline PyObject *array_of(const struct slot *slot, PyObject *self,
                                 PyObject *const *args, Py_ssize_t nargs)
{
    return slot->owner == owner_ndarray ? self : nargs > 0 ? args[0] : Py_None;
}

/* Returns whether a call is below its gate, judged by the array that it is about. */
static inline bool is_below(const struct slot *slot, const struct choice_gate *gate,
                            PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                            int64_t elements)
{
    PyObject *array = array_of(slot, self, args, nargs);
    if (!FREE_THREADED && PyList_CheckExact(array) && PyList_GET_SIZE(array) > 0) {
        array = PyList_GET_ITEM(array, 0); /* a list of arrays to concatenate */
    } else if (PyTuple_CheckExact(array) && PyTuple_GET_SIZE(array) > 0) {
        array = PyTuple_GET_ITEM(array, 0);
    }
    return gate && choice_is_below(gate, elements, &array, 1, 0) &&
           !has_own_bits(slot, self);
}

struct choice_kind hooks_kind(PyObject *self, const char *name, PyObject *const *args,
                              Py_ssize_t nargs, PyObject *kwnames)
{
    const enum owner owner = PyObject_TypeCheck(self, &PyUFunc_Type) ? owner_ufunc
                             : PyArray_Check(self)                   ? owner_ndarray
                                                                     : owner_function;
    for (int i = 0; i < slot_count; i++) {
        struct slot *slot = &slots[i];
        if (slot->owner == owner && strcmp(slot->name, name) == 0) {
            /* Other slots get keywords as a dictionary. */
            const bool vector = slot->flags == DISPATCHED || slot->flags == BUILTIN ||
                                (slot->flags & METH_FASTCALL);
            const Py_ssize_t more = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
            const int64_t elements = slot->elements(self, args, nargs);
            struct choice_kind kind =
                kind_of(slot, self, args, nargs + (vector ? more : 0),
                        vector ? kwnames : NULL, elements);
            kind.below =
                is_below(slot, gate_of(slot, self), self, args, nargs, elements);
            for (Py_ssize_t k = 0; k < more && !vector; k++) {
                kind = choice_with(kind, PyTuple_GET_ITEM(kwnames, k), args[nargs + k]);
            }
            return kind;
        }
    }
    return (struct choice_kind){0};
}

/* Returns whether a call is ours, and nothing is learned from it. */
static inline bool is_settled(const struct slot *slot, PyObject *self,
                              const struct given *given)
{
    return order_is_settled(slot->ours,
                            array_of(slot, self, given->vector, given->nargs)) &&
           hooks_bits() != (int)KERNELS_SAME;
}

/* Runs any call but the smallest. */
static PyObject *call_large(struct slot *slot, PyObject *self,
                            const struct given *given, int64_t elements)
{
    struct choice_gate *gate = gate_of(slot, self);
    const bool settled = is_settled(slot, self, given);
    if (!settled && is_below(slot, gate, self, given->vector, given->nargs, elements)) {
        return call_numpy(slot, self, given);
    }
    const Py_ssize_t more = given->kwnames ? PyTuple_GET_SIZE(given->kwnames) : 0;
    const Py_ssize_t n = given->nargs + more;
    struct choice_kind kind =
        kind_of(slot, self, given->vector, n, given->kwnames, elements);
    PyObject *name, *value;
    for (Py_ssize_t at = 0;
         given->dictionary && PyDict_Next(given->dictionary, &at, &name, &value);) {
        kind = choice_with(kind, name, value);
    }
    kind.key = settled ? 0 : kind.key;
    if (is_test()) {
        Py_RETURN_NONE;
    }
    const int bits = hooks_bits();
    if (bits == HOOKS_OFF) {
        return call_numpy(slot, self, given);
    }
    if (choice_is_numpys(&kind)) {
        return call_numpy_with(slot, bits, self, given);
    }
    const int64_t since = profile_is_on() ? profile_start() : 0;
    const struct choice choice = choice_begin(&kind);
    struct hook_call hook = {.state = hooks.state,
                             .costs = &slot->costs,
                             .bits = (enum kernel_bits)bits,
                             .exact = bits == KERNELS_SAME,
                             .report = {.reason = choice.reason}};
    PyObject *result = NULL;
    if (choice.side == CHOICE_OURS) {
        result = call_ours(slot, &hook, self, given);
    }
    const bool is_ours = result != NULL || PyErr_Occurred();
    if (!is_ours) {
        result = call_numpy_with(slot, bits, self, given);
    }
    choice_end(&choice, gate, is_ours ? NULL : hook.report.reason, hook.report.probed);
    if (since) {
        /* The array of a method counts as its first argument. */
        PyObject *args[3] = {self};
        Py_ssize_t count = slot->owner == owner_ndarray;
        for (Py_ssize_t i = 0; i < given->nargs && count < 3; i++) {
            args[count++] = given->vector[i];
        }
        profile_call(slot->label, args, count, result, &hook.report,
                     is_ours ? &kind : NULL, since);
    }
    return result;
}

static inline PyObject *const *items(PyObject *tuple)
{
    return ((PyTupleObject *)tuple)->ob_item;
}

/* A function of its own, so that small calls need no stack frame. */
__attribute__((noinline)) static PyObject *
call_vector(struct slot *slot, PyObject *self, PyObject *const *args, Py_ssize_t nargs,
            PyObject *kwnames, int64_t elements)
{
    return call_large(slot, self, &(struct given){args, nargs, kwnames, NULL, NULL},
                      elements);
}

__attribute__((noinline)) static PyObject *call_tuple(struct slot *slot, PyObject *self,
                                                      PyObject *tuple,
                                                      PyObject *dictionary,
                                                      int64_t elements)
{
    return call_large(
        slot, self,
        &(struct given){items(tuple), PyTuple_GET_SIZE(tuple), NULL, tuple, dictionary},
        elements);
}

#define TRAMPOLINES(owner, name, elements)                                             \
  static PyObject *keywords_##owner##_##name(PyObject *self, PyObject *const *args,    \
                                             Py_ssize_t nargs, PyObject *kwnames)      \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    const int64_t n = elements_##elements(self, args, nargs);                          \
    return is_small(slot, self, n) ? ((with_keywords *)(void (*)(void))slot->saved)(   \
                                         self, args, nargs, kwnames)                   \
                                   : call_vector(slot, self, args, nargs, kwnames, n); \
  }                                                                                    \
  static PyObject *positional_##owner##_##name(PyObject *self, PyObject *const *args,  \
                                               Py_ssize_t nargs)                       \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    const int64_t n = elements_##elements(self, args, nargs);                          \
    return is_small(slot, self, n)                                                     \
               ? ((positional *)(void (*)(void))slot->saved)(self, args, nargs)        \
               : call_vector(slot, self, args, nargs, NULL, n);                        \
  }                                                                                    \
  static PyObject *tuple_##owner##_##name(PyObject *self, PyObject *args)              \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    const int64_t n = elements_##elements(self, items(args), PyTuple_GET_SIZE(args));  \
    return is_small(slot, self, n) ? slot->saved(self, args)                           \
                                   : call_tuple(slot, self, args, NULL, n);            \
  }                                                                                    \
  static PyObject *dictionary_##owner##_##name(PyObject *self, PyObject *args,         \
                                               PyObject *keywords)                     \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    const int64_t n = elements_##elements(self, items(args), PyTuple_GET_SIZE(args));  \
    return is_small(slot, self, n)                                                     \
               ? ((PyCFunctionWithKeywords)(void (*)(void))slot->saved)(self, args,    \
                                                                        keywords)      \
               : call_tuple(slot, self, args, keywords, n);                            \
  }                                                                                    \
  static PyObject *dispatched_##owner##_##name(PyObject *self, PyObject *const *args,  \
                                               size_t nargsf, PyObject *kwnames)       \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);                               \
    const int64_t n = elements_##elements(self, args, nargs);                          \
    return is_small(slot, self, n) ? ((vectorcallfunc)(void (*)(void))slot->saved)(    \
                                         self, args, nargsf, kwnames)                  \
                                   : call_vector(slot, self, args, nargs, kwnames, n); \
  }                                                                                    \
  static PyObject *builtin_##owner##_##name(PyObject *self, PyObject *const *args,     \
                                            size_t nargsf, PyObject *kwnames)          \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);                               \
    const Py_ssize_t more = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;                   \
    const int64_t n = elements_##elements(self, args, nargs + more);                   \
    return is_small(slot, self, n)                                                     \
               ? ((with_keywords *)(void (*)(void))slot->general.ml_meth)(             \
                     slot->module, args, nargs, kwnames)                               \
               : call_vector(slot, self, args, nargs, kwnames, n);                     \
  }                                                                                    \
  static PyObject *get_##owner##_##name(PyObject *self, PyObject *key)                 \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    const int64_t n = elements_##elements(self, &key, 1);                              \
    return is_small(slot, self, n)                                                     \
               ? ((gets_item *)(void (*)(void))slot->saved)(self, key)                 \
               : call_vector(slot, self, (PyObject *[]){key}, 1, NULL, n);             \
  }                                                                                    \
  static int set_##owner##_##name(PyObject *self, PyObject *key, PyObject *value)      \
  {                                                                                    \
    struct slot *slot = &slots[slot_##owner##_##name];                                 \
    PyObject *const args[] = {key, value};                                             \
    const int64_t n = value ? elements_##elements(self, args, 2) : -1;                 \
    if (value == NULL || is_small(slot, self, n)) {                                    \
      return ((sets_item *)(void (*)(void))slot->saved)(self, key, value);             \
    }                                                                                  \
    PyObject *none = call_vector(slot, self, args, 2, NULL, n);                        \
    Py_XDECREF(none);                                                                  \
    return none ? 0 : -1;                                                              \
  }
#define FUNCTION(owner, name, arrays, elements, ours, uses)                            \
  IF_HOOKED_##uses(TRAMPOLINES(owner, name, elements))
#include "engine/functions.def"

#define SLOT(owner_name, method, least, elements_word, function)                       \
  [slot_##owner_name##_##method] = {                                                   \
      .name = #method,                                                                 \
      .label = #owner_name "." #method,                                                \
      .owner = owner_##owner_name,                                                     \
      .arrays = least,                                                                 \
      .ours = function,                                                                \
      .elements = elements_##elements_word,                                            \
      .trampolines = {C_FUNCTION(keywords_##owner_name##_##method),                    \
                      C_FUNCTION(positional_##owner_name##_##method),                  \
                      tuple_##owner_name##_##method,                                   \
                      C_FUNCTION(dictionary_##owner_name##_##method),                  \
                      C_FUNCTION(dispatched_##owner_name##_##method),                  \
                      C_FUNCTION(builtin_##owner_name##_##method),                     \
                      get_##owner_name##_##method,                                     \
                      C_FUNCTION(set_##owner_name##_##method)},                        \
  },

struct slot slots[slot_count] = {
#define FUNCTION(owner, name, arrays, elements, ours, uses)                            \
  IF_HOOKED_##uses(SLOT(owner, name, arrays, elements, ours))
#include "engine/functions.def"
};
