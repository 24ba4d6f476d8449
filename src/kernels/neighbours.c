/*
 * neighbours.c - nextafter and spacing.  The bits of a number are an integer, and the
 * bits of its neighbours are the next integers.  The flags are libm's: overflow where a
 * finite number has an infinite neighbour, underflow where the neighbour is less than
 * normal, invalid for signalling NaNs.
 */
#include "loop.h"

#include "bits.h"
#include "flags.h"

#define NEIGHBOURS(S, T, U)                                                            \
  /* Maps bits to integers in the order of the numbers; both zeros become one. */      \
  static inline U order_##S(U bits)                                                    \
  {                                                                                    \
    const U size = bits & ~SIGN_##S;                                                   \
    return (bits & SIGN_##S ? (U)0 - size : size) + SIGN_##S;                          \
  }                                                                                    \
                                                                                       \
  static inline void nextafter_##S##_body(const T *x, const T *y, T *z, intptr_t n,    \
                                          int *flags)                                  \
  {                                                                                    \
    U tiny = 0, large = 0, loud = 0;                                                   \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U a = bits_of_##S(x[i]), b = bits_of_##S(y[i]);                            \
      const U size = a & ~SIGN_##S, other = b & ~SIGN_##S;                             \
      const U up = order_##S(a) < order_##S(b) ? 1 : 0;                                \
      const U outwards = (a >> (sizeof(U) * 8 - 1) ^ 1) == up ? 1 : 0;                 \
      const U moved = (outwards ? size + 1 : size - 1) | (a & SIGN_##S);               \
      const U from_zero = (b & SIGN_##S) | 1;                                          \
      const U next = size == 0 ? from_zero : moved;                                    \
      const U same = order_##S(a) == order_##S(b) ? 1 : 0;                             \
      const U nan = size > INF_##S || other > INF_##S ? 1 : 0;                         \
      const U result = same ? b : next;                                                \
      loud |= signalling_##S(a) | signalling_##S(b);                                   \
      const U r = result & ~SIGN_##S;                                                  \
      tiny += (U)(r < NORMAL_##S) & (same ^ 1) & (nan ^ 1);                            \
      large += (U)(r == INF_##S) & (U)(size < INF_##S) & (nan ^ 1);                    \
      /* A NaN comes through; of two NaNs the first one. */                            \
      z[i] = of_bits_##S(nan ? (size > INF_##S ? a : b) | QUIET_##S : result);         \
    }                                                                                  \
    *flags |= (tiny ? FE_UNDERFLOW : 0) | (large ? FE_OVERFLOW : 0);                   \
    *flags |= loud ? FE_INVALID : 0;                                                   \
  }                                                                                    \
  BINARY_LOOP_WITH_FLAGS(nextafter_##S, T, T, T)                                       \
                                                                                       \
  static inline void spacing_##S##_body(const T *x, T *z, intptr_t n, int *flags)      \
  {                                                                                    \
    const T unit = of_bits_##S((U)(BIAS_##S - MANTISSA_##S) << MANTISSA_##S);          \
    U tiny = 0, large = 0, loud = 0;                                                   \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const U a = bits_of_##S(x[i]), size = a & ~SIGN_##S;                             \
      const U exponent = size & INF_##S, last = INF_##S - 1;                           \
      const U power = exponent | (NORMAL_##S & ~nonzero_##S(exponent));                \
      const U finite = power | (INF_##S & ~nonzero_##S(size ^ last));                  \
      const U none = is_nan_##S(size + 1), nan = is_nan_##S(size);                     \
      /* The spacing is away from zero, and from either zero upwards. */               \
      const U last_tiny = NORMAL_##S - 1, sign = a & SIGN_##S & nonzero_##S(size);     \
      /* The highest bit tells: with comparisons, gcc makes branches of all this. */   \
      tiny |= (size - last_tiny) & (0 - size);                                         \
      large |= (size ^ last) - 1;                                                      \
      loud |= signalling_##S(a);                                                       \
      /* The gap is exact, also where it is less than normal. */                       \
      const U gap = bits_of_##S(of_bits_##S(finite | sign) * unit);                    \
      /* Infinity has no spacing; a NaN comes through. */                              \
      z[i] = of_bits_##S(pick_##S(none, pick_##S(nan, a | QUIET_##S, NAN_##S), gap));  \
    }                                                                                  \
    *flags |=                                                                          \
        (tiny & SIGN_##S ? FE_UNDERFLOW : 0) | (large & SIGN_##S ? FE_OVERFLOW : 0);   \
    *flags |= loud ? FE_INVALID : 0;                                                   \
  }                                                                                    \
  UNARY_LOOP_WITH_FLAGS(spacing_##S, T, T)

NEIGHBOURS(f64, double, uint64_t)
NEIGHBOURS(f32, float, uint32_t)
