/* bits64.h - questions about packed masks (masks.h): bit i % 64 of word i / 64. */
#ifndef NPP_KERNELS_BITS64_H
#define NPP_KERNELS_BITS64_H

#include <stdbool.h>
#include <stdint.h>

/* Returns the first place from `i` on, below n, whose bit is `value`; or n. */
static inline intptr_t bits_find(const uint64_t *bits, intptr_t i, intptr_t n,
                                 bool value)
{
    while (i < n) {
        const uint64_t word = (value ? bits[i / 64] : ~bits[i / 64]) >> i % 64;
        if (word) {
            i += __builtin_ctzll(word);
            return i < n ? i : n;
        }
        i += 64 - i % 64;
    }
    return n;
}

/* Returns how many bits are set.  Without an instruction for that gcc calls a function;
 * here pairs, fours and eights of bits are added side by side. */
static inline int ones_in(uint64_t word)
{
#if defined(__POPCNT__) || defined(__aarch64__)
    return __builtin_popcountll(word);
#else
    const uint64_t ones = UINT64_C(0x0101010101010101);
    word -= word >> 1 & 0x55 * ones;
    word = (word & 0x33 * ones) + (word >> 2 & 0x33 * ones);
    return (int)(((word + (word >> 4)) & 0xf * ones) * ones >> 56);
#endif
}

/* Returns how many of the first `n` bits are set; there are none behind them. */
static inline intptr_t bits_count(const uint64_t *bits, intptr_t n)
{
    intptr_t count = 0;
    for (intptr_t i = 0; i < (n + 63) / 64; i++) {
        count += ones_in(bits[i]);
    }
    return count;
}

#endif
