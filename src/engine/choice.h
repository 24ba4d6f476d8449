/*
 * choice.h - NumPy's code or ours?  What was learned about each kind of call.
 *
 * A kind is a function with types, layouts and an order of size.  The cost model
 * (cost.h) says beforehand which calls cannot gain.  This module records the outcome: a
 * kind that was refused goes to NumPy at once for a while, and a kind that runs follows
 * the verdict of trials with NumPy's code and ours (trial.h).
 */
#ifndef NPP_ENGINE_CHOICE_H
#define NPP_ENGINE_CHOICE_H

#include "size.h"
#include "trial.h"

enum choice_side { CHOICE_OURS, CHOICE_NUMPYS };

/* What is known about a kind: a word of state, its times, and why it was refused. */
struct choice_entry {
    _Atomic uint64_t state;       /* key (32 bits) | mode | calls left (16) */
    _Atomic uint64_t times;       /* two floats, ns a call: NumPy's code, ours */
    _Atomic(const char *) reason; /* why it was refused, or NULL */
};

enum { CHOICE_ENTRIES = 2048, CHOICE_LEFT = 0xffff };
enum choice_mode {
    CHOICE_OURS_NOW = 1 << 16,
    CHOICE_NUMPYS_NOW = 2 << 16,
    CHOICE_REFUSED = 4 << 16
};
extern struct choice_entry choice_entries[CHOICE_ENTRIES];

static inline uint64_t choice_mix(uint64_t key, uint64_t value)
{
    key = (key ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return key ^ key >> 29;
}

/* The kind of a call.  The key has, for each array, what its loops are chosen by; for
 * each other object its type, or its value if there are few of them; and the order of
 * size. */
struct choice_kind {
    uint64_t key; /* 0: nothing is learned from it */
    int64_t elements;
    uint32_t types; /* of the first arrays: a bit for each type number; 31: others */
    bool below;     /* only for explain(): the call is below its function's gate */
};

/* Returns the kind of a call of any `function` on `elements` elements.  `self` is NULL,
 * or an array. */
struct choice_kind choice_kind(const void *function, PyObject *self,
                               PyObject *const *args, Py_ssize_t n, PyObject *kwnames,
                               int64_t elements);

/* Returns `kind` with the keyword `name` and its `value` mixed in. */
struct choice_kind choice_with(struct choice_kind kind, PyObject *name,
                               PyObject *value);

/* Returns the entry of a kind and stores its state; state 0: the kind has no entry.  A
 * key has two places, because two kinds that shared a single one would turn each other
 * out at each call. */
static inline struct choice_entry *choice_find(uint64_t key, uint64_t *state)
{
    struct choice_entry *entry = &choice_entries[key % CHOICE_ENTRIES];
    *state = atomic_load_explicit(&entry->state, memory_order_relaxed);
    if ((*state ^ key) >> 32) {
        entry = &choice_entries[(key % CHOICE_ENTRIES) ^ 1];
        *state = atomic_load_explicit(&entry->state, memory_order_relaxed);
        *state = (*state ^ key) >> 32 ? 0 : *state;
    }
    return entry;
}

/* Returns whether calls of this kind go to NumPy for now.  If they do, this call is
 * counted as one of them. */
static inline bool choice_is_numpys(const struct choice_kind *kind)
{
    uint64_t state;
    struct choice_entry *entry = choice_find(kind->key, &state);
    const bool numpys = (state & CHOICE_REFUSED) ||
                        ((state & CHOICE_NUMPYS_NOW) && trial_phase() == TRIAL_NONE);
    if (!numpys || !(state & CHOICE_LEFT) || !size_is_few(0)) {
        return false;
    }
    /* Not a read-modify-write: a lost count does no harm. */
    atomic_store_explicit(&entry->state, state - 1, memory_order_relaxed);
    return true;
}

/*
 * The gate of a function: the number of elements below which NumPy's code was always as
 * fast, with numbers of the common types for which we have no kernel.  A call below the
 * gate does not even get a key.  Such calls are not looked at again until a call of
 * twice as many elements pays.
 */
struct choice_gate {
    _Atomic int32_t elements;
    _Atomic int32_t most;  /* half the size of a call that paid; 0: not known */
    _Atomic int32_t votes; /* calls for which NumPy's code was as fast */
};

/* Types for which all loops are fast: bool to double. */
#define CHOICE_COMMON ((UINT32_C(2) << NPY_DOUBLE) - 1)

static inline uint32_t choice_type(const PyArrayObject *array)
{
    const int type = PyArray_TYPE(array);
    return UINT32_C(1) << ((unsigned)type < 31 ? type : 31);
}

/* Returns whether a call is below the gate of its function.  `own` has the types for
 * which the function has kernels of ours.  With two types there may be casts: an
 * element costs more. */
static inline bool choice_is_below(const struct choice_gate *gate, int64_t elements,
                                   PyObject *const *args, Py_ssize_t n, uint32_t own)
{
    const int64_t most = atomic_load_explicit(&gate->elements, memory_order_relaxed);
    if (elements >= most || !size_gate_is_usual()) {
        return false;
    }
    uint32_t types = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (object_is_array(args[i])) {
            types |= choice_type((const PyArrayObject *)args[i]);
        } else if (PyTuple_CheckExact(args[i]) || PyList_CheckExact(args[i]) ||
                   object_is_any_array(args[i])) {
            return false;
        }
    }
    const bool alike = (types & (types - 1)) == 0;
    return types && !(types & ~(CHOICE_COMMON & ~own)) &&
           (alike || 2 * elements < most);
}

/* A call that choice_is_numpys() did not decide. */
struct choice {
    struct choice_kind kind;
    enum choice_side side;
    const char *reason;     /* why it is NumPy's, if it is */
    enum trial_phase phase; /* the trial phase that the call is part of */
    int64_t since;          /* when the call began, if in a phase */
};
struct choice choice_begin(const struct choice_kind *kind);

/* Records how a call ended.  `refused` is the reason why the engine left it to NumPy,
 * or NULL; `probed` says whether the call was run to learn what it costs.  The gate may
 * be NULL. */
void choice_end(const struct choice *choice, struct choice_gate *gate,
                const char *refused, bool probed);

/* Returns how many calls the engine was asked about and left to NumPy. */
uint64_t choice_refused(void);

/* Nanoseconds of a call with NumPy's code and with ours, as measured; negative: not
 * known. */
struct choice_times {
    double numpys, ours;
};
struct choice_times choice_times(const struct choice_kind *kind);

/* Returns why calls of this kind go to NumPy for now, although the engine would take
 * them; NULL: they do not go to NumPy.  For explain(): counts nothing. */
const char *choice_measured(const struct choice_kind *kind);

/* Discards what was learned under other conditions (a cap, competing processes). */
void choice_forget(void);

#endif
