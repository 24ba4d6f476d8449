/* half.h - float16 as its bits. */
#ifndef NPP_KERNELS_HALF_H
#define NPP_KERNELS_HALF_H

#include <stdbool.h>
#include <stdint.h>

#include "flags.h"
#include "loop.h"

typedef uint16_t half;

enum {
    HALF_SIGN = 0x8000,
    HALF_SIZE = 0x7fff, /* all but the sign */
    HALF_ONE = 0x3c00,
    HALF_INF = 0x7c00,
    HALF_NAN = 0x7e00, /* NumPy's quiet NaN; its last bit is set in all quiet NaNs */
    HALF_QUIET = 0x0200,
};

/* A float32 from here on becomes infinite: half a unit beyond the largest float16. */
#define HALF_TOO_LARGE 65520.0F
/* The least normal float16. */
#define HALF_NORMAL 0x1p-14F

static inline bool is_nan(half a)
{
    return (a & HALF_SIZE) > HALF_INF;
}

/* Maps float16 to integers in the order of the numbers; both zeros become 0. */
static inline int16_t order(half a)
{
    const int16_t size = (int16_t)(a & HALF_SIZE);
    return a & HALF_SIGN ? (int16_t)-size : size;
}

/* Returns FE_INVALID if `x` has a signalling NaN, else 0.  Kernels that compute with
 * float32 and put the flags back call it. */
static inline int signalling(const half *x, intptr_t n)
{
    uint16_t any = 0;
    for (intptr_t i = 0; i < n; i++) {
        any |= (uint16_t)(is_nan(x[i]) & !(x[i] & HALF_QUIET));
    }
    return any ? FE_INVALID : 0;
}

/* Define loops for an expression of the bits `a`, or of `a` and `b`. */
#define HALF_UNARY_BITS(name, R, EXPRESSION)                                           \
  static inline void name##_body(const half *x, R *z, intptr_t n)                      \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const half a = x[i];                                                             \
      z[i] = EXPRESSION;                                                               \
    }                                                                                  \
  }                                                                                    \
  UNARY_LOOP(name, half, R)

#define HALF_BINARY_BITS(name, R, EXPRESSION)                                          \
  static inline void name##_body(const half *x, const half *y, R *z, intptr_t n)       \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const half a = x[i], b = y[i];                                                   \
      z[i] = EXPRESSION;                                                               \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(name, half, half, R)

#endif
