/* level.h - the instruction set whose kernels are used: chosen once for the process. */
#ifndef NPP_ENGINE_LEVEL_H
#define NPP_ENGINE_LEVEL_H

#include "kernels/level.h"
#include "python/numpy_api.h"

/* The last column of ops.def. */
enum { BASE = 1, AVX2 = 2, AVX512 = 4 };

struct level {
    const char *name, *simd;
    unsigned rows; /* the rows of ops.def that it has */
    const struct level_tables *tables;
};

/* Chooses the level by name, or by the CPU if `name` is NULL.  Returns 0, or -1 with a
 * ValueError if the level is unknown or this CPU lacks it. */
int level_choose(const char *name);

/* Returns the chosen level, or NULL. */
const struct level *level_now(void);

/* Returns the chosen level, or the least one, for what has no loop of NumPy's to fall
 * back to. */
const struct level *level_or_least(void);

/* Returns the name that people use for the widest vectors of this CPU. */
const char *level_simd(void);

/* Returns the number by which tables have one of NumPy's types (kernels/numbers.h),
 * also if no level is chosen; NUMBER_COUNT: no table has it. */
int level_number(int type);

/* Returns whether `type` has the kind and size of one of NumPy's characters: "q" is "l"
 * where it is as large. */
bool level_is_type(int type, char character);

#endif
