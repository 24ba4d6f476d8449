/*
 * casts.h - loops that cast from one type of numbers to another.  There is one for each
 * pair of types that C converts as NumPy does, whatever instructions it takes.  (There
 * is none from floating-point numbers to most integers, because the results for numbers
 * that do not fit differ.)
 */
#ifndef NPP_KERNELS_CASTS_H
#define NPP_KERNELS_CASTS_H

#include "kernel.h"
#include "numbers.h"

/* The loop for [from][to], or NULL.  Loops of float16 need instructions that a level
 * may lack. */
typedef kernel_function *const cast_table[NUMBER_COUNT][NUMBER_COUNT];

#endif
