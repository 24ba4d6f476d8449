/* helpers.c - see helpers.h.  The only file that creates a thread. */
#define _GNU_SOURCE /* pthread_setname_np, pthread_tryjoin_np */
#include "helpers.h"

#include <errno.h>
#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>

#include "clock.h"
#include "relax.h"
#include "spare.h"

/* Before it sleeps, a helper looks for the next region for three times as long as the
 * last one took.  A program that spends a third of its time in regions keeps it awake;
 * an idle program costs two milliseconds of each core, once.  Waking a sleeper costs 30
 * to 50 us, so looking for ten times that is fair: with a fifth of a millisecond,
 * np.add of 50,000 elements in turn with as much work of NumPy's fell from 1.9 to 1.5
 * times NumPy's speed. */
#define PATIENCE_LEAST_NS (500 * 1000)
#define PATIENCE_MOST_NS (2 * 1000 * 1000)
#define PATIENCE_FACTOR 3

/* When no further thread can be created (ulimit -u or -v, a pids cgroup): ask again
 * after this time. */
#define RETRY_NS (100 * 1000 * 1000)

/* How long a fork waits for helpers to finish the piece they are at. */
#define FORK_WAIT_NS (2LL * 1000 * 1000 * 1000)

/* The least stack of a helper; what threads get here by default may be more.  It costs
 * address space only, and the loops of others need it: OpenBLAS puts the jobs of all
 * its threads there, so that inverting a complex matrix of 300 x 300 takes between 3
 * and 4 MiB.  Under `ulimit -s unlimited` the default is 2 MiB. */
#define STACK_BYTES ((size_t)8 << 20)

/* HELPER_BYTES is what a helper may take of the address space: its stack, and the arena
 * that glibc's malloc reserves for it.  ROOM_BYTES stays for the program: under ulimit
 * -v its next array is worth more than a helper. */
#define HELPER_BYTES (STACK_BYTES + ((size_t)64 << 20))
#define ROOM_BYTES ((size_t)64 << 20)

/* A helper that comes to a region wakes at most this many others.  Waking one takes 1
 * to 2 us, and a helper takes 30 to 50 us to come: two rounds of eight have woken 63
 * before a single thread could. */
#define FAN_OUT 8

enum { MOST_HELPERS = 1023 };

static struct {
    struct helpers_callbacks callbacks;

    pthread_mutex_t roster; /* guards what follows: who starts or ends helpers */
    pthread_t helpers[MOST_HELPERS];
    int64_t failed_at; /* when starting one last failed, or 0 */

    _Atomic int width;      /* the number of helpers */
    _Atomic unsigned epoch; /* a helper of another epoch has to leave */
    _Atomic int64_t patience_ns;

    /* Helpers that are not asleep, and those for which `bell` has been rung.  (The bell
     * may be rung in vain while helpers end; then a helper is awake that is not
     * counted.) */
    _Atomic int awake;
    _Atomic bool all_useful;
    sem_t bell;
    _Atomic int64_t rung_at;
} group;

/* -- a helper's life ------------------------------------------------------------ */

static bool must_leave(unsigned epoch)
{
    return atomic_load(&group.epoch) != epoch;
}

/* Returns whether the helper has to sleep: it is out of patience, or enough others are
 * awake.  If so, it is no longer counted as awake. */
static bool has_watched(int64_t ns)
{
    const bool tired = ns > atomic_load(&group.patience_ns);
    int awake = atomic_load(&group.awake);
    while (tired || awake > spare_now()) {
        if (atomic_compare_exchange_weak(&group.awake, &awake, awake - 1)) {
            return true;
        }
    }
    return false;
}

/* Sleeps until the bell rings; the thread that rings counts the sleeper as awake.
 * Returns the time when the sleeper was to wake. */
static int64_t sleep_until_woken(uint64_t seen, unsigned epoch)
{
    /* A caller that offers a region looks at `awake` afterwards: either it rings, or
     * the region is seen here. */
    if (must_leave(epoch) || group.callbacks.generation() != seen) {
        atomic_fetch_add(&group.awake, 1);
        return monotonic_ns();
    }
    while (sem_wait(&group.bell) != 0) {
        /* EINTR, from a debugger for instance */
    }
    return atomic_load(&group.rung_at);
}

static void *helper_main(void *epoch_number)
{
    const unsigned epoch = (unsigned)(uintptr_t)epoch_number;
    uint64_t seen = UINT64_MAX; /* none: one may be on offer already */
    int64_t since = monotonic_ns();
    struct spare_watch watch = {0};
    spare_watch_begin(&watch, since);
#ifdef __GLIBC__
    pthread_setname_np(pthread_self(), "numpy_par");
#endif
    for (unsigned turn = 1; !must_leave(epoch); turn++) {
        const uint64_t generation = group.callbacks.generation();
        if (generation != seen) {
            seen = generation;
            turn = 0;
            if (group.callbacks.help(seen)) {
                since = monotonic_ns();
            }
        }
        relax();
        if (turn % 64 != 0) {
            continue;
        }
        if (must_leave(epoch)) { /* it may have been stuck: nothing to learn from */
            break;
        }
        const int64_t now = monotonic_ns();
        spare_watch(&watch, now);
        if (has_watched(now - since)) {
            spare_watch_begin(&watch, sleep_until_woken(seen, epoch));
            since = monotonic_ns();
            if (spare_is_probed()) {
                spare_probe(must_leave, epoch);
                spare_watch_begin(&watch, monotonic_ns());
            }
        }
        if (atomic_load(&group.all_useful)) {
            sched_yield(); /* perhaps to a helper that has not come yet */
        }
    }
    return NULL;
}

static void ring(void)
{
    atomic_store_explicit(&group.rung_at, monotonic_ns(), memory_order_relaxed);
    sem_post(&group.bell);
}

void helpers_wake(int helpers)
{
    const int width = atomic_load(&group.width);
    const int wanted = helpers < width ? helpers : width;
    int awake = atomic_load(&group.awake);
    for (int rung = 0; awake < wanted && rung < FAN_OUT;) {
        if (atomic_compare_exchange_weak(&group.awake, &awake, awake + 1)) {
            ring();
            rung++;
        }
    }
}

int helpers_useful(void)
{
    if (atomic_load_explicit(&group.width, memory_order_relaxed) > 0 &&
        spare_is_due()) {
        atomic_fetch_add(&group.awake, 1);
        ring();
    }
    return spare_now();
}

void helpers_use_all(bool all)
{
    atomic_store(&group.all_useful, all);
    spare_set_always(all);
}

bool helpers_are_asleep(void)
{
    return atomic_load_explicit(&group.awake, memory_order_relaxed) <= 0;
}

void helpers_expect(int64_t region_ns)
{
    const int64_t patience = region_ns * PATIENCE_FACTOR;
    atomic_store_explicit(&group.patience_ns,
                          patience < PATIENCE_LEAST_NS  ? PATIENCE_LEAST_NS
                          : patience > PATIENCE_MOST_NS ? PATIENCE_MOST_NS
                                                        : patience,
                          memory_order_relaxed);
}

/* -- starting and ending them --------------------------------------------------- */

/* Returns whether the address space has room for `helpers` more helpers. */
static bool is_room(int helpers)
{
    const size_t bytes = (size_t)helpers * HELPER_BYTES + ROOM_BYTES;
    void *probe = mmap(NULL, bytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (probe == MAP_FAILED) {
        return false;
    }
    munmap(probe, bytes);
    return true;
}

/* Creates a thread to which no signal is delivered: signals belong to Python's
 * threads. */
static int create(pthread_t *thread, void *(*start)(void *), void *argument)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error) {
        return error;
    }
    size_t stack;
    if (pthread_attr_getstacksize(&attributes, &stack) == 0 && stack < STACK_BYTES) {
        pthread_attr_setstacksize(&attributes, STACK_BYTES);
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(thread, &attributes, start, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

static int other_cpus(void)
{
    const int others = omp_get_num_procs() - 1;
    return others > 1 ? others : 1;
}

/* Starts helpers one by one, until there are `helpers` of them or the system
 * refuses. */
static void hire(int helpers)
{
    void *epoch = (void *)(uintptr_t)atomic_load(&group.epoch);
    group.failed_at = 0;
    const int known = atomic_load(&group.width);
    if (known == 0) {
        spare_begin(other_cpus());
    }
    for (int width = known; width < helpers; width++) {
        atomic_fetch_add(&group.awake, 1);
        if (!is_room(width - known + 1) ||
            create(&group.helpers[width], helper_main, epoch) != 0) {
            atomic_fetch_sub(&group.awake, 1);
            group.failed_at = monotonic_ns();
            break;
        }
        atomic_store(&group.width, width + 1);
    }
}

/* Makes all helpers leave, and waits for that.  A region loses them after the piece
 * that they are at. */
static void dismiss(void)
{
    const int width = atomic_load(&group.width);
    const int64_t deadline = monotonic_ns() + FORK_WAIT_NS;
    atomic_store(&group.width, 0);
    atomic_fetch_add(&group.epoch, 1);
    for (int i = 0; i < width; i++) {
        sem_post(&group.bell);
    }
    for (int i = 0; i < width; i++) {
        int error;
        while ((error = pthread_tryjoin_np(group.helpers[i], NULL)) == EBUSY &&
               monotonic_ns() < deadline) {
            sched_yield();
        }
        if (error == EBUSY) { /* stuck in somebody's loop that wants the GIL */
            pthread_detach(group.helpers[i]); /* it ends by itself */
        }
    }
    while (sem_trywait(&group.bell) == 0) {
        /* these were rung for helpers that were awake */
    }
    atomic_store(&group.awake, 0);
    spare_begin(other_cpus()); /* no helper is there to find out that there are more */
}

bool helpers_ensure(int helpers)
{
    /* Nothing to change.  If a fork ends the helpers just now, none comes. */
    if (atomic_load_explicit(&group.width, memory_order_relaxed) == helpers) {
        return true;
    }
    if (pthread_mutex_trylock(&group.roster) != 0) {
        return false; /* the process is forking */
    }
    if (atomic_load(&group.width) > helpers) {
        dismiss(); /* the cap has become smaller */
    }
    if (!group.failed_at || monotonic_ns() - group.failed_at > RETRY_NS) {
        hire(helpers);
    }
    const bool ready = atomic_load(&group.width) > 0;
    pthread_mutex_unlock(&group.roster);
    return ready;
}

/* -- fork ----------------------------------------------------------------------- */

/*
 * Ends all threads of ours: a child starts with none of them, and CPython warns when a
 * process with threads forks.  A region in progress goes on with its caller alone.
 */
static void before_fork(void)
{
    pthread_mutex_lock(&group.roster);
    group.callbacks.withdraw();
    dismiss();
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&group.roster);
}

static void after_fork_in_child(void)
{
    pthread_mutex_init(&group.roster, NULL);
    sem_init(&group.bell, 0, 0);
    group.failed_at = 0;
    atomic_store(&group.awake, 0);
    spare_begin(other_cpus());
    group.callbacks.reset_in_child();
}

int helpers_init(const struct helpers_callbacks *callbacks)
{
    group.callbacks = *callbacks;
    pthread_mutex_init(&group.roster, NULL);
    sem_init(&group.bell, 0, 0);
    helpers_expect(0);
    spare_begin(other_cpus());
    return pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}
