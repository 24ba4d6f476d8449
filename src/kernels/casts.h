/*
 * casts.h - from one type of numbers to another: a loop for each two that C converts as
 * NumPy does, whatever instructions it takes.  (Not from floating-point numbers to most
 * integers: what becomes of those that do not fit differs.)
 */
#ifndef NPP_KERNELS_CASTS_H
#define NPP_KERNELS_CASTS_H

#include "kernel.h"

enum number {
    NUMBER_b1,
    NUMBER_i8,
    NUMBER_u8,
    NUMBER_i16,
    NUMBER_u16,
    NUMBER_i32,
    NUMBER_u32,
    NUMBER_i64,
    NUMBER_u64,
    NUMBER_f16,
    NUMBER_f32,
    NUMBER_f64,
    NUMBER_c64,
    NUMBER_c128,
    NUMBER_COUNT
};

/* By `from` and `to`; NULL: none.  Those of float16 need instructions that a level may
 * lack. */
typedef kernel_function *const cast_table[NUMBER_COUNT][NUMBER_COUNT];
extern cast_table casts_base, casts_avx2, casts_avx512;

#endif
