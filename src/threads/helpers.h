/*
 * helpers.h - the threads that help: when they start, sleep, wake and end.
 *
 * Helpers are pthreads of our own, each created when it is first wanted.  OpenMP
 * creates none of them: libgomp ends the process when it cannot have a thread, keeps
 * cap - 1 workers for every thread that ever opened a region, which only that thread
 * can end, and hangs in a child whose parent had them.
 */
#ifndef NPP_THREADS_HELPERS_H
#define NPP_THREADS_HELPERS_H

#include <stdbool.h>
#include <stdint.h>

/* team.c says what helpers do, and what they have to know. */
struct helpers_callbacks {
    uint64_t (*generation)(void); /* of the region on offer: a new one wakes helpers */
    bool (*help)(uint64_t generation); /* each calls it for each region; true: joined */
    void (*withdraw)(void);            /* before a fork: let helpers leave early */
    void (*reset_in_child)(void);
};

/* Call it once a process.  Starts no thread.  Returns 0, or an errno. */
int helpers_init(const struct helpers_callbacks *callbacks);

/* Gets `helpers` helpers (at least 1) ready, as far as the system lets us.  Returns
 * false if there are none for now.  One caller at a time. */
bool helpers_ensure(int helpers);

/* Call it when a new generation is on offer: wakes sleepers until `helpers` helpers are
 * awake.  The caller, who has work to do, asks for one; the one that comes asks for the
 * others. */
void helpers_wake(int helpers);
bool helpers_are_asleep(void); /* all of them */

/* Returns how many helpers find a CPU beside the caller.  With more helpers, a caller
 * waits at the end for one that has a piece but does not run.  Also asks whether there
 * are more CPUs again. */
int helpers_useful(void);
void helpers_use_all(bool all); /* for tests: CPUs or not */

/* Tells helpers how long the last region took: they look for the next one
 * accordingly. */
void helpers_expect(int64_t region_ns);

#endif
