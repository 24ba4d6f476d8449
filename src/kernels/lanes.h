/*
 * lanes.h - vectors of double (f64) and float (f32), as wide as the level has them, and
 * of float16 (f16) as float.  This is all that kernels know about an instruction set;
 * there is one file for each, and only levels.def asks too which one it is.
 *
 * NPP_LANES: there are such vectors.  VECTOR_BYTES: how wide they are, or else what the
 * compiler makes vectors of.  SLEEF_f64(sin, u10) is the name of SLEEF's function for
 * such a vector, and IN_REGISTER asm's constraint for one.
 *
 * NUMPY_HAS_SVML: NumPy's loops at this level are SVML's.  NPP_CASTS_SATURATE: a float
 * that does not fit an integer becomes the nearest one that does.
 *
 * NPP_INDICES: there are vectors of indices, and of numbers of 32 bits with as many
 * lanes; both wrap.  counted_from adds a length to negative indices.  are_below(x,
 * limit_index(n)) are the bits of the lanes from 0 to n - 1.  give_picked stores the
 * numbers whose bit is set one after the other, and writes a whole vector.
 *
 * NPP_NODES: less_in_S(node, key) and at_most_in_S(node, key) count the elements of 64
 * bytes that are less than a key, or not greater, for S from i32 to u64, f32 and f64.
 *
 * Comparisons are false for NaNs, and quiet, except at_least, which is C's >= and
 * raises invalid.  unordered is true where either operand is NaN.  greatest_of(a, b)
 * and least_of(a, b) are b where one is NaN or both are zeros, and raise invalid for
 * NaN.  select(m, a, b) is m ? a : b.  Complex numbers are pairs: a vector of the real
 * parts, and one of the imaginary parts.
 */
#ifndef NPP_KERNELS_LANES_H
#define NPP_KERNELS_LANES_H

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#  define NPP_LANES
#  include "lanes_avx512.h"
#elif defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#  define NPP_LANES
#  include "lanes_avx2.h"
#elif defined(__aarch64__)
#  define NPP_LANES
#  include "lanes_neon.h"
#else
#  define VECTOR_BYTES 16
#endif

#ifdef NPP_LANES
#  include <stdint.h>
#  include <string.h>

/*
 * take loads a vector of the elements from `x` on, and give stores one.  At the end of
 * a block, where `n` is less than the number of lanes, take fills the other lanes with
 * the first element, which raises no flag there that it does not raise itself.
 */
#  define LANES_OF_BLOCK(S, T)                                                         \
    static inline v_##S take_##S(const T *x, intptr_t n)                               \
    {                                                                                  \
      if (n >= LANES_##S) {                                                            \
        return load_##S(x);                                                            \
      }                                                                                \
      T rest[LANES_##S];                                                               \
      for (intptr_t j = 0; j < LANES_##S; j++) {                                       \
        rest[j] = x[j < n ? j : 0];                                                    \
      }                                                                                \
      return load_##S(rest);                                                           \
    }                                                                                  \
                                                                                       \
    static inline void give_##S(T *x, intptr_t n, v_##S v)                             \
    {                                                                                  \
      if (n >= LANES_##S) {                                                            \
        store_##S(x, v);                                                               \
      } else {                                                                         \
        T rest[LANES_##S];                                                             \
        store_##S(rest, v);                                                            \
        memcpy(x, rest, (size_t)n * sizeof(T));                                        \
      }                                                                                \
    }

LANES_OF_BLOCK(f64, double)
LANES_OF_BLOCK(f32, float)

/* The same for n complex numbers. */
#  define PAIRS_OF_BLOCK(S, T, P)                                                      \
    struct pair_##S {                                                                  \
      v_##S re, im;                                                                    \
    };                                                                                 \
                                                                                       \
    static inline struct pair_##S take_pairs_##S(const T *x, intptr_t n) {             \
      T rest[2 * LANES_##S];                                                           \
      for (intptr_t j = 0; n < LANES_##S && j < 2 * LANES_##S; j++) {                  \
        rest[j] = x[j < 2 * n ? j : j % 2];                                            \
      }                                                                                \
      const T *from = n < LANES_##S ? rest : x;                                        \
      const v_##S a = load_##S(from), b = load_##S(from + LANES_##S);                  \
      return (struct pair_##S){UNZIP(S, P, a, b)};                                     \
    }                                                                                  \
                                                                                       \
    static inline void give_pairs_##S(T *x, intptr_t n, struct pair_##S z)             \
    {                                                                                  \
      T rest[2 * LANES_##S];                                                           \
      T *const to = n < LANES_##S ? rest : x;                                          \
      store_##S(to, ZIP_LOW(S, P, z.re, z.im));                                        \
      store_##S(to + LANES_##S, ZIP_HIGH(S, P, z.re, z.im));                           \
      if (n < LANES_##S) {                                                             \
        memcpy(x, rest, (size_t)n * 2 * sizeof(T));                                    \
      }                                                                                \
    }

PAIRS_OF_BLOCK(f64, double, pd)
PAIRS_OF_BLOCK(f32, float, ps)

/* Loads `n` complex numbers of floats as pairs of vectors of doubles. */
static inline struct pair_f64 take_pairs_wide(const float *x, intptr_t n)
{
    float rest[LANES_f32];
    for (intptr_t j = 0; n < LANES_f64 && j < LANES_f32; j++) {
        rest[j] = x[j < 2 * n ? j : j % 2];
    }
    v_f64 a, b;
    widen(load_f32(n < LANES_f64 ? rest : x), &a, &b);
    return (struct pair_f64){UNZIP(f64, pd, a, b)};
}

static inline void give_pairs_wide(float *x, intptr_t n, struct pair_f64 z)
{
    give_f32(x, 2 * n,
             narrow(ZIP_LOW(f64, pd, z.re, z.im), ZIP_HIGH(f64, pd, z.re, z.im)));
}

/* Stores `n` truth values, one byte each, from the `bits` of a mask. */
static inline void give_bits(uint8_t *x, intptr_t n, int lanes, unsigned bits)
{
    for (intptr_t i = 0; i < lanes && i < n; i += 8, bits >>= 8) {
        const uint64_t ones = UINT64_C(0x0101010101010101);
        const uint64_t spread = (bits & 0xff) * ones & UINT64_C(0x8040201008040201);
        const uint64_t bytes = (spread + 0x7f * ones) >> 7 & ones;
        const intptr_t most = lanes - i < 8 ? lanes - i : 8;
        memcpy(x + i, &bytes, (size_t)(n - i < most ? n - i : most));
    }
}

/* Loads `n` float32 into lanes of double. */
static inline v_f64 take_wide(const float *x, intptr_t n)
{
    float rest[LANES_f64];
    for (intptr_t j = 0; j < LANES_f64 && n < LANES_f64; j++) {
        rest[j] = x[j < n ? j : 0];
    }
    return load_wide(n < LANES_f64 ? rest : x);
}

static inline void give_narrow(float *x, intptr_t n, v_f64 v)
{
    float rest[LANES_f64];
    store_narrow(n < LANES_f64 ? rest : x, v);
    if (n < LANES_f64) {
        memcpy(x, rest, (size_t)n * sizeof(float));
    }
}

/* float16 is held in lanes of float32, which hold it exactly; give rounds. */
typedef v_f32 v_f16;
enum { LANES_f16 = LANES_f32 };
LANES_OF_BLOCK(f16, uint16_t)
#endif

#endif
