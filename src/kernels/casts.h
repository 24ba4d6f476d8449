/*
 * casts.h - from one type of numbers to another: a loop for each two that C converts as
 * NumPy does, whatever instructions it takes.  (Not from floating-point numbers to most
 * integers: what becomes of those that do not fit differs.)
 */
#ifndef NPP_KERNELS_CASTS_H
#define NPP_KERNELS_CASTS_H

#include "kernel.h"
#include "numbers.h"

/* By `from` and `to`; NULL: none.  Those of float16 need instructions that a level may
 * lack. */
typedef kernel_function *const cast_table[NUMBER_COUNT][NUMBER_COUNT];

#endif
