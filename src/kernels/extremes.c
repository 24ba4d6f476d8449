/* extremes.c - see extremes.h. */
#include "extremes.h"

#include <math.h>
#include <string.h>

#include "../fpu.h"
#include "lanes.h"

/* -- kinds ---------------------------------------------------------------------- */

/*
 * Whether the order decides which of several zeros, or NaNs, an extreme is: unless all
 * of them have the same bits.  (NumPy's loops put the usual NaN in the place of others,
 * or not, by the way they take, so there must be no others.)
 *
 * In integers, whose first bit tells, for any x86-64 has vectors of those.
 */
#define IS_AMBIGUOUS(name, U, SIGN, INFINITE, USUAL)                                   \
  static inline U other_zero_##name(U x, U bits)                                       \
  {                                                                                    \
    const U v = (U)(x ^ bits ^ (SIGN)); /* 0 if it is the other zero */                \
    return (U)((U)(v - 1) & (U)~v);                                                    \
  }                                                                                    \
                                                                                       \
  static inline U other_nan_##name(U x, U bits)                                        \
  {                                                                                    \
    const U v = (U)(x ^ bits);                                                         \
    return (U)((U)((INFINITE) - (U)(x & (U) ~(SIGN))) & (U)(v | (U)(0 - v)));          \
  }                                                                                    \
                                                                                       \
  static U others_##name(const U *x, intptr_t n, U bits)                               \
  {                                                                                    \
    U found = 0;                                                                       \
    if ((bits & (U) ~(SIGN)) == 0) {                                                   \
      for (intptr_t i = 0; i < n; i++) {                                               \
        found |= other_zero_##name(x[i], bits);                                        \
      }                                                                                \
    } else {                                                                           \
      for (intptr_t i = 0; i < n; i++) {                                               \
        found |= other_nan_##name(x[i], bits);                                         \
      }                                                                                \
    }                                                                                  \
    return found & (SIGN);                                                             \
  }                                                                                    \
                                                                                       \
  static enum kinds kinds_##name(const char *in, intptr_t n, intptr_t from,            \
                                 const char *extreme)                                  \
  {                                                                                    \
    U bits, found = 0;                                                                 \
    memcpy(&bits, extreme, sizeof bits);                                               \
    const U size = bits & (U) ~(SIGN);                                                 \
    if (size != 0 && size <= (INFINITE)) {                                             \
      return KINDS_NONE;                                                               \
    }                                                                                  \
    if (size != 0 && bits != (USUAL)) {                                                \
      return KINDS_SEVERAL;                                                            \
    }                                                                                  \
    if (from == (intptr_t)sizeof(U)) {                                                 \
      found = others_##name((const U *)in, n, bits);                                   \
      n = 0;                                                                           \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++, in += from) {                                     \
      U x;                                                                             \
      memcpy(&x, in, sizeof x);                                                        \
      found |= others_##name(&x, 1, bits);                                             \
    }                                                                                  \
    return found ? KINDS_SEVERAL : KINDS_ONE;                                          \
  }

IS_AMBIGUOUS(f16, uint16_t, UINT16_C(0x8000), UINT16_C(0x7c00), UINT16_C(0x7e00))
IS_AMBIGUOUS(f32, uint32_t, UINT32_C(0x80000000), UINT32_C(0x7f800000),
             UINT32_C(0x7fc00000))
IS_AMBIGUOUS(f64, uint64_t, UINT64_C(0x8000000000000000), UINT64_C(0x7ff0000000000000),
             UINT64_C(0x7ff8000000000000))

#ifdef NPP_LANES

/* -- rows ----------------------------------------------------------------------- */

/*
 * The vector instructions give their second operand where one is NaN, which here is
 * what was best before, and of two zeros either.  So NaNs are noted apart; and of the
 * signs whether all zeros are alike for sure: +0 if no sign is set and the least is
 * zero, -0 if all signs are set and the greatest is.  (Both are nearly always so or not
 * looked at: positive numbers with zeros have a minimum without another look.)
 *
 * A NaN raises invalid in them, which NumPy's loops clear.
 */
#  define WORDS(S, U) typedef U words_##S __attribute__((vector_size(sizeof(v_##S))));
WORDS(f64, uint64_t)
WORDS(f32, uint32_t)

/* The signs that make an extreme of zero doubtful are set in these. */
#  define SIGNS_greatest(S, a) ~(words_##S)(a)
#  define SIGNS_least(S, a) (words_##S)(a)
#  define WORST_greatest (-INFINITY)
#  define WORST_least INFINITY
#  define IS_BETTER_greatest(a, b) ((a) > (b))
#  define IS_BETTER_least(a, b) ((a) < (b))

#  define HAS_SIGN(S, U)                                                               \
    static inline bool has_sign_##S(words_##S signs)                                   \
    {                                                                                  \
      U all = 0;                                                                       \
      for (int j = 0; j < LANES_##S; j++) {                                            \
        all |= signs[j];                                                               \
      }                                                                                \
      return all >> (8 * sizeof(U) - 1) != 0;                                          \
    }
HAS_SIGN(f64, uint64_t)
HAS_SIGN(f32, uint32_t)

/* gcc 12 reads memory again for each use of a vector, which took a fourth of the time.
 */
#  if defined(__AVX512F__)
#    define KEEP(v) __asm__("" : "+v"(v));
#  elif defined(__AVX2__)
#    define KEEP(v) __asm__("" : "+x"(v));
#  else
#    define KEEP(v) __asm__("" : "+w"(v));
#  endif

enum { SIDE_BY_SIDE = 4 }; /* so that vectors do not wait for one another */

#  define NOTE(S, OF, best, x)                                                         \
    {                                                                                  \
      best = OF##_of_##S(x, best);                                                     \
      signs |= SIGNS_##OF(S, x);                                                       \
    }

/* `quiet`: NaNs are left out (fmax, fmin). */
#  define ROW(S, T, OF)                                                                \
    static inline bool OF##_row_##S(const char *in, intptr_t n, char *extreme,         \
                                    bool quiet)                                        \
    {                                                                                  \
      const T *x = (const T *)in;                                                      \
      enum { L = LANES_##S };                                                          \
      v_##S a = all_##S((T)WORST_##OF), b = a, c = a, d = a;                           \
      m_##S nan = unordered_##S(a, a);                                                 \
      words_##S signs = {0};                                                           \
      intptr_t i = 0;                                                                  \
      for (; n - i >= SIDE_BY_SIDE * L; i += SIDE_BY_SIDE * L) {                       \
        v_##S p = load_##S(x + i), q = load_##S(x + i + L);                            \
        v_##S r = load_##S(x + i + 2 * L), s = load_##S(x + i + 3 * L);                \
        KEEP(p)                                                                        \
        KEEP(q)                                                                        \
        KEEP(r) KEEP(s) NOTE(S, OF, a, p) NOTE(S, OF, b, q) NOTE(S, OF, c, r)          \
            NOTE(S, OF, d, s) nan =                                                    \
                or_##S(nan, or_##S(unordered_##S(p, q), unordered_##S(r, s)));         \
      }                                                                                \
      for (; i < n; i += L) {                                                          \
        const v_##S p = take_##S(x + i, n - i);                                        \
        NOTE(S, OF, a, p)                                                              \
        nan = or_##S(nan, unordered_##S(p, p));                                        \
      }                                                                                \
      T lanes[L], best;                                                                \
      store_##S(lanes, OF##_of_##S(OF##_of_##S(a, b), OF##_of_##S(c, d)));             \
      best = lanes[0];                                                                 \
      for (int j = 1; j < L; j++) {                                                    \
        best = IS_BETTER_##OF(lanes[j], best) ? lanes[j] : best;                       \
      }                                                                                \
      if (bits_##S(nan)) {                                                             \
        fpu_clear_flags();                                                             \
        if (!quiet || (best == (T)WORST_##OF && !has_##S(x, n, best))) {               \
          best = (T)NAN;                                                               \
        }                                                                              \
      }                                                                                \
      memcpy(extreme, &best, sizeof best);                                             \
      return (best != 0 || has_sign_##S(signs)) &&                                     \
             kinds_##S(in, n, sizeof best, extreme) == KINDS_SEVERAL;                  \
    }

#  define HAS(S, T)                                                                    \
    static bool has_##S(const T *x, intptr_t n, T value)                               \
    {                                                                                  \
      while (n > 0 && x[n - 1] != value) {                                             \
        n--;                                                                           \
      }                                                                                \
      return n > 0;                                                                    \
    }

/* -- columns -------------------------------------------------------------------- */

/* Several rows for each time that their extremes, in the first-level cache, are read
 * and written; at the end the last one more than once. */
#  define COLUMNS(S, T, OF)                                                            \
    static inline bool OF##_columns_##S(char *extremes, const char *x, intptr_t n,     \
                                        intptr_t rows, intptr_t stride, bool first,    \
                                        bool quiet)                                    \
    {                                                                                  \
      enum { L = LANES_##S };                                                          \
      T best[EXTREME_COLUMNS + L];                                                     \
      const v_##S worst = all_##S((T)WORST_##OF);                                      \
      m_##S nan = unordered_##S(worst, worst);                                         \
      words_##S signs = {0};                                                           \
      for (intptr_t j = 0; j < n; j += L) {                                            \
        const v_##S p = first ? worst : take_##S((const T *)extremes + j, n - j);      \
        v_##S a = worst;                                                               \
        NOTE(S, OF, a, p)                                                              \
        nan = or_##S(nan, unordered_##S(p, p));                                        \
        store_##S(best + j, a);                                                        \
      }                                                                                \
      for (intptr_t i = 0; i < rows && (quiet || !bits_##S(nan)); i += SIDE_BY_SIDE) { \
        const intptr_t last = rows - 1 - i;                                            \
        const char *const row = x + i * stride;                                        \
        const T *const u = (const T *)row;                                             \
        const T *const v = (const T *)(row + (last < 1 ? last : 1) * stride);          \
        const T *const w = (const T *)(row + (last < 2 ? last : 2) * stride);          \
        const T *const y = (const T *)(row + (last < 3 ? last : 3) * stride);          \
        for (intptr_t j = 0; j < n; j += L) {                                          \
          v_##S p = take_##S(u + j, n - j), q = take_##S(v + j, n - j);                \
          v_##S r = take_##S(w + j, n - j), s = take_##S(y + j, n - j);                \
          KEEP(p) KEEP(q) KEEP(r) KEEP(s) v_##S a = load_##S(best + j);                \
          NOTE(S, OF, a, p)                                                            \
          NOTE(S, OF, a, q)                                                            \
          NOTE(S, OF, a, r)                                                            \
          NOTE(S, OF, a, s)                                                            \
          nan = or_##S(nan, or_##S(unordered_##S(p, q), unordered_##S(r, s)));         \
          store_##S(best + j, a);                                                      \
        }                                                                              \
      }                                                                                \
      const bool has_nan = bits_##S(nan) != 0, has_signs = has_sign_##S(signs);        \
      bool doubtful = has_nan && !quiet;                                               \
      for (intptr_t j = 0; j < n && !doubtful; j++) {                                  \
        doubtful =                                                                     \
            (has_signs && best[j] == 0) || (has_nan && best[j] == (T)WORST_##OF);      \
      }                                                                                \
      if (has_nan) {                                                                   \
        fpu_clear_flags();                                                             \
      }                                                                                \
      if (!doubtful) {                                                                 \
        memcpy(extremes, best, (size_t)n * sizeof(T));                                 \
      }                                                                                \
      return doubtful;                                                                 \
    }

#  define KERNEL_OF(name, S, OF, QUIET)                                                \
    static bool name##_##S(const char *x, intptr_t n, char *extreme)                   \
    {                                                                                  \
      return OF##_row_##S(x, n, extreme, QUIET);                                       \
    }                                                                                  \
                                                                                       \
    static bool name##_columns_##S(char *extremes, const char *x, intptr_t n,          \
                                   intptr_t rows, intptr_t stride, bool first)         \
    {                                                                                  \
      return OF##_columns_##S(extremes, x, n, rows, stride, first, QUIET);             \
    }

#  define KERNELS(S, T)                                                                \
    HAS(S, T)                                                                          \
    ROW(S, T, greatest)                                                                \
    ROW(S, T, least)                                                                   \
    COLUMNS(S, T, greatest)                                                            \
    COLUMNS(S, T, least)                                                               \
    KERNEL_OF(maximum, S, greatest, false)                                             \
    KERNEL_OF(minimum, S, least, false)                                                \
    KERNEL_OF(fmax, S, greatest, true)                                                 \
    KERNEL_OF(fmin, S, least, true)

KERNELS(f64, double)
KERNELS(f32, float)

#  define TABLE(CALLS)                                                                 \
    {                                                                                  \
      [EXTREME_MAXIMUM] = CALLS(maximum), [EXTREME_MINIMUM] = CALLS(minimum),          \
      [EXTREME_FMAX] = CALLS(fmax), [EXTREME_FMIN] = CALLS(fmin)                       \
    }
#  define OF_ROWS(name)                                                                \
    {                                                                                  \
      [NUMBER_f32] = name##_f32, [NUMBER_f64] = name##_f64                             \
    }
#  define OF_COLUMNS(name)                                                             \
    {                                                                                  \
      [NUMBER_f32] = name##_columns_f32, [NUMBER_f64] = name##_columns_f64             \
    }
#endif

#define TABLE_JOIN_(level) extremes_##level
#define TABLE_JOIN(level) TABLE_JOIN_(level)

extreme_table TABLE_JOIN(NPP_LEVEL) = {
    .kinds =
        {
            [NUMBER_f16] = kinds_f16,
            [NUMBER_f32] = kinds_f32,
            [NUMBER_f64] = kinds_f64,
        },
#ifdef NPP_LANES
    .row = TABLE(OF_ROWS),
    .columns = TABLE(OF_COLUMNS),
#endif
};
