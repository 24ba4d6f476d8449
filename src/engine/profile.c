/* profile.c - see profile.h. */
#include "profile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "reasons/reasons.h"
#include "threads/clock.h"

#include "size.h"

enum { ROWS = 512, NO_DTYPE = -1 };

_Atomic int profile_users;

/* Written by one thread, read by any. */
struct counts {
    _Atomic int64_t calls, elements, bytes, ns, without_gil_ns, threads;
    _Atomic int64_t measured, modelled, known_ns, numpy_ns; /* as profile.h has it */
};

/* The least and the most ns of an element, in the calls of this period. */
struct spread {
    _Atomic int64_t period;
    _Atomic double least, most;
};

struct row {
    _Atomic(const char *) name; /* written last; NULL: free */
    const char *reason;         /* why serial; NULL: in parallel */
    int dtype;
    struct counts counts;
    struct spread spread;
};

struct table {
    _Atomic(struct table *) next;
    _Atomic bool taken; /* by a living thread */
    struct row rows[ROWS];
};
static _Atomic(struct table *) tables;

/* -- the table of this thread --------------------------------------------------- */

static _Thread_local struct table *mine;
static pthread_key_t at_thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void give_back(void *table)
{
    mine = NULL; /* a call in a destructor still to come takes another table */
    atomic_store(&((struct table *)table)->taken, false);
}

static void make_key(void)
{
    (void)pthread_key_create(&at_thread_end, give_back);
}

/* Returns a table that a thread left behind, or a new one; NULL: no memory. */
static struct table *find_table(void)
{
    struct table *table = atomic_load(&tables);
    for (; table; table = atomic_load(&table->next)) {
        bool taken = false;
        if (atomic_compare_exchange_strong(&table->taken, &taken, true)) {
            return table;
        }
    }
    table = calloc(1, sizeof *table);
    if (table) {
        atomic_store(&table->taken, true);
        struct table *first = atomic_load(&tables);
        do {
            atomic_store(&table->next, first);
        } while (!atomic_compare_exchange_weak(&tables, &first, table));
    }
    return table;
}

static struct table *my_table(void)
{
    if (mine == NULL && (mine = find_table()) != NULL) {
        pthread_once(&once, make_key);
        pthread_setspecific(at_thread_end, mine);
    }
    return mine;
}

/* Returns the row of a kind of calls; the last row takes calls for which the table has
 * no room. */
static struct row *find_row(struct table *table, const char *name, const char *reason,
                            int dtype)
{
    const uintptr_t hash = ((uintptr_t)name >> 2) * 31 + ((uintptr_t)reason >> 2) * 17 +
                           (uintptr_t)(dtype + 1);
    for (uintptr_t i = 0; i < ROWS - 1; i++) {
        struct row *row = &table->rows[(hash + i) % (ROWS - 1)];
        const char *known = atomic_load_explicit(&row->name, memory_order_relaxed);
        if (known == NULL) {
            row->reason = reason;
            row->dtype = dtype;
            atomic_store(&row->name, name);
            return row;
        }
        if (known == name && row->reason == reason && row->dtype == dtype) {
            return row;
        }
    }
    struct row *last = &table->rows[ROWS - 1];
    last->reason = "more kinds of calls than profile() tells apart";
    last->dtype = NO_DTYPE;
    atomic_store(&last->name, "(others)");
    return last;
}

/* -- counting ------------------------------------------------------------------- */

/* A period begins with a profile that finds no other one; all spreads then begin
 * anew. */
static _Atomic int64_t period;

/* Calls within a call (a look at the exponents of a power) are part of it. */
static _Thread_local int depth;

int64_t profile_start(void)
{
    depth++;
    return monotonic_ns() + 1;
}

/* Sets the gate as the users want it, also if they change meanwhile. */
static void set_gate(void)
{
    int users;
    do {
        users = atomic_load(&profile_users);
        size_gate_set(users > 0);
    } while (users != atomic_load(&profile_users));
}

void profile_begin(void)
{
    if (atomic_fetch_add(&profile_users, 1) == 0) {
        atomic_fetch_add(&period, 1);
    }
    set_gate();
}

void profile_end(void)
{
    atomic_fetch_sub(&profile_users, 1);
    set_gate();
}

static void add(_Atomic int64_t *count, int64_t more)
{
    atomic_store_explicit(count,
                          atomic_load_explicit(count, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

static void widen(struct spread *spread, double ns)
{
    const int64_t now = atomic_load_explicit(&period, memory_order_relaxed);
    const bool anew = spread->period != now;
    if (anew || ns < spread->least) {
        atomic_store_explicit(&spread->least, ns, memory_order_relaxed);
    }
    if (anew || ns > spread->most) {
        atomic_store_explicit(&spread->most, ns, memory_order_relaxed);
    }
    atomic_store(&spread->period, now); /* last: a reader finds both */
}

struct size {
    int64_t elements, bytes;
    int dtype;
};

static void measure(struct size *size, PyObject *object)
{
    if (object == NULL || !PyArray_Check(object)) {
        return;
    }
    PyArrayObject *array = (PyArrayObject *)object;
    const int64_t elements = PyArray_SIZE(array);
    size->elements = elements > size->elements ? elements : size->elements;
    size->bytes += elements * PyArray_ITEMSIZE(array);
    size->dtype = size->dtype == NO_DTYPE ? PyArray_TYPE(array) : size->dtype;
}

/* Measures the arguments, each once, and a result that is not one of them. */
static struct size measure_call(PyObject *const *args, Py_ssize_t n, PyObject *result)
{
    enum { SEEN = 16 };
    struct size size = {0, 0, NO_DTYPE};
    bool is_argument = false;
    for (Py_ssize_t i = 0; i < n; i++) {
        bool again = false;
        for (Py_ssize_t k = 0; k < i && k < SEEN; k++) {
            again |= args[k] == args[i];
        }
        is_argument |= args[i] == result;
        if (again) {
            continue;
        }
        /* A list may change, so its arrays are counted from a copy. */
        PyObject *several = PyTuple_CheckExact(args[i])  ? Py_NewRef(args[i])
                            : PyList_CheckExact(args[i]) ? PyList_AsTuple(args[i])
                                                         : NULL;
        for (Py_ssize_t k = 0; several && k < PyTuple_GET_SIZE(several); k++) {
            is_argument |= PyTuple_GET_ITEM(several, k) == result;
            measure(&size, PyTuple_GET_ITEM(several, k));
        }
        Py_XDECREF(several);
        measure(&size, args[i]);
    }
    if (result && !is_argument) {
        measure(&size, result);
        for (Py_ssize_t k = 0;
             PyTuple_CheckExact(result) && k < PyTuple_GET_SIZE(result); k++) {
            measure(&size, PyTuple_GET_ITEM(result, k));
        }
    }
    return size;
}

/*
 * Adds what NumPy would have taken for a call of ours.  If whole calls of NumPy's code
 * were measured in turn with ours, that time counts, and never is more claimed.  Else
 * it follows from what an element costs on one thread, which misses what NumPy does
 * differently.  Where NumPy does nothing differently, the lesser of the two times is
 * used: it has met less of other processes.  A call on one thread is itself what its
 * elements cost.
 */
static void estimate(struct counts *counts, const struct report *report,
                     const struct choice_kind *kind, bool parallel, int64_t ns)
{
    const double measured = choice_times(kind).numpys;
    const double model = parallel ? report->ns * (double)report->elements : (double)ns;
    if (measured <= 0 && model <= 0) {
        return;
    }
    const bool lesser = model > 0 && model < measured && report->alike;
    add(&counts->known_ns, ns);
    add(measured > 0 ? &counts->measured : &counts->modelled, 1);
    add(&counts->numpy_ns, (int64_t)(measured > 0 && !lesser ? measured : model));
}

void profile_call(const char *name, PyObject *const *args, Py_ssize_t n,
                  PyObject *result, const struct report *report,
                  const struct choice_kind *kind, int64_t since)
{
    const int64_t ns = monotonic_ns() + 1 - since;
    struct table *table = --depth == 0 ? my_table() : NULL;
    if (table == NULL) {
        return;
    }
    const struct size size = measure_call(args, n, result);
    const bool parallel = report->reason == NULL && report->threads > 1;
    const char *reason = parallel         ? NULL
                         : report->reason ? report->reason
                                          : reason_nobody_free;
    struct row *row = find_row(table, name, reason, size.dtype);
    struct counts *counts = &row->counts;
    add(&counts->calls, 1);
    add(&counts->elements, size.elements);
    add(&counts->bytes, size.bytes);
    add(&counts->ns, ns);
    add(&counts->without_gil_ns, report->without_gil_ns);
    add(&counts->threads, parallel ? report->threads : 1);
    if (kind) {
        estimate(counts, report, kind, parallel, ns);
    } else { /* NumPy ran it: its time is NumPy's */
        add(&counts->measured, 1);
        add(&counts->known_ns, ns);
        add(&counts->numpy_ns, ns);
    }
    if (size.elements > 0) {
        widen(&row->spread, (double)ns / (double)size.elements);
    }
}

int profile_tables(void)
{
    int count = 0;
    struct table *table = atomic_load(&tables);
    for (; table; table = atomic_load(&table->next)) {
        count++;
    }
    return count;
}

/* -- reading -------------------------------------------------------------------- */

static PyObject *spread_of(const struct row *row, bool most)
{
    const struct spread *spread = &row->spread;
    return atomic_load(&spread->period) == atomic_load(&period)
               ? PyFloat_FromDouble(most ? spread->most : spread->least)
               : Py_NewRef(Py_None);
}

static PyObject *describe(const struct row *row, const char *name)
{
    const struct counts *counts = &row->counts;
    PyObject *dtype = row->dtype == NO_DTYPE
                          ? Py_NewRef(Py_None)
                          : (PyObject *)PyArray_DescrFromType(row->dtype);
    if (dtype == NULL) { /* no single instance: StringDType, a user's dtype */
        PyErr_Clear();
        dtype = PyUnicode_FromFormat("type %d", row->dtype);
    }
    return dtype
               ? Py_BuildValue("(sNzLLLLLLLLLLNN)", name, dtype, row->reason,
                               (long long)counts->threads, (long long)counts->calls,
                               (long long)counts->elements, (long long)counts->bytes,
                               (long long)counts->ns, (long long)counts->without_gil_ns,
                               (long long)counts->measured, (long long)counts->modelled,
                               (long long)counts->known_ns, (long long)counts->numpy_ns,
                               spread_of(row, false), spread_of(row, true))
               : NULL;
}

PyObject *profile_rows(void)
{
    PyObject *list = PyList_New(0);
    struct table *table = atomic_load(&tables);
    for (; list && table; table = atomic_load(&table->next)) {
        for (int i = 0; list && i < ROWS; i++) {
            const char *name = atomic_load(&table->rows[i].name);
            if (name == NULL || table->rows[i].counts.calls == 0) {
                continue;
            }
            PyObject *row = describe(&table->rows[i], name);
            if (row == NULL || PyList_Append(list, row) < 0) {
                Py_CLEAR(list);
            }
            Py_XDECREF(row);
        }
    }
    return list;
}
