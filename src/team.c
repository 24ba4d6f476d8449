/*
 * team.c - see team.h.  The only file with a thread, a lock or an OpenMP pragma.
 *
 * Why a captain.  libgomp keeps a pool of sleeping workers for every thread that
 * ever opened a region: with k calling threads, k * (cap - 1) of them.  Only their
 * owner can end them, so neither a cap on the process nor a clean fork can be had
 * while callers open regions themselves.  Here one thread opens all of them.
 *
 * The gate is one 64-bit word that says everything about the region on offer:
 *
 *     generation | open | limit | joined | active
 *
 * A helper joins by one compare-and-swap that checks the generation, that the gate
 * is open and that a seat is left; so it can never join a region that has ended, nor
 * read a field of `offer` that is being rewritten for the next one.
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include "team.h"

#include <assert.h>
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include <omp.h>

/* A region that lasts longer than this asks its poll: a tenth of a second is what a
 * person notices after Ctrl-C, and a poll (taking the GIL) costs a microsecond. */
#define POLL_NS (20 * 1000 * 1000)

/* The captain looks for the next region for as long as the last one took, three
 * times over, before it sleeps: a program that spends a third of its time in
 * regions keeps it awake, an idle one costs two milliseconds of one core, once.
 * Waking a sleeper costs 30 to 50 us, so below that there is nothing to save. */
#define SPIN_MIN_NS (50 * 1000)
#define SPIN_MAX_NS (2 * 1000 * 1000)
#define SPIN_FACTOR 3

/* Starting threads failed (ulimit -u, a pids cgroup): try again after so long. */
#define RETRY_NS (1000 * 1000 * 1000)

/* Fork waits so long for helpers to finish the piece they are at. */
#define FORK_WAIT_NS (2LL * 1000 * 1000 * 1000)

#define CACHE_LINE 64

/* -- the gate ------------------------------------------------------------------- */

enum { ACTIVE_SHIFT = 0, JOINED_SHIFT = 12, LIMIT_SHIFT = 24 };
#define FIELD UINT64_C(0xfff)
#define ONE_ACTIVE (UINT64_C(1) << ACTIVE_SHIFT)
#define ONE_JOINED (UINT64_C(1) << JOINED_SHIFT)
#define OPEN (UINT64_C(1) << 36)
#define GENERATION_SHIFT 37

static inline unsigned gate_active(uint64_t gate)
{
    return (unsigned)(gate >> ACTIVE_SHIFT & FIELD);
}
static inline unsigned gate_joined(uint64_t gate)
{
    return (unsigned)(gate >> JOINED_SHIFT & FIELD);
}
static inline unsigned gate_limit(uint64_t gate)
{
    return (unsigned)(gate >> LIMIT_SHIFT & FIELD);
}
static inline uint64_t gate_generation(uint64_t gate)
{
    return gate >> GENERATION_SHIFT;
}

/* What the members of the region on offer share; each hot word on its own line. */
static struct {
    _Alignas(CACHE_LINE) _Atomic uint64_t gate;
    _Alignas(CACHE_LINE) _Atomic int64_t next_piece;
    _Alignas(CACHE_LINE) _Atomic int status; /* enum team_status; first one stays */
    _Atomic int fpe;
    _Atomic bool helped;
    /* Written by the caller before it opens the gate, read by those who joined. */
    _Alignas(CACHE_LINE) struct team_region region;
    fenv_t environment;
    int64_t offered_at;
    bool to_sleeper;
} offer;

static struct {
    _Atomic bool taken; /* a caller owns `offer` and the captain */
    _Atomic int cap;

    pthread_mutex_t roster; /* guards what follows: who starts or ends the captain */
    bool started;
    int64_t failed_at; /* when starting it last failed, or 0 */
    pthread_t captain;
    uint64_t first_seen; /* the gate's generation when the captain was created */
    _Atomic int width;   /* threads it may open a region with, itself included */
    _Atomic unsigned crew; /* a captain of another crew has to leave */
    _Atomic bool gone;

    pthread_mutex_t lock; /* for sleeping only */
    pthread_cond_t wake;
    _Atomic bool asleep;
    _Atomic int64_t spin_ns;

    int openmp_default; /* omp_get_max_threads() when nobody had touched it */
    _Atomic int64_t handoff_ns[2]; /* offer to first join: captain awake, asleep */
} team;

static struct {
    _Atomic uint64_t regions, helped, serial, pieces;
} counters;

static _Thread_local bool inside; /* this thread is running a body */

int64_t team_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* -- working on a region -------------------------------------------------------- */

static void report(enum team_status status)
{
    int done = TEAM_DONE;
    atomic_compare_exchange_strong(&offer.status, &done, (int)status);
}

/*
 * Take pieces until there are none.  A helper also leaves when the gate closes (the
 * caller took the offer back, or a fork wants the captain).
 */
static int64_t work(const struct team_region *region, int member)
{
    const bool caller = member == 0;
    int64_t polled_at = caller && region->poll ? team_now_ns() : 0;
    int64_t worked = 0;

    inside = true;
    while (atomic_load_explicit(&offer.status, memory_order_relaxed) == TEAM_DONE) {
        if (!caller && !(atomic_load(&offer.gate) & OPEN)) {
            break;
        }
        const int64_t piece = atomic_fetch_add(&offer.next_piece, 1);
        if (piece >= region->npieces) {
            break;
        }
        worked++;
        if (region->body(region->context, member, piece) < 0) {
            report(TEAM_FAILED);
        }
        if (caller && region->poll) {
            const int64_t now = team_now_ns();
            if (now - polled_at > POLL_NS) {
                if (region->poll(region->context)) {
                    report(TEAM_STOPPED);
                }
                polled_at = team_now_ns();
            }
        }
    }
    inside = false;
    return worked;
}

/* Join the region on offer if it is still the given one; the member number, or 0. */
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

static void help(uint64_t generation)
{
    const int member = join(generation);
    if (member == 0) {
        return;
    }
    const struct team_region *region = &offer.region;
    if (member == 1) {
        /* A moving average: one slow arrival must not forbid parallel calls. */
        const int64_t took = team_now_ns() - offer.offered_at;
        _Atomic int64_t *average = &team.handoff_ns[offer.to_sleeper];
        const int64_t known = atomic_load_explicit(average, memory_order_relaxed);
        atomic_store_explicit(average, took < known ? took : known + (took - known) / 64,
                              memory_order_relaxed);
    }
    fenv_t mine;
    fegetenv(&mine);
    fesetenv(&offer.environment);
    if (work(region, member) > 0) {
        atomic_store_explicit(&offer.helped, true, memory_order_relaxed);
    }
    atomic_fetch_or(&offer.fpe, fetestexcept(FE_ALL_EXCEPT));
    fesetenv(&mine);
    atomic_fetch_sub(&offer.gate, ONE_ACTIVE); /* last: `offer` is the caller's again */
}

/* -- the captain ---------------------------------------------------------------- */

/* Wait for a generation other than the last one seen; false: leave. */
static bool await(uint64_t *seen, unsigned crew)
{
    const int64_t patience = atomic_load(&team.spin_ns);
    const int64_t since = team_now_ns();
    bool leave = false;
    for (unsigned turn = 1;; turn++) {
        leave = atomic_load(&team.crew) != crew;
        if (leave || gate_generation(atomic_load(&offer.gate)) != *seen) {
            break;
        }
        relax();
        if (turn % 64 != 0 || team_now_ns() - since < patience) {
            continue;
        }
        pthread_mutex_lock(&team.lock);
        atomic_store(&team.asleep, true);
        while (atomic_load(&team.crew) == crew &&
               gate_generation(atomic_load(&offer.gate)) == *seen) {
            pthread_cond_wait(&team.wake, &team.lock);
        }
        atomic_store(&team.asleep, false);
        pthread_mutex_unlock(&team.lock);
    }
    *seen = gate_generation(atomic_load(&offer.gate));
    return !leave;
}

static void rouse(void)
{
    if (atomic_load(&team.asleep)) {
        pthread_mutex_lock(&team.lock);
        pthread_cond_broadcast(&team.wake);
        pthread_mutex_unlock(&team.lock);
    }
}

static void *captain_main(void *crew_number)
{
    const unsigned crew = (unsigned)(uintptr_t)crew_number;
    uint64_t seen = team.first_seen;
#ifdef __GLIBC__
    pthread_setname_np(pthread_self(), "numpy_par");
#endif
    while (await(&seen, crew)) {
        const int width = atomic_load(&team.width);
        if (width <= 1) {
            help(seen); /* no OpenMP threads: they would only cost a barrier */
            continue;
        }
        /* Always the same width: libgomp ends and starts threads when it changes. */
#pragma omp parallel num_threads(width)
        help(seen);
    }
    omp_pause_resource_all(omp_pause_soft); /* end the OpenMP threads */
    atomic_store(&team.gone, true);
    return NULL;
}

/* -- starting and ending the team ----------------------------------------------- */

/* Create a thread that no signal is delivered to: they belong to Python's threads. */
static int create(pthread_t *thread, void *(*start)(void *), void *argument)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(thread, NULL, start, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void *wait_for_lock(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

/*
 * How many of `wanted` further threads the system lets us have.  libgomp ends the
 * process when it cannot create one, so they are tried out first: all of them held
 * alive at once, then ended.
 */
static int affordable(int wanted)
{
    static pthread_t trial[TEAM_MAX_THREADS];
    static pthread_mutex_t hold = PTHREAD_MUTEX_INITIALIZER;
    int got = 0;
    pthread_mutex_lock(&hold);
    while (got < wanted && create(&trial[got], wait_for_lock, &hold) == 0) {
        got++;
    }
    pthread_mutex_unlock(&hold);
    for (int i = 0; i < got; i++) {
        pthread_join(trial[i], NULL);
    }
    return got;
}

/* Bring the team to the size of the cap; false: nobody can help. */
static bool muster_on_roster(void)
{
    const int wanted = team_cap() - 1;
    const int width = atomic_load(&team.width);
    if (team.started && width >= wanted) {
        atomic_store(&team.width, wanted);
        return true;
    }
    if (team.failed_at && team_now_ns() - team.failed_at < RETRY_NS) {
        return team.started;
    }
    team.failed_at = 0;
    if (!team.started) {
        team.first_seen = gate_generation(atomic_load(&offer.gate));
        atomic_store(&team.gone, false);
        void *crew = (void *)(uintptr_t)atomic_load(&team.crew);
        if (create(&team.captain, captain_main, crew) != 0) {
            team.failed_at = team_now_ns();
            return false;
        }
        team.started = true;
    }
    const int more = wanted - 1; /* OpenMP threads beside the captain */
    const int got = more > 0 ? affordable(more) : 0;
    if (got < more) {
        team.failed_at = team_now_ns();
    }
    atomic_store(&team.width, got + 1);
    return true;
}

static bool muster(void)
{
    if (pthread_mutex_trylock(&team.roster) != 0) {
        return false; /* the process is forking */
    }
    const bool ready = muster_on_roster();
    pthread_mutex_unlock(&team.roster);
    return ready;
}

/*
 * Before a fork, end the captain and with it all threads of ours: a child starts
 * with none of them, libgomp hangs in a child whose parent had a pool, and CPython
 * warns when a process with threads forks.  A region in progress loses its helpers
 * after the piece they are at, and its caller goes on alone.
 */
static void before_fork(void)
{
    pthread_mutex_lock(&team.roster);
    if (!team.started) {
        return;
    }
    atomic_fetch_and(&offer.gate, ~OPEN);
    pthread_mutex_lock(&team.lock);
    atomic_fetch_add(&team.crew, 1);
    pthread_cond_broadcast(&team.wake);
    pthread_mutex_unlock(&team.lock);

    const int64_t deadline = team_now_ns() + FORK_WAIT_NS;
    while (!atomic_load(&team.gone) && team_now_ns() < deadline) {
        sched_yield();
    }
    if (atomic_load(&team.gone)) {
        pthread_join(team.captain, NULL);
    }
    else {
        pthread_detach(team.captain); /* stuck in somebody's loop: it ends by itself */
    }
    team.started = false;
    atomic_store(&team.width, 0);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&team.roster);
}

static void after_fork_in_child(void)
{
    /* The owner of a region in progress, if there was one, does not exist here. */
    pthread_mutex_init(&team.roster, NULL);
    pthread_mutex_init(&team.lock, NULL);
    pthread_cond_init(&team.wake, NULL);
    team.failed_at = 0;
    atomic_store(&team.asleep, false);
    atomic_store(&team.taken, false);
    const uint64_t generation = gate_generation(atomic_load(&offer.gate));
    atomic_store(&offer.gate, generation << GENERATION_SHIFT);
}

/* -- regions -------------------------------------------------------------------- */

const char *team_unavailable(void)
{
    if (inside || omp_in_parallel()) {
        return "already inside a parallel region";
    }
    if (atomic_load(&team.cap) < 2) {
        return "set_num_threads is 1";
    }
    return NULL;
}

static bool take(void)
{
    bool free = false;
    if (team_unavailable() || !atomic_compare_exchange_strong(&team.taken, &free, true)) {
        return false;
    }
    if (!muster()) {
        atomic_store(&team.taken, false);
        return false;
    }
    return true;
}

static void run_alone(const struct team_region *region, struct team_result *result)
{
    int64_t polled_at = team_now_ns();
    for (int64_t piece = 0; piece < region->npieces; piece++) {
        if (region->body(region->context, 0, piece) < 0) {
            result->status = TEAM_FAILED;
            break;
        }
        if (region->poll && team_now_ns() - polled_at > POLL_NS) {
            if (region->poll(region->context)) {
                result->status = TEAM_STOPPED;
                break;
            }
            polled_at = team_now_ns();
        }
    }
    result->fpe = fetestexcept(FE_ALL_EXCEPT);
}

static void open_gate(const struct team_region *region)
{
    atomic_store_explicit(&offer.next_piece, 0, memory_order_relaxed);
    atomic_store_explicit(&offer.status, TEAM_DONE, memory_order_relaxed);
    atomic_store_explicit(&offer.fpe, 0, memory_order_relaxed);
    atomic_store_explicit(&offer.helped, false, memory_order_relaxed);
    offer.region = *region;
    fegetenv(&offer.environment);
    offer.to_sleeper = atomic_load(&team.asleep);
    offer.offered_at = team_now_ns();
    const uint64_t gate = atomic_load(&offer.gate);
    assert(gate_active(gate) == 0 && !(gate & OPEN));
    atomic_store(&offer.gate, (gate_generation(gate) + 1) << GENERATION_SHIFT | OPEN |
                                  (uint64_t)(region->threads - 1) << LIMIT_SHIFT);
    rouse();
}

/* A test wants its pieces shared out, however small they are. */
static void await_helpers(const struct team_region *region)
{
    while (gate_joined(atomic_load(&offer.gate)) < (unsigned)(region->threads - 1) &&
           team_now_ns() - offer.offered_at < region->wait_ns) {
        sched_yield();
    }
}

/* Take the offer back and wait for those who are still at a piece. */
static uint64_t close_gate(void)
{
    uint64_t gate = atomic_fetch_and(&offer.gate, ~OPEN);
    for (unsigned turn = 0; gate_active(gate) > 0; turn++) {
        if (turn < 4096) {
            relax();
        }
        else {
            sched_yield();
        }
        gate = atomic_load(&offer.gate);
    }
    return gate;
}

struct team_result team_run(const struct team_region *region)
{
    struct team_result result = {TEAM_DONE, 1, 0};
    assert(region->threads >= 1 && region->threads <= TEAM_MAX_THREADS);
    atomic_fetch_add_explicit(&counters.pieces, (uint64_t)region->npieces,
                              memory_order_relaxed);

    if (region->threads < 2 || region->npieces < 2 || !take()) {
        atomic_fetch_add_explicit(&counters.serial, 1, memory_order_relaxed);
        run_alone(region, &result);
        return result;
    }
    open_gate(region);
    if (region->wait_ns > 0) {
        await_helpers(region);
    }
    work(region, 0);
    const uint64_t gate = close_gate();

    result.status = (enum team_status)atomic_load(&offer.status);
    result.threads = 1 + (int)gate_joined(gate);
    result.fpe = fetestexcept(FE_ALL_EXCEPT) | atomic_load(&offer.fpe);
    const bool helped = atomic_load_explicit(&offer.helped, memory_order_relaxed);
    const int64_t spin = (team_now_ns() - offer.offered_at) * SPIN_FACTOR;
    atomic_store_explicit(&team.spin_ns,
                          spin < SPIN_MIN_NS   ? SPIN_MIN_NS
                          : spin > SPIN_MAX_NS ? SPIN_MAX_NS
                                               : spin,
                          memory_order_relaxed);
    atomic_store(&team.taken, false);

    atomic_fetch_add_explicit(&counters.regions, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counters.helped, helped, memory_order_relaxed);
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

int team_openmp_limit(void)
{
    /* Unchanged, it says only how many CPUs there are, which set_num_threads may
     * exceed; changed, somebody set a limit for this thread. */
    const int limit = omp_get_max_threads();
    return limit == team.openmp_default ? TEAM_MAX_THREADS : limit;
}

double team_handoff_ns(bool asleep)
{
    return (double)atomic_load_explicit(&team.handoff_ns[asleep], memory_order_relaxed);
}

bool team_asleep(void)
{
    return atomic_load_explicit(&team.width, memory_order_relaxed) == 0 ||
           atomic_load_explicit(&team.asleep, memory_order_relaxed);
}

struct team_counters team_counters(void)
{
    return (struct team_counters){
        atomic_load(&counters.regions),
        atomic_load(&counters.helped),
        atomic_load(&counters.serial),
        atomic_load(&counters.pieces),
    };
}

int team_init(int cap)
{
    pthread_mutex_init(&team.roster, NULL);
    pthread_mutex_init(&team.lock, NULL);
    pthread_cond_init(&team.wake, NULL);
    team.openmp_default = omp_get_max_threads();
    atomic_store(&team.spin_ns, SPIN_MIN_NS);
    /* What to expect before the first region is measured. */
    atomic_store(&team.handoff_ns[false], 2000);
    atomic_store(&team.handoff_ns[true], 50000);
    team_set_cap(cap);
    const int error = pthread_atfork(before_fork, after_fork_in_parent,
                                     after_fork_in_child);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}
