/*
 * scatter.h - a[index] = op(a[index], value) for one index after the other, as NumPy's
 * loops for ufunc.at do it.
 */
#ifndef NPP_KERNELS_SCATTER_H
#define NPP_KERNELS_SCATTER_H

#include <stdbool.h>
#include <stdint.h>

enum scatter_op {
    SCATTER_ADD,
    SCATTER_SUBTRACT,
    SCATTER_MULTIPLY,
    SCATTER_MAXIMUM,
    SCATTER_MINIMUM,
    SCATTER_AND,
    SCATTER_OR,
    SCATTER_XOR,
    SCATTER_OPS
};

/* The types of elements, named as in numbers.h.  Whether integers have a sign matters
 * to extremes only. */
enum scatter_type {
    SCATTER_b1,
    SCATTER_i8,
    SCATTER_u8,
    SCATTER_i16,
    SCATTER_u16,
    SCATTER_i32,
    SCATTER_u32,
    SCATTER_i64,
    SCATTER_u64,
    SCATTER_f32,
    SCATTER_f64,
    SCATTER_TYPES
};

typedef const struct scatter_kernels {
    /* Does the operation at all `n` indices; negative ones count from the end.  Returns
     * true if some were beyond `length`, which are skipped. */
    bool (*all)(char *a, const intptr_t *index, intptr_t n, intptr_t length,
                const char *values, intptr_t step);
    /* Does the operation at the `n` indices that were selected (select.h). */
    void (*some)(char *a, const int32_t *at, const int32_t *from, intptr_t n,
                 const char *values, intptr_t step);
    /* merge does the operation on a whole array and another one.  clear fills an array
     * with the value that changes nothing. */
    void (*merge)(char *a, const char *b, intptr_t n);
    void (*clear)(char *a, intptr_t n);
} scatter_kernels;

/* `all` is NULL where there are no kernels. */
extern scatter_kernels scatter_table[SCATTER_OPS][SCATTER_TYPES];

#endif
