/*
 * spare.h - how many helpers have a CPU each?  What other processes leave of them.
 *
 * A helper that is taken off its CPU in the middle of a piece holds up its caller for
 * as long as the other process runs: 3 to 40 ms for a piece of microseconds.  And where
 * a scheduler gives each session, or each container, its share, a helper beside a busy
 * one takes from its own caller what it uses.  So a CPU for which somebody competes is
 * none.
 */
#ifndef NPP_THREADS_SPARE_H
#define NPP_THREADS_SPARE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* So many helpers have a CPU beside the caller's, as far as affinity says: the most. */
void spare_begin(int most);

/* For tests: all, whatever happens. */
void spare_set_always(bool always);

/* So many now.  A variable, because every call asks. */
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
    int64_t switches;         /* then; negative: it has just woken */
    int64_t lost;             /* and has not made up for by running */
};
void spare_watch_begin(struct spare_watch *watch, int64_t woken_at);

/* Now and then: if it has lost much, there are fewer CPUs from now on. */
void spare_watch(struct spare_watch *watch, int64_t now);

/* For tests: as if a helper had been taken off its CPU. */
void spare_pretend_switch(void);

/*
 * After a while it has to be found out whether there is one more again.  Not with a
 * piece, for which a caller would have to wait: a helper runs for some milliseconds for
 * nothing.  True: the caller is to wake one for that.
 */
bool spare_is_due(void);

/* Runs as the helper that was woken for it; `gone` asks whether it has to end. */
bool spare_is_probed(void);
void spare_probe(bool (*gone)(unsigned), unsigned epoch);

#endif
