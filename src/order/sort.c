/* sort.c - np.sort, ndarray.sort. */
#include <string.h>

#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "order.h"

/* Numbers of one line from which buckets for several threads pay; and for counting
 * those of 16 bits. */
enum { BUCKETS_FROM = 1 << 16, COUNT_16_FROM = 1 << 14, COUNT_8_FROM = 500 };

struct request {
    PyArrayObject *array;
    int axis;
    bool stable, in_place;
    enum key_kind kind; /* KEY_KINDS: numbers of 8 or 16 bits */
    npy_intp n;         /* of a line */
};

static bool is_small_number(int type)
{
    switch (level_number(type)) {
    case NUMBER_b1:
    case NUMBER_i8:
    case NUMBER_u8:
    case NUMBER_i16:
    case NUMBER_u16:
    case NUMBER_f16:
        return true;
    default:
        return false;
    }
}

/* Stores whether kind= and stable= ask for a stable sort.  Returns false if NumPy has
 * to judge them. */
static bool read_kind(PyObject *kind, PyObject *stable, bool *is_stable)
{
    static const char *const names[] = {"quicksort", "heapsort", "stable", "mergesort"};
    const bool has_kind = kind && kind != Py_None;
    *is_stable = stable == Py_True;
    if (stable && stable != Py_None) {
        return PyBool_Check(stable) && !has_kind;
    }
    for (int i = 0; has_kind && i < 4; i++) {
        if (PyUnicode_Check(kind) &&
            PyUnicode_CompareWithASCIIString(kind, names[i]) == 0) {
            *is_stable = i >= 2;
            return true;
        }
    }
    return !has_kind;
}

/* Takes the arguments of a sort apart.  Returns NULL, or why NumPy sorts. */
static const char *parse(struct request *request, PyObject *self,
                         struct arguments *arguments)
{
    PyObject *axis = arguments_find(arguments, 0, "axis");
    PyObject *kind = arguments_find(arguments, 1, "kind");
    PyObject *order = arguments_find(arguments, 2, "order");
    PyObject *stable = arguments_find(arguments, 3, "stable");
    if (arguments->nargs > 3 || !arguments_known(arguments) ||
        (order && order != Py_None) || !read_kind(kind, stable, &request->stable)) {
        return reason_arguments_refused;
    }
    if (!PyArray_CheckExact(self) || !PyArray_ISBEHAVED_RO((PyArrayObject *)self)) {
        return reason_not_sortable;
    }
    PyArrayObject *array = request->array = (PyArrayObject *)self;
    const int ndim = PyArray_NDIM(array), type = PyArray_TYPE(array);
    request->kind = keys_kind(type);
    if (request->kind == KEY_KINDS && !is_small_number(type)) {
        return reason_not_sortable;
    }
    request->axis = ndim - 1;
    if (ndim == 0 || axis == Py_None ||
        (axis && !arguments_axis(axis, ndim, &request->axis))) {
        return reason_arguments_refused;
    }
    request->n = PyArray_DIM(array, request->axis);
    if (request->n < 2 || PyArray_SIZE(array) == 0) {
        return reason_too_few_elements;
    }
    if (request->in_place &&
        (!array_is_writeable(array) || array_overlaps_itself(array))) {
        return reason_copy_overlaps;
    }
    if (request->stable && (PyTypeNum_ISFLOAT(type))) {
        return reason_not_sortable;
    }
    return NULL;
}

/* Whether our code on one thread is faster than NumPy's.  NumPy sorts 32 and 64 bits in
 * vectors from AVX2 on, and 64 bits at AVX2 slowly. */
static bool is_faster_alone(const struct request *request)
{
    const unsigned rows = level_or_least()->rows;
    const enum sort_key key =
        request->kind == KEY_KINDS ? KEY_i32 : keys_key(request->kind);
    if (request->kind == KEY_KINDS) {
        return true;
    }
#ifdef __x86_64__
    return (rows & AVX512) ? false : (rows & AVX2) ? key == KEY_i64 : request->n > 1000;
#else
    return (void)rows, (void)key, false;
#endif
}

static bool is_line(PyArrayObject *array)
{
    return PyArray_NDIM(array) == 1 &&
           PyArray_STRIDE(array, 0) == PyArray_ITEMSIZE(array);
}

/* Returns why numbers of 8 or 16 bits are NumPy's, or NULL. */
static const char *refuse_small_numbers(const struct request *request)
{
    const int size = (int)PyArray_ITEMSIZE(request->array);
    if (!is_line(request->array)) {
        return reason_line_copied_first;
    }
    return request->n < (size == 1 ? COUNT_8_FROM : COUNT_16_FROM)
               ? reason_too_few_elements
               : NULL;
}

static bool sort_into(struct hook_call *hook, const struct request *request,
                      struct job *job, PyArrayObject *to)
{
    PyArrayObject *array = request->array;
    const bool parts = job->limit >= 2 && request->n >= BUCKETS_FROM;
    if (request->kind == KEY_KINDS) {
        return order_by_counting(hook, job, PyArray_TYPE(array), PyArray_BYTES(array),
                                 PyArray_BYTES(to), request->n);
    }
    if (is_line(array) && is_line(to) && (parts || hook->explain)) {
        const char *from = PyArray_BYTES(array);
        const size_t bytes = (size_t)PyArray_NBYTES(array);
        if (!hook->explain && keys_ascend(request->kind, from, request->n)) {
            memmove(PyArray_BYTES(to), from, bytes);
            hook->report.path = "lines";
            return true;
        }
        return order_in_buckets(hook, job, request->kind, from, PyArray_BYTES(to),
                                request->n);
    }
    return order_lines(hook, job, request->kind, array, to, request->axis);
}

/* Returns the sorted array, a new reference; NULL as a hook does. */
static PyArrayObject *sort(struct hook_call *hook, struct request *request)
{
    PyArrayObject *array = request->array, *to = NULL;
    struct job job;
    const bool alone = is_faster_alone(request);
    const bool one_line = request->n == PyArray_SIZE(array);
    hook->report.elements = PyArray_SIZE(array);
    hook->report.reason = request->kind == KEY_KINDS ? refuse_small_numbers(request)
                          : one_line && request->n < BUCKETS_FROM && !alone
                              ? reason_small
                              : NULL;
    if (hook->report.reason ||
        !hook_pays(hook, array, (uint64_t)one_line + 2, alone, &job)) {
        return NULL;
    }
    to = request->in_place
             ? (PyArrayObject *)Py_NewRef(array)
             : (PyArrayObject *)PyArray_NewLikeArray(array, NPY_KEEPORDER, NULL, 0);
    if (to && !sort_into(hook, request, &job, to)) {
        Py_CLEAR(to);
    }
    return to;
}

PyObject *order_sort(struct hook_call *hook, PyObject *self, PyObject *const *args,
                     Py_ssize_t nargs, PyObject *kwnames)
{
    struct request request = {0};
    if (nargs < 1) {
        return decline(hook, reason_arguments_refused);
    }
    struct arguments arguments = {args + 1, nargs - 1, kwnames, 0};
    hook->report.reason = parse(&request, args[0], &arguments);
    return hook->report.reason ? NULL : (PyObject *)sort(hook, &request);
}

PyObject *order_sort_in_place(struct hook_call *hook, PyObject *self,
                              PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    struct request request = {.in_place = true};
    struct arguments arguments = {args, nargs, kwnames, 0};
    hook->report.reason = parse(&request, self, &arguments);
    PyArrayObject *sorted = hook->report.reason ? NULL : sort(hook, &request);
    if (sorted == NULL) {
        return NULL;
    }
    Py_DECREF(sorted);
    Py_RETURN_NONE;
}
