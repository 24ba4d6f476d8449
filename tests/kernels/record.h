/*
 * record.h - what expected.py has written: numbers, what NumPy makes of them, and how
 * near to the true values results must be.
 */
#ifndef TESTS_RECORD_H
#define TESTS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../../src/kernels/kernel.h"

enum { NARGS = 4 };
enum { SAME, CLOSE, FAST };

/* The first are of one row in several records: of all kinds of values, and with an
 * operand (`scalar`, or -1) that is the same for all. */
struct header {
    char name[32], types[8];
    int32_t nin, bits, n, scalar;
    int32_t alone;            /* so many of the first have flags, as single calls */
    int32_t calm, calm_flags; /* so many at the end have them together */
};

struct record {
    struct header h;
    kernel_function *kernel;
    int nargs;
    intptr_t sizes[NARGS];
    char *args[NARGS];         /* inputs, and NumPy's results */
    char *got[NARGS];          /* inputs, and ours */
    double *high, *low, *room; /* the true values, as sums, and how far off we may be */
    uint8_t *flags;
};

/* False: the file is at its end. */
bool record_next(FILE *file, struct record *r);
void record_finish(struct record *r);

/* Filled with bytes that no test expects. */
char *allocate(size_t size);
/* Bits; all NaNs are alike. */
bool is_same(char type, const char *x, const char *y);
/* Infinite and NaN where NumPy's is, zeros of special values too, and not too far off.
 */
bool is_close(const struct record *r, const char *want, const char *got, intptr_t i);

#endif
