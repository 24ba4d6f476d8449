/* level.h - the instruction set whose kernels are used: chosen once for the process. */
#ifndef NPP_ENGINE_LEVEL_H
#define NPP_ENGINE_LEVEL_H

#include "kernels/level.h"
#include "python/numpy_api.h"

/* The last column of ops.def. */
enum { BASE = 1, AVX2 = 2, AVX512 = 4 };

struct level {
    const char *name, *simd;
    unsigned rows; /* those of ops.def that it has */
    const struct level_tables *tables;
};

/* By name, or by the CPU (NULL).  0, or -1 with a ValueError: unknown, or this CPU
 * lacks it. */
int level_choose(const char *name);

/* The one that was chosen, or NULL. */
const struct level *level_now(void);

/* That one, or the least, for what has no loop of NumPy's to fall back to. */
const struct level *level_or_least(void);

/* The widest vectors that this CPU has, as people call them. */
const char *level_simd(void);

/* The number by which tables have one of NumPy's types (kernels/numbers.h), also if no
 * level is chosen; NUMBER_COUNT: none has it. */
int level_number(int type);

/* Whether a type is that of one of NumPy's characters, by kind and size: "q" is "l"
 * where it is as large. */
bool level_is_type(int type, char character);

#endif
