/*
 * cost.h - does it pay?
 *
 * Every ufunc of ours remembers what its loops cost, in nanoseconds an element, as
 * last measured: for each combination of dtypes, layout and order of size that it
 * met.  A call that was never met is measured on its first piece.  A region costs
 * what the team measured.
 */
#ifndef NPP_ENGINE_COST_H
#define NPP_ENGINE_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COST_SLOTS = 256 };

/* Direct-mapped; a slot is a key and a float in one word, so that threads without a
 * GIL see both or neither. */
struct cost_table {
    _Atomic uint64_t slots[COST_SLOTS];
};

/* The key of a call: start with 0 and mix in all that its cost depends on. */
uint32_t cost_mix(uint32_t key, uint64_t value);

/* For the key: sizes within a factor of four cost alike an element, since caches end in
 * between. */
static inline unsigned cost_magnitude(int64_t size)
{
    unsigned magnitude = 0;
    for (; size > 3; size >>= 2) {
        magnitude++;
    }
    return magnitude;
}

/* Nanoseconds an element; negative: not known yet. */
double cost_known(const struct cost_table *table, uint32_t key);
void cost_learn(struct cost_table *table, uint32_t key, double ns);

/*
 * What a member of a team needs for an element, where that may be more than what it
 * needs alone: some builds of BLAS take a lock for each small product, and two threads
 * are then slower than one.  Contended: so much more that the threads do not pay; now
 * and then a call is tried in parallel all the same.
 */
void cost_learn_shared(struct cost_table *table, uint32_t key, double ns);
bool cost_contended(struct cost_table *table, uint32_t key, int threads);

/*
 * Of a call that may be streamed: the key under which this is measured, and whether it
 * is the faster way.  Each is tried; the slower one again when the other one's lead,
 * which fades, is within the noise.
 */
uint32_t cost_stream_key(uint32_t key);
bool cost_prefers_stream(struct cost_table *table, uint32_t key);

/*
 * The number of threads that is worth it for n elements of a known cost, at most
 * `limit`; 1: stay serial.  Not a pure function: calls that would gain only with the
 * team awake run serial until what they lose adds up to the cost of waking it.
 */
int cost_threads(int64_t n, double ns, int limit);

/* The same with the team awake: for explain(), and where it was asked before whether to
 * wake it (profit.c). */
int cost_threads_awake(int64_t n, double ns, int limit);

/* NUMPY_PAR_MIN_ELEMENTS: a fixed threshold in place of all this; -1: none. */
void cost_set_min_elements(int64_t n);
int64_t cost_min_elements(void);

/* Calls of fewer elements are too small for any loop to gain. */
int64_t cost_least_elements(void);

#endif
