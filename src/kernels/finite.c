/* finite.c - see finite.h. */
#include "finite.h"
#include "level.h"

#include <math.h>

#include "loop.h"

/* Comparisons by == are quiet, so that a NaN raises nothing. */
#define FINITE(S, T)                                                                   \
  static void finite_##S(const void *x, void *to, intptr_t n,                          \
                         const struct replacements *with)                              \
  {                                                                                    \
    const T nan = (T)with->nan, infinite = (T)with->infinite;                          \
    const T negative = (T)with->negative;                                              \
    const T *from = x;                                                                 \
    T *result = to;                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const T a = from[i];                                                             \
      const T b = a == (T)INFINITY ? infinite : a;                                     \
      const T c = a == -(T)INFINITY ? negative : b;                                    \
      result[i] = a == a ? c : nan;                                                    \
    }                                                                                  \
  }

FINITE(f32, float)
FINITE(f64, double)

finite_table KERNEL(finite) = {[NUMBER_f32] = finite_f32, [NUMBER_f64] = finite_f64};
