/* places.c - see places.h. */
#include "places.h"
#include "level.h"

#include <string.h>

#include "flags.h"

/* Elements that are compared before those between the bounds are looked for: most
 * blocks have none.  The counts of a block fit in 8 bits. */
enum { BLOCK = 64 };

/* -- keys -------------------------------------------------------------------------- */

static inline int64_t key_f64(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return x == x ? bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1) : PLACE_NAN;
}

static inline int64_t key_f32(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return x == x ? bits ^ (int32_t)((uint32_t)(bits >> 31) >> 1) : PLACE_NAN;
}

static inline double of_key_f64(int64_t key)
{
    const int64_t bits = key == PLACE_NAN ? INT64_C(0x7ff8000000000000)
                                          : key ^ (int64_t)((uint64_t)(key >> 63) >> 1);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float of_key_f32(int64_t key)
{
    const int32_t low = (int32_t)key;
    const int32_t bits =
        key == PLACE_NAN ? 0x7fc00000 : low ^ (int32_t)((uint32_t)(low >> 31) >> 1);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#define AS_KEY(x) (int64_t)(x)
#define FLIP_SIGN (UINT64_C(1) << 63)
#define KEY_u64(x) (int64_t)((x) ^ FLIP_SIGN)
#define OF_KEY_u64(key) ((uint64_t)(key) ^ FLIP_SIGN)

/* -- kernels ----------------------------------------------------------------------- */

/* SAVE and RESTORE are FLAGS_SAVE and FLAGS_RESTORE, or nothing.  I has the size of
 * T, so that counting fills vectors. */
#define RANKS(S, T, I, KEY, OF_KEY, SAVE, RESTORE)                                     \
  static inline int64_t block_##S(const T *restrict x, intptr_t n, T low, T high,      \
                                  struct place_counts *counts)                         \
  {                                                                                    \
    I below = 0, to_low = 0, below_high = 0, to_high = 0, nans = 0;                    \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      below = (I)(below + (x[i] < low));                                               \
      to_low = (I)(to_low + (x[i] <= low));                                            \
      below_high = (I)(below_high + (x[i] < high));                                    \
      to_high = (I)(to_high + (x[i] <= high));                                         \
      nans = (I)(nans + (x[i] != x[i]));                                               \
    }                                                                                  \
    const int64_t between = below_high > to_low ? (int64_t)(below_high - to_low) : 0;  \
    counts->below += below;                                                            \
    counts->at_low += to_low - below;                                                  \
    counts->between += between;                                                        \
    counts->at_high += to_high - to_low - between;                                     \
    counts->nans += nans;                                                              \
    return between;                                                                    \
  }                                                                                    \
                                                                                       \
  static void place_##S(const void *elements, intptr_t n, const void *lower,           \
                        const void *upper, struct place_counts *counts, int64_t *to)   \
  {                                                                                    \
    const T *x = elements;                                                             \
    const T low = *(const T *)lower, high = *(const T *)upper;                         \
    SAVE for (intptr_t at = 0; at < n; at += BLOCK)                                    \
    {                                                                                  \
      const intptr_t m = n - at < BLOCK ? n - at : BLOCK;                              \
      const int64_t between = m == BLOCK ? block_##S(x + at, BLOCK, low, high, counts) \
                                         : block_##S(x + at, m, low, high, counts);    \
      if (between == 0) {                                                              \
        continue;                                                                      \
      }                                                                                \
      /* What is stored beyond the last one is in the room that `n` need. */           \
      int64_t found = 0;                                                               \
      for (intptr_t i = at; i < at + m; i++) {                                         \
        to[found] = KEY(x[i]);                                                         \
        found += (x[i] > low) & (x[i] < high);                                         \
      }                                                                                \
      to += found;                                                                     \
    }                                                                                  \
    RESTORE                                                                            \
  }                                                                                    \
                                                                                       \
  static void keys_##S(const void *elements, intptr_t n, int64_t *to)                  \
  {                                                                                    \
    const T *x = elements;                                                             \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      to[i] = KEY(x[i]);                                                               \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void elements_##S(const int64_t *keys, intptr_t n, void *to)                  \
  {                                                                                    \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      ((T *)to)[i] = (T)OF_KEY(keys[i]);                                               \
    }                                                                                  \
  }

RANKS(i8, int8_t, uint8_t, AS_KEY, AS_KEY, , )
RANKS(u8, uint8_t, uint8_t, AS_KEY, AS_KEY, , )
RANKS(i16, int16_t, uint16_t, AS_KEY, AS_KEY, , )
RANKS(u16, uint16_t, uint16_t, AS_KEY, AS_KEY, , )
RANKS(i32, int32_t, uint32_t, AS_KEY, AS_KEY, , )
RANKS(u32, uint32_t, uint32_t, AS_KEY, AS_KEY, , )
RANKS(i64, int64_t, int64_t, AS_KEY, AS_KEY, , )
RANKS(u64, uint64_t, int64_t, KEY_u64, OF_KEY_u64, , )
RANKS(f32, float, int32_t, key_f32, of_key_f32, FLAGS_SAVE, FLAGS_RESTORE)
RANKS(f64, double, int64_t, key_f64, of_key_f64, FLAGS_SAVE, FLAGS_RESTORE)

/* The keys of infinities. */
#define INFINITE_F64 INT64_C(0x7ff0000000000000)
#define INFINITE_F32 INT64_C(0x7f800000)

#define ROW(S, least, most, floats)                                                    \
  [NUMBER_##S] = {place_##S, keys_##S, elements_##S, least, most, floats},

place_table KERNEL(places) = {
    ROW(i8, INT8_MIN, INT8_MAX, 0) ROW(u8, 0, UINT8_MAX, 0)
        ROW(i16, INT16_MIN, INT16_MAX, 0) ROW(u16, 0, UINT16_MAX, 0)
            ROW(i32, INT32_MIN, INT32_MAX, 0) ROW(u32, 0, UINT32_MAX, 0)
                ROW(i64, INT64_MIN, INT64_MAX, 0) ROW(u64, INT64_MIN, INT64_MAX, 0)
                    ROW(f32, ~INFINITE_F32, INFINITE_F32, 1)
                        ROW(f64, ~INFINITE_F64, INFINITE_F64, 1)};
