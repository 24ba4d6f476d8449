/* relax.h - what a thread does while it waits for a moment without sleeping. */
#ifndef NPP_THREADS_RELAX_H
#define NPP_THREADS_RELAX_H

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
