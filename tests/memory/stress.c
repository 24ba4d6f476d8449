/*
 * stress.c - many threads at the pool: what one writes into a block nobody else may touch.
 *
 *     pool OPERATIONS THREADS SEED
 *
 * Sizes are powers of two and odd ones.  Each block is filled with a pattern of its own, a
 * word in each page, which is checked when it is freed, often by another thread.  Threads
 * end and are replaced while their blocks live on; a child is forked now and then and does
 * the same with what it inherited.  The same seed gives each thread the same operations.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/memory/pool.h"

/* OWN: blocks of a thread; SHARED: those on their way from one to another. */
enum { OWN = 32, SHARED = 64, ROUNDS = 20, MOST_THREADS = 64, PAGE = 4096 };

struct item {
    char *start;
    size_t size;
    uint64_t seed;
};

/* An item on its way is in a block of its own, so that one word hands it over. */
static _Atomic(struct item *) shared[SHARED];
static _Atomic bool failed;

static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t draw_size(uint64_t *state)
{
    const uint64_t r = draw(state);
    /* Mostly small: the larger ones differ only in how long filling them takes. */
    const int bits = r % 1024 == 0 ? 22 : r % 64 == 0 ? 20 : 16 + (int)(r >> 16 & 1);
    const size_t power = (size_t)1 << bits;
    return r >> 32 & 1 ? power : power + (size_t)(r >> 33) % power;
}

static void expect(bool condition, const char *what, const struct item *item)
{
    if (!condition && !atomic_exchange(&failed, true)) {
        fprintf(stderr, "pool: %s (block %p of %zu bytes)\n", what, (void *)item->start,
                item->size);
    }
}

/* The word of a page, and the last byte. */
static void fill(const struct item *item)
{
    for (size_t at = 0; at < item->size; at += PAGE) {
        memcpy(item->start + at, &(uint64_t){item->seed + at}, sizeof(uint64_t));
    }
    item->start[item->size - 1] = (char)item->seed;
}

static void check(const struct item *item, size_t size)
{
    bool same = size < item->size || item->start[item->size - 1] == (char)item->seed;
    for (size_t at = 0; at + sizeof(uint64_t) <= size; at += PAGE) {
        uint64_t word;
        memcpy(&word, item->start + at, sizeof word);
        same = same && (word == item->seed + at || at + sizeof word >= item->size);
    }
    expect(same, "its contents have changed", item);
    expect(pool_owns(item->start), "the pool does not know it", item);
    expect(pool_capacity(item->start) >= item->size, "it is too small", item);
}

static bool is_zero(const struct item *item)
{
    for (size_t at = 0; at < item->size; at += 64) {
        if (item->start[at]) {
            return false;
        }
    }
    return item->start[item->size - 1] == 0;
}

static struct item make(uint64_t *state)
{
    struct item item = {NULL, draw_size(state), draw(state)};
    if (item.seed % 8 == 0) {
        size_t to_clear;
        item.start = pool_take_zeros(item.size, &to_clear);
        memset(item.start, 0, to_clear);
        expect(is_zero(&item), "it should be zero", &item);
    } else {
        item.start = pool_take(item.size);
    }
    expect(item.start != NULL, "there is no memory", &item);
    expect((uintptr_t)item.start % POOL_ALIGNMENT == 0, "it is not aligned", &item);
    fill(&item);
    return item;
}

static void end(struct item *item)
{
    check(item, item->size);
    pool_give(item->start);
    item->start = NULL;
}

static void resize(struct item *item, uint64_t *state)
{
    const size_t size = draw_size(state);
    item->start = pool_resize(item->start, size);
    check(&(struct item){item->start, size, item->seed},
          size < item->size ? size - 1 : item->size - PAGE);
    item->size = size;
    fill(item);
}

/* Put an item on the way, and end what was there, which another thread may have made. */
static void hand_over(struct item *item, uint64_t *state)
{
    struct item *parcel = malloc(sizeof *parcel);
    *parcel = *item;
    item->start = NULL;
    parcel = atomic_exchange(&shared[draw(state) % SHARED], parcel);
    if (parcel) {
        end(parcel);
        free(parcel);
    }
}

struct task {
    uint64_t seed, operations;
};

static void *work(void *argument)
{
    const struct task *task = argument;
    struct item own[OWN] = {{0}};
    uint64_t state = task->seed;
    for (uint64_t i = 0; i < task->operations && !atomic_load(&failed); i++) {
        struct item *item = &own[draw(&state) % OWN];
        const uint64_t what = draw(&state) % 64;
        if (item->start == NULL) {
            *item = make(&state);
        } else if (what < 8) {
            hand_over(item, &state);
        } else if (what == 8) {
            resize(item, &state);
        } else {
            end(item);
        }
        if (what == 9 && draw(&state) % 4096 == 0) {
            pool_trim();
        }
    }
    for (int i = 0; i < OWN; i++) {
        if (own[i].start && i % 2) {
            end(&own[i]);
        } else if (own[i].start) {
            hand_over(&own[i], &state); /* it outlives this thread */
        }
    }
    return NULL;
}

static void run_threads(int threads, uint64_t seed, uint64_t operations)
{
    pthread_t thread[MOST_THREADS];
    struct task task[MOST_THREADS];
    for (int i = 0; i < threads; i++) {
        task[i] = (struct task){seed + (uint64_t)i * 1000003, operations};
        if ((errno = pthread_create(&thread[i], NULL, work, &task[i]))) {
            perror("pool: pthread_create");
            exit(2);
        }
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
    }
}

static void end_shared(void)
{
    for (int i = 0; i < SHARED; i++) {
        struct item *parcel = atomic_exchange(&shared[i], NULL);
        if (parcel) {
            end(parcel);
            free(parcel);
        }
    }
}

/* A child, forked while a thread is at work. */
static void run_child(uint64_t seed, uint64_t operations)
{
    pthread_t busy;
    struct task task = {seed, operations};
    pthread_create(&busy, NULL, work, &task);
    const pid_t child = fork();
    if (child == 0) {
        alarm(120);
        end_shared();
        run_threads(2, seed + 1, operations / 4);
        end_shared();
        pool_trim();
        /* What the thread that is not here had in its hands stays in use. */
        const struct pool_stats stats = pool_stats();
        _exit(atomic_load(&failed) || stats.idle != 0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    pthread_join(busy, NULL);
    if (status != 0) {
        fprintf(stderr, "pool: the forked child ended with status %d\n", status);
        atomic_store(&failed, true);
    }
}

int main(int argc, char **argv)
{
    const uint64_t operations = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    const int threads = argc > 2 ? atoi(argv[2]) : 4;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (threads < 1 || threads > MOST_THREADS || (errno = pool_init())) {
        fprintf(stderr, "pool: OPERATIONS THREADS (1 ... %d) SEED\n", MOST_THREADS);
        return 2;
    }
    pool_limit((size_t)256 << 20);
    for (uint64_t round = 0; round < ROUNDS && !atomic_load(&failed); round++) {
        run_threads(threads, seed + round, operations / ROUNDS / (uint64_t)threads);
        if (round % 5 == 0) {
            run_child(seed - round, operations / 1000);
        }
    }
    end_shared();
    const struct pool_stats before = pool_stats();
    pool_trim();
    const struct pool_stats after = pool_stats();
    printf("pool: %" PRIu64 " operations, %" PRIu64 " blocks again, %" PRIu64
           " fresh, at most %.1f MiB\n",
           operations, before.hits, before.misses, (double)before.peak / (1 << 20));
    if (after.in_use || after.idle) {
        fprintf(stderr, "pool: %zu bytes in use and %zu idle at the end\n", after.in_use,
                after.idle);
        return 1;
    }
    return atomic_load(&failed);
}
