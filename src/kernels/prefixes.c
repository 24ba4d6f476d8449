/* prefixes.c - see prefixes.h.  Compilers vectorize lines that are side by side. */
#include "prefixes.h"
#include "level.h"

#include "numbers.h"

#define INLINE static inline __attribute__((always_inline))

#define T f32
#define OF(name) name##_f32
#include "prefixes_template.h"

#define T f64
#define OF(name) name##_f64
#include "prefixes_template.h"

prefix_table KERNEL(prefixes) = {
    [PREFIX_FLOAT] = {sizeof(f32), &nothing_f32, totals_f32, chain_f32, prefixes_f32},
    [PREFIX_DOUBLE] = {sizeof(f64), &nothing_f64, totals_f64, chain_f64, prefixes_f64},
};
