/* parts.c - modf: the fraction has the number's sign, also where it is zero. */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <math.h>

#  include "flags.h"

#  define MODF(S, T)                                                                   \
    static inline void modf_##S##_body(const T *x, T *z, T *w, intptr_t n, int *flags) \
    {                                                                                  \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const v_##S v = take_##S(x + i, n - i), whole = trunc_##S(v);                  \
        const m_##S infinite = equal_##S(abs_##S(v), all_##S((T)INFINITY));            \
        const v_##S rest = select_##S(infinite, all_##S(0), v - whole);                \
        give_##S(z + i, n - i, copysign_##S(rest, v));                                 \
        give_##S(w + i, n - i, whole);                                                 \
      }                                                                                \
    }                                                                                  \
    UNARY_PAIR_LOOP_WITH_FLAGS(modf_##S, T, T, T)

MODF(f64, double)
MODF(f32, float)
#endif
