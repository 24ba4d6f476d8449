/*
 * flags.h - the floating-point status, for kernels that compute more than their result
 * needs, or in another way.  Such a kernel puts back the flags that were set before,
 * and raises those that belong to its result.
 */
#ifndef NPP_KERNELS_FLAGS_H
#define NPP_KERNELS_FLAGS_H

#include "threads/fpu.h"

#define FLAGS_SAVE int flags = fpu_get_flags();
#define FLAGS_RESTORE flags_set(flags);

static inline void flags_set(int flags)
{
    __asm__ volatile("" ::: "memory"); /* earlier operations stay before this */
    /* Writing the flags stops the pipeline: 50 ns, which a call of ten elements
     * feels. */
    if (fpu_get_flags() != flags) {
        fpu_clear_flags();
        if (flags) {
            feraiseexcept(flags);
        }
    }
    __asm__ volatile("" ::: "memory");
}

#endif
