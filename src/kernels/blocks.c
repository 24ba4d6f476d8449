/* blocks.c - see blocks.h. */
#include "blocks.h"
#include "level.h"

#include <string.h>

#include "bits.h"
#include "lanes.h"

/* Converts a float16.  Its bits go to the place of a double's, with the exponent that a
 * double has.  A number that is not normal is converted as the integer it is. */
static inline double of_half(f16 x)
{
    enum { SIZE = 0x7fff, NORMAL = 0x400, INFINITE = 0x7c00, MANTISSA = 10, BIAS = 15 };
    const uint64_t size = x & SIZE;
    const uint64_t up = size >= INFINITE ? 2047 - 31 : BIAS_f64 - BIAS;
    const uint64_t bits = (size << (MANTISSA_f64 - MANTISSA)) + (up << MANTISSA_f64);
    const double small = (double)(int32_t)size * 0x1p-24;
    const double y = size < NORMAL ? small : of_bits_f64(bits);
    return x > SIZE ? -y : y;
}

#define AS_IT_IS(x) ((double)(x))
#define IS_NOT_ZERO(x) ((double)((x) != 0)) /* a bool may be any byte */

/* Compilers vectorize loops whose strides are known. */
#define GATHER(T, CONVERT)                                                             \
  static void gather_##T(double *block, intptr_t room, const char *x, intptr_t n,      \
                         intptr_t stride, intptr_t lines, intptr_t apart)              \
  {                                                                                    \
    if (lines == 1 && stride == (intptr_t)sizeof(T)) {                                 \
      for (intptr_t i = 0; i < n; i++) {                                               \
        block[i] = CONVERT(((const T *)x)[i]);                                         \
      }                                                                                \
    } else if (lines == 1) {                                                           \
      for (intptr_t i = 0; i < n; i++) {                                               \
        block[i] = CONVERT(*(const T *)(x + i * stride));                              \
      }                                                                                \
    } else if (lines == 2) {                                                           \
      for (intptr_t i = 0; i < n; i++, x += stride) {                                  \
        block[i] = CONVERT(*(const T *)x);                                             \
        block[room + i] = CONVERT(*(const T *)(x + apart));                            \
      }                                                                                \
    } else {                                                                           \
      for (intptr_t i = 0; i < n; i++, x += stride) {                                  \
        for (intptr_t line = 0; line < lines; line++) {                                \
          block[line * room + i] = CONVERT(*(const T *)(x + line * apart));            \
        }                                                                              \
      }                                                                                \
    }                                                                                  \
  }

#define EACH(V) V(i8) V(u8) V(i16) V(u16) V(i32) V(u32) V(i64) V(u64) V(f32) V(f64)
#define GATHER_AS_IT_IS(T) GATHER(T, AS_IT_IS)
EACH(GATHER_AS_IT_IS)
GATHER(b1, IS_NOT_ZERO)
GATHER(f16, of_half)

static void gather_halves(double *block, intptr_t room, const char *x, intptr_t n,
                          intptr_t stride, intptr_t lines, intptr_t apart)
{
    intptr_t i = 0;
#ifdef NPP_LANES
    if (lines == 1 && stride == (intptr_t)sizeof(f16)) {
        for (; i + LANES_f16 <= n; i += LANES_f16) {
            v_f64 low, high;
            widen(load_f16((const f16 *)x + i), &low, &high);
            store_f64(block + i, low);
            store_f64(block + i + LANES_f64, high);
        }
    }
#endif
    gather_f16(block + i, room, x + i * stride, n - i, stride, lines, apart);
}

#define ROW(T) [NUMBER_##T] = gather_##T,

gather_table KERNEL(gathers) = {EACH(ROW) ROW(b1)[NUMBER_f16] = gather_halves};
