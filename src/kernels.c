/* kernels.c - see kernels.h. */
#include "kernels.h"

#include <string.h>

#include "kernels/kernel.h"

enum { BASE = 1 << LEVEL_BASE, AVX2 = 1 << LEVEL_AVX2, AVX512 = 1 << LEVEL_AVX512 };
enum { SAME = KERNELS_SAME, CLOSE = KERNELS_CLOSE };

static const struct row {
    const char *ufunc, *types;
    enum kernel_bits bits;
    unsigned levels;
} rows[ROW_COUNT] = {
#define OP(ufunc, types, kernel, bits, levels)                                         \
  [ROW_##kernel] = {#ufunc, types, (enum kernel_bits)bits, levels},
#include "ops.def"
};

static const struct level {
    const char *name;
    kernel_table *table;
} levels[LEVEL_COUNT] = {
    [LEVEL_BASE] = {"baseline", &kernels_base},
#if defined(__x86_64__)
    [LEVEL_AVX2] = {"avx2", &kernels_avx2},
    [LEVEL_AVX512] = {"avx512", &kernels_avx512},
#endif
};

static int chosen = -1;
static bool also_losers;

static bool cpu_has(int level)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    /* F16C too, which is older than either. */
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    return level == LEVEL_BASE || (avx2 && (level == LEVEL_AVX2 || avx512));
#else
    return level == LEVEL_BASE;
#endif
}

int kernels_choose(const char *name, bool everything)
{
    int best = -1;
    for (int level = 0; level < LEVEL_COUNT && levels[level].name; level++) {
        if (name && strcmp(name, levels[level].name) == 0 && !cpu_has(level)) {
            PyErr_Format(PyExc_ValueError, "this CPU has no %s", name);
            return -1;
        }
        if (cpu_has(level) && (!name || strcmp(name, levels[level].name) == 0)) {
            best = level;
        }
    }
    if (best < 0) {
        PyErr_SetString(PyExc_ValueError, "it must be baseline, avx2 or avx512");
        return -1;
    }
    chosen = best;
    also_losers = everything;
    return 0;
}

const char *kernels_level(void)
{
    return chosen < 0 ? "none" : levels[chosen].name;
}

static bool is_used(int row)
{
    return chosen >= 0 && (also_losers || rows[row].levels >> chosen & 1) &&
           (*levels[chosen].table)[row];
}

/* Whether a type is the one of a row's character, or has the same numbers: "l" is
 * also "q". */
static bool is_type(int number, char wanted)
{
    PyArray_Descr *descr = PyArray_DescrFromType(number);
    PyArray_Descr *other = PyArray_DescrFromType(wanted);
    const bool same = descr && other && descr->kind == other->kind &&
                      PyDataType_ELSIZE(descr) == PyDataType_ELSIZE(other);
    Py_XDECREF(descr);
    Py_XDECREF(other);
    return same;
}

/* The kernel for loop number i of a ufunc, or NULL. */
static kernel_function *find(const PyUFuncObject *ufunc, int i, enum kernel_bits bits)
{
    const char *types = ufunc->types + (size_t)i * (size_t)ufunc->nargs;
    for (int row = 0; row < ROW_COUNT; row++) {
        if (!is_used(row) || rows[row].bits > bits ||
            strcmp(rows[row].ufunc, ufunc->name) != 0) {
            continue;
        }
        const char *wanted = rows[row].types;
        bool same = true;
        for (int k = 0; same && k < ufunc->nargs; k++, wanted++) {
            wanted += k == ufunc->nin ? 2 : 0; /* the arrow */
            same = is_type(types[k], *wanted);
        }
        if (same) {
            return (*levels[chosen].table)[row];
        }
    }
    return NULL;
}

/* Most ufuncs have none: importing looks no further at those. */
static bool has_rows(const PyUFuncObject *ufunc)
{
    bool found = false;
    for (int row = 0; row < ROW_COUNT && !found; row++) {
        found = is_used(row) && strcmp(rows[row].ufunc, ufunc->name) == 0;
    }
    return found;
}

int kernels_count(const PyUFuncObject *ufunc, enum kernel_bits bits)
{
    int count = 0;
    const int n = !ufunc->core_enabled && has_rows(ufunc) ? ufunc->ntypes : 0;
    for (int i = 0; i < n; i++) {
        count += find(ufunc, i, bits) != NULL;
    }
    return count;
}

/* What the data of loop number i points to if it is ours: it stands behind the table of
 * them. */
static struct replaced *replaced_at(void *const *data, int ntypes, int i)
{
    return (struct replaced *)(data + ntypes) + i;
}

int kernels_tables(const PyUFuncObject *ufunc, enum kernel_bits bits,
                   struct kernel_tables *tables)
{
    const size_t n = (size_t)ufunc->ntypes;
    tables->functions = PyMem_Calloc(n, sizeof *tables->functions);
    tables->data = PyMem_Calloc(n, sizeof *tables->data + sizeof(struct replaced));
    if (!tables->functions || !tables->data) {
        PyMem_Free(tables->functions);
        PyMem_Free(tables->data);
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < ufunc->ntypes; i++) {
        kernel_function *kernel = find(ufunc, i, bits);
        void *data = ufunc->data ? (void *)ufunc->data[i] : NULL;
        struct replaced *replaced = replaced_at(tables->data, ufunc->ntypes, i);
        *replaced = (struct replaced){(kernel_function *)ufunc->functions[i], data};
        tables->functions[i] =
            kernel ? (PyUFuncGenericFunction)kernel : ufunc->functions[i];
        tables->data[i] = kernel ? replaced : data;
    }
    return 0;
}

void kernels_follow(PyUFuncObject *copy, const PyUFuncObject *ufunc)
{
    for (int i = 0; copy != ufunc && i < ufunc->ntypes; i++) {
        if (copy->functions[i] != ufunc->functions[i] &&
            copy->data[i] != replaced_at(copy->data, copy->ntypes, i)) {
            copy->functions[i] = ufunc->functions[i];
        }
    }
}

PyObject *kernels_list(void)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < ROW_COUNT; i++) {
        if (!is_used(i)) {
            continue;
        }
        PyObject *row =
            Py_BuildValue("(sssO)", rows[i].ufunc, rows[i].types,
                          rows[i].bits == KERNELS_SAME ? "same" : "close",
                          rows[i].levels >> chosen & 1 ? Py_True : Py_False);
        if (row == NULL || PyList_Append(list, row) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(row);
    }
    return list;
}

const char *kernels_whose(PyUFuncGenericFunction function)
{
    for (int row = 0; row < ROW_COUNT && chosen >= 0; row++) {
        if ((*levels[chosen].table)[row] == (kernel_function *)function) {
            return levels[chosen].name;
        }
    }
    return NULL;
}
