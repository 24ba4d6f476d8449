/*
 * fpu.h - the floating-point environment, as cheap as a small region needs it.
 *
 * Control is what the caller chose and its helpers must have: rounding, trapping, FTZ
 * and DAZ.  Status is the FE_* flags that loops raise. fenv.h gives both, but takes 50
 * to 100 ns a call where x86-64 and aarch64 need a few instructions.
 */
#ifndef NPP_THREADS_FPU_H
#define NPP_THREADS_FPU_H

#include <fenv.h>
#include <stdbool.h>
#include <stdint.h>

/* The flags that NumPy reports. */
#define FPU_FLAGS (FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INVALID)

#if defined(__x86_64__) && defined(__GNUC__)

struct fpu_control {
    uint32_t mxcsr; /* with its flags cleared */
    uint16_t x87;
};

static inline uint32_t fpu_mxcsr(void)
{
    return __builtin_ia32_stmxcsr();
}

static inline struct fpu_control fpu_get_control(void)
{
    struct fpu_control control = {fpu_mxcsr() & ~(uint32_t)FE_ALL_EXCEPT, 0};
    __asm__ volatile("fnstcw %0" : "=m"(control.x87));
    return control;
}

/* Returns whether subnormal operands or results are taken for zeros (DAZ, FTZ).  A
 * library built with -ffast-math sets this for the thread that loads it. */
static inline bool fpu_flushes(void)
{
    return (fpu_mxcsr() & UINT32_C(0x8040)) != 0;
}

static inline int fpu_get_flags(void)
{
    uint16_t x87;
    __asm__ volatile("fnstsw %0" : "=a"(x87));
    return (int)(fpu_mxcsr() | x87) & FPU_FLAGS;
}

static inline void fpu_clear_flags(void)
{
    uint16_t x87;
    __asm__ volatile("fnstsw %0" : "=a"(x87));
    if (x87 & FE_ALL_EXCEPT) {
        __asm__ volatile("fnclex");
    }
    __builtin_ia32_ldmxcsr(fpu_mxcsr() & ~(uint32_t)FE_ALL_EXCEPT);
}

/* Raises flags that were there before, without a trap. */
static inline void fpu_add_flags(int flags)
{
    __builtin_ia32_ldmxcsr(fpu_mxcsr() | (uint32_t)flags);
}

/* Also clears the flags. */
static inline void fpu_set_control(struct fpu_control control)
{
    __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(control.x87));
    __builtin_ia32_ldmxcsr(control.mxcsr);
}

#elif defined(__aarch64__) && defined(__GNUC__)

struct fpu_control {
    uint64_t fpcr;
};

static inline uint64_t fpu_fpsr(void)
{
    uint64_t fpsr;
    __asm__ volatile("mrs %0, fpsr" : "=r"(fpsr));
    return fpsr;
}

static inline struct fpu_control fpu_get_control(void)
{
    struct fpu_control control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control.fpcr));
    return control;
}

static inline bool fpu_flushes(void)
{
    return (fpu_get_control().fpcr >> 24 & 1) != 0;
}

static inline int fpu_get_flags(void)
{
    return (int)fpu_fpsr() & FPU_FLAGS;
}

static inline void fpu_clear_flags(void)
{
    __asm__ volatile("msr fpsr, %0" : : "r"(fpu_fpsr() & ~(uint64_t)FE_ALL_EXCEPT));
}

static inline void fpu_add_flags(int flags)
{
    __asm__ volatile("msr fpsr, %0" : : "r"(fpu_fpsr() | (uint64_t)flags));
}

static inline void fpu_set_control(struct fpu_control control)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(control.fpcr));
    fpu_clear_flags();
}

#else

struct fpu_control {
    fenv_t environment;
};

static inline struct fpu_control fpu_get_control(void)
{
    struct fpu_control control;
    fegetenv(&control.environment);
    return control;
}

static inline bool fpu_flushes(void)
{
    return false; /* C has no name for this mode */
}

static inline int fpu_get_flags(void)
{
    return fetestexcept(FPU_FLAGS);
}

static inline void fpu_clear_flags(void)
{
    feclearexcept(FE_ALL_EXCEPT);
}

static inline void fpu_add_flags(int flags)
{
    feraiseexcept(flags);
}

static inline void fpu_set_control(struct fpu_control control)
{
    fesetenv(&control.environment);
    feclearexcept(FE_ALL_EXCEPT);
}

#endif
#endif
