/*
 * integers_division.c - floor_divide, remainder, fmod and divmod of integers.
 *
 * Division by an array is done in the floating-point type that holds the numbers.  The
 * quotient, rounded in any way, is at most one off.  Its product with the divisor and
 * the rest are exact, and the sign of the rest tells whether it is off.  Where 64-bit
 * numbers are too large for that, the integer unit divides.
 *
 * Division by a scalar is done by multiplication and shifts (Granlund and Montgomery,
 * Division by Invariant Integers using Multiplication, 1994, figure 4.1).
 */
#include "loop.h"

#include <math.h>

#include "flags.h"
#include "integers.h"

#define BELOW(x, y) ((x) < (y))
#define NEVER(x, y) false

/* `floored` is the quotient rounded down, and `modulo` what it leaves.  `rest` is what
 * the quotient rounded towards zero leaves.  For a division by zero all are 0. */
#define NEAR(S, T, F, FT)                                                              \
  struct division_##S {                                                                \
    T floored, modulo, rest;                                                           \
  };                                                                                   \
                                                                                       \
  static inline struct division_##S divide_##S(T a, T b) {                             \
    const FT x = F##_of(a), y = F##_of((T)(b + (b == 0)));                             \
    const FT near = (x / y + ROUND_##F) - ROUND_##F, rest = x - near * y;              \
    const FT one = isless(rest * y, 0) ? 1 : 0, up = isless(rest * y, 0) ? y : 0;      \
    const FT other = isless(x * y, 0) ? -y : y,                                        \
             back = isless(rest * x, 0) ? other : 0;                                   \
    const T floored = (T)of_##F(near - one), is_defined = b == 0 ? 0 : (T)-1;          \
    return (struct division_##S){(T)(floored & is_defined), (T)of_##F(rest + up),      \
                                 (T)of_##F(rest + back)};                              \
  }

/* far tells whether some numbers are too large for that, and divide_far divides
 * those. */
#define NEVER_FAR(S, T)                                                                \
  static inline bool far_##S(const T *x, intptr_t n)                                   \
  {                                                                                    \
    return false;                                                                      \
  }                                                                                    \
                                                                                       \
  static inline struct division_##S divide_far_##S(T a, T b) {                         \
    return divide_##S(a, b);                                                           \
  }

/* There are no branches, because signs cannot be predicted. */
#define FAR(S, T, LESS)                                                                \
  static inline struct division_##S divide_far_##S(T a, T b) {                         \
    const uint64_t a_sign = LESS(a, 0) ? UINT64_MAX : 0,                               \
                   b_sign = LESS(b, 0) ? UINT64_MAX : 0;                               \
    const uint64_t x = ((uint64_t)a ^ a_sign) - a_sign,                                \
                   y = ((uint64_t)b ^ b_sign) - b_sign;                                \
    const uint64_t any = 0 - (uint64_t)(y != 0), whole = x / (y + (y == 0));           \
    const uint64_t q = whole & any, r = (x - whole * y) & any;                         \
    const uint64_t sign = a_sign ^ b_sign, down = sign & (0 - (uint64_t)(r != 0));     \
    const uint64_t floored = q - down, modulo = (r ^ down) + (down & (y + 1));         \
    return (struct division_##S){(T)((floored ^ sign) - sign),                         \
                                 (T)((modulo ^ b_sign) - b_sign),                      \
                                 (T)((r ^ a_sign) - a_sign)};                          \
  }

/* Return the flags: those of a division by zero and, for a quotient, also those of the
 * lowest number divided by -1. */
#define FLAGS(S, T, U, LESS)                                                           \
  static inline int rest_flags_##S(const T *x, const T *y, intptr_t n)                 \
  {                                                                                    \
    T zero = 0;                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      zero |= (T)(y[i] == 0);                                                          \
    }                                                                                  \
    return zero ? FE_DIVBYZERO : 0;                                                    \
  }                                                                                    \
                                                                                       \
  static inline int quotient_flags_##S(const T *x, const T *y, intptr_t n)             \
  {                                                                                    \
    T overflow = 0;                                                                    \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const T lowest = (T)(LESS(x[i], 0) & ((U)((U)x[i] << 1) == 0));                  \
      overflow |= (T)(lowest & (y[i] == (T)-1));                                       \
    }                                                                                  \
    return rest_flags_##S(x, y, n) | (overflow ? FE_OVERFLOW : 0);                     \
  }

/* The quotient by the size of a divisor is (high + (x - high >> first)) >> second,
 * where high is the upper half of x * factor. */
#define SCALAR(S, T, U, WIDE, BITS, LESS)                                              \
  struct scalar_##S {                                                                  \
    U divisor, size, sign, factor;                                                     \
    int first, second;                                                                 \
  };                                                                                   \
                                                                                       \
  static struct scalar_##S prepare_##S(T divisor) {                                    \
    const U sign = LESS(divisor, 0) ? (U)-1 : 0;                                       \
    const U size = (U)(((U)divisor ^ sign) - sign);                                    \
    int log = 0;                                                                       \
    while ((WIDE)1 << log < size) {                                                    \
      log++;                                                                           \
    }                                                                                  \
    const WIDE above = ((WIDE)1 << log) - size;                                        \
    const U factor = (U)((above << BITS) / size + 1);                                  \
    return (struct scalar_##S){(U)divisor, size,    sign,                              \
                               factor,     log > 0, log > 0 ? log - 1 : 0};            \
  }                                                                                    \
                                                                                       \
  static inline U quotient_##S(U x, const struct scalar_##S *by)                       \
  {                                                                                    \
    const U high = (U)((WIDE)x * by->factor >> BITS);                                  \
    return (U)((U)(high + (U)((U)(x - high) >> by->first)) >> by->second);             \
  }                                                                                    \
                                                                                       \
  /* A negative quotient is the complement of the quotient of the complement. */       \
  static inline struct division_##S divide_by_##S(T a, const struct scalar_##S *by) {  \
    const U x = (U)(((U)a ^ by->sign) - by->sign);                                     \
    const U negative = LESS((T)((U)a ^ by->sign), (T)by->sign) ? (U)-1 : 0;            \
    const U floored = quotient_##S(x ^ negative, by) ^ negative;                       \
    const U a_sign = LESS(a, 0) ? (U)-1 : 0;                                           \
    const U a_size = (U)(((U)a ^ a_sign) - a_sign);                                    \
    const U rest = (U)(a_size - (U)(quotient_##S(a_size, by) * by->size));             \
    return (struct division_##S){(T)floored, (T)((U)a - (U)(floored * by->divisor)),   \
                                 (T)((rest ^ a_sign) - a_sign)};                       \
  }

/* Fewer elements than this are not worth the preparation. */
enum { WORTH = 32 };

/* W declares the second output beside number k, NONE nothing. */
#define NONE(k)
#define W(k) , *const w = x[k + 1]

/* Divides blocks by others, and by a scalar. */
#define BODIES_OF(name, S, T, FLAGS, OTHER, STORE)                                     \
  static void name##_##S##_blocks(void *const *x, intptr_t n, struct work *work)       \
  {                                                                                    \
    const T *const a = x[0], *const b = x[1];                                          \
    T *const z = x[2] OTHER(2);                                                        \
    work->flags |= FLAGS##_##S(a, b, n);                                               \
    if (far_##S(a, n) || far_##S(b, n)) {                                              \
      for (intptr_t i = 0; i < n; i++) {                                               \
        const struct division_##S d = divide_far_##S(a[i], b[i]);                      \
        STORE;                                                                         \
      }                                                                                \
      return;                                                                          \
    }                                                                                  \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const struct division_##S d = divide_##S(a[i], b[i]);                            \
      STORE;                                                                           \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void name##_##S##_by(void *const *x, intptr_t n, struct work *work)           \
  {                                                                                    \
    const struct scalar_##S by = *(const struct scalar_##S *)work->with;               \
    const T *const a = x[0], divisor = (T)by.divisor;                                  \
    T *const z = x[1] OTHER(1);                                                        \
    if (sizeof(T) == 8 && !far_##S(a, n) && !far_##S(&divisor, 1)) {                   \
      INDEPENDENT                                                                      \
      for (intptr_t i = 0; i < n; i++) {                                               \
        const struct division_##S d = divide_##S(a[i], divisor);                       \
        STORE;                                                                         \
      }                                                                                \
      return;                                                                          \
    }                                                                                  \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const struct division_##S d = divide_by_##S(a[i], &by);                          \
      STORE;                                                                           \
    }                                                                                  \
  }

/* With a scalar, calls that raise flags are left to NumPy, and so are calls that NumPy
 * does as fast. */
#define KERNEL_OF(name, S, T, FLAGS, NOUT, OTHER, THEIRS, STORE)                       \
  BODIES_OF(name, S, T, FLAGS, OTHER, STORE)                                           \
                                                                                       \
  void KERNEL(name##_##S)(char **args, const intptr_t *n, const intptr_t *steps,       \
                          void *data)                                                  \
  {                                                                                    \
    enum { SIZE = sizeof(T) };                                                         \
    static const struct shape binary = {2, 2 + NOUT, true, {SIZE, SIZE, SIZE, SIZE}};  \
    static const struct shape unary = {1, 1 + NOUT, false, {SIZE, SIZE, SIZE}};        \
    const bool scalar =                                                                \
        steps[1] == 0 && args[1] != args[2] && args[1] != args[1 + NOUT];              \
    if (!scalar || *n < WORTH) {                                                       \
      KERNEL(in_blocks)(args, *n, steps, &binary, name##_##S##_blocks, NULL, data);    \
      return;                                                                          \
    }                                                                                  \
    const T divisor = *(const T *)args[1];                                             \
    const bool contiguous = steps[0] == SIZE && steps[2] == SIZE;                      \
    if (divisor == 0 || (divisor < 1 && divisor == (T)-1) || (THEIRS && contiguous)) { \
      leave_to_replaced(args, n, steps, data);                                         \
      return;                                                                          \
    }                                                                                  \
    const struct scalar_##S by = prepare_##S(divisor);                                 \
    KERNEL(in_blocks)                                                                  \
    ((char *[]){args[0], args[2], args[1 + NOUT]}, *n,                                 \
     (intptr_t[]){steps[0], steps[2], steps[1 + NOUT]}, &unary, name##_##S##_by, &by,  \
     NULL);                                                                            \
  }

#define KERNELS(S, T)                                                                  \
  KERNEL_OF(floor_divide, S, T, quotient_flags, 1, NONE, true, z[i] = d.floored)       \
  KERNEL_OF(remainder, S, T, rest_flags, 1, NONE, false, z[i] = d.modulo)              \
  KERNEL_OF(fmod, S, T, rest_flags, 1, NONE, false, z[i] = d.rest)                     \
  KERNEL_OF(divmod, S, T, quotient_flags, 2, W, false,                                 \
            (z[i] = d.floored, w[i] = d.modulo))

#define NEAR_DIVISION(S, T, U, WIDE, BITS, F, FT, LESS)                                \
  NEAR(S, T, F, FT)                                                                    \
  NEVER_FAR(S, T)                                                                      \
  FLAGS(S, T, U, LESS)                                                                 \
  SCALAR(S, T, U, WIDE, BITS, LESS)                                                    \
  KERNELS(S, T)

#define FAR_DIVISION(S, T, LESS)                                                       \
  NEAR(S, T, f64, double)                                                              \
  FAR(S, T, LESS)                                                                      \
  FLAGS(S, T, uint64_t, LESS)                                                          \
  SCALAR(S, T, uint64_t, uint128_t, 64, LESS)                                          \
  KERNELS(S, T)

__extension__ typedef unsigned __int128 uint128_t;

/* Unsigned numbers make the sign test a constant: NOLINTBEGIN(misc-redundant-*) */
NEAR_DIVISION(i8, int8_t, uint8_t, uint16_t, 8, f32, float, BELOW)
NEAR_DIVISION(u8, uint8_t, uint8_t, uint16_t, 8, f32, float, NEVER)
NEAR_DIVISION(i16, int16_t, uint16_t, uint32_t, 16, f32, float, BELOW)
NEAR_DIVISION(u16, uint16_t, uint16_t, uint32_t, 16, f32, float, NEVER)
NEAR_DIVISION(i32, int32_t, uint32_t, uint64_t, 32, f64, double, BELOW)
NEAR_DIVISION(u32, uint32_t, uint32_t, uint64_t, 32, f64, double, NEVER)
FAR_DIVISION(i64, int64_t, BELOW)
FAR_DIVISION(u64, uint64_t, NEVER)
/* NOLINTEND(misc-redundant-*) */
