/* trial.c - see trial.h. */
#include "trial.h"

#include "threads/clock.h"

/* The first calls of a phase find in the caches what the other code left there. */
enum { WARM = TRIAL_CALLS / 4 };

/* A phase of long calls has fewer calls.  A phase whose calls do not come is given
 * up. */
enum { LEAST_CALLS = 8 };
#define PHASE_MOST_NS (20LL * 1000 * 1000)
#define ABANDONED_NS (1000LL * 1000 * 1000)

/* A trial costs up to half of its time.  After a trial there is none for this many
 * times as long; for twice as many times after each one with the same verdict, and up
 * to a higher limit where that was clear.  Half of that where there are new kinds: the
 * program may do something else now. */
enum { REST_LEAST = 8, REST_MOST = 64, REST_MOST_IF_CLEAR = 256 };
#define CLEAR 1.4F

/* All kinds together have to gain this much for our code to be used: less is not worth
 * another thread. */
#define LEAST_GAIN 0.03F

/* A kind that is this many times as fast with the other code uses that. */
#define OWN_WAY 1.4F

/* The time to wake helpers, which are asleep where all other kinds go to NumPy. */
#define WAKING_NS 2e4F

/* Each thread writes its own calls; the thread that adds the last one reads them. */
static struct phase {
    _Atomic unsigned count;
    _Atomic int64_t since;
    struct {
        _Atomic uint64_t key;
        _Atomic int64_t ns;
    } calls[TRIAL_CALLS];
} phases[3];

_Atomic int trial_phase_now;
static _Atomic int64_t took, ended_at; /* ns of the last trial's calls; when it ended */
static _Atomic int64_t rest = REST_LEAST;
static _Atomic bool prefers_numpys;

static void begin(enum trial_phase phase)
{
    atomic_store(&phases[phase].count, 0);
    atomic_store(&phases[phase].since, monotonic_ns());
    atomic_store(&trial_phase_now, (int)phase);
}

static bool pass(enum trial_phase from, enum trial_phase to)
{
    int now = (int)from;
    return atomic_compare_exchange_strong(&trial_phase_now, &now, (int)to);
}

void trial_ask(bool is_new)
{
    const enum trial_phase phase = trial_phase();
    const int64_t times = atomic_load(&rest) / (is_new ? 2 : 1), now = coarse_ns();
    if (phase == TRIAL_NONE &&
        now - atomic_load(&ended_at) >= atomic_load(&took) * times &&
        pass(TRIAL_NONE, TRIAL_JUDGED)) {
        begin(TRIAL_NUMPYS);
    } else if ((phase == TRIAL_NUMPYS || phase == TRIAL_OURS) &&
               now - atomic_load(&phases[phase].since) > ABANDONED_NS &&
               pass(phase, TRIAL_JUDGED)) {
        atomic_store(&ended_at, now);
        atomic_store(&trial_phase_now, TRIAL_NONE);
    }
}

bool trial_add(enum trial_phase phase, uint64_t key, int64_t ns)
{
    struct phase *of = &phases[phase];
    if (trial_phase() != phase) {
        return false;
    }
    const unsigned at = atomic_fetch_add(&of->count, 1);
    if (at >= TRIAL_CALLS) {
        return false; /* another thread's call was the last one */
    }
    atomic_store_explicit(&of->calls[at].key, key, memory_order_relaxed);
    atomic_store_explicit(&of->calls[at].ns, ns, memory_order_relaxed);
    if (at + 1 < TRIAL_CALLS &&
        (at + 1 < LEAST_CALLS ||
         monotonic_ns() - atomic_load(&of->since) < PHASE_MOST_NS)) {
        return false;
    }
    /* Two threads may get here, and one goes on. */
    if (!pass(phase, TRIAL_JUDGED)) {
        return false;
    }
    if (phase == TRIAL_NUMPYS) {
        begin(TRIAL_OURS);
    }
    return phase == TRIAL_OURS;
}

/* -- the verdict ---------------------------------------------------------------- */

static unsigned calls_of(const struct phase *phase)
{
    const unsigned count = atomic_load(&phase->count);
    return count < TRIAL_CALLS ? count : TRIAL_CALLS;
}

/* Returns the median of a kind's times, of warm calls if there are any; 0: it had no
 * calls.  Not the least: what a call takes where its operands are in two caches is no
 * noise. */
static float time_of(const struct phase *phase, uint64_t key, unsigned *count)
{
    int64_t sorted[TRIAL_CALLS];
    const unsigned calls = calls_of(phase);
    unsigned found = 0;
    for (unsigned from = WARM < calls ? WARM : 0;; from = 0) {
        for (unsigned i = from; i < calls; i++) {
            const int64_t ns = atomic_load(&phase->calls[i].ns);
            if (atomic_load(&phase->calls[i].key) == key) {
                unsigned at = found++;
                for (; at > 0 && sorted[at - 1] > ns; at--) {
                    sorted[at] = sorted[at - 1];
                }
                sorted[at] = ns;
            }
        }
        if (found > 0 || from == 0) {
            break;
        }
    }
    *count = found;
    const unsigned middle = found ? (found - 1) / 2 : 0;
    return found ? (float)sorted[middle] : 0;
}

static int64_t sum_of(const struct phase *phase)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < calls_of(phase); i++) {
        sum += atomic_load(&phase->calls[i].ns);
    }
    return sum;
}

static bool is_known(const struct trial_kind *kinds, int count, uint64_t key)
{
    for (int i = 0; i < count; i++) {
        if (kinds[i].key == key) {
            return true;
        }
    }
    return false;
}

int trial_judge(struct trial_kind *kinds)
{
    const struct phase *numpys = &phases[TRIAL_NUMPYS], *ours = &phases[TRIAL_OURS];
    float numpys_all = 0, ours_all = 0;
    int count = 0;
    for (unsigned i = 0; i < calls_of(ours); i++) {
        const uint64_t key = atomic_load(&ours->calls[i].key);
        unsigned n, m;
        if (is_known(kinds, count, key)) {
            continue;
        }
        const float a = time_of(numpys, key, &n), b = time_of(ours, key, &m);
        if (n > 0) {
            kinds[count++] = (struct trial_kind){key, a, b, false};
            numpys_all += a * (float)(n + m);
            ours_all += b * (float)(n + m);
        }
    }
    const bool all_ours = ours_all < numpys_all * (1 - LEAST_GAIN);
    for (int i = 0; i < count; i++) {
        const float a = kinds[i].numpys, b = kinds[i].ours;
        kinds[i].is_ours = all_ours ? b < a * OWN_WAY : b * OWN_WAY < a - WAKING_NS;
    }
    if (count > 0) {
        const bool same = atomic_exchange(&prefers_numpys, !all_ours) == !all_ours;
        const bool clear =
            ours_all > numpys_all * CLEAR || numpys_all > ours_all * CLEAR;
        const int64_t longer = 2 * atomic_load(&rest);
        const int64_t most = clear ? REST_MOST_IF_CLEAR : REST_MOST;
        atomic_store(&rest, !same ? REST_LEAST : longer < most ? longer : most);
    }
    atomic_store(&took, sum_of(numpys) + sum_of(ours));
    atomic_store(&ended_at, monotonic_ns());
    atomic_store(&trial_phase_now, TRIAL_NONE);
    return count;
}

bool trial_prefers_numpys(void)
{
    return atomic_load_explicit(&prefers_numpys, memory_order_relaxed);
}
