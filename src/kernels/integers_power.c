/*
 * integers_power.c - power of integers, modulo what the type holds, by repeated
 * squaring of many numbers at once.
 *
 * A negative exponent is an error, which NumPy has to raise, so such calls are left to
 * NumPy.
 */
#include "loop.h"

#include "integers.h"

enum { LANES = 64 };

/* The product is not of a signed type, which must not overflow, nor of int, to which
 * small types are promoted. */
#define TIMES(U, x, y) ((U)(1U * (x) * (y)))

#define RAISE(U, EXPRESSION)                                                           \
  INDEPENDENT                                                                          \
  for (intptr_t i = 0; i < n; i++) {                                                   \
    const U a = x[i], square = TIMES(U, a, a);                                         \
    z[i] = EXPRESSION;                                                                 \
  }

#define U uint8_t
#define BITS 8
#define OF(name) name##_8
#include "integers_power_template.h"

#define U uint16_t
#define BITS 16
#define OF(name) name##_16
#include "integers_power_template.h"

#define U uint32_t
#define BITS 32
#define OF(name) name##_32
#include "integers_power_template.h"

#define U uint64_t
#define BITS 64
#define OF(name) name##_64
#include "integers_power_template.h"

#define POWER_KERNEL(S, U, BITS, SIGNED)                                               \
  void KERNEL(power_##S)(char **args, const intptr_t *n, const intptr_t *steps,        \
                         void *data)                                                   \
  {                                                                                    \
    static const struct shape binary = {                                               \
        2, 3, false, {sizeof(U), sizeof(U), sizeof(U)}};                               \
    static const struct shape unary = {1, 2, false, {sizeof(U), sizeof(U)}};           \
    if (*n == 0 || (SIGNED && any_negative_##BITS(args[1], *n, steps[1]))) {           \
      leave_to_replaced(args, n, steps, data);                                         \
    } else if (steps[1] == 0 && args[1] != args[2]) {                                  \
      const U exponent = *(const U *)(const void *)args[1];                            \
      KERNEL(in_blocks)                                                                \
      ((char *[]){args[0], args[2]}, *n, (intptr_t[]){steps[0], steps[2]}, &unary,     \
       power_by_##BITS, &exponent, NULL);                                              \
    } else {                                                                           \
      KERNEL(in_blocks)(args, *n, steps, &binary, power_##BITS, NULL, data);           \
    }                                                                                  \
  }

POWER_KERNEL(i8, uint8_t, 8, true)
POWER_KERNEL(u8, uint8_t, 8, false)
POWER_KERNEL(i16, uint16_t, 16, true)
POWER_KERNEL(u16, uint16_t, 16, false)
POWER_KERNEL(i32, uint32_t, 32, true)
POWER_KERNEL(u32, uint32_t, 32, false)
POWER_KERNEL(i64, uint64_t, 64, true)
POWER_KERNEL(u64, uint64_t, 64, false)
