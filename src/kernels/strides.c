/* strides.c - see rearrange.h: elements that are a stride apart, side by side. */
#include "rearrange.h"
#include "level.h"

#include "loop.h"

/* Strides that the compiler knows become shuffles of whole vectors. */
#define STRIDED(W, HINT)                                                               \
  void KERNEL(bring_together_##W)(const char *from, intptr_t stride, intptr_t n,       \
                                  char *to)                                            \
  {                                                                                    \
    const element_##W *const x = (const element_##W *)from;                            \
    element_##W *const y = (element_##W *)to;                                          \
    if (stride == -(W)) {                                                              \
      HINT for (intptr_t i = 0; i < n; i++)                                            \
      {                                                                                \
        y[i] = x[-i];                                                                  \
      }                                                                                \
    } else if (stride == 2 * (W)) {                                                    \
      HINT for (intptr_t i = 0; i < n; i++)                                            \
      {                                                                                \
        y[i] = x[2 * i];                                                               \
      }                                                                                \
    } else {                                                                           \
      for (intptr_t i = 0; i < n; i++) {                                               \
        y[i] = *(const element_##W *)(from + i * stride);                              \
      }                                                                                \
    }                                                                                  \
  }
STRIDED(1, INDEPENDENT)
STRIDED(2, INDEPENDENT)
STRIDED(4, INDEPENDENT)
STRIDED(8, INDEPENDENT)
STRIDED(16, ) /* it is a vector already */
