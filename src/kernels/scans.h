/*
 * scans.h - the elements of a row put together one after the other, each with all
 * before it, in the order of NumPy's loops, but with what came before in a register:
 * there it goes through memory.
 *
 * A kernel_function: args are what comes before the first element, elements, results.
 */
#ifndef NPP_KERNELS_SCANS_H
#define NPP_KERNELS_SCANS_H

#include "kernel.h"
#include "numbers.h"

enum scan { SCAN_ADD, SCAN_MULTIPLY, SCAN_COUNT };

typedef kernel_function *const scan_table[SCAN_COUNT][NUMBER_COUNT];

#endif
