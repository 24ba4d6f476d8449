/* ranking.c - see ranking.h. */
#include "ranking.h"

#include <string.h>

#include "memory/pool.h"
#include "python/array.h"
#include "reasons/reasons.h"

/* KEYS_A_SAMPLE: a sample costs about as much as a key saves by it.  NEAR_BYTES: the
 * first levels of a tree, which stay in the caches of one core. */
enum { KEYS_A_SAMPLE = 2, NEAR_BYTES = 1 << 17 };

/* Keys for each element of an array that has to be copied, which NumPy may not. */
enum { COPIES_A_KEY = 8 };

int ranking_type(PyArrayObject *sorted, PyArrayObject *keys)
{
    const int a = PyArray_TYPE(sorted), b = PyArray_TYPE(keys);
    if (PyTypeNum_ISDATETIME(a)) {
        return PyArray_EquivTypes(PyArray_DESCR(sorted), PyArray_DESCR(keys))
                   ? NPY_DATETIME
                   : NPY_NOTYPE;
    }
    if (PyTypeNum_ISDATETIME(b)) {
        return NPY_NOTYPE;
    }
    PyArray_Descr *common =
        PyArray_PromoteTypes(PyArray_DESCR(sorted), PyArray_DESCR(keys));
    if (common == NULL) {
        PyErr_Clear();
        return NPY_NOTYPE;
    }
    const int type = common->type_num;
    const npy_intp size = PyDataType_ELSIZE(common);
    Py_DECREF(common);
    return type == NPY_HALF                        ? NPY_FLOAT
           : type == NPY_BOOL                      ? NPY_INT32
           : PyTypeNum_ISINTEGER(type) && size < 4 ? NPY_INT32
           : PyTypeNum_ISINTEGER(type) || type == NPY_FLOAT || type == NPY_DOUBLE
               ? type
               : NPY_NOTYPE;
}

/* -- what is not a number -------------------------------------------------------- */

static bool is_number(const void *sorted, npy_intp i, int type)
{
    if (type == NPY_FLOAT) {
        return !npy_isnan(((const float *)sorted)[i]);
    }
    return type == NPY_DOUBLE ? !npy_isnan(((const double *)sorted)[i])
                              : ((const int64_t *)sorted)[i] != NPY_DATETIME_NAT;
}

/* Returns the number of elements before the NaNs at the end. */
static npy_intp count_numbers(const void *sorted, npy_intp n, int type)
{
    npy_intp low = 0, high = n; /* all before `low` are, none from `high` on */
    if (!(PyTypeNum_ISFLOAT(type) || type == NPY_DATETIME) ||
        is_number(sorted, n - 1, type)) {
        return n;
    }
    while (low < high) {
        const npy_intp middle = low + (high - low) / 2;
        if (is_number(sorted, middle, type)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* -- the tree -------------------------------------------------------------------- */

/* Copies `n` elements, `step` elements apart, and fills up with elements that are not
 * less than any key. */
#define TAKE_SAMPLES(W)                                                                \
  static void take_samples_##W(const element_##W *from, npy_intp step, npy_intp n,     \
                               element_##W *to, npy_intp room, uint64_t filling)       \
  {                                                                                    \
    npy_intp i = 0;                                                                    \
    for (; i < n; i++) {                                                               \
      to[i] = from[i * step];                                                          \
    }                                                                                  \
    for (; i < room; i++) {                                                            \
      to[i] = (element_##W)filling;                                                    \
    }                                                                                  \
  }
TAKE_SAMPLES(4)
TAKE_SAMPLES(8)

struct sampling {
    npy_intp size, node; /* of an element, in bytes; of a node, in elements */
    uint64_t filling;
};

static void take_samples(const struct sampling *sampling, const void *from,
                         npy_intp first, npy_intp step, npy_intp n, void *to,
                         npy_intp room)
{
    if (sampling->size == 4) {
        take_samples_4((const element_4 *)from + first, step, n, to, room,
                       sampling->filling);
    } else {
        take_samples_8((const element_8 *)from + first, step, n, to, room,
                       sampling->filling);
    }
}

/* Returns what no key is greater than. */
static uint64_t filling_of(int type, npy_intp size)
{
    const float nan = NPY_NANF;
    const double wide_nan = NPY_NAN;
    uint32_t bits;
    uint64_t wide_bits;
    memcpy(&bits, &nan, sizeof bits);
    memcpy(&wide_bits, &wide_nan, sizeof wide_bits);
    return type == NPY_FLOAT            ? bits
           : type == NPY_DOUBLE         ? wide_bits
           : PyTypeNum_ISUNSIGNED(type) ? UINT64_MAX
           : size == sizeof wide_bits   ? INT64_MAX
                                        : INT32_MAX;
}

static bool is_far(const struct rank_tree *tree, const npy_intp *room, int level,
                   npy_intp size)
{
    npy_intp bytes = 0;
    for (int k = level; k < tree->levels && k < RANK_LEVELS; k++) {
        /* All levels have room by now:
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        bytes += room[k] * size;
    }
    return bytes > NEAR_BYTES;
}

/* Plans the levels: how many samples each has, and room for how many. */
static npy_intp plan_levels(struct rank_tree *tree, const struct sampling *sampling,
                            npy_intp keys, npy_intp *samples, npy_intp *room)
{
    const npy_intp n = tree->n, node = sampling->node;
    npy_intp all = 0;
    tree->block = node;
    while (n / tree->block > keys / KEYS_A_SAMPLE) {
        tree->block *= 2;
    }
    npy_intp count = (n + tree->shift) / tree->block;
    for (tree->levels = 0; count > 0; tree->levels++, count /= node) {
        samples[tree->levels] = count;
        room[tree->levels] = (count / node + 1) * node;
        all += room[tree->levels];
    }
    while (tree->far < tree->levels && is_far(tree, room, tree->far, sampling->size)) {
        tree->far++;
    }
    return all;
}

static bool make_levels(struct ranking *ranking, const struct sampling *sampling,
                        npy_intp keys)
{
    struct rank_tree *tree = &ranking->tree;
    npy_intp samples[RANK_LEVELS], room[RANK_LEVELS];
    const npy_intp all = plan_levels(tree, sampling, keys, samples, room);
    const size_t size = (size_t)(all * sampling->size) + NODE_BYTES;
    ranking->memory = pool_take_any(size);
    if (ranking->memory == NULL) {
        return false;
    }
    const uintptr_t start =
        ((uintptr_t)ranking->memory + NODE_BYTES - 1) & ~(uintptr_t)(NODE_BYTES - 1);
    char *at = (char *)start; /* nodes are lines of the cache */
    for (int k = 0; k < tree->levels; k++) {
        const npy_intp step = k ? sampling->node : tree->block;
        take_samples(sampling, k ? tree->level[k - 1] : tree->sorted,
                     step - 1 - (k ? 0 : tree->shift), step, samples[k], at, room[k]);
        tree->level[k] = at;
        at += room[k] * sampling->size;
    }
    return true;
}

/* Makes a node of an array that has less than one. */
static bool make_node(struct ranking *ranking, const struct sampling *sampling)
{
    struct rank_tree *tree = &ranking->tree;
    ranking->memory = pool_take_any(NODE_BYTES);
    if (ranking->memory) {
        take_samples(sampling, tree->sorted, 0, 1, tree->n, ranking->memory,
                     sampling->node);
        tree->block = sampling->node;
        tree->sorted = ranking->memory;
    }
    return ranking->memory != NULL;
}

/* -- the arrays ------------------------------------------------------------------ */

/* Gets the sorted array as the kernel wants it. */
static const char *take_sorted(struct ranking *ranking, PyArrayObject *sorted,
                               npy_intp keys, int type)
{
    const int own = type == NPY_DATETIME ? NPY_INT64 : type;
    const bool is_cast =
        type != NPY_DATETIME && !PyArray_EquivTypenums(PyArray_TYPE(sorted), type);
    if (!is_cast && PyArray_IS_C_CONTIGUOUS(sorted)) {
        ranking->sorted = (PyArrayObject *)Py_NewRef(sorted);
        return NULL;
    }
    if (PyArray_SIZE(sorted) / COPIES_A_KEY > keys) {
        return reason_sorted_needs_copy;
    }
    PyArray_Descr *descr = is_cast ? PyArray_DescrFromType(own) : NULL;
    ranking->sorted = (PyArrayObject *)PyArray_FromArray(
        sorted, descr, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST);
    return NULL;
}

const char *ranking_make(struct ranking *ranking, PyArrayObject *sorted,
                         PyArrayObject *keys, int type, bool right)
{
    struct rank_tree *tree = &ranking->tree;
    const int own = type == NPY_DATETIME ? NPY_INT64 : type;
    *ranking = (struct ranking){.rank = kernels_rank(own, right)};
    const char *reason = source_make(&ranking->keys, keys,
                                     type == NPY_DATETIME ? PyArray_TYPE(keys) : type);
    if (!reason && ranking->rank == NULL) {
        reason = reason_no_kernel_for_dtype;
    }
    reason = reason ? reason : take_sorted(ranking, sorted, PyArray_SIZE(keys), type);
    if (reason || ranking->sorted == NULL) {
        return reason;
    }
    const npy_intp size = PyArray_ITEMSIZE(ranking->sorted);
    const struct sampling sampling = {size, NODE_BYTES / size, filling_of(own, size)};
    const npy_intp n = PyArray_SIZE(ranking->sorted);
    tree->sorted = PyArray_DATA(ranking->sorted);
    const npy_intp numbers = n > 0 ? count_numbers(tree->sorted, n, type) : 0;
    if (numbers == 0) {
        return reason_no_numbers;
    }
    tree->has_nat = type == NPY_DATETIME;
    tree->unordered = right ? n : numbers;
    tree->n = numbers;
    if (numbers < sampling.node
            ? !make_node(ranking, &sampling)
            : (tree->shift = (npy_intp)((uintptr_t)tree->sorted % NODE_BYTES) / size,
               !make_levels(ranking, &sampling, PyArray_SIZE(keys)))) {
        return reason_out_of_memory;
    }
    return NULL;
}

void ranking_clear(struct ranking *ranking)
{
    pool_give_any(ranking->memory);
    Py_XDECREF(ranking->sorted);
    ranking->memory = NULL;
    ranking->sorted = NULL;
}
