/* captain.c - see captain.h.  The only file that creates a thread, and the only one
 * with an OpenMP pragma. */
#define _GNU_SOURCE /* pthread_setname_np */
#include "captain.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include <omp.h>

/* The captain looks for the next region for as long as the last one took, three
 * times over, before it sleeps: a program that spends a third of its time in
 * regions keeps it awake, an idle one costs two milliseconds of one core, once.
 * Waking a sleeper costs 30 to 50 us, so looking for ten times that is fair: with a
 * fifth of a millisecond, np.add of 50,000 elements in turn with as much work of
 * NumPy's fell from 1.9 to 1.5 times NumPy's speed. */
#define PATIENCE_LEAST_NS (500 * 1000)
#define PATIENCE_MOST_NS (2 * 1000 * 1000)
#define PATIENCE_FACTOR 3

/* Starting threads failed (ulimit -u, a pids cgroup): try again after so long. */
#define RETRY_NS (100 * 1000 * 1000)

/* A fork waits so long for helpers to finish the piece they are at. */
#define FORK_WAIT_NS (2LL * 1000 * 1000 * 1000)

enum { MOST_HELPERS = 1024 };

static struct {
    struct captain_orders orders;

    pthread_mutex_t roster; /* guards what follows: who starts or ends the captain */
    bool started;
    int64_t failed_at; /* when starting it last failed, or 0 */
    pthread_t thread;
    uint64_t first_seen;   /* the generation on offer when it was created */
    _Atomic int width;     /* threads it may open a region with, itself included */
    _Atomic unsigned crew; /* a captain of another crew has to leave */
    _Atomic bool gone;

    pthread_mutex_t lock; /* for sleeping only */
    pthread_cond_t wake;
    _Atomic bool asleep;
    _Atomic int64_t patience_ns;
} captain;

int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* -- the captain's life --------------------------------------------------------- */

static bool must_leave(unsigned crew)
{
    return atomic_load(&captain.crew) != crew;
}

static void sleep_until_roused(uint64_t seen, unsigned crew)
{
    pthread_mutex_lock(&captain.lock);
    atomic_store(&captain.asleep, true);
    while (!must_leave(crew) && captain.orders.generation() == seen) {
        pthread_cond_wait(&captain.wake, &captain.lock);
    }
    atomic_store(&captain.asleep, false);
    pthread_mutex_unlock(&captain.lock);
}

/* Wait for a generation other than the last one seen; false: leave. */
static bool await(uint64_t *seen, unsigned crew)
{
    const int64_t patience = atomic_load(&captain.patience_ns);
    const int64_t since = monotonic_ns();
    for (unsigned turn = 1; !must_leave(crew); turn++) {
        const uint64_t generation = captain.orders.generation();
        if (generation != *seen) {
            *seen = generation;
            return true;
        }
        relax();
        if (turn % 64 == 0 && monotonic_ns() - since > patience) {
            sleep_until_roused(*seen, crew);
        }
    }
    return false;
}

static void *captain_main(void *crew_number)
{
    const unsigned crew = (unsigned)(uintptr_t)crew_number;
    uint64_t seen = captain.first_seen;
#ifdef __GLIBC__
    pthread_setname_np(pthread_self(), "numpy_par");
#endif
    int pool = 1; /* threads of the last OpenMP region */
    while (await(&seen, crew)) {
        const int width = atomic_load(&captain.width);
        if (width <= 1) {
            if (pool > 1) {
                omp_pause_resource_all(omp_pause_soft); /* the cap has become smaller */
                pool = 1;
            }
            captain.orders.help(seen); /* an OpenMP region would only add a barrier */
            continue;
        }
        pool = width;
        /* Always the same width: libgomp ends and starts threads when it changes. */
#pragma omp parallel num_threads(width)
        captain.orders.help(seen);
    }
    omp_pause_resource_all(omp_pause_soft); /* end the OpenMP threads */
    atomic_store(&captain.gone, true);
    return NULL;
}

void captain_rouse(void)
{
    if (atomic_load(&captain.asleep)) {
        pthread_mutex_lock(&captain.lock);
        pthread_cond_broadcast(&captain.wake);
        pthread_mutex_unlock(&captain.lock);
    }
}

bool captain_is_asleep(void)
{
    return atomic_load_explicit(&captain.width, memory_order_relaxed) == 0 ||
           atomic_load_explicit(&captain.asleep, memory_order_relaxed);
}

void captain_expect(int64_t region_ns)
{
    const int64_t patience = region_ns * PATIENCE_FACTOR;
    atomic_store_explicit(&captain.patience_ns,
                          patience < PATIENCE_LEAST_NS  ? PATIENCE_LEAST_NS
                          : patience > PATIENCE_MOST_NS ? PATIENCE_MOST_NS
                                                        : patience,
                          memory_order_relaxed);
}

/* -- starting it ---------------------------------------------------------------- */

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
    static pthread_t trial[MOST_HELPERS];
    static pthread_mutex_t hold = PTHREAD_MUTEX_INITIALIZER;
    int got = 0;
    pthread_mutex_lock(&hold);
    while (got < wanted && got < MOST_HELPERS &&
           create(&trial[got], wait_for_lock, &hold) == 0) {
        got++;
    }
    pthread_mutex_unlock(&hold);
    for (int i = 0; i < got; i++) {
        pthread_join(trial[i], NULL);
    }
    return got;
}

static bool muster_on_roster(int helpers)
{
    const int width = atomic_load(&captain.width);
    if (captain.started && width >= helpers) {
        atomic_store(&captain.width, helpers);
        return true;
    }
    if (captain.failed_at && monotonic_ns() - captain.failed_at < RETRY_NS) {
        return captain.started;
    }
    captain.failed_at = 0;
    if (!captain.started) {
        void *crew = (void *)(uintptr_t)atomic_load(&captain.crew);
        captain.first_seen = captain.orders.generation();
        atomic_store(&captain.gone, false);
        if (create(&captain.thread, captain_main, crew) != 0) {
            captain.failed_at = monotonic_ns();
            return false;
        }
        captain.started = true;
    }
    const int more = helpers - 1; /* OpenMP threads beside the captain */
    const int got = more > 0 ? affordable(more) : 0;
    if (got < more) {
        captain.failed_at = monotonic_ns();
    }
    atomic_store(&captain.width, got + 1);
    return true;
}

bool captain_muster(int helpers)
{
    /* Nothing to change.  Should a fork end the captain just now, nobody comes. */
    if (atomic_load_explicit(&captain.width, memory_order_relaxed) == helpers) {
        return true;
    }
    if (pthread_mutex_trylock(&captain.roster) != 0) {
        return false; /* the process is forking */
    }
    const bool ready = muster_on_roster(helpers);
    pthread_mutex_unlock(&captain.roster);
    return ready;
}

/* -- ending it for a fork ------------------------------------------------------- */

/*
 * End all threads of ours: a child starts with none of them, libgomp hangs in a child
 * whose parent had a pool, and CPython warns when a process with threads forks.  A
 * region in progress loses its helpers after the piece they are at, and its caller
 * goes on alone.
 */
static void before_fork(void)
{
    pthread_mutex_lock(&captain.roster);
    if (!captain.started) {
        return;
    }
    captain.orders.withdraw();
    pthread_mutex_lock(&captain.lock);
    atomic_fetch_add(&captain.crew, 1);
    pthread_cond_broadcast(&captain.wake);
    pthread_mutex_unlock(&captain.lock);

    const int64_t deadline = monotonic_ns() + FORK_WAIT_NS;
    while (!atomic_load(&captain.gone) && monotonic_ns() < deadline) {
        sched_yield();
    }
    if (atomic_load(&captain.gone)) {
        pthread_join(captain.thread, NULL);
    } else { /* stuck in somebody's loop that wants the GIL: it ends by itself */
        pthread_detach(captain.thread);
    }
    captain.started = false;
    atomic_store(&captain.width, 0);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&captain.roster);
}

static void after_fork_in_child(void)
{
    pthread_mutex_init(&captain.roster, NULL);
    pthread_mutex_init(&captain.lock, NULL);
    pthread_cond_init(&captain.wake, NULL);
    captain.failed_at = 0;
    atomic_store(&captain.asleep, false);
    captain.orders.reset_in_child();
}

int captain_init(const struct captain_orders *orders)
{
    captain.orders = *orders;
    pthread_mutex_init(&captain.roster, NULL);
    pthread_mutex_init(&captain.lock, NULL);
    pthread_cond_init(&captain.wake, NULL);
    captain_expect(0);
    return pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}
