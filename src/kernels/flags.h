/*
 * flags.h - the floating-point status of a kernel that computes more than its result
 * needs, or in another way: it puts back what was there, and raises what belongs.
 */
#ifndef NPP_KERNELS_FLAGS_H
#define NPP_KERNELS_FLAGS_H

#include "threads/fpu.h"

#define FLAGS_SAVE int flags = fpu_get_flags();
#define FLAGS_RESTORE flags_set(flags);

static inline void flags_set(int flags)
{
    __asm__ volatile("" ::: "memory"); /* what was computed before stays before */
    /* To write them stops the pipeline: 50 ns, which a call of ten elements feels. */
    if (fpu_get_flags() != flags) {
        fpu_clear_flags();
        if (flags) {
            feraiseexcept(flags);
        }
    }
    __asm__ volatile("" ::: "memory");
}

#endif
