/* hooks.c - see hooks.h. */
#include "hooks.h"

#include <stdatomic.h>
#include <string.h>

#include "dispatch.h"
#include "hook_call.h"
#include "movement.h"
#include "outer.h"
#include "ufuncs.h"

/* NumPy's ufuncs by address: a power of two, more than twice as many as there are,
 * SciPy's too. */
enum { TABLE_SIZE = 2048 };

static struct {
    const struct state *state; /* of the main interpreter's module, which stays */
    _Atomic bool everywhere;
    _Atomic int contexts;
    bool tested;
    _Atomic(PyThreadState *) tester; /* the thread that tests hooks now, or NULL */
    bool reached;                    /* by the last test */
} hooks;

bool hooks_are_on(void)
{
    if (atomic_load_explicit(&hooks.contexts, memory_order_relaxed) == 0) {
        return atomic_load_explicit(&hooks.everywhere, memory_order_relaxed);
    }
    PyObject *value = NULL;
    if (PyContextVar_Get(hooks.state->enabled_variable, NULL, &value) < 0) {
        PyErr_Clear();
    }
    const bool on =
        value && value != Py_None ? value == Py_True : atomic_load(&hooks.everywhere);
    Py_XDECREF(value);
    return on;
}

/* Slots are read by other threads, without a lock, in NumPy and CPython. */
#define LOAD(slot) __atomic_load_n(&(slot), __ATOMIC_ACQUIRE)
#define STORE(slot, value) __atomic_store_n(&(slot), value, __ATOMIC_RELEASE)

/* Whether this call is the test of a hook: then it has done its work by arriving. */
static inline bool is_test(void)
{
    PyThreadState *tester = atomic_load_explicit(&hooks.tester, memory_order_relaxed);
    if (tester == NULL || tester != PyThreadState_Get()) {
        return false;
    }
    hooks.reached = true;
    return true;
}

/* Call what a trampoline has just been put into; true: it was reached. */
static bool test(PyObject *callable, PyObject *const *args, size_t nargs)
{
    hooks.reached = false;
    atomic_store(&hooks.tester, PyThreadState_Get());
    PyObject *result = PyObject_Vectorcall(callable, args, nargs, NULL);
    atomic_store(&hooks.tester, NULL);
    Py_XDECREF(result);
    PyErr_Clear();
    return hooks.reached;
}

/* -- ufuncs --------------------------------------------------------------------- */

/* Entries are added, complete, before their slot is filled, and never leave. */
static struct ufunc_hook {
    PyUFuncObject *ufunc;
    struct route *route;
    vectorcallfunc saved;
    const char *left_out; /* why, or NULL */
    bool buried;          /* another library's function lies over ours, and stays */
} ufunc_hooks[TABLE_SIZE];

static inline struct ufunc_hook *find(const void *ufunc)
{
    for (uintptr_t at = (uintptr_t)ufunc >> 4;; at++) {
        struct ufunc_hook *hook = &ufunc_hooks[at % TABLE_SIZE];
        if (hook->ufunc == ufunc || hook->ufunc == NULL) {
            return hook;
        }
    }
}

static PyObject *ufunc_trampoline(PyObject *self, PyObject *const *args, size_t nargsf,
                                  PyObject *kwnames)
{
    if (is_test()) {
        Py_RETURN_NONE;
    }
    const struct ufunc_hook *hook = find(self);
    const Py_ssize_t values = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (dispatch_is_tiny(hook->route, args, PyVectorcall_NARGS(nargsf) + values) ||
        !hooks_are_on()) {
        return hook->saved(self, args, nargsf, kwnames);
    }
    return dispatch_large(hook->route, hook->saved, args, nargsf, kwnames);
}

static void install_ufunc(struct ufunc_hook *hook)
{
    const vectorcallfunc now = LOAD(hook->ufunc->vectorcall);
    if (now == ufunc_trampoline || hook->buried || hook->left_out) {
        return;
    }
    hook->saved = now;
    STORE(hook->ufunc->vectorcall, ufunc_trampoline);
    if (!hooks.tested && !test((PyObject *)hook->ufunc, NULL, 0)) {
        hook->left_out = "a call does not reach its vectorcall";
        STORE(hook->ufunc->vectorcall, now);
    }
}

static void remove_ufunc(struct ufunc_hook *hook)
{
    const vectorcallfunc now = LOAD(hook->ufunc->vectorcall);
    hook->buried = now != ufunc_trampoline && now != hook->saved;
    if (now == ufunc_trampoline) {
        STORE(hook->ufunc->vectorcall, hook->saved);
    }
}

/* Have a parallel ufunc for each of a module of NumPy's, the private ones (clip) too.
 */
static int add_ufuncs(struct state *state, PyObject *module)
{
    PyObject *name, *value;
    PyObject *contents = PyModule_GetDict(module);
    for (Py_ssize_t at = 0; PyDict_Next(contents, &at, &name, &value);) {
        if (PyObject_TypeCheck(value, &PyUFunc_Type)) {
            PyObject *ours = ufuncs_parallelize(state, value);
            if (ours == NULL) {
                return -1;
            }
            Py_DECREF(ours);
        }
    }
    return 0;
}

/* An entry for every ufunc that has a parallel one.  -1: exception. */
static int fill_table(struct state *state, PyObject *functions)
{
    static int count;
    PyObject *ufunc, *ours;
    if (add_ufuncs(state, functions) < 0) {
        return -1;
    }
    for (Py_ssize_t at = 0; PyDict_Next(state->registry, &at, &ufunc, &ours);) {
        struct ufunc_hook *hook = find(ufunc);
        if (hook->ufunc) {
            continue;
        }
        if (++count > TABLE_SIZE / 2) {
            PyErr_Format(PyExc_SystemError, "enable: NumPy has more than %d ufuncs",
                         TABLE_SIZE / 2);
            return -1;
        }
        hook->route = (struct route *)Py_NewRef((PyObject *)route_of(ours));
        hook->ufunc = (PyUFuncObject *)Py_NewRef(ufunc);
    }
    return 0;
}

/* -- methods and functions ------------------------------------------------------ */

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
        reached = test(callable, args,
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

/* -- all of them ---------------------------------------------------------------- */

int hooks_install(struct state *state)
{
    hooks.state = state;
    PyObject *numpy = PyImport_ImportModule("numpy");
    PyObject *functions = PyImport_ImportModule("numpy._core._multiarray_umath");
    int status = numpy && functions ? fill_table(state, functions) : -1;
    if (status == 0) {
        for (int i = 0; i < TABLE_SIZE; i++) {
            if (ufunc_hooks[i].ufunc) {
                install_ufunc(&ufunc_hooks[i]);
            }
        }
        for (int i = 0; i < slot_count; i++) {
            install_slot(&slots[i], numpy, functions);
        }
        hooks.tested = true;
    }
    Py_XDECREF(functions);
    Py_XDECREF(numpy);
    return status;
}

void hooks_remove(void)
{
    for (int i = 0; i < TABLE_SIZE; i++) {
        if (ufunc_hooks[i].ufunc) {
            remove_ufunc(&ufunc_hooks[i]);
        }
    }
    for (int i = 0; i < slot_count; i++) {
        remove_slot(&slots[i]);
    }
}

static int append_status(PyObject *list, PyObject *name, const char *status)
{
    PyObject *row = name ? Py_BuildValue("(Os)", name, status) : NULL;
    const int result = row ? PyList_Append(list, row) : -1;
    Py_XDECREF(row);
    Py_XDECREF(name);
    return result;
}

PyObject *hooks_status(void)
{
    PyObject *list = PyList_New(0);
    int status = list ? 0 : -1;
    for (int i = 0; i < TABLE_SIZE && status == 0; i++) {
        const struct ufunc_hook *hook = &ufunc_hooks[i];
        if (hook->ufunc) {
            const bool on = LOAD(hook->ufunc->vectorcall) == ufunc_trampoline;
            status = append_status(list, PyUnicode_FromString(hook->ufunc->name),
                                   hook->left_out ? hook->left_out
                                   : on           ? "on"
                                                  : "off");
        }
    }
    for (int i = 0; i < slot_count && status == 0; i++) {
        const struct slot *slot = &slots[i];
        const bool on = slot->def && LOAD(slot->def->ml_meth) == slot->chosen;
        status = append_status(
            list, PyUnicode_FromFormat("%s.%s", slot->owner_name, slot->name),
            slot->left_out ? slot->left_out
            : on           ? "on"
                           : "off");
    }
    if (status < 0) {
        Py_CLEAR(list);
    }
    return list;
}

void hooks_set_everywhere(bool on)
{
    atomic_store(&hooks.everywhere, on);
}

void hooks_count_contexts(int more)
{
    atomic_fetch_add(&hooks.contexts, more);
}

int hooks_init(struct state *state)
{
    state->enabled_variable = PyContextVar_New("numpy_par_enabled", NULL);
    return state->enabled_variable ? 0 : -1;
}
