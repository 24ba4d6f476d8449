/* searches.c - see searches.h. */
#include "searches.h"
#include "level.h"

#include <math.h>

#include "loop.h"

/* The flags are those of NumPy's operations, except invalid, which NumPy ignores
 * here. */
#define CLOSE(S, T, ABS)                                                               \
  static inline void close_##S(const T *x, const T *y, uint8_t *z, intptr_t n,         \
                               T relative, T absolute, uint8_t nan)                    \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const T a = x[i], b = y[i], size = ABS(b);                                       \
      const uint8_t near = ABS(a - b) <= absolute + relative * size;                   \
      z[i] = (uint8_t)((near & (size < (T)INFINITY)) | (a == b) |                      \
                       (nan & (a != a) & (b != b)));                                   \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void close_##S##_blocks(void *const *x, intptr_t n, struct work *work)        \
  {                                                                                    \
    const struct tolerance *within = work->with;                                       \
    close_##S(x[0], x[1], x[2], n, (T)within->relative, (T)within->absolute,           \
              within->equal_nan);                                                      \
  }                                                                                    \
                                                                                       \
  static void close_##S##_loop(char **args, const intptr_t *n, const intptr_t *steps,  \
                               void *data)                                             \
  {                                                                                    \
    static const struct shape shape = {2, 3, false, {sizeof(T), sizeof(T), 1}};        \
    KERNEL(in_blocks)(args, *n, steps, &shape, close_##S##_blocks, data, NULL);        \
  }

CLOSE(f32, float, fabsf)
CLOSE(f64, double, fabs)

/* Returns how many of `n` truth values are true.  Counts go side by side, each in a
 * byte for as long as that has room. */
static intptr_t count(const char *truth, intptr_t n)
{
    enum { SIDE_BY_SIDE = 64, MOST = 255 };
    intptr_t all = 0, i = 0;
    while (n - i >= SIDE_BY_SIDE) {
        uint8_t counts[SIDE_BY_SIDE] = {0};
        const intptr_t rest = (n - i) / SIDE_BY_SIDE, rows = rest < MOST ? rest : MOST;
        for (intptr_t row = 0; row < rows; row++, i += SIDE_BY_SIDE) {
            for (intptr_t j = 0; j < SIDE_BY_SIDE; j++) {
                counts[j] = (uint8_t)(counts[j] + (truth[i + j] != 0));
            }
        }
        for (intptr_t j = 0; j < SIDE_BY_SIDE; j++) {
            all += counts[j];
        }
    }
    for (; i < n; i++) {
        all += truth[i] != 0;
    }
    return all;
}

search_table KERNEL(searches) = {
    .close = {[NUMBER_f32] = close_f32_loop, [NUMBER_f64] = close_f64_loop},
    .count = count,
};
