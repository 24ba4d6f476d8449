/*
 * trial.h - which is faster for what a program does now: NumPy's code, or ours?
 *
 * A trial is for all kinds of calls at once: some calls in a row with NumPy's code,
 * then as many with ours, each timed as a whole.  One kind alone cannot be tried: where
 * its operands are, in which core's cache, depends on who had the calls before it.  So
 * kinds follow the verdict of the whole, but for those that are much faster the other
 * way.
 */
#ifndef NPP_ENGINE_TRIAL_H
#define NPP_ENGINE_TRIAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum trial_phase { TRIAL_NONE, TRIAL_NUMPYS, TRIAL_OURS, TRIAL_JUDGED };

/* What calls are to do now.  A variable, because every call asks. */
extern _Atomic int trial_phase_now;
static inline enum trial_phase trial_phase(void)
{
    return (enum trial_phase)atomic_load_explicit(&trial_phase_now,
                                                  memory_order_relaxed);
}

/* A kind of calls has had some since the last trial, or since it was first met: is it
 * time for one? */
void trial_ask(bool is_new);

enum { TRIAL_CALLS = 64 };

/* A call of a phase took so long.  True: that was the last one, and the caller is to
 * ask for the verdict, which ends the trial. */
bool trial_add(enum trial_phase phase, uint64_t key, int64_t ns);

/* The kinds that were tried both ways, with the times of a call; their number. */
struct trial_kind {
    uint64_t key;
    float numpys, ours; /* ns */
    bool is_ours;
};
int trial_judge(struct trial_kind *kinds);

/* The last verdict of the whole. */
bool trial_prefers_numpys(void);

#endif
