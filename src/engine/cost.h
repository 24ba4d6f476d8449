/*
 * cost.h - does it pay?
 *
 * Each ufunc of ours remembers what its loops cost, in nanoseconds an element as last
 * measured, for each combination of dtypes, layout and order of size that it has met.
 * A new combination is measured on the first piece of the call.  The team measures what
 * a region costs.
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

/* Returns `key` with `value` mixed in.  The key of a call starts with 0; mix in
 * everything that its cost depends on. */
uint32_t cost_mix(uint32_t key, uint64_t value);

/* Returns the order of size for the key.  Sizes within a factor of four cost alike per
 * element, since caches end in between. */
static inline unsigned cost_magnitude(int64_t size)
{
    unsigned magnitude = 0;
    for (; size > 3; size >>= 2) {
        magnitude++;
    }
    return magnitude;
}

/* Returns nanoseconds an element; negative: not known yet. */
double cost_known(const struct cost_table *table, uint32_t key);
void cost_learn(struct cost_table *table, uint32_t key, double ns);

/*
 * Learns what an element costs a member of a team, where that may be more than it costs
 * a thread alone: some builds of BLAS take a lock for each small product, and two
 * threads are then slower than one.  cost_contended() returns whether it costs so much
 * more that threads do not pay; now and then a call is tried in parallel all the same.
 */
void cost_learn_shared(struct cost_table *table, uint32_t key, double ns);
bool cost_contended(struct cost_table *table, uint32_t key, int threads);

/*
 * Streaming has its own cost key.  cost_stream_key() returns that key, and
 * cost_prefers_stream() whether streaming was faster when last measured.  Streamed and
 * plain stores are both tried.  The slower one is tried again when the lead of the
 * other, which fades, is within the noise.
 */
uint32_t cost_stream_key(uint32_t key);
bool cost_prefers_stream(struct cost_table *table, uint32_t key);

/*
 * Returns the number of threads that pay for `n` elements of `ns` nanoseconds each, at
 * most `limit`; 1: stay serial.  Not a pure function: calls that would gain only with
 * the team awake run serially until what they lose adds up to the cost of waking it.
 */
int cost_threads(int64_t n, double ns, int limit);

/* Returns the same for a team that is awake: for explain(), and where profit.c has
 * already asked whether to wake it. */
int cost_threads_awake(int64_t n, double ns, int limit);

/* NUMPY_PAR_MIN_ELEMENTS: a fixed threshold that replaces the model; -1: none. */
void cost_set_min_elements(int64_t n);
int64_t cost_min_elements(void);

/* Returns the number of elements below which a call is too small for any loop to
 * gain. */
int64_t cost_least_elements(void);

#endif
