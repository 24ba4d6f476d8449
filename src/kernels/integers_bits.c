/*
 * integers_bits.c - bitwise_count.  Bits are summed in pairs, in fours and in bytes
 * (Warren, Hacker's Delight, 2nd edition, 2012, section 5-1), and the sum of the bytes
 * is the result.  Of a negative number NumPy counts the bits of its size.  For 64 bits
 * NumPy's instruction is as fast.
 */
#include "loop.h"

#include "integers.h"

/* BYTE in each byte of a U. */
#define EACH(U, BYTE) ((U)(UINT32_C(0x01010101) * (BYTE)))

#define COUNT(S, T, U, BITS, SIZE)                                                     \
  static inline void bitwise_count_##S##_body(const T *x, uint8_t *z, intptr_t n)      \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      U b = SIZE(x[i], U);                                                             \
      b = (U)(b - (b >> 1 & EACH(U, 0x55)));                                           \
      b = (U)((b & EACH(U, 0x33)) + (b >> 2 & EACH(U, 0x33)));                         \
      b = (U)((b + (b >> 4)) & EACH(U, 0x0f));                                         \
      b = (U)(b + (b >> 8));                                                           \
      b = BITS > 16 ? (U)(b + (b >> 16 % BITS)) : b;                                   \
      z[i] = (uint8_t)(b & 0x7f);                                                      \
    }                                                                                  \
  }                                                                                    \
  UNARY_LOOP(bitwise_count_##S, T, uint8_t)

COUNT(i16, int16_t, uint16_t, 16, SIZE_OF)
COUNT(u16, uint16_t, uint16_t, 16, ITSELF)
COUNT(i32, int32_t, uint32_t, 32, SIZE_OF)
COUNT(u32, uint32_t, uint32_t, 32, ITSELF)
