/* extremes.c - see extremes.h. */
#include "extremes.h"
#include "level.h"

#include <math.h>
#include <string.h>

#include "flags.h"
#include "lanes.h"

/* -- kinds ---------------------------------------------------------------------- */

#define U uint16_t
#define OF(name) name##_f16
#define SIGN UINT16_C(0x8000)
#define INFINITE UINT16_C(0x7c00)
#define USUAL UINT16_C(0x7e00)
#include "extremes_kinds_template.h"

#define U uint32_t
#define OF(name) name##_f32
#define SIGN UINT32_C(0x80000000)
#define INFINITE UINT32_C(0x7f800000)
#define USUAL UINT32_C(0x7fc00000)
#include "extremes_kinds_template.h"

#define U uint64_t
#define OF(name) name##_f64
#define SIGN UINT64_C(0x8000000000000000)
#define INFINITE UINT64_C(0x7ff0000000000000)
#define USUAL UINT64_C(0x7ff8000000000000)
#include "extremes_kinds_template.h"

#ifdef NPP_LANES

/* -- rows ----------------------------------------------------------------------- */

/*
 * Where one operand is NaN, the vector instructions return their second operand, which
 * here is the best so far.  Of two zeros they return either.  So NaNs are noted apart,
 * and so is whether any sign is set: if none is, all zeros are alike.  Otherwise a zero
 * needs a second look.  Counts, or positive numbers with zeros, never need one.
 *
 * These instructions raise invalid for a NaN; NumPy's loops clear that flag.  Where
 * NaNs are left out (`quiet`: fmax, fmin), a quiet comparison takes their place, so
 * that the flag tells of signalling NaNs.  The scalar end of NumPy's loops does not
 * leave those out.
 */
#  define SIGNS(S, U)                                                                  \
    typedef U words_##S __attribute__((vector_size(sizeof(v_##S))));                   \
                                                                                       \
    static inline bool has_sign_##S(words_##S words)                                   \
    {                                                                                  \
      U all = 0;                                                                       \
      for (int j = 0; j < LANES_##S; j++) {                                            \
        all |= words[j];                                                               \
      }                                                                                \
      return all >> (8 * sizeof(U) - 1) != 0;                                          \
    }
SIGNS(f64, uint64_t)
SIGNS(f32, uint32_t)

#  define WORST_greatest (-INFINITY)
#  define WORST_least INFINITY
#  define IS_BETTER_greatest(a, b) ((a) > (b))
#  define IS_BETTER_least(a, b) ((a) < (b))

/* take_once loads a vector that stays in a register.  gcc 12 reads memory again for
 * each use of a vector: 89 us for a million float64 on two threads at AVX-512, where
 * this takes 55. */
#  define TAKE_ONCE(S)                                                                 \
    static inline v_##S take_once_##S(const S *x, intptr_t n)                          \
    {                                                                                  \
      v_##S v = take_##S(x, n);                                                        \
      __asm__("" : IN_REGISTER(v));                                                    \
      return v;                                                                        \
    }
TAKE_ONCE(f64)
TAKE_ONCE(f32)

enum { SIDE_BY_SIDE = 4 }; /* so that vectors do not wait for one another */

#  define BETTER(S)                                                                    \
    static inline v_##S greatest_so_far_##S(v_##S x, v_##S best, bool quiet)           \
    {                                                                                  \
      return quiet ? select_##S(less_##S(best, x), x, best)                            \
                   : greatest_of_##S(x, best);                                         \
    }                                                                                  \
                                                                                       \
    static inline v_##S least_so_far_##S(v_##S x, v_##S best, bool quiet)              \
    {                                                                                  \
      return quiet ? select_##S(less_##S(x, best), x, best) : least_of_##S(x, best);   \
    }
BETTER(f64)
BETTER(f32)

#  define NOTE(S, OF, best, x)                                                         \
    (best = OF##_so_far_##S(x, best, quiet), words |= (words_##S)(x))

#  define ROW(S, OF)                                                                   \
    static inline enum kinds OF##_row_##S(const char *in, intptr_t n, char *extreme,   \
                                          bool quiet)                                  \
    {                                                                                  \
      const S *x = (const S *)in;                                                      \
      enum { L = LANES_##S };                                                          \
      v_##S a = all_##S((S)WORST_##OF), b = a, c = a, d = a;                           \
      m_##S nan = unordered_##S(a, a);                                                 \
      words_##S words = {0};                                                           \
      flags_set(0);                                                                    \
      intptr_t i = 0;                                                                  \
      for (; n - i >= SIDE_BY_SIDE * L; i += SIDE_BY_SIDE * L) {                       \
        const S *const y = x + i;                                                      \
        const v_##S p = take_once_##S(y, L), q = take_once_##S(y + L, L);              \
        const v_##S r = take_once_##S(y + 2 * L, L), s = take_once_##S(y + 3 * L, L);  \
        NOTE(S, OF, a, p);                                                             \
        NOTE(S, OF, b, q);                                                             \
        NOTE(S, OF, c, r);                                                             \
        NOTE(S, OF, d, s);                                                             \
        nan = or_##S(nan, or_##S(unordered_##S(p, q), unordered_##S(r, s)));           \
      }                                                                                \
      for (; i < n; i += L) {                                                          \
        const v_##S p = take_##S(x + i, n - i);                                        \
        NOTE(S, OF, a, p);                                                             \
        nan = or_##S(nan, unordered_##S(p, p));                                        \
      }                                                                                \
      S lanes[L], best;                                                                \
      store_##S(lanes, OF##_of_##S(OF##_of_##S(a, b), OF##_of_##S(c, d)));             \
      best = lanes[0];                                                                 \
      for (int j = 1; j < L; j++) {                                                    \
        best = IS_BETTER_##OF(lanes[j], best) ? lanes[j] : best;                       \
      }                                                                                \
      bool is_numpys = false;                                                          \
      if (bits_##S(nan)) {                                                             \
        is_numpys = quiet && (fpu_get_flags() & FE_INVALID);                           \
        if (!quiet || (best == (S)WORST_##OF && !has_##S(x, n, best))) {               \
          best = (S)NAN;                                                               \
        }                                                                              \
        fpu_clear_flags();                                                             \
      }                                                                                \
      memcpy(extreme, &best, sizeof best);                                             \
      return is_numpys ? KINDS_NUMPYS                                                  \
             : best == 0 && !has_sign_##S(words)                                       \
                 ? KINDS_NONE                                                          \
                 : kinds_##S(in, n, sizeof best, extreme);                             \
    }

#  define HAS(S)                                                                       \
    static bool has_##S(const S *x, intptr_t n, S value)                               \
    {                                                                                  \
      while (n > 0 && x[n - 1] != value) {                                             \
        n--;                                                                           \
      }                                                                                \
      return n > 0;                                                                    \
    }

/* -- columns -------------------------------------------------------------------- */

/* Takes several rows each time that their extremes, in the first-level cache, are read
 * and written.  At the end the last row is taken more than once. */
#  define COLUMNS(S, OF)                                                               \
    static inline bool OF##_columns_##S(char *extremes, const char *x, intptr_t n,     \
                                        intptr_t rows, intptr_t stride, bool first,    \
                                        bool quiet)                                    \
    {                                                                                  \
      enum { L = LANES_##S };                                                          \
      S best[EXTREME_COLUMNS + L];                                                     \
      const v_##S worst = all_##S((S)WORST_##OF);                                      \
      m_##S nan = unordered_##S(worst, worst);                                         \
      words_##S words = {0};                                                           \
      flags_set(0);                                                                    \
      for (intptr_t j = 0; j < n; j += L) {                                            \
        v_##S a = worst;                                                               \
        if (!first) {                                                                  \
          const v_##S p = take_##S((const S *)extremes + j, n - j);                    \
          NOTE(S, OF, a, p);                                                           \
          nan = or_##S(nan, unordered_##S(p, p));                                      \
        }                                                                              \
        store_##S(best + j, a);                                                        \
      }                                                                                \
      for (intptr_t i = 0; i < rows && (quiet || !bits_##S(nan)); i += SIDE_BY_SIDE) { \
        const intptr_t last = rows - 1 - i;                                            \
        const char *const row = x + i * stride;                                        \
        const S *const u = (const S *)row;                                             \
        const S *const v = (const S *)(row + (last < 1 ? last : 1) * stride);          \
        const S *const w = (const S *)(row + (last < 2 ? last : 2) * stride);          \
        const S *const y = (const S *)(row + (last < 3 ? last : 3) * stride);          \
        for (intptr_t j = 0; j < n; j += L) {                                          \
          const v_##S p = take_once_##S(u + j, n - j),                                 \
                      q = take_once_##S(v + j, n - j);                                 \
          const v_##S r = take_once_##S(w + j, n - j),                                 \
                      s = take_once_##S(y + j, n - j);                                 \
          v_##S a = load_##S(best + j);                                                \
          NOTE(S, OF, a, p);                                                           \
          NOTE(S, OF, a, q);                                                           \
          NOTE(S, OF, a, r);                                                           \
          NOTE(S, OF, a, s);                                                           \
          nan = or_##S(nan, or_##S(unordered_##S(p, q), unordered_##S(r, s)));         \
          store_##S(best + j, a);                                                      \
        }                                                                              \
      }                                                                                \
      const bool has_nan = bits_##S(nan) != 0, has_signs = has_sign_##S(words);        \
      bool doubtful = has_nan && (!quiet || (fpu_get_flags() & FE_INVALID));           \
      for (intptr_t j = 0; j < n && !doubtful; j++) {                                  \
        doubtful =                                                                     \
            (has_signs && best[j] == 0) || (has_nan && best[j] == (S)WORST_##OF);      \
      }                                                                                \
      if (has_nan) {                                                                   \
        fpu_clear_flags();                                                             \
      }                                                                                \
      if (!doubtful) {                                                                 \
        memcpy(extremes, best, (size_t)n * sizeof(S));                                 \
      }                                                                                \
      return doubtful;                                                                 \
    }

#  define KERNEL_OF(name, S, OF, QUIET)                                                \
    static enum kinds name##_row_##S(const char *x, intptr_t n, char *extreme)         \
    {                                                                                  \
      return OF##_row_##S(x, n, extreme, QUIET);                                       \
    }                                                                                  \
                                                                                       \
    static bool name##_columns_##S(char *extremes, const char *x, intptr_t n,          \
                                   intptr_t rows, intptr_t stride, bool first)         \
    {                                                                                  \
      return OF##_columns_##S(extremes, x, n, rows, stride, first, QUIET);             \
    }

#  define KERNELS(S)                                                                   \
    HAS(S)                                                                             \
    ROW(S, greatest)                                                                   \
    ROW(S, least)                                                                      \
    COLUMNS(S, greatest)                                                               \
    COLUMNS(S, least)                                                                  \
    KERNEL_OF(maximum, S, greatest, false)                                             \
    KERNEL_OF(minimum, S, least, false)                                                \
    KERNEL_OF(fmax, S, greatest, true)                                                 \
    KERNEL_OF(fmin, S, least, true)

KERNELS(f64)
KERNELS(f32)

#  define OF(kernel)                                                                   \
    {                                                                                  \
      [NUMBER_f32] = kernel##_f32, [NUMBER_f64] = kernel##_f64                         \
    }
#  define TABLE(of)                                                                    \
    {                                                                                  \
      [EXTREME_MAXIMUM] = OF(maximum_##of), [EXTREME_MINIMUM] = OF(minimum_##of),      \
      [EXTREME_FMAX] = OF(fmax_##of), [EXTREME_FMIN] = OF(fmin_##of)                   \
    }
#endif

extreme_table KERNEL(extremes) = {
    .kinds =
        {
            [NUMBER_f16] = kinds_f16,
            [NUMBER_f32] = kinds_f32,
            [NUMBER_f64] = kinds_f64,
        },
    .signalling =
        {
            [NUMBER_f16] = signalling_f16,
            [NUMBER_f32] = signalling_f32,
            [NUMBER_f64] = signalling_f64,
        },
#ifdef NPP_LANES
    .row = TABLE(row),
    .columns = TABLE(columns),
#endif
};
