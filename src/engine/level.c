/* level.c - see level.h. */
#include "level.h"

#include <string.h>

static const struct level levels[LEVEL_COUNT] = {
#define LEVEL(level, name, simd, rows, cpu)                                            \
  {name, simd, rows, &KERNEL_JOIN(tables, level)},
#include "kernels/levels.def"
};

static const struct level *chosen;

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

const char *level_simd(void)
{
    int best = 0;
    for (int level = 0; level < LEVEL_COUNT; level++) {
        best = cpu_has(level) ? level : best;
    }
    return levels[best].simd;
}

/*
 * The numbers of types by kind and size, so that "q" is "l" where it is as large;
 * NUMBER_COUNT: no row has the type.  Noted once, because every ufunc asks for each of
 * its loops.
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

bool level_is_type(int type, char wanted)
{
    return type < TYPES && number_of_type[type] < NUMBER_COUNT &&
           number_of_type[type] == number_of_character[(int)wanted];
}

int level_number(int type)
{
    return type < 0 || type >= TYPES ? NUMBER_COUNT
           : chosen                  ? number_of_type[type]
                                     : number_of(type);
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

int level_choose(const char *name)
{
    const struct level *best = NULL;
    for (int level = 0; level < LEVEL_COUNT; level++) {
        if (name && strcmp(name, levels[level].name) == 0 && !cpu_has(level)) {
            PyErr_Format(PyExc_ValueError, "this CPU has no %s", name);
            return -1;
        }
        if (cpu_has(level) && (!name || strcmp(name, levels[level].name) == 0)) {
            best = &levels[level];
        }
    }
    if (best == NULL) {
        refuse_name();
        return -1;
    }
    chosen = best;
    note_numbers();
    return 0;
}

const struct level *level_now(void)
{
    return chosen;
}

const struct level *level_or_least(void)
{
    return chosen ? chosen : &levels[LEVEL_base];
}
