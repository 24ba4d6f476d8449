/* table.c - the kernels of one instruction set, and all of its tables. */
#include "level.h"

kernel_table KERNEL(kernels) = {
#define OP(ufunc, types, kernel, bits, levels) [ROW_##kernel] = KERNEL(kernel),
#include "ops.def"
};

#define TABLE(type, name) .name = &KERNEL(name),
const struct level_tables KERNEL(tables) = {LEVEL_TABLES};
