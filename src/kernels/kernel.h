/*
 * kernel.h - what a kernel is.  Every file of kernels is compiled once for each
 * instruction set, with NPP_LEVEL one of levels.def; KERNEL() keeps the names apart.
 * Only move.c and scatter.c, which gain nothing from vectors, are compiled once.
 * On aarch64 the only level is base, which has NEON.  A kernel has the type of NumPy's
 * classic loops, and never fails, allocates, prints or sees Python.
 */
#ifndef NPP_KERNELS_KERNEL_H
#define NPP_KERNELS_KERNEL_H

#include <stdint.h>

/* args: inputs, then outputs; n[0] elements; steps in bytes. */
typedef void kernel_function(char **args, const intptr_t *n, const intptr_t *steps,
                             void *data);

/* A kernel's `data` points to this.  It is the NumPy loop that the kernel replaces, and
 * to which the kernel leaves some calls. */
struct replaced {
    kernel_function *loop;
    void *data;
    int same_bits; /* its results have the kernel's bits */
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

/* The table of each level, in table.c.  NULL: the level lacks what the kernel needs. */
typedef kernel_function *const kernel_table[ROW_COUNT];

#define KERNEL_JOIN_(name, level) npp_##name##_##level
#define KERNEL_JOIN(name, level) KERNEL_JOIN_(name, level)
#define KERNEL(name) KERNEL_JOIN(name, NPP_LEVEL)

/* The kernels of this level.  They are weak: a kernel is NULL in the table where the
 * level lacks what it needs. */
#ifdef NPP_LEVEL
#  define OP(ufunc, types, kernel, bits, levels)                                       \
    __attribute__((weak)) kernel_function KERNEL(kernel);
#  include "ops.def"
#endif

#endif
