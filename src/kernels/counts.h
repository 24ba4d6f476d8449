/*
 * counts.h - sorting numbers of 8 and 16 bits by counting them.  They are counted by
 * their bits; an order says which bits come first.
 */
#ifndef NPP_KERNELS_COUNTS_H
#define NPP_KERNELS_COUNTS_H

#include <stdint.h>

enum { COUNTS_8 = 1 << 8, COUNTS_16 = 1 << 16 };

/* Adds how often each number occurs to `counts`; `n` < 2**32. */
void counts_add_8(const uint8_t *x, intptr_t n, uint32_t *counts);
void counts_add_16(const uint16_t *x, intptr_t n, uint32_t *counts);

/* Store `count` times the number `bits`. */
void counts_fill_8(uint8_t *to, uint8_t bits, intptr_t count);
void counts_fill_16(uint16_t *to, uint16_t bits, intptr_t count);

#endif
