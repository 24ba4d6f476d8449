/*
 * masks.c - see masks.h.
 *
 * All but blend go over the mask in words of 64 bits.  A run of full words is copied
 * whole.  Words with few set bits go bit by bit, and what is not set is not even read.
 * The others go by whole vectors, if 64 elements are left to load or store: the vector
 * at element i of a word begins at most i elements on.
 */
#include "masks.h"
#include "level.h"

#include <stdbool.h>

#include "elements.h"
#include "loop.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

static const uint64_t FULL = UINT64_MAX;

static inline uint64_t word_of_steps(const char *mask, intptr_t step, intptr_t n)
{
    uint64_t word = 0;
    for (intptr_t i = 0; i < n && i < WORD; i++) {
        word |= (uint64_t)(mask[i * step] != 0) << i;
    }
    return word;
}

static intptr_t pack(const char *mask, intptr_t step, intptr_t n, uint64_t *bits)
{
    intptr_t count = 0;
    for (intptr_t i = 0; i < n; i += WORD) {
        const uint64_t word = step == 1 ? truth_bits_of(mask + i, n - i)
                                        : word_of_steps(mask + i * step, step, n - i);
        bits[i / WORD] = word;
        count += ones_in(word);
    }
    return count;
}

/* Returns how many elements, from the full word at `i` on, belong to full words. */
static inline intptr_t full_bits(const uint64_t *bits, intptr_t i, intptr_t n)
{
    intptr_t end = i + WORD;
    while (end + WORD <= n && bits[end / WORD] == FULL) {
        end += WORD;
    }
    return end - i;
}

static inline intptr_t full_truths(const char *mask, intptr_t n)
{
    intptr_t end = WORD;
    while (end + WORD <= n && truth_bits(mask + end) == FULL) {
        end += WORD;
    }
    return end;
}

/* Steps are in elements: 1, or 0 for one element, which is read once. */
#define BLEND(S, CHOOSE, PRAGMA)                                                       \
  ALWAYS_INLINE void blend_steps_##S(const char *mask, const e_##S *x, bool x_step,    \
                                     const e_##S *y, bool y_step, e_##S *to,           \
                                     intptr_t n)                                       \
  {                                                                                    \
    const e_##S one_x = *x, one_y = *y;                                                \
    PRAGMA                                                                             \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const e_##S a = x_step ? x[i] : one_x, b = y_step ? y[i] : one_y;                \
      to[i] = CHOOSE(mask[i] != 0, a, b);                                              \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void blend_##S(const char *mask, const char *x, intptr_t x_step,              \
                        const char *y, intptr_t y_step, char *to, intptr_t n)          \
  {                                                                                    \
    const e_##S *const a = (const e_##S *)x, *const b = (const e_##S *)y;              \
    e_##S *const z = (e_##S *)to;                                                      \
    if (n == 0) {                                                                      \
      return;                                                                          \
    }                                                                                  \
    if (x_step && y_step) {                                                            \
      blend_steps_##S(mask, a, true, b, true, z, n);                                   \
    } else if (x_step) {                                                               \
      blend_steps_##S(mask, a, true, b, false, z, n);                                  \
    } else if (y_step) {                                                               \
      blend_steps_##S(mask, a, false, b, true, z, n);                                  \
    } else {                                                                           \
      blend_steps_##S(mask, a, false, b, false, z, n);                                 \
    }                                                                                  \
  }

#define CHOOSE(m, a, b) ((m) ? (a) : (b))
/* SSE2 cannot compare 64 bits, and gcc makes branches of it: 3 ns an element. */
#define CHOOSE_u64(m, a, b) ((b) ^ (((a) ^ (b)) & (0 - (uint64_t)(m))))
/* An element is a vector. */
#define CHOOSE_u128(m, a, b) ((b) ^ (((a) ^ (b)) & ((e_u128){0} - (uint64_t)(m))))

BLEND(u8, CHOOSE, INDEPENDENT)
BLEND(u16, CHOOSE, INDEPENDENT)
BLEND(u32, CHOOSE, INDEPENDENT)
BLEND(u64, CHOOSE_u64, INDEPENDENT)
BLEND(u128, CHOOSE_u128, )

/* The elements of a word, bit by bit. */
#define BITS(S)                                                                        \
  ALWAYS_INLINE void assign_bits_##S(uint64_t word, const e_##S *x, bool step,         \
                                     e_##S *to)                                        \
  {                                                                                    \
    for (; word; word &= word - 1) {                                                   \
      const int i = __builtin_ctzll(word);                                             \
      to[i] = x[step ? i : 0];                                                         \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static inline e_##S *compress_bits_##S(uint64_t word, const e_##S *from, e_##S *to)  \
  {                                                                                    \
    for (; word; word &= word - 1) {                                                   \
      *to++ = from[__builtin_ctzll(word)];                                             \
    }                                                                                  \
    return to;                                                                         \
  }                                                                                    \
                                                                                       \
  static inline const e_##S *expand_bits_##S(uint64_t word, const e_##S *from,         \
                                             e_##S *to)                                \
  {                                                                                    \
    for (; word; word &= word - 1) {                                                   \
      to[__builtin_ctzll(word)] = *from++;                                             \
    }                                                                                  \
    return from;                                                                       \
  }

/* Goes through the vectors of a word: `in` are the bits of the vector at i. */
#define FOR_VECTORS(LANES, i, in)                                                      \
  for (uint64_t i = 0, rest = word, in = word & LOW(LANES); i < WORD;                  \
       i += LANES, rest >>= LANES, in = rest & LOW(LANES))
#define LOW(LANES) ((UINT64_C(1) << (LANES)) - 1)

/* The elements of a word.  Where there are no vectors for it, both halves of the word
 * go bit by bit at once, as clearing a bit waits for the one before: where half of the
 * bits are set, an element took 0.25 ns instead of 0.38, where 9 of 10 are 0.37 instead
 * of 0.6.  To store every element, the next one over it if its bit is not set, took
 * 0.35 to 0.5. */
#define HALVES(i, j)                                                                   \
  for (int i, j;                                                                       \
       low && high && (i = __builtin_ctz(low), j = HALF + __builtin_ctz(high), true);  \
       low &= low - 1, high &= high - 1)
enum { HALF = WORD / 2 };

#ifdef NPP_FRONTS
#  define COMPRESS_WORD(S)                                                             \
    static inline e_##S *compress_word_##S(uint64_t word, const e_##S *from,           \
                                           e_##S *to)                                  \
    {                                                                                  \
      FOR_VECTORS(LANES_##S, i, in)                                                    \
      {                                                                                \
        store_##S(to, front_##S(load_##S(from + i), in));                              \
        to += ones_in(in);                                                             \
      }                                                                                \
      return to;                                                                       \
    }
#else
#  define COMPRESS_WORD(S)                                                             \
    static inline e_##S *compress_word_##S(uint64_t word, const e_##S *from,           \
                                           e_##S *to)                                  \
    {                                                                                  \
      uint32_t low = (uint32_t)word, high = (uint32_t)(word >> HALF);                  \
      e_##S *to_high = to + ones_in(low);                                              \
      HALVES(i, j)                                                                     \
      {                                                                                \
        *to++ = from[i];                                                               \
        *to_high++ = from[j];                                                          \
      }                                                                                \
      compress_bits_##S(low, from, to);                                                \
      return compress_bits_##S(high, from + HALF, to_high);                            \
    }
#endif

/* How elements are assigned and expanded is STORES_S of the level.  Bit by bit, because
 * to store every element, some of them elsewhere, took 0.58 ns. */
#define STORE_BY_VECTORS(S)                                                            \
  ALWAYS_INLINE void assign_word_##S(uint64_t word, const e_##S *x, bool step,         \
                                     e_##S *to)                                        \
  {                                                                                    \
    FOR_VECTORS(LANES_##S, i, in)                                                      \
    {                                                                                  \
      store_where_##S(to + i, in, step ? load_##S(x + i) : all_##S(*x));               \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static inline const e_##S *expand_word_##S(uint64_t word, const e_##S *from,         \
                                             e_##S *to)                                \
  {                                                                                    \
    FOR_VECTORS(LANES_##S, i, in)                                                      \
    {                                                                                  \
      store_where_##S(to + i, in, back_##S(load_##S(from), in));                       \
      from += ones_in(in);                                                             \
    }                                                                                  \
    return from;                                                                       \
  }

#define STORE_BIT_BY_BIT(S)                                                            \
  ALWAYS_INLINE void assign_word_##S(uint64_t word, const e_##S *x, bool step,         \
                                     e_##S *to)                                        \
  {                                                                                    \
    uint32_t low = (uint32_t)word, high = (uint32_t)(word >> HALF);                    \
    HALVES(i, j)                                                                       \
    {                                                                                  \
      to[i] = x[step ? i : 0];                                                         \
      to[j] = x[step ? j : 0];                                                         \
    }                                                                                  \
    assign_bits_##S(low | (uint64_t)high << HALF, x, step, to);                        \
  }                                                                                    \
                                                                                       \
  static inline const e_##S *expand_word_##S(uint64_t word, const e_##S *from,         \
                                             e_##S *to)                                \
  {                                                                                    \
    uint32_t low = (uint32_t)word, high = (uint32_t)(word >> HALF);                    \
    const e_##S *from_high = from + ones_in(low);                                      \
    HALVES(i, j)                                                                       \
    {                                                                                  \
      to[i] = *from++;                                                                 \
      to[j] = *from_high++;                                                            \
    }                                                                                  \
    expand_bits_##S(low, from, to);                                                    \
    return expand_bits_##S(high, from_high, to + HALF);                                \
  }

#define ASSIGN(S)                                                                      \
  ALWAYS_INLINE void assign_step_##S(const char *mask, const e_##S *x, bool step,      \
                                     e_##S *to, intptr_t n)                            \
  {                                                                                    \
    for (intptr_t i = 0, done; i < n; i += done) {                                     \
      const uint64_t word = truth_bits_of(mask + i, n - i);                            \
      const e_##S *const from = step ? x + i : x;                                      \
      done = WORD;                                                                     \
      if (word == FULL) {                                                              \
        done = full_truths(mask + i, n - i);                                           \
        copy_##S(to + i, from, step, done);                                            \
      } else if (n - i >= WORD && ones_in(word) > FEW) {                               \
        assign_word_##S(word, from, step, to + i);                                     \
      } else {                                                                         \
        assign_bits_##S(word, from, step, to + i);                                     \
      }                                                                                \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void assign_##S(const char *mask, const char *x, intptr_t x_step, char *to,   \
                         intptr_t n)                                                   \
  {                                                                                    \
    if (x_step) {                                                                      \
      assign_step_##S(mask, (const e_##S *)x, true, (e_##S *)to, n);                   \
    } else {                                                                           \
      assign_step_##S(mask, (const e_##S *)x, false, (e_##S *)to, n);                  \
    }                                                                                  \
  }

#define COPY(S)                                                                        \
  ALWAYS_INLINE void copy_##S(e_##S *to, const e_##S *from, bool step, intptr_t n)     \
  {                                                                                    \
    if (step) {                                                                        \
      memcpy(to, from, (size_t)n * sizeof(e_##S));                                     \
      return;                                                                          \
    }                                                                                  \
    const e_##S x = *from;                                                             \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      to[i] = x;                                                                       \
    }                                                                                  \
  }

#define COMPRESS(S)                                                                    \
  static void compress_##S(const uint64_t *bits, const char *from, intptr_t n,         \
                           char *to, intptr_t count)                                   \
  {                                                                                    \
    const e_##S *const x = (const e_##S *)from;                                        \
    e_##S *z = (e_##S *)to, *const end = z + count;                                    \
    for (intptr_t i = 0, done; i < n; i += done) {                                     \
      const uint64_t word = bits[i / WORD];                                            \
      done = WORD;                                                                     \
      if (word == FULL) {                                                              \
        done = full_bits(bits, i, n);                                                  \
        copy_##S(z, x + i, true, done);                                                \
        z += done;                                                                     \
      } else if (end - z >= WORD && n - i >= WORD && ones_in(word) > FEW) {            \
        z = compress_word_##S(word, x + i, z);                                         \
      } else {                                                                         \
        z = compress_bits_##S(word, x + i, z);                                         \
      }                                                                                \
    }                                                                                  \
  }

#define EXPAND(S)                                                                      \
  static void expand_##S(const uint64_t *bits, const char *from, intptr_t count,       \
                         char *to, intptr_t n)                                         \
  {                                                                                    \
    const e_##S *x = (const e_##S *)from, *const end = x + count;                      \
    e_##S *const z = (e_##S *)to;                                                      \
    for (intptr_t i = 0, done; i < n; i += done) {                                     \
      const uint64_t word = bits[i / WORD];                                            \
      done = WORD;                                                                     \
      if (word == FULL) {                                                              \
        done = full_bits(bits, i, n);                                                  \
        copy_##S(z + i, x, true, done);                                                \
        x += done;                                                                     \
      } else if (end - x >= WORD && n - i >= WORD && ones_in(word) > FEW) {            \
        x = expand_word_##S(word, x, z + i);                                           \
      } else {                                                                         \
        x = expand_bits_##S(word, x, z + i);                                           \
      }                                                                                \
    }                                                                                  \
  }

#define KERNELS(S)                                                                     \
  BITS(S) COMPRESS_WORD(S) STORES_##S(S) COPY(S) ASSIGN(S) COMPRESS(S) EXPAND(S)

KERNELS(u8)
KERNELS(u16)
KERNELS(u32)
KERNELS(u64)
KERNELS(u128)

static inline e_u64 *places_of_bits(uint64_t word, uint64_t first, e_u64 *to)
{
    for (; word; word &= word - 1) {
        *to++ = first + (uint64_t)__builtin_ctzll(word);
    }
    return to;
}

#ifdef NPP_FRONTS
static inline e_u64 *places_of_word(uint64_t word, uint64_t first, e_u64 *to)
{
    FOR_VECTORS(PLACES, i, in)
    {
        store_places(to, in, first + i);
        to += ones_in(in);
    }
    return to;
}
#else
static inline e_u64 *places_of_word(uint64_t word, uint64_t first, e_u64 *to)
{
    uint32_t low = (uint32_t)word, high = (uint32_t)(word >> HALF);
    e_u64 *to_high = to + ones_in(low);
    HALVES(i, j)
    {
        *to++ = first + (uint64_t)i;
        *to_high++ = first + (uint64_t)j;
    }
    places_of_bits(low, first, to);
    return places_of_bits(high, first + HALF, to_high);
}
#endif

static inline e_u64 *places_of_full(uint64_t first, e_u64 *to)
{
    for (uint64_t i = 0; i < WORD; i++) {
        to[i] = first + i;
    }
    return to + WORD;
}

static void places(const uint64_t *bits, intptr_t n, int64_t first, int64_t *to,
                   intptr_t count)
{
    e_u64 *z = (e_u64 *)to, *const end = z + count;
    uint64_t from = (uint64_t)first;
    for (intptr_t i = 0; i < n; i += WORD, from += WORD) {
        const uint64_t word = bits[i / WORD];
        if (word == FULL) {
            z = places_of_full(from, z);
        } else if (end - z >= WORD && ones_in(word) > FEW) {
            z = places_of_word(word, from, z);
        } else {
            z = places_of_bits(word, from, z);
        }
    }
}

#define WIDTHS(name)                                                                   \
  {                                                                                    \
    name##_u8, name##_u16, name##_u32, name##_u64, name##_u128                         \
  }

mask_table KERNEL(masks) = {
    .pack = pack,
    .blend = WIDTHS(blend),
    .assign = WIDTHS(assign),
    .compress = WIDTHS(compress),
    .expand = WIDTHS(expand),
    .places = places,
};
