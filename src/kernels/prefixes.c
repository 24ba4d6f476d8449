/* prefixes.c - see prefixes.h.  Compilers vectorize lines that are side by side. */
#include "prefixes.h"
#include "level.h"

#include "numbers.h"

#define INLINE static inline __attribute__((always_inline))

#define PREFIXES(T)                                                                    \
  static const T nothing_##T = -(T)0;                                                  \
                                                                                       \
  static void chain_##T(void *values, void *sum, intptr_t n)                           \
  {                                                                                    \
    T all = *(T *)sum;                                                                 \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      const T value = ((T *)values)[i];                                                \
      ((T *)values)[i] = all;                                                          \
      all += value;                                                                    \
    }                                                                                  \
    *(T *)sum = all;                                                                   \
  }                                                                                    \
                                                                                       \
  INLINE void totals_of_##T(void *totals, const char *x, struct prefix_steps from,     \
                            intptr_t n, intptr_t lines)                                \
  {                                                                                    \
    T sums[PREFIX_LINES];                                                              \
    for (intptr_t j = 0; j < lines; j++) {                                             \
      sums[j] = nothing_##T;                                                           \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++, x += from.along) {                                \
      for (intptr_t j = 0; j < lines; j++) {                                           \
        sums[j] += *(const T *)(x + j * from.apart);                                   \
      }                                                                                \
    }                                                                                  \
    for (intptr_t j = 0; j < lines; j++) {                                             \
      ((T *)totals)[j] = sums[j];                                                      \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void totals_##T(void *totals, const char *x, struct prefix_steps from,        \
                         intptr_t n, intptr_t lines)                                   \
  {                                                                                    \
    if (lines == PREFIX_CHAINS) {                                                      \
      totals_of_##T(totals, x, from, n, PREFIX_CHAINS);                                \
    } else {                                                                           \
      totals_of_##T(totals, x, from, n, lines);                                        \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  INLINE void prefixes_of_##T(char *out, struct prefix_steps to, const char *x,        \
                              struct prefix_steps from, intptr_t n, intptr_t lines,    \
                              const void *before)                                      \
  {                                                                                    \
    T sums[PREFIX_LINES], first[PREFIX_LINES];                                         \
    for (intptr_t j = 0; j < lines; j++) {                                             \
      sums[j] = nothing_##T;                                                           \
      first[j] = ((const T *)before)[j];                                               \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++, x += from.along, out += to.along) {               \
      for (intptr_t j = 0; j < lines; j++) {                                           \
        sums[j] += *(const T *)(x + j * from.apart);                                   \
        *(T *)(out + j * to.apart) = first[j] + sums[j];                               \
      }                                                                                \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  /* The same for lines that are side by side in memory, too. */                       \
  INLINE void rows_of_##T(T *restrict out, intptr_t to, const T *restrict x,           \
                          intptr_t from, intptr_t n, intptr_t lines,                   \
                          const void *before)                                          \
  {                                                                                    \
    T sums[PREFIX_LINES], first[PREFIX_LINES];                                         \
    for (intptr_t j = 0; j < lines; j++) {                                             \
      sums[j] = nothing_##T;                                                           \
      first[j] = ((const T *)before)[j];                                               \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      for (intptr_t j = 0; j < lines; j++) {                                           \
        sums[j] += x[j];                                                               \
        out[j] = first[j] + sums[j];                                                   \
      }                                                                                \
      x = (const T *)((const char *)x + from);                                         \
      out = (T *)((char *)out + to);                                                   \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void prefixes_##T(char *out, struct prefix_steps to, const char *x,           \
                           struct prefix_steps from, intptr_t n, intptr_t lines,       \
                           const void *before)                                         \
  {                                                                                    \
    const intptr_t size = sizeof(T);                                                   \
    if (lines == 1) {                                                                  \
      prefixes_of_##T(out, to, x, from, n, 1, before);                                 \
    } else if (from.apart == size && to.apart == size) {                               \
      rows_of_##T((T *)out, to.along, (const T *)x, from.along, n, lines, before);     \
    } else if (lines == PREFIX_CHAINS && from.along == size && to.along == size) {     \
      to.along = from.along = size;                                                    \
      prefixes_of_##T(out, to, x, from, n, PREFIX_CHAINS, before);                     \
    } else {                                                                           \
      prefixes_of_##T(out, to, x, from, n, lines, before);                             \
    }                                                                                  \
  }

PREFIXES(f32)
PREFIXES(f64)

prefix_table KERNEL(prefixes) = {
    [PREFIX_FLOAT] = {sizeof(f32), &nothing_f32, totals_f32, chain_f32, prefixes_f32},
    [PREFIX_DOUBLE] = {sizeof(f64), &nothing_f64, totals_f64, chain_f64, prefixes_f64},
};
