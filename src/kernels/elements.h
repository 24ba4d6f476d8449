/*
 * elements.h - elements of 1, 2, 4, 8 and 16 bytes (u8 to u128), whatever they are, and
 * vectors of them; this is all that kernels that move elements know about an
 * instruction set.  There is one file for each.  Elements are moved as integers: a
 * signalling NaN stays one, and raises nothing.
 *
 * Where NPP_FRONTS is defined, the level has vectors v_S of LANES_S elements, and
 * front_S(v, in) puts those whose bits are set in `in` side by side at the front; what
 * is behind them may be anything.  store_places(to, in, first) stores PLACES integers
 * of 64 bits at `to`: first + i of each bit i that is set in `in`, then anything.
 *
 * STORES_S is STORE_BY_VECTORS if the level stores parts of these vectors quickly, else
 * STORE_BIT_BY_BIT.  With vectors, back_S(v, in) undoes front_S, store_where_S(to, in,
 * v) stores the lanes whose bits are set, and all_S(x) is x in each lane.
 *
 * truth_bits(truth) returns the bits of 64 truth values, and truths_of(to, bits) stores
 * these as 64 bytes, 1 or 0.  TRUTHS_AT_ONCE: each of these is one instruction.
 *
 * FEW is the number of set bits, out of 64, up to which going from bit to bit is faster
 * than anything else.
 */
#ifndef NPP_KERNELS_ELEMENTS_H
#define NPP_KERNELS_ELEMENTS_H

#include <stdint.h>
#include <string.h>

#include "bits64.h"
#include "widths.h"

typedef element_1 e_u8;
typedef element_2 e_u16;
typedef element_4 e_u32;
typedef element_8 e_u64;
typedef element_16 e_u128;

enum { WORD = 64 }; /* the bits of a word */

/* A word whose lowest byte is the first in memory, from one in this machine's order,
 * and back. */
static inline uint64_t in_byte_order(uint64_t word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

#if defined(__AVX512BW__) && defined(__AVX512VL__)
#  include "elements_avx512.h"
#elif defined(__AVX2__)
#  include "elements_avx2.h"
#else
enum { FEW = 8, TRUTHS_AT_ONCE = false };
#  define STORES_u8 STORE_BIT_BY_BIT
#  define STORES_u16 STORE_BIT_BY_BIT
#  define STORES_u32 STORE_BIT_BY_BIT
#  define STORES_u64 STORE_BIT_BY_BIT
#  define STORES_u128 STORE_BIT_BY_BIT
#  if defined(__SSE2__)
#    include "elements_sse2.h"
#  else
/* Those of eight, each 0 or 1, are gathered in the highest byte of a product. */
static inline uint64_t truth_bits(const char *truth)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t word = 0;
    for (int i = 0; i < WORD; i += 8) {
        uint64_t bytes;
        memcpy(&bytes, truth + i, sizeof bytes);
        const uint64_t x = in_byte_order(bytes);
        const uint64_t ones = (((x & low) + low) | x) >> 7 & (low / 0x7f);
        word |= (ones * UINT64_C(0x0102040810204080)) >> 56 << i;
    }
    return word;
}

/* A byte is multiplied into eight, and each keeps its bit. */
static inline void truths_of(char *to, uint64_t bits)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    for (int i = 0; i < WORD; i += 8) {
        const uint64_t x = (bits >> i & 0xff) * ones & UINT64_C(0x8040201008040201);
        const uint64_t bytes = in_byte_order((x + 0x7f * ones) >> 7 & ones);
        memcpy(to + i, &bytes, sizeof bytes);
    }
}
#  endif
#endif

/* Returns the bits of those of `n` truth values that the first word has. */
static inline uint64_t truth_bits_of(const char *truth, intptr_t n)
{
    if (n >= WORD) {
        return truth_bits(truth);
    }
    char rest[WORD] = {0};
    memcpy(rest, truth, (size_t)n);
    return truth_bits(rest);
}

#endif
