/* words.c - see words.h.  Plain loops, for the compiler to make vectors of. */
#include "words.h"
#include "level.h"

#include "loop.h"

#define SIGN(bits) (UINT64_C(1) << ((bits)-1))
#define ALL(bits) (2 * SIGN(bits) - 1)

/* The order of floats of `bits` bits as that of integers.  No branch depends on the
 * sign. */
#define TURNED(x, bits) (((x) ^ (SIGN(bits) | (0 - ((x) >> ((bits)-1))))) & ALL(bits))
#define FLOAT_KEY(x, bits, infinity)                                                   \
  (((x) & ~SIGN(bits)) > (infinity) ? ALL(bits)                                        \
   : ((x) & ~SIGN(bits)) == 0       ? SIGN(bits)                                       \
                                    : TURNED(x, bits))

#define KEYS(S, T, key)                                                                \
  static void keys_##S(const char *from, intptr_t step, intptr_t n, uint64_t *to)      \
  {                                                                                    \
    const T *const all = (const T *)from;                                              \
    for (intptr_t i = 0; step == (intptr_t)sizeof(T) && i < n; i++) {                  \
      const uint64_t x = all[i];                                                       \
      to[i] = (key);                                                                   \
    }                                                                                  \
    for (intptr_t i = 0; step != (intptr_t)sizeof(T) && i < n; i++) {                  \
      const uint64_t x = *(const T *)(from + i * step);                                \
      to[i] = (key);                                                                   \
    }                                                                                  \
  }
KEYS(u8, uint8_t, x)
KEYS(i8, uint8_t, x ^ SIGN(8))
KEYS(u16, uint16_t, x)
KEYS(i16, uint16_t, x ^ SIGN(16))
KEYS(u32, uint32_t, x)
KEYS(i32, uint32_t, x ^ SIGN(32))
KEYS(u64, uint64_t, x)
KEYS(i64, uint64_t, x ^ SIGN(64))
KEYS(f16, uint16_t, FLOAT_KEY(x, 16, 0x7c00))
KEYS(f32, uint32_t, FLOAT_KEY(x, 32, 0x7f800000))
KEYS(f64, uint64_t, FLOAT_KEY(x, 64, UINT64_C(0x7ff) << 52))
KEYS(time, uint64_t, (x - 1) ^ SIGN(64))

/* Signed integers are compared in vectors where unsigned ones are not. */
static void range(const uint64_t *keys, intptr_t n, uint64_t *least, uint64_t *greatest)
{
    int64_t low = (int64_t)(*least ^ SIGN(64)), high = (int64_t)(*greatest ^ SIGN(64));
    for (intptr_t i = 0; i < n; i++) {
        const int64_t key = (int64_t)(keys[i] ^ SIGN(64));
        low = key < low ? key : low;
        high = key > high ? key : high;
    }
    *least = (uint64_t)low ^ SIGN(64);
    *greatest = (uint64_t)high ^ SIGN(64);
}

static void make(uint64_t *keys, intptr_t n, uint64_t least, int shift, int width,
                 uint64_t first)
{
    for (intptr_t i = 0; i < n; i++) {
        /* Elements may have changed since their range was asked for. */
        const uint64_t bits = (keys[i] - least) >> shift;
        keys[i] = (bits << width & INT64_MAX) | (first + (uint64_t)i);
    }
}

static void indices(int64_t *words, intptr_t n, int64_t bits)
{
    for (intptr_t i = 0; i < n; i++) {
        words[i] &= bits;
    }
}

static void narrow(const uint64_t *keys, intptr_t n, uint64_t least, uint16_t most,
                   uint16_t *to)
{
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const uint64_t key = keys[i] - least;
        to[i] = (uint16_t)(key < most ? key : most);
    }
}

static intptr_t count(const uint16_t *keys, intptr_t n, uint16_t value)
{
    uint16_t sum = 0;
    for (intptr_t i = 0; i < n; i++) {
        sum = (uint16_t)(sum + (keys[i] == value));
    }
    return sum;
}

static void match(const uint16_t *keys, intptr_t n, uint16_t value, char *truth)
{
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        truth[i] = keys[i] == value;
    }
}

word_table KERNEL(words) = {
    .keys =
        {
            [NUMBER_b1] = keys_u8,
            [NUMBER_i8] = keys_i8,
            [NUMBER_u8] = keys_u8,
            [NUMBER_i16] = keys_i16,
            [NUMBER_u16] = keys_u16,
            [NUMBER_i32] = keys_i32,
            [NUMBER_u32] = keys_u32,
            [NUMBER_i64] = keys_i64,
            [NUMBER_u64] = keys_u64,
            [NUMBER_f16] = keys_f16,
            [NUMBER_f32] = keys_f32,
            [NUMBER_f64] = keys_f64,
        },
    .times = keys_time,
    .range = range,
    .make = make,
    .indices = indices,
    .narrow = narrow,
    .count = count,
    .match = match,
};
