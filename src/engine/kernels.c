/* kernels.c - see kernels.h. */
#include "kernels.h"

#include <string.h>

#include "level.h"

static bool also_losers;

enum { SAME = KERNELS_SAME, CLOSE = KERNELS_CLOSE, FAST = KERNELS_FAST };

static const struct row {
    const char *ufunc, *types;
    enum kernel_bits bits;
    unsigned levels;
} rows[ROW_COUNT] = {
#define OP(ufunc, types, kernel, bits, levels)                                         \
  [ROW_##kernel] = {#ufunc, types, (enum kernel_bits)bits, levels},
#include "kernels/ops.def"
};

static bool wins(int row)
{
    return (rows[row].levels & level_now()->rows) != 0;
}

static bool is_used(int row)
{
    return level_now() && (also_losers || wins(row)) &&
           (*level_now()->tables->kernels)[row];
}

int kernels_choose(const char *name, bool everything)
{
    also_losers = everything;
    return level_choose(name);
}

const char *kernels_level(void)
{
    return level_now() ? level_now()->name : "none";
}

static bool has_floats(const PyUFuncObject *ufunc, int i)
{
    bool floats = false;
    for (int k = 0; k < ufunc->nargs; k++) {
        const int type = (unsigned char)ufunc->types[i * ufunc->nargs + k];
        floats |= PyTypeNum_ISFLOAT(type) || PyTypeNum_ISCOMPLEX(type);
    }
    return floats;
}

/* Returns the kernel for loop number `i` of a ufunc, the fastest one that `bits`
 * allows, or NULL. */
static kernel_function *find(const PyUFuncObject *ufunc, int i, enum kernel_bits bits)
{
    kernel_function *found = NULL;
    enum kernel_bits found_bits = KERNELS_SAME;
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
            same = level_is_type(types[k], *wanted);
        }
        if (same && (found == NULL || rows[row].bits > found_bits)) {
            found = (*level_now()->tables->kernels)[row];
            found_bits = rows[row].bits;
        }
    }
    return found;
}

bool kernels_has(const PyUFuncObject *ufunc, enum kernel_bits bits)
{
    bool found = false;
    for (int row = 0; row < ROW_COUNT && !found && !ufunc->core_enabled; row++) {
        found = rows[row].bits == bits && is_used(row) &&
                strcmp(rows[row].ufunc, ufunc->name) == 0;
    }
    return found;
}

uint32_t kernels_own_types(const PyUFuncObject *ufunc)
{
    if (!kernels_has(ufunc, KERNELS_CLOSE) && !kernels_has(ufunc, KERNELS_FAST)) {
        return 0;
    }
    uint32_t own = ufunc->nin == 1 ? 0 : UINT32_MAX;
    for (int type = 0; type <= NPY_HALF && ufunc->nin == 1; type++) {
        /* Look for the loop as NumPy does: the first that the type is cast to
         * safely. */
        int i = 0;
        while (i < ufunc->ntypes &&
               !PyArray_CanCastSafely(type, ufunc->types[i * ufunc->nargs])) {
            i++;
        }
        if (i < ufunc->ntypes &&
            find(ufunc, i, KERNELS_FAST) != find(ufunc, i, KERNELS_SAME)) {
            own |= UINT32_C(1) << type;
        }
    }
    return own;
}

uint32_t kernels_types(const PyUFuncObject *ufunc)
{
    uint32_t types = 0;
    for (int i = 0; i < ufunc->ntypes; i++) {
        for (int k = 0; k < ufunc->nin && find(ufunc, i, KERNELS_FAST) != NULL; k++) {
            types |= UINT32_C(1) << (ufunc->types[i * ufunc->nargs + k] & 31);
        }
    }
    return types;
}

/* Returns the struct that the data of loop number `i` points to if the loop is ours.
 * These structs stand behind the table of data. */
static struct replaced *replaced_at(void *const *data, int ntypes, int i)
{
    return (struct replaced *)(data + ntypes) + i;
}

int kernels_tables(const PyUFuncObject *ufunc, enum kernel_bits bits,
                   struct kernel_tables *tables)
{
    const size_t n = (size_t)ufunc->ntypes;
    /* The second half has NumPy's functions, as they were when last looked at. */
    tables->functions = PyMem_Calloc(2 * n, sizeof *tables->functions);
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
        *replaced = (struct replaced){
            .loop = (kernel_function *)ufunc->functions[i],
            .data = data,
            .same_bits = kernel && kernel == find(ufunc, i, KERNELS_SAME),
            .floats = has_floats(ufunc, i),
        };
        tables->functions[i] =
            kernel ? (PyUFuncGenericFunction)kernel : ufunc->functions[i];
        tables->data[i] = kernel ? replaced : data;
    }
    memcpy(tables->functions + n, ufunc->functions, n * sizeof *tables->functions);
    return 0;
}

void kernels_follow(PyUFuncObject *copy, const PyUFuncObject *ufunc)
{
    const size_t n = (size_t)ufunc->ntypes, size = n * sizeof *copy->functions;
    if (copy == ufunc || memcmp(copy->functions + n, ufunc->functions, size) == 0) {
        return;
    }
    for (int i = 0; i < ufunc->ntypes; i++) {
        const struct replaced *replaced = replaced_at(copy->data, copy->ntypes, i);
        const bool ours = copy->data[i] == replaced;
        if (ours ? replaced->loop != (kernel_function *)ufunc->functions[i]
                 : copy->functions[i] != ufunc->functions[i]) {
            copy->functions[i] = ufunc->functions[i];
            ((void **)copy->data)[i] = ufunc->data ? (void *)ufunc->data[i] : NULL;
        }
    }
    memcpy(copy->functions + n, ufunc->functions, size);
}

PyObject *kernels_list(void)
{
    static const char *const names[KERNELS_KINDS] = {"same", "close", "fast"};
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < ROW_COUNT; i++) {
        if (!is_used(i)) {
            continue;
        }
        PyObject *row =
            Py_BuildValue("(sssO)", rows[i].ufunc, rows[i].types, names[rows[i].bits],
                          wins(i) ? Py_True : Py_False);
        if (row == NULL || PyList_Append(list, row) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(row);
    }
    return list;
}

const char *kernels_whose(PyUFuncGenericFunction function)
{
    for (int row = 0; row < ROW_COUNT && level_now(); row++) {
        if ((*level_now()->tables->kernels)[row] == (kernel_function *)function) {
            return level_now()->name;
        }
    }
    return NULL;
}
