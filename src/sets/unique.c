/*
 * unique.c - np.unique of integers: the values alone.
 *
 * NumPy 2.3 and later put integers into a hash table, and sort what it holds.  Here
 * they are sorted in memory of our own; then those that differ from the number before
 * are counted block by block, and written where they belong.  Floats, times, counts,
 * indices: NumPy's Python sorts for these, by our sorts under the drop-in, and was
 * measured to be as fast as this way.
 *
 * NumPy's own union1d, intersect1d, setdiff1d, setxor1d and isin call np.unique, and so
 * come here.
 */
#include <stdlib.h>
#include <string.h>

#include "memory/pool.h"
#include "order/order.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

/* BLOCK: numbers looked at at a time.  BUCKETS_FROM: from there several threads sort.
 * SORT_FROM, ...: from there it is faster than NumPy's table, by the bits of numbers.
 */
enum { BLOCK = 1 << 14, BUCKETS_FROM = 1 << 16 };
enum { SORT_FROM = 500, COUNT_16_FROM = 1 << 17, COUNT_8_FROM = 500 };

/* What the keys of the costs of the two passes over sorted numbers differ by. */
#define COUNTING UINT32_C(0x51e7a3c9)
#define WRITING UINT32_C(0xc8d20b67)

struct uniques {
    int size; /* bytes of a number */
    npy_intp n;
    const char *sorted;
    npy_intp *begins; /* of each block, in the result */
    char *values;
};

/* A run of equal numbers belongs to the block where it begins.  No branch depends on a
 * number within a block. */
#define DEFINE(T)                                                                      \
  static npy_intp count_##T(const T *x, npy_intp begin, npy_intp end)                  \
  {                                                                                    \
    npy_intp count = begin == 0;                                                       \
    for (npy_intp i = begin + (begin == 0); i < end; i++) {                            \
      count += x[i] != x[i - 1];                                                       \
    }                                                                                  \
    return count;                                                                      \
  }                                                                                    \
                                                                                       \
  static void write_##T(const T *x, npy_intp begin, npy_intp end, T *to)               \
  {                                                                                    \
    while (begin > 0 && begin < end && x[begin] == x[begin - 1]) {                     \
      begin++;                                                                         \
    }                                                                                  \
    if (begin == end) {                                                                \
      return;                                                                          \
    }                                                                                  \
    *to = x[begin];                                                                    \
    for (npy_intp i = begin + 1; i < end; i++) {                                       \
      to += x[i] != x[i - 1];                                                          \
      *to = x[i];                                                                      \
    }                                                                                  \
  }

DEFINE(uint8_t)
DEFINE(uint16_t)
DEFINE(uint32_t)
DEFINE(uint64_t)

#define BY_SIZE(size, CALL)                                                            \
  switch (size) {                                                                      \
  case 1:                                                                              \
    CALL(uint8_t);                                                                     \
    break;                                                                             \
  case 2:                                                                              \
    CALL(uint16_t);                                                                    \
    break;                                                                             \
  case 4:                                                                              \
    CALL(uint32_t);                                                                    \
    break;                                                                             \
  default:                                                                             \
    CALL(uint64_t);                                                                    \
  }

static npy_intp block_end(const struct uniques *uniques, npy_intp block)
{
    const npy_intp end = (block + 1) * BLOCK;
    return end < uniques->n ? end : uniques->n;
}

static int count_blocks(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct uniques *uniques = job->context;
    for (npy_intp b = begin / BLOCK; b < end / BLOCK; b++) {
        const npy_intp stop = block_end(uniques, b);
#define COUNT(T)                                                                       \
  uniques->begins[b] = count_##T((const T *)uniques->sorted, b * BLOCK, stop)
        BY_SIZE(uniques->size, COUNT)
    }
    return 0;
}

static int write_blocks(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct uniques *uniques = job->context;
    for (npy_intp b = begin / BLOCK; b < end / BLOCK; b++) {
        const npy_intp stop = block_end(uniques, b);
#define WRITE(T)                                                                       \
  write_##T((const T *)uniques->sorted, b *BLOCK, stop,                                \
            (T *)uniques->values + uniques->begins[b])
        BY_SIZE(uniques->size, WRITE)
    }
    return 0;
}

/* Makes of the sizes where each block begins in the result; returns its size. */
static npy_intp add_up(npy_intp *begins, npy_intp blocks)
{
    npy_intp sum = 0;
    for (npy_intp b = 0; b < blocks; b++) {
        const npy_intp size = begins[b];
        begins[b] = sum;
        sum += size;
    }
    return sum;
}

/* Returns the different ones of sorted numbers, in an array of the dtype of `array`;
 * NULL as a hook does. */
static PyObject *gather(struct hook_call *hook, const struct job *job,
                        struct uniques *uniques, PyArrayObject *array)
{
    const npy_intp blocks = (uniques->n + BLOCK - 1) / BLOCK, size = blocks * BLOCK;
    const struct split split = {size, BLOCK};
    PyArrayObject *values = NULL;
    struct job counting = *job, writing = *job;
    counting.key ^= COUNTING;
    writing.key ^= WRITING;
    uniques->begins = malloc(sizeof *uniques->begins * (size_t)blocks);
    if (uniques->begins == NULL) {
        hook->report.reason = reason_no_memory_for_partials;
        return NULL;
    }
    if (!hook_run(hook, &counting, "unique", count_blocks, uniques, size, split)) {
        goto finish;
    }
    const npy_intp count = add_up(uniques->begins, blocks);
    values = array_new_of(array, 1, &count);
    if (values == NULL) {
        goto finish;
    }
    uniques->values = PyArray_BYTES(values);
    if (!hook_run(hook, &writing, "unique", write_blocks, uniques, size, split)) {
        Py_CLEAR(values);
    }

finish:
    free(uniques->begins);
    return (PyObject *)values;
}

static bool sort(struct hook_call *hook, struct job *job, PyArrayObject *array,
                 enum key_kind kind, char *to)
{
    const char *from = PyArray_BYTES(array);
    const npy_intp n = PyArray_SIZE(array);
    if (kind == KEY_KINDS) {
        return order_by_counting(hook, job, PyArray_TYPE(array), from, to, n);
    }
    if (n >= BUCKETS_FROM || hook->explain) {
        return order_in_buckets(hook, job, kind, from, to, n, NULL);
    }
    memcpy(to, from, (size_t)PyArray_NBYTES(array));
    keys_sort(kind, to, n);
    return true;
}

static PyObject *unique(struct hook_call *hook, PyArrayObject *array)
{
    const char *from = PyArray_BYTES(array);
    const npy_intp n = PyArray_SIZE(array), bytes = PyArray_NBYTES(array);
    const int size = (int)PyArray_ITEMSIZE(array);
    const enum key_kind kind = keys_kind(PyArray_TYPE(array));
    struct uniques uniques = {.size = size, .n = n, .sorted = from};
    struct job job;
    hook->report.elements = n;
    if (n < (size == 1 ? COUNT_8_FROM : size == 2 ? COUNT_16_FROM : SORT_FROM)) {
        return decline(hook, reason_too_few_elements);
    }
    if (!hook_pays(hook, array, 0, true, &job)) {
        return NULL;
    }
    /* Equal ones need no sort, and NumPy's table one place. */
    if (!hook->explain && memcmp(from, from + size, (size_t)(bytes - size)) == 0) {
        uniques.n = 1;
        return gather(hook, &job, &uniques, array);
    }
    if (kind != KEY_KINDS && !hook->explain && keys_ascend(kind, from, n)) {
        return gather(hook, &job, &uniques, array);
    }
    char *room = pool_take_any((size_t)bytes);
    if (room == NULL) {
        return decline(hook, reason_no_memory_for_partials);
    }
    PyObject *result = NULL;
    uniques.sorted = room;
    if (sort(hook, &job, array, kind, room)) {
        result = gather(hook, &job, &uniques, array);
    }
    pool_give_any(room);
    hook->report.elements = n;
    return result;
}

/* Returns whether an argument is not given, or what it is by default. */
static bool is_default(PyObject *object, PyObject *value)
{
    return object == NULL || object == value;
}

PyObject *sets_unique(struct hook_call *hook, PyObject *self, PyObject *const *args,
                      Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const outputs[] = {"return_index", "return_inverse",
                                          "return_counts"};
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *array = arguments_find(&arguments, 0, "ar");
    PyObject *equal_nan = arguments_find(&arguments, 5, "equal_nan");
    bool values_alone = is_default(arguments_find(&arguments, 4, "axis"), Py_None);
    for (int i = 0; i < 3; i++) {
        PyObject *output = arguments_find(&arguments, i + 1, outputs[i]);
        values_alone = values_alone && is_default(output, Py_False);
    }
    if (PyArray_GetNDArrayCFeatureVersion() < NUMPY_2_3) {
        return decline(hook, reason_no_table_of_sets);
    }
    /* With sorted=False the order is that of NumPy's table. */
    if (!values_alone ||
        !is_default(arguments_find(&arguments, 5, "sorted"), Py_True)) {
        return decline(hook, reason_more_than_values);
    }
    if (!array || nargs > 5 || !arguments_known(&arguments) ||
        (equal_nan && !PyBool_Check(equal_nan))) {
        return decline(hook, reason_arguments_refused);
    }
    if (!PyArray_CheckExact(array) || !PyArray_ISBEHAVED_RO((PyArrayObject *)array) ||
        !(PyArray_ISINTEGER((PyArrayObject *)array) ||
          PyArray_ISBOOL((PyArrayObject *)array))) {
        return decline(hook, reason_set_not_of_integers);
    }
    if (!PyArray_ISONESEGMENT((PyArrayObject *)array)) {
        return decline(hook, reason_not_in_one_order);
    }
    return unique(hook, (PyArrayObject *)array);
}
