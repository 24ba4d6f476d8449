/* spare.c - see spare.h. */
#define _GNU_SOURCE /* RUSAGE_THREAD */
#include "spare.h"

#include <sys/resource.h>

#include "clock.h"
#include "relax.h"

/* A helper looks at its clocks once in WATCH_NS, which costs it 0.2 us.  A helper pays
 * as long as it runs for more than three quarters of the time; if it loses a turn now
 * and then, there is nothing to learn from that.  (tools/simulate_spare.py; with a
 * sixteenth instead of a quarter, a neighbour who was there for a tenth of the time
 * took most of the gain away.) */
#define WATCH_NS (1000 * 1000)
#define FORGIVEN 4
#define LOST_MOST_NS (8 * 1000 * 1000)

/* A probe is longer than the slice that Linux gives a thread that has just woken (3
 * ms).  It fails as soon as it has lost PROBE_LOST_NS; waking takes less. */
#define PROBE_NS (6 * 1000 * 1000)
#define PROBE_LOST_NS (1000 * 1000)
#define GAP_NS (50 * 1000)

/* The wait from a loss to the first probe; from each probe to the next it is twice as
 * long.  Where another process stays, probes take half of a hundredth of a CPU.  If a
 * CPU was kept for three times the wait, the wait begins anew. */
#define WAIT_LEAST_NS (20LL * 1000 * 1000)
#define WAIT_MOST_NS (1280LL * 1000 * 1000)
#define WAIT_FORGOTTEN 3

static struct {
    _Atomic int most;
    _Atomic bool always;
    _Atomic int64_t wait_ns;   /* between probes */
    _Atomic int64_t next_at;   /* a probe is due; 0: none is wanted */
    _Atomic int64_t gained_at; /* when the last probe succeeded */
    _Atomic int64_t tried_at;  /* when a probe was called for; 0: none was */
    _Atomic int64_t pretended; /* switches, by tests */
    _Atomic uint64_t lost, tried, found;
} spare;
_Atomic int spare_helpers;

static int64_t load(const _Atomic int64_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

/* More helpers than there ever are. */
enum { ALL = 1 << 20 };

void spare_begin(int most)
{
    atomic_store(&spare.most, most);
    atomic_store(&spare_helpers, atomic_load(&spare.always) ? ALL : most);
    atomic_store(&spare.wait_ns, WAIT_LEAST_NS);
    atomic_store(&spare.next_at, 0);
    atomic_store(&spare.tried_at, 0);
}

void spare_set_always(bool always)
{
    atomic_store(&spare.always, always);
    spare_begin(atomic_load(&spare.most));
}

/* Sets the wait for the next probe: twice as long as before, or from the beginning. */
static void wait_for_probe(int64_t now, bool anew)
{
    const int64_t wait = anew ? WAIT_LEAST_NS : 2 * load(&spare.wait_ns);
    atomic_store(&spare.wait_ns, wait < WAIT_MOST_NS ? wait : WAIT_MOST_NS);
    atomic_store(&spare.next_at, now + load(&spare.wait_ns));
}

/* Lowers the number of helpers by an eighth, and at least one. */
static void lose(int64_t now)
{
    const int before = atomic_load(&spare_helpers);
    if (atomic_load(&spare.always)) {
        return;
    }
    const int after = before - 1 - before / 8;
    atomic_fetch_add(&spare.lost, 1);
    atomic_store(&spare_helpers, after < 0 ? 0 : after);
    wait_for_probe(now, now - load(&spare.gained_at) >
                            WAIT_FORGOTTEN * load(&spare.wait_ns));
}

/* Returns how often the calling thread was taken off its CPU. */
static int64_t switches(void)
{
#ifdef RUSAGE_THREAD
    struct rusage usage = {0};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw + load(&spare.pretended);
#else
    return -1;
#endif
}

void spare_watch_begin(struct spare_watch *watch, int64_t woken_at)
{
    /* Keep what the helper lost before it slept: short turns between two losses prove
     * nothing. */
    *watch = (struct spare_watch){woken_at, thread_cpu_ns(), -1, watch->lost};
}

void spare_watch(struct spare_watch *watch, int64_t now)
{
    const int64_t awake = now - watch->since;
    if (awake < WATCH_NS) {
        return;
    }
    /* The helper may also have waited for a disk, or for a lock.  (After it slept, it
     * waited only for its CPU.) */
    const int64_t cpu = thread_cpu_ns(), taken = switches();
    const bool competed = watch->switches < 0 || taken != watch->switches;
    const int64_t missed = competed ? awake - (cpu - watch->cpu_since) : 0;
    const int64_t lost = watch->lost + missed - awake / FORGIVEN;
    *watch = (struct spare_watch){now, cpu, taken, lost > 0 ? lost : 0};
    if (watch->lost >= LOST_MOST_NS) {
        watch->lost = 0;
        lose(now);
    }
}

void spare_pretend_switch(void)
{
    atomic_fetch_add(&spare.pretended, 1);
}

bool spare_is_due(void)
{
    int64_t due = load(&spare.next_at);
    return due != 0 && coarse_ns() > due &&
           atomic_compare_exchange_strong(&spare.next_at, &due, 0) &&
           (atomic_store(&spare.tried_at, monotonic_ns()), true);
}

bool spare_is_probed(void)
{
    return load(&spare.tried_at) != 0;
}

void spare_probe(bool (*gone)(unsigned), unsigned epoch)
{
    const int64_t since = atomic_exchange(&spare.tried_at, 0);
    int64_t last = since, lost = 0;
    if (since == 0) {
        return; /* another helper is at it */
    }
    atomic_fetch_add(&spare.tried, 1);
    while (last - since < PROBE_NS && lost < PROBE_LOST_NS && !gone(epoch)) {
        relax();
        const int64_t now = monotonic_ns();
        lost += now - last > GAP_NS ? now - last : 0;
        last = now;
    }
    if (lost >= PROBE_LOST_NS) {
        wait_for_probe(last, false);
        return;
    }
    const int most = atomic_load(&spare.most);
    int now = atomic_load(&spare_helpers);
    now = now < most ? now + 1 : now;
    atomic_store(&spare_helpers, now);
    atomic_fetch_add(&spare.found, 1);
    atomic_store(&spare.gained_at, last);
    if (now < most) {
        atomic_store(&spare.next_at, last + WAIT_LEAST_NS);
    }
}

struct spare_counters spare_counters(void)
{
    return (struct spare_counters){atomic_load(&spare.lost), atomic_load(&spare.tried),
                                   atomic_load(&spare.found)};
}
