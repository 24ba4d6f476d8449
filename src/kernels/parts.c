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
        const intptr_t m = n - i < LANES_##S ? n - i : LANES_##S;                      \
        T a[LANES_##S], b[LANES_##S];                                                  \
        for (intptr_t j = 0; m < LANES_##S && j < LANES_##S; j++) {                    \
          a[j] = x[i + (j < m ? j : 0)];                                               \
        }                                                                              \
        const v_##S v = load_##S(m < LANES_##S ? a : x + i);                           \
        const v_##S whole = trunc_##S(v);                                              \
        const m_##S infinite = equal_##S(abs_##S(v), all_##S((T)INFINITY));            \
        const v_##S rest = select_##S(infinite, all_##S(0), v - whole);                \
        const v_##S fraction = copysign_##S(rest, v);                                  \
        if (m < LANES_##S) {                                                           \
          store_##S(a, fraction);                                                      \
          store_##S(b, whole);                                                         \
          memcpy(z + i, a, (size_t)m * sizeof(T));                                     \
          memcpy(w + i, b, (size_t)m * sizeof(T));                                     \
        } else {                                                                       \
          store_##S(z + i, fraction);                                                  \
          store_##S(w + i, whole);                                                     \
        }                                                                              \
      }                                                                                \
    }                                                                                  \
    UNARY_PAIR_LOOP_WITH_FLAGS(modf_##S, T)

MODF(f64, double)
MODF(f32, float)
#endif
