/*
 * lanes_neon.h - lanes.h for aarch64, where every CPU has vectors of 128 bits.
 *
 * NEON's comparisons raise invalid for a NaN, except the comparison for equality.
 */
#ifndef NPP_KERNELS_LANES_NEON_H
#define NPP_KERNELS_LANES_NEON_H

#include <arm_neon.h>
#include <stdbool.h>
#include <stdint.h>

#define SLEEF_f64(function, ulp) Sleef_##function##d2_##ulp##advsimd
#define SLEEF_f32(function, ulp) Sleef_##function##f4_##ulp##advsimd

#define VECTOR_BYTES 16
#define IN_REGISTER "+w"
enum { NUMPY_HAS_SVML = false };
#define NPP_CASTS_SATURATE

#define T double
#define OF(name) name##_f64
#define WORDS(name) name##_u64
#define TO_WORDS vreinterpretq_u64_f64
#define OF_WORDS vreinterpretq_f64_u64
#define VECTOR float64x2_t
#define MASK uint64x2_t
#define POWERS 1, 2
#include "lanes_neon_template.h"

#define T float
#define OF(name) name##_f32
#define WORDS(name) name##_u32
#define TO_WORDS vreinterpretq_u32_f32
#define OF_WORDS vreinterpretq_f32_u32
#define VECTOR float32x4_t
#define MASK uint32x4_t
#define POWERS 1, 2, 4, 8
#include "lanes_neon_template.h"

#define UNZIP(S, P, a, b) vuzp1q_##S(a, b), vuzp2q_##S(a, b)
#define ZIP_LOW(S, P, a, b) vzip1q_##S(a, b)
#define ZIP_HIGH(S, P, a, b) vzip2q_##S(a, b)

/* Returns 2^k for integers `k`, where 2^k is a normal number.  The low bits of the sum
 * of k and 2^52 x 1.5 are the integer. */
static inline v_f64 power_of_two_f64(v_f64 k)
{
    const v_f64 sum = k + vdupq_n_f64(0x1.8p52 + 1023);
    return vreinterpretq_f64_u64(vshlq_n_u64(vreinterpretq_u64_f64(sum), 52));
}

/* Returns k of a normal number 2^k m with 1 <= m < 2. */
static inline v_f64 exponent_f64(v_f64 a)
{
    const uint64x2_t bits = vshrq_n_u64(vreinterpretq_u64_f64(vabsq_f64(a)), 52);
    return vcvtq_f64_u64(bits) - vdupq_n_f64(1023);
}

/* Splits a normal number into 2^k m with m from sqrt(1/2) to sqrt(2), and returns m.
 * An offset is added to the bits, so that the exponent changes at sqrt(2), and is taken
 * off again below the exponent. */
#define NEAR_ONE(S, W, DIGITS, BIAS, ROOT)                                             \
  static inline v_##S near_one_##S(v_##S x, v_##S *k)                                  \
  {                                                                                    \
    const m_##S root = vdupq_n_u##W(ROOT),                                             \
                one = vdupq_n_u##W((uint##W##_t)(BIAS) << (DIGITS));                   \
    const m_##S bits = vreinterpretq_u##W##_##S(x) + (one - root);                     \
    const m_##S mantissa = bits & vdupq_n_u##W(((uint##W##_t)1 << (DIGITS)) - 1);      \
    *k = vcvtq_##S##_u##W(vshrq_n_u##W(bits, DIGITS)) - vdupq_n_##S(BIAS);             \
    return vreinterpretq_##S##_u##W(mantissa + root);                                  \
  }

NEAR_ONE(f64, 64, 52, 1023, 0x3fe6a09e667f3bcd)
NEAR_ONE(f32, 32, 23, 127, 0x3f3504f3)

/* Converts both halves to double. */
static inline void widen(v_f32 a, v_f64 *low, v_f64 *high)
{
    *low = vcvt_f64_f32(vget_low_f32(a));
    *high = vcvt_high_f64_f32(a);
}

static inline v_f32 narrow(v_f64 low, v_f64 high)
{
    return vcvt_high_f32_f64(vcvt_f32_f64(low), high);
}

static inline v_f32 load_f16(const uint16_t *p)
{
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)));
}

static inline void store_f16(uint16_t *p, v_f32 v)
{
    vst1_u16(p, vreinterpret_u16_f16(vcvt_f16_f32(v)));
}

/* Loads as many float32 as there are lanes of double. */
static inline v_f64 load_wide(const float *p)
{
    return vcvt_f64_f32(vld1_f32(p));
}

static inline void store_narrow(float *p, v_f64 v)
{
    vst1_f32(p, vcvt_f32_f64(v));
}

#endif
