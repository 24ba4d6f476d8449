/* bytes.c - see bytes.h. */
#include "bytes.h"
#include "level.h"

#include <string.h>

#include "elements.h"
#include "loop.h"

/* Bits go through a block of so many words, in which vectors turn their order. */
enum { WORDS = 64, BITS = WORDS * WORD };

static const uint64_t ones = UINT64_C(0x0101010101010101);

/* Returns a word with the bits of each byte in the other order. */
static inline uint64_t turned(uint64_t x)
{
    x = (x >> 4 & 0x0f * ones) | (x & 0x0f * ones) << 4;
    x = (x >> 2 & 0x33 * ones) | (x & 0x33 * ones) << 2;
    return (x >> 1 & 0x55 * ones) | (x & 0x55 * ones) << 1;
}

static inline void turn_words(uint64_t *words, intptr_t n)
{
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        words[i] = turned(words[i]);
    }
}

static inline intptr_t least(intptr_t a, intptr_t b)
{
    return a < b ? a : b;
}

/* Returns the bits of the truth values from the one at `i` on.  The last ones of many
 * are looked at with some that are before them, instead of copied. */
static inline uint64_t word_at(const char *truth, intptr_t i, intptr_t n)
{
    return n - i >= WORD ? truth_bits(truth + i)
           : n >= WORD   ? truth_bits(truth + n - WORD) >> (WORD - (n - i))
                         : truth_bits_of(truth, n);
}

/* Few words stay in registers: to load what was just stored in other sizes takes as
 * long as all of them. */
enum { SHORT = 4 * WORD };

static inline void pack_short(const char *truth, intptr_t n, char *to, bool big)
{
    for (intptr_t i = 0; i < n; i += WORD) {
        const uint64_t bits = word_at(truth, i, n);
        const uint64_t word = big ? turned(bits) : bits;
        if (n - i >= WORD) {
            const uint64_t bytes = in_byte_order(word);
            memcpy(to + i / 8, &bytes, sizeof bytes);
            continue;
        }
        for (intptr_t k = 0; k < n - i; k += 8) {
            to[(i + k) / 8] = (char)(word >> k);
        }
    }
}

static inline void pack_truths(const char *truth, intptr_t n, char *to, bool big)
{
    uint64_t words[WORDS];
    if (n <= SHORT) {
        pack_short(truth, n, to, big);
        return;
    }
    for (intptr_t i = 0; i < n; i += WORD) {
        words[i / WORD] = in_byte_order(word_at(truth, i, n));
    }
    if (big) {
        turn_words(words, (n + WORD - 1) / WORD);
    }
    memcpy(to, words, (size_t)(n + 7) / 8);
}

static void pack_1(const char *from, intptr_t n, char *to, bool big)
{
    for (intptr_t i = 0; i < n; i += BITS) {
        pack_truths(from + i, least(n - i, BITS), to + i / 8, big);
    }
}

#define PACK(W)                                                                        \
  static void pack_##W(const char *from, intptr_t n, char *to, bool big)               \
  {                                                                                    \
    for (intptr_t first = 0; first < n; first += BITS) {                               \
      char truth[BITS];                                                                \
      const element_##W *const x = (const element_##W *)from + first;                  \
      const intptr_t some = least(n - first, BITS);                                    \
      INDEPENDENT                                                                      \
      for (intptr_t i = 0; i < some; i++) {                                            \
        truth[i] = x[i] != 0;                                                          \
      }                                                                                \
      pack_truths(truth, some, to + first / 8, big);                                   \
    }                                                                                  \
  }
PACK(2)
PACK(4)
PACK(8)

/* The bit of a row in the bytes of columns. */
static inline int place_of(intptr_t row, bool big)
{
    return (int)(big ? 7 - row : row);
}

#define PACK_COLUMNS(W)                                                                \
  static void pack_columns_##W(const char *from, intptr_t stride, intptr_t rows,       \
                               intptr_t columns, char *to, bool big)                   \
  {                                                                                    \
    for (intptr_t first = 0; first < columns; first += BLOCK) {                        \
      uint8_t bytes[BLOCK] = {0};                                                      \
      const intptr_t some = least(columns - first, BLOCK);                             \
      for (intptr_t row = 0; row < rows; row++) {                                      \
        const element_##W *const x =                                                   \
            (const element_##W *)(from + row * stride) + first;                        \
        const uint8_t bit = (uint8_t)(1 << place_of(row, big));                        \
        INDEPENDENT                                                                    \
        for (intptr_t j = 0; j < some; j++) {                                          \
          bytes[j] |= (uint8_t)(bit & -(x[j] != 0));                                   \
        }                                                                              \
      }                                                                                \
      memcpy(to + first, bytes, (size_t)some);                                         \
    }                                                                                  \
  }
PACK_COLUMNS(1)
PACK_COLUMNS(2)
PACK_COLUMNS(4)
PACK_COLUMNS(8)

static void unpack(const char *from, intptr_t n, char *to, bool big)
{
    for (intptr_t first = 0; first < n; first += BITS) {
        uint64_t words[WORDS];
        const intptr_t some = least(n - first, BITS), whole = some & -WORD;
        words[(some - 1) / WORD] = 0;
        memcpy(words, from + first / 8, (size_t)(some + 7) / 8);
        if (big) {
            turn_words(words, (some + WORD - 1) / WORD);
        }
        for (intptr_t i = 0; i < whole; i += WORD) {
            truths_of(to + first + i, in_byte_order(words[i / WORD]));
        }
        if (whole < some) {
            char rest[WORD];
            truths_of(rest, in_byte_order(words[whole / WORD]));
            memcpy(to + first + whole, rest, (size_t)(some - whole));
        }
    }
}

static void unpack_columns(const char *from, intptr_t columns, char *to,
                           intptr_t stride, intptr_t rows, bool big)
{
    const intptr_t whole = columns & -8;
    for (intptr_t row = 0; row < rows; row++, to += stride) {
        const int place = place_of(row, big);
        const element_8 *const x = (const element_8 *)from;
        element_8 *const y = (element_8 *)to;
        INDEPENDENT
        for (intptr_t j = 0; j < whole / 8; j++) { /* bits of others are masked */
            y[j] = x[j] >> place & ones;
        }
        for (intptr_t j = whole; j < columns; j++) {
            to[j] = from[j] >> place & 1;
        }
    }
}

static inline element_1 swapped_1(element_1 x)
{
    return x;
}

static inline element_2 swapped_2(element_2 x)
{
    return __builtin_bswap16(x);
}

static inline element_4 swapped_4(element_4 x)
{
    return __builtin_bswap32(x);
}

static inline element_8 swapped_8(element_8 x)
{
    return __builtin_bswap64(x);
}

static inline element_16 swapped_16(element_16 x)
{
    return (element_16){__builtin_bswap64(x[1]), __builtin_bswap64(x[0])};
}

/* An element of 16 bytes is a vector already. */
#define TELL_1 INDEPENDENT
#define TELL_2 INDEPENDENT
#define TELL_4 INDEPENDENT
#define TELL_8 INDEPENDENT
#define TELL_16

#define SWAP(W)                                                                        \
  static void swap_##W(const char *from, intptr_t from_step, char *to,                 \
                       intptr_t to_step, intptr_t n, intptr_t units)                   \
  {                                                                                    \
    if (from_step == units * (W) && to_step == units * (W)) {                          \
      const element_##W *const x = (const element_##W *)from;                          \
      element_##W *const y = (element_##W *)to;                                        \
      TELL_##W for (intptr_t i = 0; i < n * units; i++)                                \
      {                                                                                \
        y[i] = swapped_##W(x[i]);                                                      \
      }                                                                                \
      return;                                                                          \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++, from += from_step, to += to_step) {               \
      for (intptr_t k = 0; k < units; k++) {                                           \
        ((element_##W *)to)[k] = swapped_##W(((const element_##W *)from)[k]);          \
      }                                                                                \
    }                                                                                  \
  }
EACH_WIDTH(SWAP)

#define SWAP_OF(W) swap_##W
byte_table KERNEL(bytes) = {
    .pack = {pack_1, pack_2, pack_4, pack_8},
    .pack_columns = {pack_columns_1, pack_columns_2, pack_columns_4, pack_columns_8},
    .unpack = unpack,
    .unpack_columns = unpack_columns,
    .swap = OF_EACH_WIDTH(SWAP_OF),
    .quick_lines = TRUTHS_AT_ONCE,
};
