/* kernels.c - see kernels.h. */
#include "kernels.h"

#include <string.h>

#include "kernels/level.h"

/* The last column of ops.def. */
enum { BASE = 1, AVX2 = 2, AVX512 = 4 };
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

static const struct level {
    const char *name, *simd;
    unsigned rows; /* those of ops.def */
    const struct level_tables *tables;
} levels[LEVEL_COUNT] = {
#define LEVEL(level, name, simd, rows, cpu)                                            \
  {name, simd, rows, &KERNEL_JOIN(tables, level)},
#include "kernels/levels.def"
};

static int chosen = -1;
static bool also_losers;

static bool cpu_has(int number)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
#define SUPPORTS(feature) __builtin_cpu_supports(feature)
    const bool has[LEVEL_COUNT] = {
#define LEVEL(level, name, simd, rows, cpu) cpu,
#include "kernels/levels.def"
    };
    return has[number];
}

const char *kernels_simd(void)
{
    int best = 0;
    for (int level = 0; level < LEVEL_COUNT; level++) {
        best = cpu_has(level) ? level : best;
    }
    return levels[best].simd;
}

static bool wins(int row)
{
    return (rows[row].levels & levels[chosen].rows) != 0;
}

static bool is_used(int row)
{
    return chosen >= 0 && (also_losers || wins(row)) &&
           (*levels[chosen].tables->kernels)[row];
}

/*
 * Types by kind and size, so that "q" is "l" where it is as large; NUMBER_COUNT: no row
 * has it.  Noted once, for every ufunc asks for each of its loops.
 */
enum { TYPES = NPY_HALF + 1 };
static signed char number_of_type[TYPES], number_of_character[128];

static signed char number_of(int type_or_character)
{
    static const char kinds[NUMBER_COUNT] = {'b', 'i', 'u', 'i', 'u', 'i', 'u',
                                             'i', 'u', 'f', 'f', 'f', 'c', 'c'};
    static const int sizes[NUMBER_COUNT] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8, 8, 16};
    PyArray_Descr *descr = PyArray_DescrFromType(type_or_character);
    signed char number = 0;
    while (number < NUMBER_COUNT && (kinds[number] != descr->kind ||
                                     sizes[number] != PyDataType_ELSIZE(descr))) {
        number++;
    }
    Py_DECREF(descr);
    return number;
}

static void note_numbers(void)
{
    for (int type = 0; type < TYPES; type++) {
        number_of_type[type] = number_of(type);
    }
    for (const char *character = "?bBhHiIlLqQefdFD"; *character; character++) {
        number_of_character[(int)*character] = number_of(*character);
    }
}

static bool is_type(int type, char wanted)
{
    return type < TYPES && number_of_type[type] < NUMBER_COUNT &&
           number_of_type[type] == number_of_character[(int)wanted];
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

static int known_number(int type)
{
    return chosen >= 0 && type < TYPES ? number_of_type[type] : NUMBER_COUNT;
}

kernel_loop *kernels_cast(int from, int to)
{
    const int a = known_number(from), b = known_number(to);
    return a < NUMBER_COUNT && b < NUMBER_COUNT ? (*levels[chosen].tables->casts)[a][b]
                                                : NULL;
}

sum_function *kernels_sum(int type, enum map map, enum sum_place place)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? levels[chosen].tables->sums->sum[place][map][number]
                                 : NULL;
}

runs_function *kernels_runs(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? levels[chosen].tables->sums->runs[number] : NULL;
}

columns_function *kernels_columns(int type, enum map map)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? levels[chosen].tables->sums->columns[map][number]
                                 : NULL;
}

kinds_function *kernels_kinds(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? levels[chosen].tables->extremes->kinds[number]
                                 : NULL;
}

signalling_function *kernels_signalling(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? levels[chosen].tables->extremes->signalling[number]
                                 : NULL;
}

enum extreme kernels_extreme_of(const char *ufunc)
{
    static const char *const names[EXTREME_COUNT] = {[EXTREME_MAXIMUM] = "maximum",
                                                     [EXTREME_MINIMUM] = "minimum",
                                                     [EXTREME_FMAX] = "fmax",
                                                     [EXTREME_FMIN] = "fmin"};
    int i = 0;
    while (i < EXTREME_COUNT && strcmp(names[i], ufunc) != 0) {
        i++;
    }
    return (enum extreme)i;
}

void kernels_extreme(const char *ufunc, int type, extreme_function **row,
                     extreme_columns_function **columns)
{
    const int number = known_number(type);
    const enum extreme extreme = kernels_extreme_of(ufunc);
    const bool has = number < NUMBER_COUNT && extreme < EXTREME_COUNT;
    *row = has ? levels[chosen].tables->extremes->row[extreme][number] : NULL;
    *columns = has ? levels[chosen].tables->extremes->columns[extreme][number] : NULL;
}

static const struct level *level_or_least(void)
{
    return &levels[chosen < 0 ? LEVEL_base : chosen];
}

gather_function *kernels_gather(int type)
{
    return (*level_or_least()->tables->gathers)[number_of(type)];
}

exact_function *kernels_exact(void)
{
    return level_or_least()->tables->exact;
}

moments_function *kernels_moments(void)
{
    return level_or_least()->tables->moments;
}

const struct prefix_kernels *kernels_prefixes(int type)
{
    return &(*level_or_least()
                  ->tables->prefixes)[type == NPY_FLOAT ? PREFIX_FLOAT : PREFIX_DOUBLE];
}

kernel_loop *kernels_scan(const char *ufunc, int type)
{
    const int number = known_number(type);
    const int scan = strcmp(ufunc, "add") == 0        ? SCAN_ADD
                     : strcmp(ufunc, "multiply") == 0 ? SCAN_MULTIPLY
                                                      : SCAN_COUNT;
    return number < NUMBER_COUNT && scan < SCAN_COUNT
               ? (*levels[chosen].tables->scans)[scan][number]
               : NULL;
}

kernel_loop *kernels_close(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? levels[chosen].tables->searches->close[number]
                                 : NULL;
}

count_function *kernels_count(void)
{
    return levels[chosen].tables->searches->count;
}

const struct select_kernels *kernels_select(void)
{
    return levels[chosen].tables->select;
}

/* "it must be a, b or c" */
static void refuse_name(void)
{
    char text[128] = "it must be ";
    for (int level = 0; level < LEVEL_COUNT; level++) {
        const char *comma = level == 0 ? "" : level == LEVEL_COUNT - 1 ? " or " : ", ";
        strncat(text, comma, sizeof text - strlen(text) - 1);
        strncat(text, levels[level].name, sizeof text - strlen(text) - 1);
    }
    PyErr_SetString(PyExc_ValueError, text);
}

int kernels_choose(const char *name, bool everything)
{
    int best = -1;
    for (int level = 0; level < LEVEL_COUNT; level++) {
        if (name && strcmp(name, levels[level].name) == 0 && !cpu_has(level)) {
            PyErr_Format(PyExc_ValueError, "this CPU has no %s", name);
            return -1;
        }
        if (cpu_has(level) && (!name || strcmp(name, levels[level].name) == 0)) {
            best = level;
        }
    }
    if (best < 0) {
        refuse_name();
        return -1;
    }
    chosen = best;
    also_losers = everything;
    note_numbers();
    return 0;
}

const char *kernels_level(void)
{
    return chosen < 0 ? "none" : levels[chosen].name;
}

/* The kernel for loop number i of a ufunc, the fastest of those allowed, or NULL. */
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
            same = is_type(types[k], *wanted);
        }
        if (same && (found == NULL || rows[row].bits > found_bits)) {
            found = (*levels[chosen].tables->kernels)[row];
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
        /* As NumPy looks for a loop: the first that the type is cast to safely. */
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
    /* Behind them NumPy's, as they were when they were looked at last. */
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
    for (int row = 0; row < ROW_COUNT && chosen >= 0; row++) {
        if ((*levels[chosen].tables->kernels)[row] == (kernel_function *)function) {
            return levels[chosen].name;
        }
    }
    return NULL;
}
