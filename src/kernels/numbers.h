/* numbers.h - the types of numbers by which tables are indexed, and what they are
 * in C. */
#ifndef NPP_KERNELS_NUMBERS_H
#define NPP_KERNELS_NUMBERS_H

#include <stdint.h>

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

typedef uint8_t b1;
typedef int8_t i8;
typedef uint8_t u8;
typedef int16_t i16;
typedef uint16_t u16, f16;
typedef int32_t i32;
typedef uint32_t u32;
typedef int64_t i64;
typedef uint64_t u64;
typedef float f32;
typedef double f64;
typedef struct {
    float re, im;
} c64;
typedef struct {
    double re, im;
} c128;

#endif
