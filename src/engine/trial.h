/*
 * trial.h - which is faster for what a program does now: NumPy's code, or ours?
 *
 * A trial covers all kinds of calls at once: some calls in a row with NumPy's code,
 * then as many with ours, each timed as a whole.  One kind alone cannot be tried: where
 * its operands are, in which core's cache, depends on whose code ran the calls before
 * it.  So kinds follow the verdict of the whole, except those that are much faster with
 * the other code.
 */
#ifndef NPP_ENGINE_TRIAL_H
#define NPP_ENGINE_TRIAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum trial_phase { TRIAL_NONE, TRIAL_NUMPYS, TRIAL_OURS, TRIAL_JUDGED };

/* The phase that calls follow now.  A variable, because every call asks. */
extern _Atomic int trial_phase_now;
static inline enum trial_phase trial_phase(void)
{
    return (enum trial_phase)atomic_load_explicit(&trial_phase_now,
                                                  memory_order_relaxed);
}

/* Asks for a trial, for a kind that has had some calls since the last trial, or since
 * it was first met.  A trial begins if it is time for one. */
void trial_ask(bool is_new);

enum { TRIAL_CALLS = 64 };

/* Notes that a call of a phase took `ns`.  Returns true if it was the last call; the
 * caller must then ask for the verdict, which ends the trial. */
bool trial_add(enum trial_phase phase, uint64_t key, int64_t ns);

/* A kind that was tried with both codes, and the times of a call.  trial_judge() stores
 * these and returns their number. */
struct trial_kind {
    uint64_t key;
    float numpys, ours; /* ns */
    bool is_ours;
};
int trial_judge(struct trial_kind *kinds);

/* Returns the last verdict of the whole. */
bool trial_prefers_numpys(void);

#endif
