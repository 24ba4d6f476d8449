/*
 * spare.h - how many helpers have a CPU each?  Counts the CPUs that other processes
 * leave.
 *
 * A helper that is taken off its CPU in the middle of a piece holds up its caller for
 * as long as the other process runs: 3 to 40 ms for a piece of microseconds.  And where
 * a scheduler gives each session, or each container, its share, a helper beside a busy
 * process takes what it uses from its own caller.  So a CPU for which somebody competes
 * counts as none.
 */
#ifndef NPP_THREADS_SPARE_H
#define NPP_THREADS_SPARE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Begins with `most` helpers that have a CPU beside the caller's, as far as affinity
 * says.  There will never be more. */
void spare_begin(int most);

/* For tests: all helpers have a CPU, whatever happens. */
void spare_set_always(bool always);

/* The helpers that have a CPU now.  A variable, because every call asks. */
extern _Atomic int spare_helpers;
static inline int spare_now(void)
{
    return atomic_load_explicit(&spare_helpers, memory_order_relaxed);
}

/* How often CPUs were lost, looked for, and found. */
struct spare_counters {
    uint64_t lost, tried, found;
};
struct spare_counters spare_counters(void);

/* How long a helper was awake without having a CPU. */
struct spare_watch {
    int64_t since, cpu_since; /* when it looked last */
    int64_t switches;         /* at that time; negative: it has just woken */
    int64_t lost;             /* ns that it has not made up for by running */
};
void spare_watch_begin(struct spare_watch *watch, int64_t woken_at);

/* Called now and then.  If the helper has lost much, there are fewer CPUs from now
 * on. */
void spare_watch(struct spare_watch *watch, int64_t now);

/* For tests: as if a helper had been taken off its CPU. */
void spare_pretend_switch(void);

/*
 * Returns whether a probe is due, for which the caller has to wake a helper.  After a
 * while a probe has to find out whether there is one more CPU again.  It does not use a
 * piece, for which a caller would have to wait: a helper runs for some milliseconds for
 * nothing.
 */
bool spare_is_due(void);

/* spare_is_probed() returns whether a probe was called for.  spare_probe() runs it in
 * the helper that was woken for it; `gone` tells whether that helper has to end. */
bool spare_is_probed(void);
void spare_probe(bool (*gone)(unsigned), unsigned epoch);

#endif
