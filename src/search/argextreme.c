/*
 * argextreme.c - argmax and argmin on the engine.  NumPy's own function for the dtype
 * searches the parts of a line.  The same function finds the best of their results, so
 * that the first of equals wins, and the first NaN.
 */
#include <math.h>
#include <string.h>

#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"
#include "threads/atomics.h"

/* PART: elements of a part, which stay in a second-level cache.  SIDE_BY_SIDE: lines
 * side by side that are gathered.  LINE: bytes of each of them at a time. */
enum { PART = 16384, SIDE_BY_SIDE = 8, LINE = 1024 };

/* Bytes of a line that are copied at a time, to leave out NaNs. */
enum { BLOCK = 8192 };

struct search {
    PyArray_ArgFunc *find;
    npy_intp size; /* of an element */
    int type;      /* float32 or float64, if NaNs are left out; or -1 */
    double worst;  /* the value in the place of NaNs */
    char *in;
    npy_intp *out;
    npy_intp n, from, lines; /* along the axis; how many lines */

    /* The other axes, in the order of the results, the last one first. */
    int ndim;
    npy_intp shape[NPY_MAXDIMS], froms[NPY_MAXDIMS];

    /* For a line in parts: `found` has where the best of each part is, `last` is the
     * first part that ends the search. */
    npy_intp *found;
    bool has_end;
    _Atomic(npy_intp) last;
};

static npy_intp find_any(const struct search *search, char *data, npy_intp n)
{
    npy_intp at = 0;
    search->find(data, n, &at, NULL);
    return at;
}

/* The best element of a line so far. */
struct best {
    npy_intp at;
    /* The best element, and the one that is compared with it. */
    _Alignas(16) char pair[2 * 2 * sizeof(npy_longdouble)];
};

static void consider(const struct search *search, struct best *best, char *data,
                     npy_intp n, npy_intp begin)
{
    const npy_intp at = find_any(search, data, n);
    memcpy(best->pair + search->size, data + at * search->size, (size_t)search->size);
    if (begin == 0 || find_any(search, best->pair, 2) == 1) {
        memcpy(best->pair, best->pair + search->size, (size_t)search->size);
        best->at = begin + at;
    }
}

/* -- without NaNs --------------------------------------------------------------- */

#define PUT_WORST(T)                                                                   \
  {                                                                                    \
    const T worst = (T)search->worst;                                                  \
    for (npy_intp i = 0; i < n; i++) {                                                 \
      const T x = ((const T *)data)[i];                                                \
      ((T *)to)[i] = x == x ? x : worst;                                               \
    }                                                                                  \
  }

/* NumPy's nan functions put the worst value in the place of NaNs. */
static void put_worst(const struct search *search, const void *data, npy_intp n,
                      void *to)
{
    if (search->type == NPY_FLOAT) {
        PUT_WORST(float)
    } else {
        PUT_WORST(double)
    }
}

static npy_intp find(const struct search *search, char *data, npy_intp n)
{
    _Alignas(64) char block[BLOCK];
    struct best best = {0};
    const npy_intp most = BLOCK / search->size;
    if (search->type < 0) {
        return find_any(search, data, n);
    }
    for (npy_intp begin = 0; begin < n; begin += most) {
        const npy_intp m = n - begin < most ? n - begin : most;
        put_worst(search, data + begin * search->size, m, block);
        consider(search, &best, block, m, begin);
    }
    return best.at;
}

/* -- lines ---------------------------------------------------------------------- */

/* Copy n elements of each of `count` lines, which are `apart` bytes apart, to where
 * they are contiguous. */
#define GATHER(T)                                                                      \
  for (npy_intp i = 0; i < n; i++, in += from) {                                       \
    for (npy_intp line = 0; line < count; line++) {                                    \
      memcpy(lines + line * LINE + i * (npy_intp)sizeof(T), in + line * apart,         \
             sizeof(T));                                                               \
    }                                                                                  \
  }

static void gather(npy_intp size, const char *in, npy_intp from, npy_intp n,
                   npy_intp apart, npy_intp count, char *lines)
{
    switch (size) {
    case 1:
        GATHER(uint8_t)
        return;
    case 2:
        GATHER(uint16_t)
        return;
    case 4:
        GATHER(uint32_t)
        return;
    case 8:
        GATHER(uint64_t)
        return;
    default:
        for (npy_intp i = 0; i < n; i++, in += from) {
            for (npy_intp line = 0; line < count; line++) {
                memcpy(lines + line * LINE + i * size, in + line * apart, (size_t)size);
            }
        }
    }
}

/* Search `count` lines that are `apart` bytes apart from each other, gathered part by
 * part. */
static void search_strided(const struct search *search, const char *in, npy_intp apart,
                           npy_intp count, npy_intp *out)
{
    _Alignas(64) char lines[SIDE_BY_SIDE * LINE];
    struct best best[SIDE_BY_SIDE] = {{0}};
    const npy_intp most = LINE / search->size;
    for (npy_intp begin = 0; begin < search->n; begin += most) {
        const npy_intp rest = search->n - begin, n = rest < most ? rest : most;
        gather(search->size, in + begin * search->from, search->from, n, apart, count,
               lines);
        for (npy_intp line = 0; line < count; line++) {
            char *elements = lines + line * LINE;
            if (search->type >= 0) {
                put_worst(search, elements, n, elements);
            }
            consider(search, &best[line], elements, n, begin);
        }
    }
    for (npy_intp line = 0; line < count; line++) {
        out[line] = best[line].at;
    }
}

static char *line_at(const struct search *search, npy_intp i)
{
    char *in = search->in;
    for (int axis = 0; axis < search->ndim; axis++) {
        in += i % search->shape[axis] * search->froms[axis];
        i /= search->shape[axis];
    }
    return in;
}

static int run_lines(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct search *search = job->context;
    end /= search->n;
    for (npy_intp i = begin / search->n; i < end;) {
        char *in = line_at(search, i);
        if (search->from == search->size) {
            search->out[i++] = find(search, in, search->n);
            continue;
        }
        npy_intp count = search->ndim > 0 ? search->shape[0] - i % search->shape[0] : 1;
        count = count > SIDE_BY_SIDE ? SIDE_BY_SIDE : count;
        count = count > end - i ? end - i : count;
        search_strided(search, in, search->froms[0], count, search->out + i);
        i += count;
    }
    return 0;
}

/* -- a line in parts ------------------------------------------------------------ */

static int run_parts(const struct job *job, npy_intp begin, npy_intp end)
{
    struct search *search = job->context;
    for (npy_intp part = begin / PART; part < end / PART; part++) {
        if (atomic_load_explicit(&search->last, memory_order_relaxed) < part) {
            break;
        }
        const npy_intp rest = search->n - part * PART;
        char *in = search->in + part * PART * search->size;
        const npy_intp at = find(search, in, rest < PART ? rest : PART);
        search->found[part] = part * PART + at;
        if (search->has_end && in[at] != 0) {
            atomic_note_least(&search->last, part);
        }
    }
    return 0;
}

/* Find the best among the best of each part. */
static int combine(struct search *search, npy_intp parts)
{
    const npy_intp last = atomic_load(&search->last);
    if (last < parts) {
        *search->out = search->found[last];
        return 0;
    }
    char *values = PyMem_Malloc((size_t)(parts * search->size));
    if (values == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (npy_intp i = 0; i < parts; i++) {
        memcpy(values + i * search->size, search->in + search->found[i] * search->size,
               (size_t)search->size);
    }
    *search->out = search->found[find(search, values, parts)];
    PyMem_Free(values);
    return 0;
}

/* -- the call ------------------------------------------------------------------- */

static bool run(struct hook_call *hook, struct search *search, struct job *job)
{
    int fpe;
    if (search->lines > 1 || search->from != search->size) {
        job->run = run_lines;
        job->size = search->n * search->lines;
        const npy_intp together = search->from == search->size ? 1 : SIDE_BY_SIDE;
        job->split = (struct split){job->size, search->n * together};
        return execute(job, hook->explain, &fpe, &hook->report);
    }
    const npy_intp parts = (search->n + PART - 1) / PART;
    job->run = run_parts;
    job->size = parts * PART;
    job->split = (struct split){job->size, PART};
    atomic_store(&search->last, parts);
    search->found = PyMem_Malloc(sizeof *search->found * (size_t)parts);
    if (search->found == NULL) {
        hook->report.reason = reason_no_memory_for_partials;
        return false;
    }
    return execute(job, hook->explain, &fpe, &hook->report) &&
           combine(search, parts) == 0;
}

static PyArrayObject *lay_out(struct search *search, PyArrayObject *array, int along)
{
    npy_intp shape[NPY_MAXDIMS];
    int ndim = 0;
    search->size = PyArray_ITEMSIZE(array);
    search->in = PyArray_BYTES(array);
    search->lines = 1;
    search->n = along < 0 ? PyArray_SIZE(array) : PyArray_DIM(array, along);
    search->from = along < 0 ? search->size : PyArray_STRIDE(array, along);
    for (int axis = PyArray_NDIM(array) - 1; axis >= 0 && along >= 0; axis--) {
        if (axis != along) {
            search->shape[search->ndim] = PyArray_DIM(array, axis);
            search->froms[search->ndim++] = PyArray_STRIDE(array, axis);
            search->lines *= PyArray_DIM(array, axis);
        }
    }
    for (int axis = search->ndim - 1; axis >= 0; axis--) {
        shape[ndim++] = search->shape[axis];
    }
    PyArrayObject *out = (PyArrayObject *)PyArray_SimpleNew(ndim, shape, NPY_INTP);
    search->out = out ? (npy_intp *)PyArray_DATA(out) : NULL;
    return out;
}

/* Returns whether each line has a number: then the element that was found in it is one.
 */
static bool has_numbers(const struct search *search)
{
    bool found = true;
    for (npy_intp i = 0; i < search->lines && found; i++) {
        const void *at = line_at(search, i) + search->out[i] * search->from;
        found = search->type == NPY_FLOAT ? !isnan(*(const float *)at)
                                          : !isnan(*(const double *)at);
    }
    return found;
}

/* `of_numbers`: a function that leaves out NaNs, of an array, which is args[0]. */
static PyObject *search_extreme(struct hook_call *hook, PyObject *self,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames, bool greatest, bool of_numbers)
{
    if (of_numbers && nargs > 0) {
        self = *args++;
        nargs--;
    }
    struct arguments arguments = {args, nargs, kwnames, 0};
    struct search search = {.type = -1};
    struct plan plan = {0};
    struct job job;
    int along = -1;
    PyObject *axis = arguments_find(&arguments, 0, "axis");
    PyObject *out_given = arguments_find(&arguments, 1, "out");
    PyObject *keepdims = arguments_find(&arguments, 2, "keepdims");
    const bool all = axis == NULL || axis == Py_None;
    if (self == NULL || !array_is_plain_numbers(self) ||
        PyArray_NDIM((PyArrayObject *)self) == 0) {
        return decline(hook, reason_not_plain_numbers);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    if (of_numbers) {
        search.type = PyArray_TYPE(array);
        search.worst = greatest ? -HUGE_VAL : HUGE_VAL;
        if (search.type != NPY_FLOAT && search.type != NPY_DOUBLE) {
            return decline(hook, reason_not_float32_or_float64);
        }
    }
    hook->report.elements = PyArray_SIZE(array);
    if (nargs > 2 || !arguments_known(&arguments) ||
        (out_given && out_given != Py_None) ||
        (keepdims && keepdims != Py_False && keepdims != hook->state->no_value) ||
        !(all || arguments_axis(axis, PyArray_NDIM(array), &along))) {
        return decline(hook, reason_arguments_refused);
    }
    if (PyArray_NDIM(array) == 1) {
        along = -1;
    }
    if (along < 0 && !PyArray_IS_C_CONTIGUOUS(array)) {
        return decline(hook, reason_line_copied_first);
    }
    if (!hook_pays(hook, array, (uint64_t)along + 2, of_numbers, &job)) {
        return NULL;
    }
    PyArray_ArrFuncs *functions = PyDataType_GetArrFuncs(PyArray_DESCR(array));
    search.find = greatest ? functions->argmax : functions->argmin;
    search.has_end = greatest && PyArray_TYPE(array) == NPY_BOOL;
    PyArrayObject *out = lay_out(&search, array, along);
    job.plan = &plan;
    job.context = &search;
    bool done = out && run(hook, &search, &job);
    if (done && of_numbers && !has_numbers(&search)) {
        hook->report.reason = reason_nothing_but_nans;
        done = false;
    }
    hook->report.elements = PyArray_SIZE(array);
    PyMem_Free(search.found);
    if (!done) {
        Py_CLEAR(out);
    }
    return out ? PyArray_Return(out) : NULL;
}

#define HOOK_OF(name, greatest, of_numbers)                                            \
  PyObject *search_##name(struct hook_call *hook, PyObject *self,                      \
                          PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)  \
  {                                                                                    \
    return search_extreme(hook, self, args, nargs, kwnames, greatest, of_numbers);     \
  }

HOOK_OF(argmax, true, false)
HOOK_OF(argmin, false, false)
HOOK_OF(nanargmax, true, true)
HOOK_OF(nanargmin, false, true)
