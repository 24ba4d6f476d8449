/* ufunc_slots.c - the vectorcall of NumPy's ufuncs. */
#include "slots.h"

#include <limits.h>
#include <string.h>

#include "engine/size.h"
#include "functions/ufuncs.h"
#include "ufunc/dispatch.h"

#include "hooks.h"

/* The table is indexed by address.  Its size is a power of two, more than twice the
 * number of ufuncs, SciPy's too. */
enum { TABLE_SIZE = 2048 };

/* Entries are added, complete, before their slot is filled, and never leave. */
static struct ufunc_hook {
    PyUFuncObject *ufunc;
    const PyUFuncObject *quick; /* the same, if small calls may go straight to NumPy */
    uint32_t own_types;         /* if not: the types of which they may not */
    struct route *route;
    vectorcallfunc saved;
    const char *left_out; /* why it is left out, or NULL */
    bool buried;          /* another library's function lies over ours, and stays */
} ufunc_hooks[TABLE_SIZE];

/* With this multiplier NumPy's ufuncs have places of their own: a ufunc that did not
 * have the first of its places paid 10 ns. */
static uintptr_t multiplier = 1;

static inline struct ufunc_hook *place(const void *ufunc, uintptr_t attempt)
{
    const uintptr_t hash = ((uintptr_t)ufunc >> 4) * multiplier;
    return &ufunc_hooks[((hash >> 20) + attempt) % TABLE_SIZE];
}

static struct ufunc_hook *find(const void *ufunc)
{
    uintptr_t attempt = 0;
    while (place(ufunc, attempt)->ufunc && place(ufunc, attempt)->ufunc != ufunc) {
        attempt++;
    }
    return place(ufunc, attempt);
}

/* Returns whether NumPy's own loop has the bits that all calls with this one input must
 * have.  `input` is an array, or a Python number. */
static inline bool has_numpys_bits(const struct ufunc_hook *hook, PyObject *input)
{
    const int type = object_is_array(input) ? PyArray_TYPE((PyArrayObject *)input)
                     : PyComplex_CheckExact(input) ? NPY_CDOUBLE
                                                   : NPY_DOUBLE;
    return type < 32 && !(hook->own_types >> type & 1);
}

/* A function of its own, so that the trampoline stays short. */
__attribute__((noinline, aligned(64))) static PyObject *
call_large(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    const struct ufunc_hook *hook = find(self);
    const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (hook->quick == NULL && kwnames == NULL && size_is_short(args, nargs)) {
        const bool numpys = nargs == 1 && has_numpys_bits(hook, args[0]);
        const int bits = numpys ? HOOKS_OFF : hooks_bits();
        return bits == HOOKS_OFF ? hook->saved(self, args, nargsf, NULL)
                                 : dispatch_small(hook->route, (enum kernel_bits)bits,
                                                  hook->saved, args, nargsf, NULL);
    }
    const Py_ssize_t n = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    const int64_t elements = size_broadcast(args, n);
    const bool is_few = size_is_few(elements);
    if (hook->quick && (is_few || choice_is_below(&hook->route->gate, elements, args, n,
                                                  hook->route->types))) {
        return hook->saved(self, args, nargsf, kwnames);
    }
    struct choice_kind kind = {0};
    if (!is_few) {
        kind = choice_kind(self, NULL, args, n, kwnames, elements);
    }
    const bool is_numpys = is_few || choice_is_numpys(&kind);
    const bool as_it_is = hook->quick ? !(kind.types & hook->route->types)
                                      : nargs == 1 && kwnames == NULL &&
                                            object_is_array(args[0]) &&
                                            has_numpys_bits(hook, args[0]);
    if (is_numpys && as_it_is) {
        return hook->saved(self, args, nargsf, kwnames);
    }
    if (is_test()) {
        Py_RETURN_NONE;
    }
    const int bits = hooks_bits();
    if (bits == HOOKS_OFF) {
        return hook->saved(self, args, nargsf, kwnames);
    }
    return is_numpys ? dispatch_small(hook->route, (enum kernel_bits)bits, hook->saved,
                                      args, nargsf, kwnames)
                     : dispatch_large(hook->route, (enum kernel_bits)bits, &kind,
                                      hook->saved, args, nargsf, kwnames);
}

SIZE_COMPACT static PyObject *ufunc_trampoline(PyObject *self, PyObject *const *args,
                                               size_t nargsf, PyObject *kwnames)
{
    const struct ufunc_hook *hook = place(self, 0);
    return hook->quick == (PyUFuncObject *)self && kwnames == NULL &&
                   size_is_short(args, PyVectorcall_NARGS(nargsf))
               ? hook->saved(self, args, nargsf, kwnames)
               : call_large(self, args, nargsf, kwnames);
}

struct choice_gate *ufunc_slots_gate(const PyObject *ufunc, int method)
{
    const struct ufunc_hook *hook = find(ufunc);
    return hook->ufunc ? &hook->route->method_gates[method] : NULL;
}

bool ufunc_slots_is_quick(const PyObject *ufunc)
{
    const struct ufunc_hook *hook = find(ufunc);
    return hook->ufunc == NULL || hook->quick != NULL;
}

PyObject *ufunc_slots_loops(PyObject *ufunc, int bits, PyObject *const *args,
                            Py_ssize_t n)
{
    const struct ufunc_hook *hook = find(ufunc);
    return bits != KERNELS_SAME && hook->ufunc && hook->quick == NULL &&
                   dispatch_are_plain(hook->route, args, n)
               ? (PyObject *)hook->route->loops[bits]
               : ufunc;
}

static void install_ufunc(struct ufunc_hook *hook)
{
    const vectorcallfunc now = SLOT_LOAD(hook->ufunc->vectorcall);
    if (now == ufunc_trampoline || hook->buried || hook->left_out) {
        return;
    }
    hook->saved = now;
    SLOT_STORE(hook->ufunc->vectorcall, ufunc_trampoline);
    if (!hooks.tested && !hooks_test((PyObject *)hook->ufunc, NULL, 0)) {
        hook->left_out = "a call does not reach its vectorcall";
        SLOT_STORE(hook->ufunc->vectorcall, now);
    }
}

static void remove_ufunc(struct ufunc_hook *hook)
{
    const vectorcallfunc now = SLOT_LOAD(hook->ufunc->vectorcall);
    hook->buried = now != ufunc_trampoline && now != hook->saved;
    if (now == ufunc_trampoline) {
        SLOT_STORE(hook->ufunc->vectorcall, hook->saved);
    }
}

/* Makes a parallel ufunc for each ufunc in one of NumPy's modules, the private ones
 * (clip) too. */
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

/* Returns how many of the ufuncs come to a place that another one has. */
static int count_collisions(PyObject *registry)
{
    static bool taken[TABLE_SIZE];
    PyObject *ufunc, *ours;
    int collisions = 0;
    memset(taken, 0, sizeof taken);
    for (Py_ssize_t at = 0; PyDict_Next(registry, &at, &ufunc, &ours);) {
        bool *mine = &taken[place(ufunc, 0) - ufunc_hooks];
        collisions += *mine;
        *mine = true;
    }
    return collisions;
}

/* Called before there is any entry. */
static void choose_multiplier(PyObject *registry)
{
    enum { ATTEMPTS = 1000 };
    uintptr_t best = 1, candidate = 1;
    int least = INT_MAX;
    for (int i = 0; i < ATTEMPTS && least > 0; i++) {
        candidate = candidate * (uintptr_t)UINT64_C(6364136223846793005) + 2;
        multiplier = candidate | 1;
        const int collisions = count_collisions(registry);
        if (collisions < least) {
            least = collisions;
            best = multiplier;
        }
    }
    multiplier = best;
}

/* Makes an entry for every ufunc that has a parallel one.  Returns 0, or -1 with an
 * exception set. */
int ufunc_slots_prepare(struct state *state, PyObject *functions)
{
    static int count;
    PyObject *ufunc, *ours;
    if (!hooks.tested && add_ufuncs(state, functions) < 0) {
        return -1;
    }
    if (count == 0) {
        choose_multiplier(state->registry);
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
        hook->own_types = kernels_own_types((PyUFuncObject *)ufunc);
        hook->quick = route_has_own_bits(hook->route) ? NULL : (PyUFuncObject *)ufunc;
        hook->ufunc = (PyUFuncObject *)Py_NewRef(ufunc);
    }
    return 0;
}

void ufunc_slots_install(void)
{
    for (int i = 0; i < TABLE_SIZE; i++) {
        if (ufunc_hooks[i].ufunc) {
            install_ufunc(&ufunc_hooks[i]);
        }
    }
}

void ufunc_slots_remove(void)
{
    for (int i = 0; i < TABLE_SIZE; i++) {
        if (ufunc_hooks[i].ufunc) {
            remove_ufunc(&ufunc_hooks[i]);
        }
    }
}

int ufunc_slots_status(PyObject *list)
{
    int status = 0;
    for (int i = 0; i < TABLE_SIZE && status == 0; i++) {
        const struct ufunc_hook *hook = &ufunc_hooks[i];
        if (hook->ufunc) {
            status = hooks_append_status(
                list, PyUnicode_FromString(hook->ufunc->name), hook->left_out,
                SLOT_LOAD(hook->ufunc->vectorcall) == ufunc_trampoline);
        }
    }
    return status;
}
