/*
 * log_float.h - the logarithm of float32, in lanes of float, in half of SLEEF's time.
 */
#ifndef NPP_KERNELS_LOG_FLOAT_H
#define NPP_KERNELS_LOG_FLOAT_H

#include "lanes.h"

#ifdef NPP_LANES

/* The logarithm of 2 in two pieces.  The first has no more than 15 bits. */
#  define LN2_FIRST_f32 0x1.62e4p-1F
#  define LN2_SECOND_f32 0x1.7f7d1cp-20F

/* The logarithm below is right from 1 / LARGEST_LOGS_f32 up to LARGEST_LOGS_f32. */
#  define LARGEST_LOGS_f32 0x1p126F

/* Returns the logarithm in lanes of float, from log m = f - f^2/2 + f^3 others, with an
 * error of 0.86 ULP. */
static inline v_f32 log_float(v_f32 x)
{
    static const float c[] = {
        0x1.555553e363869p-2F,  -0x1.fffffbeaa5f36p-3F, 0x1.999d5a4812c8cp-3F,
        -0x1.555b49a5320c4p-3F, 0x1.23d218c1dd491p-3F,  -0x1.fcf4c20cf7868p-4F,
        0x1.dea28c0c72e0dp-4F,  -0x1.d635e391f9e0bp-4F, 0x1.1d8ebd63cc0b5p-4F};
    v_f32 k;
    const v_f32 f = near_one_f32(x, &k) - all_f32(1), square = f * f;
    v_f32 even = all_f32(c[8]), odd = all_f32(c[7]);
    for (int i = 6; i > 0; i -= 2) {
        even = fma_f32(even, square, all_f32(c[i]));
        odd = fma_f32(odd, square, all_f32(c[i - 1]));
    }
    even = fma_f32(even, square, all_f32(c[0]));
    const v_f32 others = fma_f32(odd, f, even);
    const v_f32 first = k * all_f32(LN2_FIRST_f32), sum = first + f;
    const v_f32 second = fma_f32(k, all_f32(LN2_SECOND_f32), f - (sum - first));
    const v_f32 rest = fma_f32(square * f, others, second);
    return sum + fma_f32(square, all_f32(-0.5F), rest);
}
#endif

#endif
