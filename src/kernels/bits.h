/* bits.h - a double (f64) or float (f32) as the integer of its bits. */
#ifndef NPP_KERNELS_BITS_H
#define NPP_KERNELS_BITS_H

#include <stdint.h>
#include <string.h>

/* Constants, as bits: SIGN is the sign bit, QUIET the bit of a quiet NaN, INF infinity,
 * NAN the usual NaN, NORMAL the least normal number.  BIAS is the exponent field
 * of 1. */
#define BITS_OF(S, T, U, I, DIGITS, MAX_EXPONENT)                                      \
  typedef T t_##S;                                                                     \
  typedef U u_##S;                                                                     \
  typedef I i_##S;                                                                     \
  enum { MANTISSA_##S = (DIGITS)-1, BIAS_##S = (MAX_EXPONENT)-1 };                     \
  static const U SIGN_##S = (U)1 << (sizeof(U) * 8 - 1);                               \
  static const U NORMAL_##S = (U)1 << ((DIGITS)-1);                                    \
  static const U INF_##S = (U)(2 * (MAX_EXPONENT)-1) << ((DIGITS)-1);                  \
  static const U QUIET_##S = (U)1 << ((DIGITS)-2);                                     \
  static const U NAN_##S = (U)(4 * (MAX_EXPONENT)-1) << ((DIGITS)-2);                  \
                                                                                       \
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
  /* nonzero and is_nan return all bits set or none, and pick chooses by that, because \
   * SSE2 cannot compare 64 bits. */                                                   \
  static inline U nonzero_##S(U a)                                                     \
  {                                                                                    \
    return (U)0 - ((a | ((U)0 - a)) >> (sizeof(U) * 8 - 1));                           \
  }                                                                                    \
                                                                                       \
  static inline U is_nan_##S(U size)                                                   \
  {                                                                                    \
    return (U)0 - ((INF_##S - size) >> (sizeof(U) * 8 - 1));                           \
  }                                                                                    \
                                                                                       \
  /* Returns nonzero for a signalling NaN, else 0. */                                  \
  static inline U signalling_##S(U bits)                                               \
  {                                                                                    \
    return is_nan_##S(bits & ~SIGN_##S) & ~bits & QUIET_##S;                           \
  }                                                                                    \
                                                                                       \
  static inline U pick_##S(U all_or_none, U a, U b)                                    \
  {                                                                                    \
    return (a & all_or_none) | (b & ~all_or_none);                                     \
  }

BITS_OF(f64, double, uint64_t, int64_t, 53, 1024)
BITS_OF(f32, float, uint32_t, int32_t, 24, 128)

#endif
