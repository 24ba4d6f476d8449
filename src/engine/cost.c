/* cost.c - see cost.h. */
#include "cost.h"

#include <stdatomic.h>
#include <string.h>

#include "threads/team.h"

#include "trial.h"

/* The engine's overhead for a call compared with NumPy: resolving the loop and laying
 * out the pieces.  Measured with NUMPY_PAR_MIN_ELEMENTS=1 and one thread, as the time
 * of np.add on 1,000 elements minus NumPy's time. */
#define ENGINE_NS 1000.0

/* A call that may lose this much by the model, or as much as its loop takes, runs all
 * the same, since the model does not see in which core's cache the operands are: trials
 * decide (trial.h). */
#define TOLERANCE_NS 1000.0
#define LEAST_LOST_NS 500.0

/* The most expensive loops known (longdouble powers, string searches) cost some 100 ns
 * an element.  Below this many elements no region was ever worth its price. */
#define LEAST_ELEMENTS 500

/* A call that took more than this many times the known cost has waited, for a CPU most
 * likely.  No more than that is believed, so that no single call changes much. */
#define MOST_BELIEVED 4

static _Atomic int64_t least_elements = LEAST_ELEMENTS;
static _Atomic int64_t min_elements = -1;
static _Atomic int64_t debt; /* ns lost by calls that ran serial for a sleeping team */

uint32_t cost_mix(uint32_t key, uint64_t value)
{
    uint64_t x = (key ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 29;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)(x >> 32);
}

static uint64_t pack(uint32_t key, float ns)
{
    uint32_t bits;
    memcpy(&bits, &ns, sizeof bits);
    return (uint64_t)key << 32 | bits;
}

double cost_known(const struct cost_table *table, uint32_t key)
{
    const uint64_t slot =
        atomic_load_explicit(&table->slots[key % COST_SLOTS], memory_order_relaxed);
    const uint32_t bits = (uint32_t)slot;
    float ns;
    memcpy(&ns, &bits, sizeof ns);
    return slot >> 32 == key && ns > 0 ? (double)ns : -1;
}

static void store(struct cost_table *table, uint32_t key, double ns)
{
    atomic_store_explicit(&table->slots[key % COST_SLOTS], pack(key, (float)ns),
                          memory_order_relaxed);
}

static double believed(double ns, double known)
{
    return ns < known * MOST_BELIEVED ? ns : known * MOST_BELIEVED;
}

void cost_learn(struct cost_table *table, uint32_t key, double ns)
{
    const double known = cost_known(table, key);
    if (known > 0 && ns > known) {
        ns = known + (believed(ns, known) - known) / 16; /* noise only ever adds time */
    }
    store(table, key, ns);
}

#define SHARED_KEY UINT32_C(0x5a5a5a5a)

/* Neither one slow call nor one fast call decides. */
void cost_learn_shared(struct cost_table *table, uint32_t key, double ns)
{
    const double alone = cost_known(table, key);
    const double known = cost_known(table, key ^ SHARED_KEY);
    const double before = known > 0 ? known : alone > 0 ? alone : ns;
    store(table, key ^ SHARED_KEY, before + (believed(ns, before) - before) / 4);
}

bool cost_contended(struct cost_table *table, uint32_t key, int threads)
{
    const double alone = cost_known(table, key);
    const double shared = cost_known(table, key ^ SHARED_KEY);
    if (cost_min_elements() >= 0 || alone < 0 || shared < alone * threads * 0.9) {
        return false;
    }
    store(table, key ^ SHARED_KEY, shared - (shared - alone) / 256);
    return true;
}

uint32_t cost_stream_key(uint32_t key)
{
    return key ^ UINT32_C(0x3c3c3c3c);
}

bool cost_prefers_stream(struct cost_table *table, uint32_t key)
{
    const double plain = cost_known(table, key);
    const double streamed = cost_known(table, cost_stream_key(key));
    if (cost_min_elements() >= 0 || plain < 0 || streamed < 0) {
        return cost_min_elements() >= 0 || plain > 0;
    }
    const bool prefers = streamed < plain;
    store(table, prefers ? key : cost_stream_key(key),
          prefers ? plain - (plain - streamed) / 256
                  : streamed - (streamed - plain) / 256);
    return prefers;
}

/* Returns what `threads` threads gain on a serial time, in ns; negative: they lose. */
static double gain(double serial, int threads, struct team_costs costs)
{
    const double shared = serial - costs.arrival; /* helpers miss the first part */
    return shared * (1 - 1.0 / threads) - costs.wait - ENGINE_NS;
}

static int threads_for(double serial, int limit, struct team_costs costs)
{
    /* A member that cannot do as much work as its invitation costs is one too many. */
    const double worth = serial / (costs.arrival + costs.wait + 1);
    return worth >= limit ? limit : worth < 2 ? 2 : (int)worth;
}

int cost_threads_awake(int64_t n, double ns, int limit)
{
    const int64_t least = cost_min_elements();
    if (limit < 2 || n < 2) {
        return 1;
    }
    if (least >= 0) {
        return n >= least ? limit : 1;
    }
    const double serial = (double)n * ns;
    const struct team_costs costs = team_costs(false);
    const int threads = threads_for(serial, limit, costs);
    const double tolerance = serial < TOLERANCE_NS ? serial : TOLERANCE_NS;
    if (gain(serial, threads, costs) > -tolerance) {
        return threads;
    }
    if (gain(serial, threads, (struct team_costs){0, 0}) > -tolerance) {
        team_forget(); /* refused for the cost of a region, which may be less by now */
    }
    return 1;
}

int cost_threads(int64_t n, double ns, int limit)
{
    const int threads = cost_threads_awake(n, ns, limit);
    if (threads == 1 || cost_min_elements() >= 0 || !team_asleep() ||
        trial_phase() == TRIAL_OURS) {
        return threads;
    }
    const double serial = (double)n * ns;
    const struct team_costs asleep = team_costs(true);
    if (gain(serial, threads, asleep) > 0) {
        return threads;
    }
    /* The call gains more than the model says: a trial found so. */
    const double awake = gain(serial, threads, team_costs(false));
    const int64_t lost = (int64_t)(awake > LEAST_LOST_NS ? awake : LEAST_LOST_NS);
    if (atomic_fetch_add(&debt, lost) + lost < (int64_t)asleep.arrival) {
        return 1;
    }
    atomic_store(&debt, 0);
    return threads;
}

void cost_set_min_elements(int64_t n)
{
    atomic_store(&min_elements, n);
    atomic_store(&least_elements, n < 0 ? LEAST_ELEMENTS : n < 2 ? 2 : n);
}

int64_t cost_min_elements(void)
{
    return atomic_load_explicit(&min_elements, memory_order_relaxed);
}

int64_t cost_least_elements(void)
{
    return atomic_load_explicit(&least_elements, memory_order_relaxed);
}
