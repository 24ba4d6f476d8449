/* casts.c - see casts.h. */
#include "casts.h"
#include "level.h"

#include "flags.h"
#include "half.h"
#include "lanes.h"
#include "loop.h"

/* -- which ----------------------------------------------------------------------- */

#define TO_INTEGERS(V, A)                                                              \
  V(A, i8) V(A, u8) V(A, i16) V(A, u16) V(A, i32) V(A, u32) V(A, i64) V(A, u64)
#define TO_FLOATS(V, A) V(A, f32) V(A, f64)
#define FROM_INTEGERS(V, TO)                                                           \
  TO(V, i8) TO(V, u8) TO(V, i16) TO(V, u16) TO(V, i32) TO(V, u32) TO(V, i64) TO(V, u64)

/* Where casts saturate, vectors go by way of a wider integer all the same, where a
 * number that does not fit becomes its last bits. */
#ifdef NPP_CASTS_SATURATE
#  define BY_WIDER(V)
#  define HALF_BY_WIDER(V)
#else
#  define BY_WIDER(V) V(f64, i32)
#  define HALF_BY_WIDER(V) V(f16, u8) V(f16, u16)
#endif

#define BOOL(V) TO_INTEGERS(V, b1) TO_FLOATS(V, b1)
#define PLAIN(V)                                                                       \
  FROM_INTEGERS(V, TO_INTEGERS)                                                        \
  FROM_INTEGERS(V, TO_FLOATS)                                                          \
  V(f32, f64)                                                                          \
  V(f64, f32) V(f32, i32) V(f32, i64) V(f64, i64) BY_WIDER(V)
#define TO_B1(V, A) V(A, b1)
#define TO_BOOL(V) FROM_INTEGERS(V, TO_B1) V(f32, b1) V(f64, b1)
#define TO_C128(V, A) V(A, c64) V(A, c128)
#define TO_COMPLEX(V) FROM_INTEGERS(V, TO_C128) TO_C128(V, f32) TO_C128(V, f64)
#define COMPLEX(V) V(c64, c128) V(c128, c64)
#define FROM_HALF(V) V(f16, i8) V(f16, i16) V(f16, i32) V(f16, i64) HALF_BY_WIDER(V)
#define FROM_HALF_WIDER(V) V(f16, f64) V(f16, c64) V(f16, c128)
#define TO_F16(V, A) V(A, f16)
#define TO_HALF(V) V(b1, f16) FROM_INTEGERS(V, TO_F16)

/* -- how ------------------------------------------------------------------------- */

#define BODY(A, B, CONVERT)                                                            \
  static void cast_##A##_##B##_body(const A *x, B *y, intptr_t n)                      \
  {                                                                                    \
    INDEPENDENT                                                                        \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      CONVERT;                                                                         \
    }                                                                                  \
  }                                                                                    \
  OWN_UNARY_LOOP(cast_##A##_##B, A, B)

#define BY_C(A, B) BODY(A, B, y[i] = (B)x[i])
/* A bool may be any byte. */
#define FROM_BOOL(A, B) BODY(A, B, y[i] = (B)(x[i] != 0))
#define IS_NOT_ZERO(A, B) BODY(A, B, y[i] = x[i] != 0)
/* CONVERT_B casts to the type of a part of B. */
#define AS_REAL_PART(A, B) BODY(A, B, ((y[i].re = CONVERT_##B x[i]), y[i].im = 0))
#define CONVERT_c64 (float)
#define CONVERT_c128 (double)
#define BOTH_PARTS(A, B)                                                               \
  BODY(A, B, (y[i].re = CONVERT_##B x[i].re, y[i].im = CONVERT_##B x[i].im))

BOOL(FROM_BOOL)
PLAIN(BY_C)
TO_BOOL(IS_NOT_ZERO)
TO_COMPLEX(AS_REAL_PART)
COMPLEX(BOTH_PARTS)

#ifdef NPP_LANES
enum { PIECE = 256 };

static void half_to_float(const f16 *x, f32 *y, intptr_t n)
{
    for (intptr_t i = 0; i < n; i += LANES_f32) {
        give_f32(y + i, n - i, take_f16(x + i, n - i));
    }
}

static void float_to_half(const f32 *x, f16 *y, intptr_t n)
{
    for (intptr_t i = 0; i < n; i += LANES_f32) {
        give_f16(y + i, n - i, take_f32(x + i, n - i));
    }
}

/* These casts go by way of float32, which holds every float16; NumPy goes that way
 * too. */
#  define WIDEN(A, B) WIDEN_BY(A, B, OWN_UNARY_LOOP)
#  define WIDEN_QUIETLY(A, B) WIDEN_BY(A, B, OWN_QUIET_LOOP)
#  define WIDEN_BY(A, B, LOOP)                                                         \
    static void cast_##A##_##B##_body(const f16 *x, B *y, intptr_t n)                  \
    {                                                                                  \
      float wide[PIECE];                                                               \
      for (intptr_t i = 0; i < n; i += PIECE) {                                        \
        const intptr_t m = n - i < PIECE ? n - i : PIECE;                              \
        half_to_float(x + i, wide, m);                                                 \
        cast_f32_##B##_body(wide, y + i, m);                                           \
      }                                                                                \
    }                                                                                  \
    LOOP(cast_##A##_##B, A, B)

#  define NARROW(A, B)                                                                 \
    static void cast_##A##_##B##_body(const A *x, f16 *y, intptr_t n)                  \
    {                                                                                  \
      float wide[PIECE];                                                               \
      for (intptr_t i = 0; i < n; i += PIECE) {                                        \
        const intptr_t m = n - i < PIECE ? n - i : PIECE;                              \
        cast_##A##_f32_body(x + i, wide, m);                                           \
        float_to_half(wide, y + i, m);                                                 \
      }                                                                                \
    }                                                                                  \
    OWN_UNARY_LOOP(cast_##A##_##B, A, B)

/* Only float16 numbers come here.  All of them fit, except those that NumPy makes zero
 * too. */
#  define SMALL(A, B)                                                                  \
    static void cast_f32_##B##_body(const f32 *x, B *y, intptr_t n)                    \
    {                                                                                  \
      INDEPENDENT                                                                      \
      for (intptr_t i = 0; i < n; i++) {                                               \
        y[i] = (B)x[i];                                                                \
      }                                                                                \
    }
SMALL(f16, i8)
SMALL(f16, i16)
HALF_BY_WIDER(SMALL)

FROM_HALF(WIDEN)
FROM_HALF_WIDER(WIDEN_QUIETLY)
TO_HALF(NARROW)

static void cast_f16_f32_body(const f16 *x, f32 *y, intptr_t n)
{
    half_to_float(x, y, n);
}
OWN_QUIET_LOOP(cast_f16_f32, f16, f32)

/* Clears the invalid flag, unless it was set `before`.  Only the conversion of a
 * signalling NaN is invalid, and NumPy converts in integers, for which a signalling NaN
 * is a number like any other. */
static void without_invalid(int before)
{
    const int after = fpu_get_flags();
    if (after & ~before & FE_INVALID) {
        flags_set(after & ~FE_INVALID);
    }
}

static void cast_f32_f16_body(const f32 *x, f16 *y, intptr_t n)
{
    FLAGS_SAVE
    float_to_half(x, y, n);
    without_invalid(flags);
}
OWN_UNARY_LOOP(cast_f32_f16, f32, f16)

/*
 * Rounds once, not twice.  What float32 has no room for is first kept as its last bit
 * (S. Boldo and G. Melquiond, "When double rounding is odd", 2005), after which the
 * second rounding is the only one.
 */
static void cast_f64_f16_body(const f64 *x, f16 *y, intptr_t n)
{
    float wide[PIECE];
    const uint64_t lost = (UINT64_C(1) << 29) - 1;
    FLAGS_SAVE
    for (intptr_t i = 0; i < n; i += PIECE) {
        const intptr_t m = n - i < PIECE ? n - i : PIECE;
        INDEPENDENT
        for (intptr_t j = 0; j < m; j++) {
            uint64_t bits;
            memcpy(&bits, &x[i + j], sizeof bits);
            const uint64_t sticky = bits & lost ? lost + 1 : 0;
            bits = (bits & ~lost) | sticky;
            double odd;
            memcpy(&odd, &bits, sizeof odd);
            wide[j] = (float)odd;
        }
        float_to_half(wide, y + i, m);
    }
    without_invalid(flags);
}
OWN_UNARY_LOOP(cast_f64_f16, f64, f16)
#endif

#define ENTRY(A, B) [NUMBER_##A][NUMBER_##B] = cast_##A##_##B,

cast_table KERNEL(casts) = {
    BOOL(ENTRY) PLAIN(ENTRY) TO_BOOL(ENTRY) TO_COMPLEX(ENTRY) COMPLEX(ENTRY)
#ifdef NPP_LANES
        FROM_HALF(ENTRY) FROM_HALF_WIDER(ENTRY) TO_HALF(ENTRY) ENTRY(f16, f32)
            ENTRY(f32, f16) ENTRY(f64, f16)
#endif
};
