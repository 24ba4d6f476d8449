/*
 * power_any.h - x^y of any two numbers, as vectors: e^(y log x).
 *
 * The logarithm is the sum of two doubles with a relative error of some 2^-65, so that
 * a result as large as e^700 has 0.7 ULP.  float32 is computed in plain float64, and
 * has 0.51 ULP.  libm computes zeros, infinities, NaNs and results near the ends of the
 * range.
 */
#ifndef NPP_KERNELS_POWER_ANY_H
#define NPP_KERNELS_POWER_ANY_H

#include <math.h>

#include "exp_log.h"
#include "flags.h"

#ifdef NPP_LANES

/* The results of a vector.  `left` marks the lanes that are left to libm. */
struct powers {
    v_f64 results;
    m_f64 left;
};

/* The power of an `exponent` below `normal` in size is a normal number.  From `beyond`
 * on it is infinity or zero. */
static inline struct powers with_extremes(v_f64 results, v_f64 exponent, m_f64 known,
                                          double normal, double beyond, int *flags)
{
    const v_f64 zero = all_f64(0), infinity = all_f64((double)INFINITY);
    const v_f64 size = abs_f64(exponent);
    struct powers p = {results,
                       not_f64(and_f64(known, less_f64(size, all_f64(normal))))};
    if (bits_f64(and_f64(p.left, known))) {
        const m_f64 far = and_f64(known, less_f64(all_f64(beyond), size));
        const m_f64 small = less_f64(exponent, zero);
        const unsigned underflow = bits_f64(and_f64(far, small));
        *flags |= underflow ? FE_UNDERFLOW : 0;
        *flags |= bits_f64(far) != underflow ? FE_OVERFLOW : 0;
        p.results = select_f64(far, select_f64(small, zero, infinity), results);
        p.left = and_f64(p.left, not_f64(far));
    }
    return p;
}

/* Returns the lanes where the formulas hold: for negative numbers only those with whole
 * powers. */
static inline m_f64 are_known(v_f64 low, v_f64 x, v_f64 high, v_f64 y)
{
    const v_f64 size = abs_f64(x);
    const m_f64 between = and_f64(less_f64(low, size), less_f64(size, high));
    const m_f64 finite = less_f64(abs_f64(y), all_f64((double)INFINITY));
    const m_f64 known = and_f64(between, finite), negative = less_f64(x, all_f64(0));
    return bits_f64(negative)
               ? and_f64(known, or_f64(equal_f64(y, trunc_f64(y)), not_f64(negative)))
               : known;
}

/* Odd powers of negative numbers are negative. */
static inline struct powers with_sign(v_f64 x, v_f64 y, struct powers p)
{
    const m_f64 negative = less_f64(x, all_f64(0));
    if (bits_f64(negative)) {
        const v_f64 half = y * all_f64(0.5);
        const m_f64 odd = not_f64(equal_f64(half, trunc_f64(half)));
        p.results = select_f64(and_f64(negative, odd), -p.results, p.results);
    }
    return p;
}

static inline struct powers powers_f64(v_f64 x, v_f64 y, int *flags)
{
    const m_f64 known = are_known(all_f64(0x1p-1020), x, all_f64(0x1p1020), y);
    if (!bits_f64(known)) {
        return (struct powers){x, not_f64(known)};
    }
    const struct dd log = log_dd(abs_f64(x));
    const v_f64 high = y * log.hi;
    const struct dd product = {high, fma_f64(y, log.lo, fma_f64(y, log.hi, -high))};
    const v_f64 result = exp_of_dd(product);
    return with_sign(x, y, with_extremes(result, high, known, 708, 746, flags));
}

/* Returns powers of float32 numbers, as 2^(y log2 x). */
static inline struct powers powers_f32(v_f64 x, v_f64 y, int *flags)
{
    const m_f64 known = are_known(all_f64(0x1p-150), x, all_f64(0x1p128), y);
    if (!bits_f64(known)) {
        return (struct powers){x, not_f64(known)};
    }
    v_f64 k;
    const v_f64 one = all_f64(1), m = near_one_f64(abs_f64(x), &k),
                t = (m - one) / (m + one), square = t * t;
    const v_f64 log2 =
        POLYNOMIAL_SPLIT(square, 2 / LN2, 2 / LN2 / 3, 2 / LN2 / 5, 2 / LN2 / 7,
                         2 / LN2 / 9, 2 / LN2 / 11, 2 / LN2 / 13);
    const v_f64 product = y * fma_f64(t, log2, k);
    const v_f64 whole = rint_f64(product), r = (product - whole) * all_f64(LN2);
    const v_f64 result = POLYNOMIAL_SPLIT(r, 1.0, 1.0, 0.5, 1 / F3, 1 / F4, 1 / F5,
                                          1 / F6, 1 / F7, 1 / F8, 1 / F9);
    return with_sign(x, y,
                     with_extremes(result * power_of_two_f64(whole), product, known,
                                   125.5, 151, flags));
}

#  define BY_VECTORS(S, T, take, give, libms)                                          \
    static void by_vectors_##S(const T *x, const T *y, T *z, intptr_t n, int *flags)   \
    {                                                                                  \
      unsigned char left[BLOCK / sizeof(T) / LANES_f64];                               \
      unsigned any_left = 0;                                                           \
      for (intptr_t i = 0; i < n; i += LANES_f64) {                                    \
        const v_f64 a = take(x + i, n - i), b = take(y + i, n - i);                    \
        const struct powers p = powers_##S(a, b, flags);                               \
        give(z + i, n - i, p.results);                                                 \
        left[i / LANES_f64] = (unsigned char)bits_f64(p.left);                         \
        any_left |= bits_f64(p.left);                                                  \
      }                                                                                \
      if (!any_left) {                                                                 \
        return;                                                                        \
      }                                                                                \
      flags_set(*flags);                                                               \
      for (intptr_t i = 0; i < n; i++) {                                               \
        if (left[i / LANES_f64] >> (i % LANES_f64) & 1) {                              \
          z[i] = libms(x[i], y[i]);                                                    \
        }                                                                              \
      }                                                                                \
      *flags = fpu_get_flags();                                                        \
    }

BY_VECTORS(f64, double, take_f64, give_f64, pow)
BY_VECTORS(f32, float, take_wide, give_narrow, powf)

/*
 * NumPy's loop at AVX-512 is SVML's.  It takes half the time of the code above (and has
 * 1.1 ULP for float32), but fifty times that for a negative base.  So here negative
 * bases are replaced by their sizes.
 */
enum { BY_NUMPY = NUMPY_HAS_SVML };

#  define ANY(S, T)                                                                    \
    /* Finite negative numbers have whole powers only. */                              \
    static inline m_##S have_none_##S(v_##S x, v_##S y)                                \
    {                                                                                  \
      const m_##S below = less_##S(x, all_##S(0));                                     \
      const m_##S finite = less_##S(all_##S(-(T)INFINITY), x);                         \
      return and_##S(and_##S(below, finite), not_##S(equal_##S(y, trunc_##S(y))));     \
    }                                                                                  \
                                                                                       \
    static void by_numpy_##S(const T *x, const T *y, T *z, intptr_t n, intptr_t step,  \
                             struct work *work)                                        \
    {                                                                                  \
      T sizes[BLOCK / sizeof(T)];                                                      \
      const v_##S zero = all_##S(0);                                                   \
      unsigned negative = 0;                                                           \
      for (intptr_t i = 0; i < n; i += LANES_##S) {                                    \
        const v_##S v = take_##S(x + i, n - i);                                        \
        const m_##S here = less_##S(v, zero);                                          \
        negative |= bits_##S(here);                                                    \
        const m_##S none = have_none_##S(v, take_##S(y + i, n - i));                   \
        const v_##S size = select_##S(here, -v, v);                                    \
        give_##S(sizes + i, n - i, select_##S(none, all_##S(1), size));                \
      }                                                                                \
      const intptr_t steps[] = {sizeof(T), step, sizeof(T)};                           \
      char *args[] = {(char *)(uintptr_t)(negative ? sizes : x), (char *)(uintptr_t)y, \
                      (char *)z};                                                      \
      flags_set(work->flags);                                                          \
      leave_to_replaced(args, &n, steps, (void *)(uintptr_t)work->with);               \
      work->flags = fpu_get_flags();                                                   \
      for (intptr_t i = 0; i < n && negative; i += LANES_##S) {                        \
        const v_##S v = take_##S(x + i, n - i), e = take_##S(y + i, n - i);            \
        const v_##S half = e * all_##S((T)0.5), power = take_##S(z + i, n - i);        \
        const m_##S odd = not_##S(equal_##S(half, trunc_##S(half)));                   \
        const m_##S odd_whole = and_##S(odd, equal_##S(e, trunc_##S(e)));              \
        const m_##S change = and_##S(less_##S(v, zero), odd_whole);                    \
        const m_##S number = equal_##S(e, e), none = have_none_##S(v, e);              \
        const v_##S nan = select_##S(number, all_##S((T)NAN), e);                      \
        const v_##S signed_power = select_##S(change, -power, power);                  \
        work->flags |= bits_##S(and_##S(none, number)) ? FE_INVALID : 0;               \
        give_##S(z + i, n - i, select_##S(none, nan, signed_power));                   \
      }                                                                                \
    }                                                                                  \
                                                                                       \
    /* `step` is zero if y is one number; the block then has that number n times. */   \
    static inline void any_##S(void *const *blocks, intptr_t n, intptr_t step,         \
                               struct work *work)                                      \
    {                                                                                  \
      if (BY_NUMPY) {                                                                  \
        by_numpy_##S(blocks[0], blocks[1], blocks[2], n, step, work);                  \
      } else {                                                                         \
        by_vectors_##S(blocks[0], blocks[1], blocks[2], n, &work->flags);              \
      }                                                                                \
    }

ANY(f64, double)
ANY(f32, float)
#endif

#endif
