/* table.c - the kernels of one instruction set. */
#include "kernel.h"

#define TABLE_JOIN_(level) kernels_##level
#define TABLE_JOIN(level) TABLE_JOIN_(level)

kernel_table TABLE_JOIN(NPP_LEVEL) = {
#define OP(ufunc, types, kernel, bits, levels) [ROW_##kernel] = KERNEL(kernel),
#include "ops.def"
};
