/*
 * team.c - see team.h.  The region on offer: who may join it, what is left of it.  The
 * threads that join are in helpers.c.
 *
 * The gate is one 64-bit word that says everything about the region on offer:
 *
 *     generation | open | limit | joined | active
 *
 * A helper joins by one compare-and-swap that checks the generation, that the gate is
 * open and that a seat is left; so it can never join a region that has ended, nor read
 * a field of `offer` that is being rewritten for the next one.
 */
#include "team.h"

#include <assert.h>
#include <omp.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

#include "reasons/reasons.h"

#include "clock.h"
#include "fpu.h"
#include "helpers.h"
#include "relax.h"
#include "region_gate.h"
#include "spare.h"

/* A region that lasts longer than this asks its poll: a tenth of a second is what a
 * person notices after Ctrl-C, and a poll (taking the GIL) costs a microsecond. */
#define POLL_NS (20 * 1000 * 1000)

/* A caller that waits longer than this waits for a helper that has no CPU.  That says
 * nothing about regions, only about the machine for now (spare.h). */
#define LONG_WAIT_NS (50 * 1000)

#define CACHE_LINE 64

/* -- the region on offer --------------------------------------------------------- */

/* The state that members of the region on offer share; each hot word on its own
 * line. */
static struct {
    _Alignas(CACHE_LINE) _Atomic uint64_t gate;
    _Alignas(CACHE_LINE) _Atomic int status; /* enum team_status; the first one stays */
    _Atomic int fpe;
    _Atomic bool helped;
    /* Written by the caller before it opens the gate, read by the helpers that
     * joined. */
    _Alignas(CACHE_LINE) struct team_region region;
    struct fpu_control control;
    int64_t offered_at, arrived_at; /* when the first helper came; 0: none */
    bool to_sleeper;
} offer;

/* The next piece of each member's share, each on a line of its own. */
static struct {
    _Alignas(CACHE_LINE) _Atomic int64_t next;
} shares[TEAM_MAX_THREADS];

static struct {
    _Atomic bool taken; /* a caller owns `offer` */
    _Atomic int cap;
    _Atomic int64_t rendezvous_ns, stall_ns;
    int openmp_default;            /* omp_get_max_threads() before anybody changed it */
    _Atomic int64_t arrival_ns[2]; /* of the first helper: one was awake; none was */
    _Atomic int64_t wait_ns;       /* of the caller for the last helper */
} team;

static struct {
    _Atomic uint64_t regions, helped, serial, pieces, ns;
} counters;

static _Thread_local bool inside; /* this thread is running a body */

/* -- working on a region -------------------------------------------------------- */

static void report(enum team_status status)
{
    int done = TEAM_DONE;
    atomic_compare_exchange_strong(&offer.status, &done, (int)status);
}

/* Returns where the share of a member begins.  A share is the pieces that are a
 * member's own unless somebody runs out. */
static inline int64_t share_begin(const struct team_region *region, int member)
{
    return region->npieces * member / region->threads;
}

/*
 * Returns the next piece for a member, or -1.  First come the pieces of its own share,
 * which are the same in every call of the same size, so that a core finds in its cache
 * what it left there; then what is left of the other shares, beginning with its
 * neighbour's.
 */
static int64_t claim(const struct team_region *region, int member)
{
    for (int i = 0; i < region->threads; i++) {
        const int whose = (member + i) % region->threads;
        _Atomic int64_t *next = &shares[whose].next;
        const int64_t end = share_begin(region, whose + 1);
        if (atomic_load_explicit(next, memory_order_relaxed) < end) {
            const int64_t piece = atomic_fetch_add(next, 1);
            if (piece < end) {
                return piece;
            }
        }
    }
    return -1;
}

/* Asks the caller's poll when it is time to.  Returns true to stop. */
static bool poll_now(const struct team_region *region, int64_t *polled_at)
{
    if (region->poll == NULL || monotonic_ns() - *polled_at < POLL_NS) {
        return false;
    }
    const bool stop = region->poll(region->context);
    *polled_at = monotonic_ns();
    return stop;
}

static inline int64_t load(const _Atomic int64_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

/* Makes the helper look as if it had lost its CPU, once. */
static void stall(void)
{
    const int64_t ns = atomic_exchange(&team.stall_ns, 0);
    nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
    spare_pretend_switch();
}

/*
 * Takes pieces until there are none; returns the number taken.  A helper also leaves
 * when the gate closes (the caller took the offer back, or a fork wants the helpers).
 */
static int64_t work(const struct team_region *region, int member)
{
    int64_t polled_at = offer.offered_at;
    int64_t worked = 0;

    inside = true;
    while (atomic_load_explicit(&offer.status, memory_order_relaxed) == TEAM_DONE) {
        if (member != 0 && !(atomic_load(&offer.gate) & OPEN)) {
            break;
        }
        const int64_t piece = claim(region, member);
        if (piece < 0) {
            break;
        }
        worked++;
        if (member != 0 && load(&team.stall_ns) > 0) {
            stall();
        }
        const int status = region->body(region->context, member, piece);
        if (status != 0) {
            report(status < 0 ? TEAM_FAILED : TEAM_ENDED);
        }
        if (member == 0 && poll_now(region, &polled_at)) {
            report(TEAM_STOPPED);
        }
    }
    inside = false;
    return worked;
}

/* Joins the region on offer if it is still the given one.  Returns the member number,
 * or 0. */
static int join(uint64_t generation)
{
    uint64_t gate = atomic_load(&offer.gate);
    do {
        if (gate_generation(gate) != generation || !(gate & OPEN) ||
            gate_joined(gate) >= gate_limit(gate)) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak(&offer.gate, &gate,
                                           gate + ONE_JOINED + ONE_ACTIVE));
    return (int)gate_joined(gate) + 1;
}

static inline void move(_Atomic int64_t *average, int64_t to, int share)
{
    const int64_t known = load(average);
    const int64_t most = known * 16 + 1000; /* the most that a very long one counts */
    atomic_store_explicit(average, known + ((to < most ? to : most) - known) / share,
                          memory_order_relaxed);
}

/*
 * The caller works alone until the first helper comes, and loses nothing by it.  So the
 * quickest arrival is the one to hope for, and a slower one is believed bit by bit.
 * The time that the caller waits at the end for the last helper is lost.  It is long
 * where other programs get in the way, and its average is what the next region has to
 * expect.
 */
static void note_costs(const struct team_result *result)
{
    /* A wait of up to the length of a piece is in the nature of pieces, and scales with
     * them. */
    const int64_t piece = result->caller_ns / (result->caller_pieces + 1);
    int64_t waited = result->ns - result->caller_ns - piece;
    waited = waited < LONG_WAIT_NS ? waited : LONG_WAIT_NS;
    const int64_t arrival = offer.arrived_at - offer.offered_at;
    _Atomic int64_t *known = &team.arrival_ns[offer.to_sleeper];
    move(known, arrival, arrival < load(known) ? 1 : 64);
    move(&team.wait_ns, waited > 0 ? waited : 0, 16);
}

void team_forget(void)
{
    move(&team.arrival_ns[false], 0, 64);
    move(&team.arrival_ns[true], 0, 64);
    move(&team.wait_ns, 0, 64);
}

static bool help(uint64_t generation)
{
    const uint64_t gate = atomic_load(&offer.gate);
    if (gate & OPEN) {
        /* Done before joining: nobody waits for it. */
        const int limit = (int)gate_limit(gate), useful = helpers_useful();
        helpers_wake(limit < useful ? limit : useful);
    }
    const int member = join(generation);
    if (member == 0) {
        return false;
    }
    const struct team_region *region = &offer.region;
    if (member == 1) {
        offer.arrived_at = monotonic_ns();
    }
    const struct fpu_control mine = fpu_get_control();
    fpu_set_control(offer.control);
    void *entered = region->enter ? region->enter() : NULL;
    if (work(region, member) > 0) {
        atomic_store_explicit(&offer.helped, true, memory_order_relaxed);
    }
    if (region->leave && region->leave(entered) < 0) {
        report(TEAM_FAILED);
    }
    atomic_fetch_or(&offer.fpe, fpu_get_flags());
    fpu_set_control(mine);
    atomic_fetch_sub(&offer.gate, ONE_ACTIVE); /* last: the caller has `offer` again */
    return true;
}

/* -- regions -------------------------------------------------------------------- */

const char *team_unavailable(void)
{
    if (inside || omp_in_parallel()) {
        return reason_inside_region;
    }
    if (atomic_load(&team.cap) < 2) {
        return reason_threads_set_to_one;
    }
    return helpers_useful() < 1 ? reason_cpus_busy : NULL;
}

static bool take(void)
{
    bool free = false;
    if (team_unavailable() ||
        !atomic_compare_exchange_strong(&team.taken, &free, true)) {
        return false;
    }
    if (!helpers_ensure(team_cap() - 1)) {
        atomic_store(&team.taken, false);
        return false;
    }
    return true;
}

static void run_alone(const struct team_region *region, struct team_result *result)
{
    const int64_t since = monotonic_ns();
    int64_t polled_at = since;
    for (int64_t piece = 0; piece < region->npieces; piece++) {
        const int status = region->body(region->context, 0, piece);
        if (status != 0) {
            result->status = status < 0 ? TEAM_FAILED : TEAM_ENDED;
            break;
        }
        if (poll_now(region, &polled_at)) {
            result->status = TEAM_STOPPED;
            break;
        }
    }
    result->caller_pieces = region->npieces;
    result->caller_ns = monotonic_ns() - since;
    result->fpe = fpu_get_flags();
}

static void open_gate(const struct team_region *region)
{
    for (int member = 0; member < region->threads; member++) {
        atomic_store_explicit(&shares[member].next, share_begin(region, member),
                              memory_order_relaxed);
    }
    atomic_store_explicit(&offer.status, TEAM_DONE, memory_order_relaxed);
    atomic_store_explicit(&offer.fpe, 0, memory_order_relaxed);
    atomic_store_explicit(&offer.helped, false, memory_order_relaxed);
    offer.region = *region;
    offer.control = fpu_get_control();
    offer.to_sleeper = helpers_are_asleep();
    offer.arrived_at = 0;
    offer.offered_at = monotonic_ns();
    const uint64_t gate = atomic_load(&offer.gate);
    assert(gate_active(gate) == 0 && !(gate & OPEN));
    atomic_store(&offer.gate, (gate_generation(gate) + 1) << GENERATION_SHIFT | OPEN |
                                  (uint64_t)(region->threads - 1) << LIMIT_SHIFT);
    helpers_wake(1);
}

static void await_helpers(const struct team_region *region)
{
    const int64_t rendezvous =
        atomic_load_explicit(&team.rendezvous_ns, memory_order_relaxed);
    while (rendezvous > 0 &&
           gate_joined(atomic_load(&offer.gate)) < (unsigned)(region->threads - 1) &&
           monotonic_ns() - offer.offered_at < rendezvous) {
        sched_yield();
    }
}

/* Takes the offer back and waits for the helpers that are still at a piece. */
static uint64_t close_gate(void)
{
    uint64_t gate = atomic_fetch_and(&offer.gate, ~OPEN) & ~OPEN;
    for (unsigned turn = 0; gate_active(gate) > 0; turn++) {
        if (turn < 4096) {
            relax();
        } else {
            sched_yield();
        }
        gate = atomic_load(&offer.gate);
    }
    return gate;
}

static void count(_Atomic uint64_t *counter, int64_t more)
{
    atomic_fetch_add_explicit(counter, (uint64_t)more, memory_order_relaxed);
}

struct team_result team_run(const struct team_region *region)
{
    struct team_result result = {.status = TEAM_DONE, .threads = 1};
    assert(region->threads >= 1 && region->threads <= TEAM_MAX_THREADS);
    count(&counters.pieces, region->npieces);

    if (region->threads < 2 || region->npieces < 2 || !take()) {
        count(&counters.serial, 1);
        run_alone(region, &result);
        result.ns = result.caller_ns;
        count(&counters.ns, result.ns);
        return result;
    }
    open_gate(region);
    await_helpers(region);
    result.caller_pieces = work(region, 0);
    result.caller_ns = monotonic_ns() - offer.offered_at;
    const uint64_t gate = close_gate();
    result.ns = monotonic_ns() - offer.offered_at;
    if (offer.arrived_at) {
        note_costs(&result);
    }

    result.status = (enum team_status)atomic_load(&offer.status);
    result.threads = 1 + (int)gate_joined(gate);
    result.fpe = fpu_get_flags() | atomic_load(&offer.fpe);
    const bool helped = atomic_load_explicit(&offer.helped, memory_order_relaxed);
    helpers_expect(result.caller_ns);
    atomic_store(&team.taken, false);

    count(&counters.regions, 1);
    count(&counters.helped, helped);
    count(&counters.ns, result.ns);
    return result;
}

/* -- settings and figures -------------------------------------------------------- */

void team_set_cap(int threads)
{
    assert(threads >= 1 && threads <= TEAM_MAX_THREADS);
    atomic_store(&team.cap, threads);
}

int team_cap(void)
{
    return atomic_load(&team.cap);
}

int team_width(void)
{
    const int cap = team_cap(), useful = helpers_useful();
    return useful < cap - 1 ? useful + 1 : cap;
}

void team_set_rendezvous(int64_t ns)
{
    atomic_store(&team.rendezvous_ns, ns);
    helpers_use_all(ns > 0);
}

void team_stall(int64_t ns)
{
    atomic_store(&team.stall_ns, ns);
}

int team_openmp_limit(void)
{
    /* An unchanged value says only how many CPUs there are, which set_num_threads may
     * exceed.  A changed value is a limit that somebody set for this thread. */
    const int limit = omp_get_max_threads();
    return limit == team.openmp_default ? TEAM_MAX_THREADS : limit;
}

struct team_costs team_costs(bool asleep)
{
    return (struct team_costs){(double)load(&team.arrival_ns[asleep]),
                               (double)load(&team.wait_ns)};
}

bool team_asleep(void)
{
    return helpers_are_asleep();
}

struct team_counters team_counters(void)
{
    const struct spare_counters cpus = spare_counters();
    return (struct team_counters){
        atomic_load(&counters.regions),
        atomic_load(&counters.helped),
        atomic_load(&counters.serial),
        atomic_load(&counters.pieces),
        atomic_load(&counters.ns),
        cpus.lost,
        cpus.tried,
        cpus.found,
    };
}

static uint64_t generation(void)
{
    return gate_generation(atomic_load(&offer.gate));
}

static void withdraw(void)
{
    atomic_fetch_and(&offer.gate, ~OPEN);
}

/* The owner of a region in progress, if there was one, does not exist in a child. */
static void reset_in_child(void)
{
    atomic_store(&offer.gate, generation() << GENERATION_SHIFT);
    atomic_store(&team.taken, false);
}

int team_init(int cap)
{
    const struct helpers_callbacks callbacks = {generation, help, withdraw,
                                                reset_in_child};
    team.openmp_default = omp_get_max_threads();
    /* The costs to expect before the first region is measured. */
    atomic_store(&team.arrival_ns[false], 2000);
    atomic_store(&team.arrival_ns[true], 50000);
    atomic_store(&team.wait_ns, 1000);
    team_set_cap(cap);
    return helpers_init(&callbacks);
}
