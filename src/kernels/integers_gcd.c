/*
 * integers_gcd.c - gcd and lcm: Euclid's algorithm with the least absolute remainder,
 * for many pairs at once, until all of them are done.
 *
 * It works in the floating-point type that holds the numbers.  The quotient is rounded
 * there, and in whichever way, the remainder is exact and smaller than the divisor.
 * Pairs of 64 bits that are too large for that take their first steps in the integer
 * unit.
 */
#include "loop.h"

#include <math.h>

#include "integers.h"

enum { PAIRS = 64 };

/* Sets x = gcd(x, y) and y = 0.  Before, not both may be 0. */
#define EUCLID(F, FT, U, ABS)                                                          \
  static inline void euclid_##F(FT *x, FT *y)                                          \
  {                                                                                    \
    U left;                                                                            \
    do {                                                                               \
      left = 0;                                                                        \
      for (int j = 0; j < PAIRS; j++) {                                                \
        const FT a = x[j], b = y[j], divisor = isgreater(b, 0) ? b : a;                \
        const FT quotient = (a / divisor + ROUND_##F) - ROUND_##F;                     \
        const FT rest = ABS(a - quotient * divisor);                                   \
        U bits;                                                                        \
        memcpy(&bits, &rest, sizeof bits);                                             \
        left |= bits;                                                                  \
        x[j] = divisor;                                                                \
        y[j] = rest;                                                                   \
      }                                                                                \
    } while (left);                                                                    \
  }

EUCLID(f32, float, uint32_t, fabsf)
EUCLID(f64, double, uint64_t, fabs)

/* Replaces pairs by numbers that f64 holds and that have the same gcd.  Where there are
 * none, stores the gcd in `known`. */
static void shorten(uint64_t *x, uint64_t *y, uint64_t *known)
{
    for (int j = 0; j < PAIRS; j++) {
        while (y[j] != 0 && (x[j] | y[j]) >> 50 != 0) {
            const uint64_t rest = x[j] % y[j];
            x[j] = y[j];
            y[j] = rest;
        }
        if (x[j] >> 50 != 0) {
            known[j] = x[j];
            x[j] = 0;
        }
    }
}

/* Sets g[j] = gcd(x[j], y[j]) for numbers without their signs. */
#define NEAR(S, U, F, FT)                                                              \
  static inline void gcd_of_##S(const U *x, const U *y, U *g)                          \
  {                                                                                    \
    FT a[PAIRS], b[PAIRS];                                                             \
    for (int j = 0; j < PAIRS; j++) {                                                  \
      a[j] = F##_of((U)(x[j] + ((x[j] | y[j]) == 0)));                                 \
      b[j] = F##_of(y[j]);                                                             \
    }                                                                                  \
    euclid_##F(a, b);                                                                  \
    for (int j = 0; j < PAIRS; j++) {                                                  \
      g[j] = (U)(of_##F(a[j]) - ((x[j] | y[j]) == 0));                                 \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static inline void lcm_of_##S(const U *x, const U *y, U *z)                          \
  {                                                                                    \
    U g[PAIRS];                                                                        \
    gcd_of_##S(x, y, g);                                                               \
    for (int j = 0; j < PAIRS; j++) {                                                  \
      const FT quotient = F##_of(x[j]) / F##_of((U)(g[j] + (g[j] == 0)));              \
      z[j] = (U)((U)of_##F(quotient) * y[j]);                                          \
    }                                                                                  \
  }

NEAR(8, uint8_t, f32, float)
NEAR(16, uint16_t, f32, float)
NEAR(32, uint32_t, f64, double)
NEAR(near_64, uint64_t, f64, double)

static inline void gcd_of_64(const uint64_t *x, const uint64_t *y, uint64_t *g)
{
    if (!far_u64(x, PAIRS) && !far_u64(y, PAIRS)) {
        gcd_of_near_64(x, y, g);
        return;
    }
    uint64_t a[PAIRS], b[PAIRS], known[PAIRS] = {0};
    memcpy(a, x, sizeof a);
    memcpy(b, y, sizeof b);
    shorten(a, b, known);
    gcd_of_near_64(a, b, g);
    for (int j = 0; j < PAIRS; j++) {
        g[j] |= known[j];
    }
}

static inline void lcm_of_64(const uint64_t *x, const uint64_t *y, uint64_t *z)
{
    if (!far_u64(x, PAIRS) && !far_u64(y, PAIRS)) {
        lcm_of_near_64(x, y, z);
        return;
    }
    uint64_t g[PAIRS];
    gcd_of_64(x, y, g);
    for (int j = 0; j < PAIRS; j++) {
        z[j] = x[j] / (g[j] + (g[j] == 0)) * y[j];
    }
}

/* The rest of a block is filled with pairs of zeros. */
#define PAIRS_LOOP(name, S, T, U, BITS, SIZE)                                          \
  static inline void name##_##S##_body(const T *x, const T *y, T *z, intptr_t n)       \
  {                                                                                    \
    for (intptr_t i = 0; i < n; i += PAIRS) {                                          \
      const int m = n - i < PAIRS ? (int)(n - i) : PAIRS;                              \
      U a[PAIRS] = {0}, b[PAIRS] = {0}, result[PAIRS];                                 \
      for (int j = 0; j < m; j++) {                                                    \
        a[j] = SIZE(x[i + j], U);                                                      \
        b[j] = SIZE(y[i + j], U);                                                      \
      }                                                                                \
      name##_of_##BITS(a, b, result);                                                  \
      memcpy(z + i, result, (size_t)m * sizeof(U));                                    \
    }                                                                                  \
  }                                                                                    \
  BINARY_LOOP(name##_##S, T, T, T)

#define GCD_AND_LCM(S, T, U, BITS, SIZE)                                               \
  PAIRS_LOOP(gcd, S, T, U, BITS, SIZE)                                                 \
  PAIRS_LOOP(lcm, S, T, U, BITS, SIZE)

GCD_AND_LCM(i8, int8_t, uint8_t, 8, SIZE_OF)
GCD_AND_LCM(u8, uint8_t, uint8_t, 8, ITSELF)
GCD_AND_LCM(i16, int16_t, uint16_t, 16, SIZE_OF)
GCD_AND_LCM(u16, uint16_t, uint16_t, 16, ITSELF)
GCD_AND_LCM(i32, int32_t, uint32_t, 32, SIZE_OF)
GCD_AND_LCM(u32, uint32_t, uint32_t, 32, ITSELF)
GCD_AND_LCM(i64, int64_t, uint64_t, 64, SIZE_OF)
GCD_AND_LCM(u64, uint64_t, uint64_t, 64, ITSELF)
