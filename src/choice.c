/*
 * choice.c - see choice.h.
 *
 * An entry's state is   key (32 bits) | period (8) | mode (8) | calls left (16).
 *
 * A kind begins with calls of ours.  Then NumPy's code and ours are timed, some calls
 * in a row each, so that what the caches hold is what a program of only such calls
 * would find there, and the faster one has the next calls, twice as many each time it
 * is found to be the faster one again: what trials cost is soon below a hundredth.
 */
#include "choice.h"

#include <string.h>

#include "clock.h"
#include "cost.h"
#include "spare.h"
#include "team.h"
#include "worth.h"

enum mode {
    AT_OURS,      /* ours, not timed */
    TRIES_NUMPYS, /* timed, one after the other: first NumPy's, ... */
    TRIES_OURS,   /* ... then ours, then the choice is made */
    AT_NUMPYS = CHOICE_AT_NUMPYS >> 16,
};
enum { MODE_SHIFT = 16, PERIOD_SHIFT = 24, KEY_SHIFT = 32 };
_Static_assert(AT_NUMPYS > TRIES_OURS, "a bit of its own");

/* Calls of ours before the first trial, in each half of a trial, and of those that are
 * not counted, as they find what the other code left in the caches. */
enum { FIRST_CALLS = 16, TRIAL_CALLS = 8, TRIAL_WARM = 2 };

/* Of calls that take long two are enough, and the caches matter less. */
#define LONG_CALL_NS 3e5
enum { LONG_TRIAL_CALLS = 2 };

/* The chosen code has FIRST_PERIOD << period calls. */
enum { FIRST_PERIOD = 64, MOST_PERIOD = 6 };

/* A call that was refused costs up to a microsecond more than NumPy's: so many are not
 * asked about.  Above some size a microsecond is nothing. */
enum { REFUSED_CALLS = 256, REFUSED_MOST_ELEMENTS = 1 << 18 };

/* A gain of less is not worth another thread. */
#define LEAST_GAIN 0.03

static const char numpys_is_faster[] =
    "NumPy's code was measured to be as fast for calls of this kind";
static const char numpys_is_tried[] = "NumPy's code is measured beside ours";

struct choice_entry choice_entries[CHOICE_ENTRIES];
static _Atomic uint64_t epoch, refusals;

/* -- kinds ---------------------------------------------------------------------- */

/* What a loop is chosen by. */
static inline uint64_t layout_of(const PyArrayObject *array)
{
    const PyArrayObject_fields *fields = (const PyArrayObject_fields *)array;
    const int flags = fields->flags & (NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS |
                                       NPY_ARRAY_ALIGNED);
    uint64_t layout = (uint64_t)(unsigned)fields->nd << 32 |
                      (uint64_t)(unsigned)flags << 16 | (uint16_t)PyArray_TYPE(array);
    if (fields->nd > 1) { /* inner loops of a similar length, or broadcast */
        const npy_intp n = fields->dimensions[fields->nd - 1];
        layout |= (uint64_t)(n > 0 ? 64 - __builtin_clzll((uint64_t)n) : 0) << 40;
    }
    return layout;
}

static uint64_t value_of(PyObject *object)
{
    if (glance_is_any_array(object)) {
        return layout_of((PyArrayObject *)object);
    }
    /* An axis, None, True, a type, an order or a casting rule: there is one of each. */
    const bool is_itself = object == Py_None || PyBool_Check(object) ||
                           PyUnicode_CheckExact(object) || PyType_Check(object);
    if (PyLong_CheckExact(object)) {
        int overflow;
        const long value = PyLong_AsLongAndOverflow(object, &overflow);
        return value >= -8 && value <= 32 ? (uint64_t)value : 99;
    }
    if (PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) == 1) {
        return value_of(PyTuple_GET_ITEM(object, 0)); /* out=(array,) */
    }
    return (uint64_t)(uintptr_t)(is_itself ? (void *)object : (void *)Py_TYPE(object));
}

/* Twice for each doubling: a break-even lies within some tens of percent. */
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
           (uint64_t)(unsigned)spare_now() << 48;
}

static inline uint64_t key_end(uint64_t key, int64_t elements)
{
    return choice_mix(key, order_of_size(elements));
}

static inline uint32_t type_of(const PyArrayObject *array)
{
    const int type = PyArray_TYPE(array);
    return UINT32_C(1) << ((unsigned)type < 31 ? type : 31);
}

struct choice_kind choice_kind(const void *function, PyObject *self,
                               PyObject *const *args, Py_ssize_t n, PyObject *kwnames,
                               int64_t elements)
{
    struct choice_kind kind = {.elements = elements};
    uint64_t key = key_begin(function);
    if (self) {
        key = choice_mix(key, value_of(self));
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        key = choice_mix(key, value_of(args[i]));
        kind.types |= glance_is_array(args[i]) ? type_of((PyArrayObject *)args[i]) : 0;
    }
    for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); i++) {
        key = choice_mix(key, (uint64_t)(uintptr_t)PyTuple_GET_ITEM(kwnames, i));
    }
    kind.key = key_end(key, elements);
    return kind;
}

bool choice_look(struct choice_kind *kind, const void *function, PyObject *const *args,
                 Py_ssize_t n, PyObject *kwnames)
{
    /* Most calls: lines and numbers.  Each instruction here is paid by all of them. */
    uint64_t key = key_begin(function);
    int64_t longest = 1;
    uint32_t types = 0;
    Py_ssize_t i = 0;
    for (; i < n && kwnames == NULL; i++) {
        const PyArrayObject_fields *array = (const PyArrayObject_fields *)args[i];
        if (!glance_is_array(args[i])) {
            if (!glance_is_float(args[i])) {
                break;
            }
            key = choice_mix(key, 1);
        } else if (array->nd == 1) {
            const int64_t length = array->dimensions[0];
            longest = length > longest ? length : longest;
            types |= type_of((const PyArrayObject *)array);
            key = choice_mix(key, layout_of((const PyArrayObject *)array));
        } else {
            break;
        }
    }
    if (i == n) {
        *kind = (struct choice_kind){key_end(key, longest), longest, types};
        return !glance_is_few(longest);
    }
    kind->elements = glance_broadcast(args, n);
    if (glance_is_few(kind->elements)) {
        return false;
    }
    *kind = choice_kind(function, NULL, args, n, kwnames, kind->elements);
    return true;
}

void choice_forget(void)
{
    atomic_fetch_add(&epoch, 1);
}

/* -- entries -------------------------------------------------------------------- */

static struct choice_entry *entry_of(uint64_t key)
{
    return &choice_entries[key % CHOICE_ENTRIES];
}

static void set_state(uint64_t key, enum mode mode, unsigned period, unsigned left)
{
    atomic_store_explicit(&entry_of(key)->state,
                          key >> KEY_SHIFT << KEY_SHIFT |
                              (uint64_t)period << PERIOD_SHIFT |
                              (uint64_t)mode << MODE_SHIFT | left,
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

static struct choice_times times_of(uint64_t key)
{
    const struct choice_entry *entry = entry_of(key);
    const uint64_t state = atomic_load_explicit(&entry->state, memory_order_relaxed);
    const uint64_t times = atomic_load_explicit(&entry->times, memory_order_relaxed);
    const uint32_t bits[2] = {(uint32_t)(times >> 32), (uint32_t)times};
    float ns[2];
    memcpy(ns, bits, sizeof ns);
    const bool known = (state ^ key) >> KEY_SHIFT == 0;
    return (struct choice_times){known && ns[0] > 0 ? (double)ns[0] : -1,
                                 known && ns[1] > 0 ? (double)ns[1] : -1};
}

struct choice_times choice_times(const struct choice_kind *kind)
{
    return times_of(kind->key);
}

static enum mode mode_of(uint64_t state)
{
    return (enum mode)(state >> MODE_SHIFT & 0xff);
}

static unsigned period_of(uint64_t state)
{
    return (unsigned)(state >> PERIOD_SHIFT & 0xff);
}

const char *choice_measured(const struct choice_kind *kind)
{
    const struct choice_entry *entry = entry_of(kind->key);
    const uint64_t state = atomic_load_explicit(&entry->state, memory_order_relaxed);
    const bool numpys = (state ^ kind->key) >> KEY_SHIFT == 0 &&
                        mode_of(state) == AT_NUMPYS && (state & CHOICE_LEFT) &&
                        cost_min_elements() < 0;
    const char *refused = atomic_load_explicit(&entry->reason, memory_order_relaxed);
    return numpys && refused == NULL ? numpys_is_faster : NULL;
}

/* -- calls ---------------------------------------------------------------------- */

struct choice choice_begin(const struct choice_kind *kind)
{
    struct choice choice = {.kind = *kind};
    const uint64_t key = kind->key;
    if (cost_min_elements() >= 0 || key == 0) {
        choice.kind.key = 0;
        return choice;
    }
    uint64_t state = atomic_load_explicit(&entry_of(key)->state, memory_order_relaxed);
    if ((state ^ key) >> KEY_SHIFT) {
        set_times(key, -1, -1);
        set_reason(key, NULL);
        set_state(key, AT_OURS, 0, FIRST_CALLS);
        choice.since = monotonic_ns(); /* whether it is one that takes long */
        return choice;
    }
    const enum mode mode = mode_of(state);
    if ((state & CHOICE_LEFT) == 0 && (mode == AT_OURS || mode == AT_NUMPYS)) {
        /* A kind that was refused has no times to compare: it is looked at again. */
        const bool again = mode == AT_NUMPYS && times_of(key).ours < 0;
        set_state(key, again ? AT_OURS : TRIES_NUMPYS, period_of(state),
                  again ? FIRST_CALLS : TRIAL_CALLS);
        set_reason(key, NULL);
        state = atomic_load_explicit(&entry_of(key)->state, memory_order_relaxed);
    }
    const char *refused =
        atomic_load_explicit(&entry_of(key)->reason, memory_order_relaxed);
    switch (mode_of(state)) {
    case TRIES_NUMPYS:
        choice.way = CHOICE_NUMPYS;
        choice.reason = numpys_is_tried;
        choice.since = monotonic_ns();
        break;
    case TRIES_OURS:
        choice.since = monotonic_ns();
        break;
    case AT_NUMPYS: /* for profile(), which wants to see it */
        choice.way = CHOICE_NUMPYS;
        choice.reason = refused ? refused : numpys_is_faster;
        break;
    default:
        break;
    }
    return choice;
}

/* The least of a trial's calls; what it was before counts as long as it is not far from
 * that, as a trial may have met an interrupt in each of its calls. */
static float note(float known, double ns, bool first)
{
    const float now = (float)ns;
    return known <= 0 || now < known ? now
           : !first                  ? known
           : now < known * 1.25F     ? now
                                     : known * 1.25F;
}

static void decide(uint64_t key, unsigned period, struct choice_times times)
{
    const bool ours = times.ours < times.numpys * (1 - LEAST_GAIN);
    const unsigned longer = period < MOST_PERIOD ? period + 1 : period;
    set_state(key, ours ? AT_OURS : AT_NUMPYS, longer, FIRST_PERIOD << period);
}

void choice_end(const struct choice *choice, const char *refused)
{
    const uint64_t key = choice->kind.key;
    if (refused && choice->way == CHOICE_OURS) {
        atomic_fetch_add_explicit(&refusals, 1, memory_order_relaxed);
    }
    if (key == 0) {
        return;
    }
    const int64_t ns = choice->since ? monotonic_ns() - choice->since : 0;
    const uint64_t state =
        atomic_load_explicit(&entry_of(key)->state, memory_order_relaxed);
    if ((state ^ key) >> KEY_SHIFT) {
        return;
    }
    unsigned left = (unsigned)(state & CHOICE_LEFT);
    left = left ? left - 1 : 0;
    const enum mode mode = mode_of(state);
    if (refused && choice->way == CHOICE_OURS) {
        /* A limit of one thread may be this context's only. */
        if (choice->kind.elements < REFUSED_MOST_ELEMENTS &&
            (refused != worth_one_thread || team_cap() == 1)) {
            set_times(key, -1, -1);
            set_reason(key, refused);
            set_state(key, AT_NUMPYS, 0, REFUSED_CALLS);
        }
        return;
    }
    const struct choice_times times = times_of(key);
    float numpys = (float)times.numpys, ours = (float)times.ours;
    const bool is_long = (double)ns > LONG_CALL_NS;
    const bool is_last =
        left == 0 || (is_long && left <= TRIAL_CALLS - LONG_TRIAL_CALLS);
    const bool is_warm = is_long || left < TRIAL_CALLS - TRIAL_WARM;
    const bool is_first =
        is_long ? left == TRIAL_CALLS - 1 : left == TRIAL_CALLS - TRIAL_WARM - 1;
    switch (mode) {
    case TRIES_NUMPYS:
        numpys = is_warm ? note(numpys, (double)ns, is_first) : numpys;
        set_times(key, numpys, ours);
        set_state(key, is_last ? TRIES_OURS : TRIES_NUMPYS, period_of(state),
                  is_last ? TRIAL_CALLS : left);
        break;
    case TRIES_OURS:
        ours = is_warm ? note(ours, (double)ns, is_first) : ours;
        set_times(key, numpys, ours);
        set_state(key, TRIES_OURS, period_of(state), left);
        if (is_last) {
            decide(key, period_of(state), times_of(key));
        }
        break;
    case AT_OURS:
        set_state(key, AT_OURS, period_of(state), left);
        break;
    default:
        set_state(key, mode, period_of(state), left);
        break;
    }
}

uint64_t choice_refused(void)
{
    return atomic_load_explicit(&refusals, memory_order_relaxed);
}
