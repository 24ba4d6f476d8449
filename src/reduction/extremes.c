/* extremes.c - zeros and NaNs as the greatest or the least of all. */
#include "parts.h"

#include <string.h>

/*
 * Whether the order decides which of several zeros, or NaNs, an extreme is: unless all
 * of them have the same bits.  (NumPy's loops put the usual NaN in the place of others,
 * or not, by the way they take, so there must be no others.)
 *
 * In integers, whose first bit tells, for any x86-64 has vectors of those.
 */
#define IS_AMBIGUOUS(name, U, SIGN, INFINITE, USUAL)                                   \
  static inline U other_zero_##name(U x, U bits)                                       \
  {                                                                                    \
    const U v = (U)(x ^ bits ^ (SIGN)); /* 0 if it is the other zero */                \
    return (U)((U)(v - 1) & (U)~v);                                                    \
  }                                                                                    \
                                                                                       \
  static inline U other_nan_##name(U x, U bits)                                        \
  {                                                                                    \
    const U v = (U)(x ^ bits);                                                         \
    return (U)((U)((INFINITE) - (U)(x & (U) ~(SIGN))) & (U)(v | (U)(0 - v)));          \
  }                                                                                    \
                                                                                       \
  static U others_##name(const U *x, npy_intp n, U bits)                               \
  {                                                                                    \
    U found = 0;                                                                       \
    if ((bits & (U) ~(SIGN)) == 0) {                                                   \
      for (npy_intp i = 0; i < n; i++) {                                               \
        found |= other_zero_##name(x[i], bits);                                        \
      }                                                                                \
    } else {                                                                           \
      for (npy_intp i = 0; i < n; i++) {                                               \
        found |= other_nan_##name(x[i], bits);                                         \
      }                                                                                \
    }                                                                                  \
    return found & (SIGN);                                                             \
  }                                                                                    \
                                                                                       \
  static bool kinds_##name(const char *extreme)                                        \
  {                                                                                    \
    U bits;                                                                            \
    memcpy(&bits, extreme, sizeof bits);                                               \
    const U size = bits & (U) ~(SIGN);                                                 \
    return size == 0 || size > (INFINITE);                                             \
  }                                                                                    \
                                                                                       \
  static bool ambiguous_##name(const char *in, npy_intp n, npy_intp from,              \
                               const char *extreme)                                    \
  {                                                                                    \
    U bits, found = 0;                                                                 \
    memcpy(&bits, extreme, sizeof bits);                                               \
    if (!kinds_##name(extreme)) {                                                      \
      return false;                                                                    \
    }                                                                                  \
    if ((bits & (U) ~(SIGN)) != 0 && bits != (USUAL)) {                                \
      return true;                                                                     \
    }                                                                                  \
    if (from == (npy_intp)sizeof(U)) {                                                 \
      return others_##name((const U *)in, n, bits) != 0;                               \
    }                                                                                  \
    for (npy_intp i = 0; i < n; i++, in += from) {                                     \
      U x;                                                                             \
      memcpy(&x, in, sizeof x);                                                        \
      found |= others_##name(&x, 1, bits);                                             \
    }                                                                                  \
    return found != 0;                                                                 \
  }

IS_AMBIGUOUS(f16, uint16_t, UINT16_C(0x8000), UINT16_C(0x7c00), UINT16_C(0x7e00))
IS_AMBIGUOUS(f32, uint32_t, UINT32_C(0x80000000), UINT32_C(0x7f800000),
             UINT32_C(0x7fc00000))
IS_AMBIGUOUS(f64, uint64_t, UINT64_C(0x8000000000000000), UINT64_C(0x7ff0000000000000),
             UINT64_C(0x7ff8000000000000))

bool extremes_are_ambiguous(int type, const char *in, npy_intp n, npy_intp from,
                            const char *extreme)
{
    return type == NPY_HALF    ? ambiguous_f16(in, n, from, extreme)
           : type == NPY_FLOAT ? ambiguous_f32(in, n, from, extreme)
                               : ambiguous_f64(in, n, from, extreme);
}

bool extremes_have_kinds(int type, const char *extreme)
{
    return type == NPY_HALF    ? kinds_f16(extreme)
           : type == NPY_FLOAT ? kinds_f32(extreme)
                               : kinds_f64(extreme);
}
