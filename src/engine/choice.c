/* choice.c - see choice.h. */
#include "choice.h"

#include <string.h>

#include "reasons/reasons.h"
#include "threads/clock.h"
#include "threads/spare.h"
#include "threads/team.h"

#include "cost.h"
#include "profit.h"

enum { KEY_SHIFT = 32, MODES = 0xff << 16 };

/* A kind asks for a trial after this many calls: the first time, and later. */
enum { FIRST_CALLS = 16, LATER_CALLS = 256 };

/* A refused call costs up to a microsecond more than calling NumPy, so after a refusal
 * this many calls go to NumPy unasked.  For large calls a microsecond is nothing. */
enum { REFUSED_CALLS = 256, LARGE_ELEMENTS = 1 << 18 };

struct choice_entry choice_entries[CHOICE_ENTRIES];
static _Atomic uint64_t epoch, refusals;

/* -- kinds ---------------------------------------------------------------------- */

/* Returns the properties of `array` that loops are chosen by. */
static inline uint64_t layout_of(const PyArrayObject *array)
{
    const PyArrayObject_fields *fields = (const PyArrayObject_fields *)array;
    const int flags = fields->flags & (NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS |
                                       NPY_ARRAY_ALIGNED);
    uint64_t layout = (uint64_t)(unsigned)fields->nd << 32 |
                      (uint64_t)(unsigned)flags << 16 | (uint16_t)PyArray_TYPE(array);
    if (fields->nd > 1) { /* the order of length of inner loops; 1: broadcast */
        const npy_intp n = fields->dimensions[fields->nd - 1];
        layout |= (uint64_t)(n > 0 ? 64 - __builtin_clzll((uint64_t)n) : 0) << 40;
    }
    return layout;
}

static uint64_t value_of(PyObject *object);

/* out=(array,), the indices of several axes, a few axes. */
static uint64_t value_of_items(const PyTupleObject *tuple)
{
    enum { MOST = 4 };
    const Py_ssize_t n = Py_SIZE(tuple);
    uint64_t value = value_of(tuple->ob_item[0]);
    for (Py_ssize_t i = 1; i < n && i < MOST; i++) {
        value = choice_mix(value, value_of(tuple->ob_item[i]));
    }
    return n > 1 ? choice_mix(value, (uint64_t)n) : value;
}

static uint64_t value_of(PyObject *object)
{
    if (object_is_array(object)) {
        return layout_of((PyArrayObject *)object);
    }
    if (object_is_any_array(object)) { /* of another class: the engine refuses it */
        return layout_of((PyArrayObject *)object) ^
               (uint64_t)(uintptr_t)Py_TYPE(object);
    }
    /* None, True, a type, an order or a casting rule: there is one object of each.  An
     * axis is a small number. */
    const bool is_itself = object == Py_None || PyBool_Check(object) ||
                           PyUnicode_CheckExact(object) || PyType_Check(object);
    if (PyLong_CheckExact(object)) {
        int overflow;
        const long value = PyLong_AsLongAndOverflow(object, &overflow);
        return value >= -8 && value <= 32 ? (uint64_t)value : 99;
    }
    if (PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) > 0) {
        return value_of_items((PyTupleObject *)object);
    }
    return (uint64_t)(uintptr_t)(is_itself ? (void *)object : (void *)Py_TYPE(object));
}

/* Returns the order of size, two for each doubling: a break-even lies within some tens
 * of percent. */
static uint64_t order_of_size(int64_t elements)
{
    const uint64_t n = elements > 0 ? (uint64_t)elements : 1;
    const int exponent = 63 - __builtin_clzll(n);
    return (uint64_t)exponent << 1 | (exponent ? n >> (exponent - 1) & 1 : 0);
}

static inline uint64_t key_begin(const void *function)
{
    return (uint64_t)(uintptr_t)function ^
           atomic_load_explicit(&epoch, memory_order_relaxed) << 56 ^
           order_of_size(spare_now()) << 48;
}

static inline uint64_t key_end(uint64_t key, int64_t elements)
{
    return choice_mix(key, order_of_size(elements));
}

struct choice_kind choice_kind(const void *function, PyObject *self,
                               PyObject *const *args, Py_ssize_t n, PyObject *kwnames,
                               int64_t elements)
{
    struct choice_kind kind = {.elements = elements};
    uint64_t key = key_begin(function);
    if (self) {
        key = choice_mix(key, value_of(self));
        kind.types |= object_is_array(self) ? choice_type((PyArrayObject *)self) : 0;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (object_is_array(args[i])) {
            kind.types |= choice_type((PyArrayObject *)args[i]);
            key = choice_mix(key, layout_of((PyArrayObject *)args[i]));
        } else {
            key = choice_mix(key, value_of(args[i]));
        }
    }
    for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); i++) {
        key = choice_mix(key, (uint64_t)(uintptr_t)PyTuple_GET_ITEM(kwnames, i));
    }
    kind.key = key_end(key, elements);
    return kind;
}

struct choice_kind choice_with(struct choice_kind kind, PyObject *name, PyObject *value)
{
    kind.key = choice_mix(kind.key, (uint64_t)(uintptr_t)name);
    kind.key = choice_mix(kind.key, value_of(value));
    return kind;
}

void choice_forget(void)
{
    atomic_fetch_add(&epoch, 1);
}

/* -- entries -------------------------------------------------------------------- */

/* Returns the state of a kind; 0: the kind has no entry. */
static uint64_t state_of(uint64_t key)
{
    uint64_t state;
    choice_find(key, &state);
    return state;
}

/* Returns the entry of a kind, or the one it will have: a free one of its two places,
 * or else either of them. */
static struct choice_entry *entry_of(uint64_t key)
{
    uint64_t state;
    struct choice_entry *found = choice_find(key, &state);
    struct choice_entry *first = &choice_entries[key % CHOICE_ENTRIES];
    const bool first_is_free =
        atomic_load_explicit(&first->state, memory_order_relaxed) == 0;
    const bool second_is_free =
        atomic_load_explicit(&found->state, memory_order_relaxed) == 0;
    return state != 0                          ? found
           : first_is_free                     ? first
           : second_is_free || (key >> 16 & 1) ? found
                                               : first;
}

static void set_state(uint64_t key, uint64_t mode, unsigned left)
{
    atomic_store_explicit(&entry_of(key)->state,
                          key >> KEY_SHIFT << KEY_SHIFT | mode | left,
                          memory_order_relaxed);
}

static void set_times(uint64_t key, float numpys, float ours)
{
    uint32_t bits[2];
    memcpy(&bits[0], &numpys, sizeof bits[0]);
    memcpy(&bits[1], &ours, sizeof bits[1]);
    atomic_store_explicit(&entry_of(key)->times, (uint64_t)bits[0] << 32 | bits[1],
                          memory_order_relaxed);
}

static void set_reason(uint64_t key, const char *reason)
{
    atomic_store_explicit(&entry_of(key)->reason, reason, memory_order_relaxed);
}

struct choice_times choice_times(const struct choice_kind *kind)
{
    const uint64_t times =
        atomic_load_explicit(&entry_of(kind->key)->times, memory_order_relaxed);
    const uint32_t bits[2] = {(uint32_t)(times >> 32), (uint32_t)times};
    float ns[2];
    memcpy(ns, bits, sizeof ns);
    const bool known = state_of(kind->key) != 0;
    return (struct choice_times){known && ns[0] > 0 ? (double)ns[0] : -1,
                                 known && ns[1] > 0 ? (double)ns[1] : -1};
}

const char *choice_measured(const struct choice_kind *kind)
{
    const bool numpys = kind->below || (state_of(kind->key) & CHOICE_NUMPYS_NOW) != 0;
    return numpys && cost_min_elements() < 0 ? reason_numpys_is_faster : NULL;
}

/* -- calls ---------------------------------------------------------------------- */

/* Returns the mode for a kind that was not tried: that of the other kinds, except for
 * large calls, which the model knows. */
static uint64_t mode_of_others(const struct choice_kind *kind)
{
    return trial_prefers_numpys() && kind->elements < LARGE_ELEMENTS ? CHOICE_NUMPYS_NOW
                                                                     : CHOICE_OURS_NOW;
}

static void begin_entry(const struct choice_kind *kind)
{
    set_times(kind->key, -1, -1);
    set_reason(kind->key, NULL);
    set_state(kind->key, mode_of_others(kind), FIRST_CALLS);
}

static void choose(struct choice *choice, const char *numpys)
{
    choice->side = numpys ? CHOICE_NUMPYS : CHOICE_OURS;
    choice->reason = numpys;
}

struct choice choice_begin(const struct choice_kind *kind)
{
    struct choice choice = {.kind = *kind};
    const uint64_t key = kind->key;
    if (cost_min_elements() >= 0 || key == 0) {
        choice.kind.key = 0;
        return choice;
    }
    uint64_t state = state_of(key);
    if (state == 0) {
        begin_entry(kind);
        state = state_of(key);
    }
    const unsigned left = (unsigned)(state & CHOICE_LEFT);
    if (state & CHOICE_REFUSED) { /* left: profile() wants to see all calls */
        choose(&choice,
               left ? atomic_load_explicit(&entry_of(key)->reason, memory_order_relaxed)
                    : NULL);
        return choice;
    }
    if (left == 0) {
        const bool is_new = choice_times(kind).numpys < 0;
        state = is_new ? mode_of_others(kind) : state & MODES;
        set_state(key, state, LATER_CALLS);
        trial_ask(is_new);
    }
    choice.phase = trial_phase();
    if (choice.phase == TRIAL_NUMPYS || choice.phase == TRIAL_OURS) {
        choose(&choice, choice.phase == TRIAL_NUMPYS ? reason_numpys_is_tried : NULL);
        choice.since = monotonic_ns();
    } else {
        choose(&choice, state & CHOICE_NUMPYS_NOW ? reason_numpys_is_faster : NULL);
    }
    return choice;
}

static void follow_verdict(void)
{
    struct trial_kind kinds[TRIAL_CALLS];
    const int count = trial_judge(kinds);
    for (int i = 0; i < count; i++) {
        const struct trial_kind *kind = &kinds[i];
        const uint64_t state = state_of(kind->key);
        if (state != 0 && !(state & CHOICE_REFUSED)) {
            set_times(kind->key, kind->numpys, kind->ours);
            set_state(kind->key, kind->is_ours ? CHOICE_OURS_NOW : CHOICE_NUMPYS_NOW,
                      LATER_CALLS);
        }
    }
}

/* The number of votes that make a gate, and the highest gate: some microseconds. */
enum { GATE_VOTES = 8, GATE_MOST = 8192 };

static void learn_gate(struct choice_gate *gate, const struct choice_kind *kind,
                       bool numpys)
{
    const int64_t elements = kind->elements;
    const int32_t half = (int32_t)(elements < 2 * GATE_MOST ? elements / 2 : GATE_MOST);
    int32_t most = atomic_load_explicit(&gate->most, memory_order_relaxed);
    most = most ? most : GATE_MOST;
    if (!numpys && half < most) { /* the gate was too high, or would be */
        atomic_store_explicit(&gate->most, half, memory_order_relaxed);
        atomic_store_explicit(&gate->elements, 0, memory_order_relaxed);
        atomic_store_explicit(&gate->votes, 0, memory_order_relaxed);
    } else if (numpys && elements <= 2 * most && kind->types &&
               !(kind->types & ~CHOICE_COMMON) &&
               atomic_fetch_add(&gate->votes, 1) >= GATE_VOTES) {
        const int32_t to = elements < most ? (int32_t)elements + 1 : most;
        if (to > atomic_load_explicit(&gate->elements, memory_order_relaxed)) {
            atomic_store_explicit(&gate->elements, to, memory_order_relaxed);
        }
    }
}

/* Votes on a gate.  Only what the model is sure of counts, or what this kind's own
 * times say; a kind may have followed the others. */
static void vote(struct choice_gate *gate, const struct choice *choice,
                 const char *refused)
{
    const struct choice_times times = choice_times(&choice->kind);
    const bool tried = times.numpys > 0 && times.ours > 0;
    const bool is_ours = choice->side == CHOICE_OURS && !refused;
    const bool is_numpys = refused == reason_small ||
                           (tried && choice->reason == reason_numpys_is_faster &&
                            times.numpys <= times.ours);
    if (is_numpys || (tried && is_ours && times.ours < times.numpys)) {
        learn_gate(gate, &choice->kind, is_numpys);
    }
}

void choice_end(const struct choice *choice, struct choice_gate *gate,
                const char *refused, bool probed)
{
    const uint64_t key = choice->kind.key;
    const uint64_t state = state_of(key);
    if (key != 0 && gate && !probed && choice->kind.elements <= 2 * GATE_MOST) {
        vote(gate, choice, refused);
    }
    /* Sleeping helpers say nothing about the kind; a trial will wake them. */
    const bool asleep = refused == reason_helpers_asleep;
    if (refused && !asleep && choice->side == CHOICE_OURS) {
        atomic_fetch_add_explicit(&refusals, 1, memory_order_relaxed);
        /* A limit of one thread may be that of this context only. */
        if (state != 0 && key != 0 && choice->kind.elements < LARGE_ELEMENTS &&
            (refused != reason_one_thread || team_cap() == 1)) {
            set_reason(key, refused);
            set_state(key, CHOICE_REFUSED, REFUSED_CALLS);
        }
        return;
    }
    if (key == 0 || state == 0) {
        return;
    }
    if (state & CHOICE_REFUSED && choice->side == CHOICE_OURS) {
        begin_entry(&choice->kind); /* the kind is no longer refused */
        return;
    }
    const unsigned left = (unsigned)(state & CHOICE_LEFT);
    set_state(key, state & MODES, left ? left - 1 : 0);
    if (choice->since && !asleep &&
        trial_add(choice->phase, key, monotonic_ns() - choice->since)) {
        follow_verdict();
    }
}

uint64_t choice_refused(void)
{
    return atomic_load_explicit(&refusals, memory_order_relaxed);
}
