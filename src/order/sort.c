/* sort.c - np.sort, ndarray.sort. */
#include <string.h>

#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "order.h"
#include "request.h"

/* Numbers of one line from which buckets for several threads pay; and for counting
 * those of 16 bits. */
enum { BUCKETS_FROM = 1 << 16, COUNT_16_FROM = 1 << 14, COUNT_8_FROM = 500 };

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
                                request->n, NULL);
    }
    return order_lines(hook, job, request->kind, array, to, request->axis);
}

/* Returns whether it matters which of equal numbers comes first: zeros of both signs,
 * NaNs. */
static bool has_twins(const struct request *request)
{
    PyArrayObject *array = request->array;
    if (!PyTypeNum_ISFLOAT(PyArray_TYPE(array))) {
        return false;
    }
    return request->kind == KEY_KINDS || !PyArray_ISONESEGMENT(array) ||
           keys_have_twins(request->kind, PyArray_BYTES(array), PyArray_SIZE(array));
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
    if ((request->stable || hook->exact) && has_twins(request)) {
        hook->report.reason = reason_equal_numbers_of_other_bits;
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
    hook->report.reason = request_parse(&request, args[0], &arguments);
    return hook->report.reason ? NULL : (PyObject *)sort(hook, &request);
}

PyObject *order_sort_in_place(struct hook_call *hook, PyObject *self,
                              PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    struct request request = {.in_place = true};
    struct arguments arguments = {args, nargs, kwnames, 0};
    hook->report.reason = request_parse(&request, self, &arguments);
    PyArrayObject *sorted = hook->report.reason ? NULL : sort(hook, &request);
    if (sorted == NULL) {
        return NULL;
    }
    Py_DECREF(sorted);
    Py_RETURN_NONE;
}
