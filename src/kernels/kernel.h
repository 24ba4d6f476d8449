/*
 * kernel.h - what a kernel is.  Every file of kernels is compiled once for each
 * instruction set, with NPP_LEVEL one of levels.def; KERNEL() keeps the names
 * apart.  On aarch64 base is the only one, and has NEON.  A kernel has the type of
 * NumPy's classic loops, and never fails, allocates, prints or sees Python.
 */
#ifndef NPP_KERNELS_KERNEL_H
#define NPP_KERNELS_KERNEL_H

#include <stdint.h>

/* args: inputs, then outputs; n[0] elements; steps in bytes. */
typedef void kernel_function(char **args, const intptr_t *n, const intptr_t *steps,
                             void *data);

/* What a kernel's data points to: the loop of NumPy's in whose place it is, for those
 * calls that it leaves to it. */
struct replaced {
    kernel_function *loop;
    void *data;
    int same_bits; /* as the kernel's */
    int floats;    /* some of its operands are floating-point or complex numbers */
};

static inline void leave_to_replaced(char **args, const intptr_t *n,
                                     const intptr_t *steps, void *data)
{
    const struct replaced *replaced = data;
    replaced->loop(args, n, steps, replaced->data);
}

/* The rows of ops.def, by number. */
enum kernel_row {
#define OP(ufunc, types, kernel, bits, levels) ROW_##kernel,
#include "ops.def"
    ROW_COUNT
};

/* What table.c has for each level; NULL: the level lacks what the kernel needs. */
typedef kernel_function *const kernel_table[ROW_COUNT];

#define KERNEL_JOIN_(name, level) npp_##name##_##level
#define KERNEL_JOIN(name, level) KERNEL_JOIN_(name, level)
#define KERNEL(name) KERNEL_JOIN(name, NPP_LEVEL)

/* Of this level.  Weak, and so NULL in its table, where the level lacks what it needs.
 */
#ifdef NPP_LEVEL
#  define OP(ufunc, types, kernel, bits, levels)                                       \
    __attribute__((weak)) kernel_function KERNEL(kernel);
#  include "ops.def"
#endif

#endif
