/* counts.c - see counts.h. */
#include "counts.h"

#include <string.h>

/* Equal numbers in a row would wait for each other's count: four counts in turn. */
void counts_add_8(const uint8_t *x, intptr_t n, uint32_t *counts)
{
    enum { TURNS = 4 };
    uint32_t turns[TURNS][COUNTS_8] = {{0}};
    intptr_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, x + i, sizeof word);
        for (int j = 0; j < 8; j++) {
            turns[j % TURNS][(uint8_t)(word >> 8 * j)]++;
        }
    }
    for (; i < n; i++) {
        turns[0][x[i]]++;
    }
    for (int k = 0; k < COUNTS_8; k++) {
        counts[k] += turns[0][k] + turns[1][k] + turns[2][k] + turns[3][k];
    }
}

/* Where numbers repeat they are counted in a register. */
void counts_add_16(const uint16_t *x, intptr_t n, uint32_t *counts)
{
    intptr_t i = 0;
    for (; i + 4 <= n; i += 4) {
        uint64_t word;
        memcpy(&word, x + i, sizeof word);
        if (word == (word << 16 | word >> 48)) {
            counts[(uint16_t)word] += 4;
            continue;
        }
        for (int j = 0; j < 4; j++) {
            counts[(uint16_t)(word >> 16 * j)]++;
        }
    }
    for (; i < n; i++) {
        counts[x[i]]++;
    }
}

void counts_fill_8(uint8_t *to, uint8_t bits, intptr_t count)
{
    memset(to, bits, (size_t)count);
}

/* Most runs are short. */
void counts_fill_16(uint16_t *to, uint16_t bits, intptr_t count)
{
    const uint64_t four = bits * UINT64_C(0x0001000100010001);
    intptr_t i = 0;
    for (; i + 4 <= count; i += 4) {
        memcpy(to + i, &four, sizeof four);
    }
    for (; i < count; i++) {
        to[i] = bits;
    }
}
