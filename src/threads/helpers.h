/*
 * helpers.h - the threads that help: when they start, sleep, wake and end.
 *
 * They are pthreads of ours, each created when it is first wanted.  OpenMP creates
 * none: libgomp ends the process when it cannot have a thread, keeps cap - 1 workers
 * for every thread that ever opened a region, which only that thread can end, and
 * hangs in a child whose parent had them.
 */
#ifndef NPP_THREADS_HELPERS_H
#define NPP_THREADS_HELPERS_H

#include <stdbool.h>
#include <stdint.h>

/* What helpers do, and have to know, is team.c's. */
struct helpers_callbacks {
    uint64_t (*generation)(void); /* of the region on offer: a new one wakes them */
    bool (*help)(uint64_t generation); /* each calls it for each region; true: joined */
    void (*withdraw)(void);            /* before a fork: let helpers leave early */
    void (*reset_in_child)(void);
};

/* Once a process.  Starts no thread.  0, or an errno. */
int helpers_init(const struct helpers_callbacks *callbacks);

/* Have so many helpers (at least 1) ready, as far as the system lets us.  False:
 * there is none, for now.  One caller at a time. */
bool helpers_ensure(int helpers);

/* A new generation is on offer: wake sleepers until so many helpers are awake.  The
 * caller, who has work to do, asks for one; the one that comes asks for the others. */
void helpers_wake(int helpers);
bool helpers_are_asleep(void); /* all of them */

/* More than this find no CPU beside the caller, and a caller then waits at the end for
 * one that has a piece but does not run.  Asks whether there are more again. */
int helpers_useful(void);
void helpers_use_all(bool all); /* for tests: CPUs or not */

/* The last region took so long: helpers look for the next one accordingly. */
void helpers_expect(int64_t region_ns);

#endif
