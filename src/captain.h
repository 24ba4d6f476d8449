/*
 * captain.h - the threads that help: when they start, sleep, wake and end.
 *
 * One thread of ours, the captain, is the master of the one OpenMP team.  libgomp
 * keeps a pool of sleeping workers for every thread that ever opened a region: with k
 * calling threads, k * (cap - 1) of them, and only their owner can end them.  So
 * neither a cap on the process nor a clean fork could be had if callers opened
 * regions themselves; here one thread opens all of them.
 */
#ifndef NPP_CAPTAIN_H
#define NPP_CAPTAIN_H

#include <stdbool.h>
#include <stdint.h>

/* What the captain's threads do, and have to know, is team.c's. */
struct captain_orders {
    uint64_t (*generation)(void); /* of the region on offer: a new one wakes them */
    void (*help)(uint64_t generation); /* each thread calls it for each region */
    void (*withdraw)(void);            /* before a fork: let helpers leave early */
    void (*reset_in_child)(void);
};

/* Once a process.  Starts no thread.  0, or an errno. */
int captain_init(const struct captain_orders *orders);

/* Have so many helpers (at least 1) ready, as far as the system lets us.  False:
 * there is none, for now.  One caller at a time. */
bool captain_muster(int helpers);

/* A new generation is on offer: wake the captain if it sleeps. */
void captain_rouse(void);
bool captain_is_asleep(void);

/* The last region took so long: the captain waits for the next one accordingly. */
void captain_expect(int64_t region_ns);

int64_t monotonic_ns(void);

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
