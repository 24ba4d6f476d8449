/*
 * neighbours.c - nextafter and spacing: the bits of a number are an integer, and its
 * neighbours' are the next ones.  The flags are libm's: overflow where a finite
 * number's neighbour is not, underflow where it is less than normal.
 */
#include "loop.h"

#include "flags.h"

/* NaN and infinity as bits; below NORMAL a number is less than normal. */
#define NEIGHBOURS(S, T, U, SIGN, INF, NORMAL)                                         \
  static inline U bits_of_##S(T x)                                                     \
  {                                                                                    \
    U bits;                                                                            \
    memcpy(&bits, &x, sizeof bits);                                                    \
    return bits;                                                                       \
  }                                                                                    \
                                                                                       \
  static inline T of_bits_##S(U bits)                                                  \
  {                                                                                    \
    T x;                                                                               \
    memcpy(&x, &bits, sizeof x);                                                       \
    return x;                                                                          \
  }                                                                                    \
                                                                                       \
  /* Integers in the order of the numbers; both zeros are 0. */                        \
  static inline U order_##S(U bits)                                                    \
  {                                                                                    \
    const U size = bits & ~(SIGN);                                                     \
    return (bits & (SIGN) ? (U)0 - size : size) + (SIGN);                              \
  }                                                                                    \
                                                                                       \
  static inline void nextafter_##S##_body(const T *x, const T *y, T *z, intptr_t n,    \
                                          int *flags)                                  \
  {                                                                                    \
    U tiny = 0, large = 0;                                                             \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U a = bits_of_##S(x[i]), b = bits_of_##S(y[i]);                            \
      const U size = a & ~(SIGN), other = b & ~(SIGN);                                 \
      const U up = order_##S(a) < order_##S(b) ? 1 : 0;                                \
      const U outwards = (a >> (sizeof(U) * 8 - 1) ^ 1) == up ? 1 : 0;                 \
      const U moved = (outwards ? size + 1 : size - 1) | (a & (SIGN));                 \
      const U from_zero = (b & (SIGN)) | 1;                                            \
      const U next = size == 0 ? from_zero : moved;                                    \
      const U same = order_##S(a) == order_##S(b) ? 1 : 0;                             \
      const U nan = size > (INF) || other > (INF) ? 1 : 0;                             \
      const U result = same ? b : next;                                                \
      const U r = result & ~(SIGN);                                                    \
      tiny |= (U)(r < (NORMAL)) & (same ^ 1) & (nan ^ 1);                              \
      large |= (U)(r == (INF)) & (U)(size < (INF)) & (nan ^ 1);                        \
      z[i] = nan ? x[i] + y[i] : of_bits_##S(result);                                  \
    }                                                                                  \
    *flags |= (tiny ? FE_UNDERFLOW : 0) | (large ? FE_OVERFLOW : 0);                   \
  }                                                                                    \
  BINARY_LOOP_WITH_FLAGS(nextafter_##S, T, T, T)                                       \
                                                                                       \
  static inline void spacing_##S##_body(const T *x, T *z, intptr_t n, int *flags)      \
  {                                                                                    \
    U tiny = 0, large = 0;                                                             \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U a = bits_of_##S(x[i]), size = a & ~(SIGN);                               \
      /* Away from zero; from either zero up. */                                       \
      const U next = size == 0 ? 1 : a + 1;                                            \
      const T gap = of_bits_##S(next) - x[i];                                          \
      const U nan = (INF) | (NORMAL) >> 1;                                             \
      tiny |= (U)((next & ~(SIGN)) < (NORMAL)) & (U)(size != 0);                       \
      large |= (U)(size == (INF)-1);                                                   \
      const U number = size > (INF) ? a : bits_of_##S(gap);                            \
      z[i] = of_bits_##S(size == (INF) ? nan : number);                                \
    }                                                                                  \
    *flags |= (tiny ? FE_UNDERFLOW : 0) | (large ? FE_OVERFLOW : 0);                   \
  }                                                                                    \
  UNARY_LOOP_WITH_FLAGS(spacing_##S, T, T)

NEIGHBOURS(f64, double, uint64_t, UINT64_C(1) << 63, UINT64_C(0x7ff) << 52,
           UINT64_C(1) << 52)
NEIGHBOURS(f32, float, uint32_t, UINT32_C(1) << 31, UINT32_C(0xff) << 23,
           UINT32_C(1) << 23)
