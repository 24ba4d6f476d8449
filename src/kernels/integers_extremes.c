/*
 * integers_extremes.c - maximum and minimum of integers and a scalar, which NumPy
 * compares one by one.  All other calls are left to NumPy.
 */
#include "loop.h"

#include "integers.h"

#define EXTREME(name, S, T, BETTER)                                                    \
  static void name##_##S##_blocks(void *const *blocks, intptr_t n, struct work *work)  \
  {                                                                                    \
    const T *const x = blocks[0], scalar = *(const T *)work->with;                     \
    T *const z = blocks[1];                                                            \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      z[i] = x[i] BETTER scalar ? x[i] : scalar;                                       \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  void KERNEL(name##_##S)(char **args, const intptr_t *n, const intptr_t *steps,       \
                          void *data)                                                  \
  {                                                                                    \
    static const struct shape unary = {1, 2, false, {sizeof(T), sizeof(T)}};           \
    const int k = steps[1] == 0 ? 1 : 0;                                               \
    if (*n == 0 || steps[k] != 0 || args[k] == args[2]) {                              \
      leave_to_replaced(args, n, steps, data);                                         \
      return;                                                                          \
    }                                                                                  \
    const T scalar = *(const T *)(const void *)args[k];                                \
    KERNEL(in_blocks)                                                                  \
    ((char *[]){args[1 - k], args[2]}, *n, (intptr_t[]){steps[1 - k], steps[2]},       \
     &unary, name##_##S##_blocks, &scalar, NULL);                                      \
  }

#define EXTREMES(S, T)                                                                 \
  EXTREME(maximum, S, T, >)                                                            \
  EXTREME(minimum, S, T, <)

EXTREMES(i8, int8_t)
EXTREMES(u8, uint8_t)
EXTREMES(i16, int16_t)
EXTREMES(u16, uint16_t)
EXTREMES(i32, int32_t)
EXTREMES(u32, uint32_t)
EXTREMES(i64, int64_t)
EXTREMES(u64, uint64_t)
