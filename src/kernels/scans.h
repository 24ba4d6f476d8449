/*
 * scans.h - running sums and products of a row, in the order of NumPy's loops.  The sum
 * so far stays in a register; in NumPy's loops it goes through memory.
 *
 * A scan is a kernel_function.  Its args are the value before the first element, the
 * elements, and the results.
 */
#ifndef NPP_KERNELS_SCANS_H
#define NPP_KERNELS_SCANS_H

#include "kernel.h"
#include "numbers.h"

enum scan { SCAN_ADD, SCAN_MULTIPLY, SCAN_COUNT };

typedef kernel_function *const scan_table[SCAN_COUNT][NUMBER_COUNT];

#endif
