/* caches.c - see caches.h. */
#include "caches.h"

#include <pthread.h>

#include "pages.h"

enum { DEPTH = 4 };
#define CACHE_BYTES ((size_t)2 << 20) /* about a core's second-level cache */

struct cache {
    struct cache *older; /* caches are never freed, only used by another thread */
    _Atomic bool taken;
    _Atomic size_t kept;    /* bytes that the owner put, less those it took */
    _Atomic size_t emptied; /* of these, taken by others */
    _Atomic int64_t used_at;
    _Atomic block_id slot[CACHED_CLASSES][DEPTH];
};

static _Atomic(struct cache *) newest;
static _Atomic size_t caches; /* the number of caches */
static pthread_key_t key;     /* its destructor runs where a thread ends */
static caches_receive *receive_at_end;
static _Thread_local struct cache *own;

static struct cache *find_free(void)
{
    for (struct cache *cache = atomic_load(&newest); cache; cache = cache->older) {
        if (!atomic_load(&cache->taken) && !atomic_exchange(&cache->taken, true)) {
            return cache;
        }
    }
    struct cache *cache =
        pages_map(pages_round_up(sizeof *cache, pages_size()), pages_size());
    if (cache) {
        atomic_store(&cache->taken, true);
        cache->older = atomic_load(&newest);
        while (!atomic_compare_exchange_weak(&newest, &cache->older, cache)) {
        }
        atomic_fetch_add(&caches, 1);
    }
    return cache;
}

/* Returns a cache for the calling thread; NULL: it can have none. */
static struct cache *claim(void)
{
    struct cache *cache = find_free();
    if (cache && pthread_setspecific(key, cache)) {
        atomic_store(&cache->taken, false);
        cache = NULL;
    }
    own = cache;
    return cache;
}

static block_id exchange(struct cache *cache, int size_class, int i)
{
    _Atomic block_id *slot = &cache->slot[size_class][i];
    return atomic_load_explicit(slot, memory_order_relaxed) ? atomic_exchange(slot, 0)
                                                            : 0;
}

static size_t bytes_in(const struct cache *cache)
{
    return atomic_load_explicit(&cache->kept, memory_order_relaxed) -
           atomic_load_explicit(&cache->emptied, memory_order_relaxed);
}

/* Called by the cache's owner: nobody else writes to `kept`. */
static void count_kept(struct cache *cache, size_t more)
{
    const size_t kept = atomic_load_explicit(&cache->kept, memory_order_relaxed);
    atomic_store_explicit(&cache->kept, kept + more, memory_order_relaxed);
}

block_id caches_take(int size_class)
{
    struct cache *cache = own;
    block_id id = 0;
    if (cache == NULL || size_class >= CACHED_CLASSES) {
        return 0;
    }
    for (int i = 0; i < DEPTH && id == 0; i++) {
        id = exchange(cache, size_class, i);
    }
    if (id) {
        count_kept(cache, -block_of(id)->capacity);
    }
    return id;
}

bool caches_put(block_id id, int64_t time)
{
    const struct block *block = block_of(id);
    struct cache *cache = own ? own : claim();
    if (cache == NULL || block->size_class >= CACHED_CLASSES ||
        bytes_in(cache) + block->capacity > CACHE_BYTES) {
        return false;
    }
    atomic_store_explicit(&cache->used_at, time, memory_order_relaxed);
    for (int i = 0; i < DEPTH; i++) {
        _Atomic block_id *slot = &cache->slot[block->size_class][i];
        /* Others may empty a slot, only the owner fills it. */
        if (atomic_load_explicit(slot, memory_order_relaxed) == 0) {
            count_kept(cache, block->capacity);
            atomic_store_explicit(slot, id, memory_order_release);
            return true;
        }
    }
    return false;
}

size_t caches_bytes(void)
{
    size_t bytes = 0;
    for (struct cache *cache = atomic_load(&newest); cache; cache = cache->older) {
        bytes += bytes_in(cache);
    }
    return bytes;
}

size_t caches_bytes_most(void)
{
    return atomic_load_explicit(&caches, memory_order_relaxed) * CACHE_BYTES;
}

static void empty(struct cache *cache, caches_receive *receive)
{
    for (int c = 0; c < CACHED_CLASSES; c++) {
        for (int i = 0; i < DEPTH; i++) {
            const block_id id = exchange(cache, c, i);
            if (id) {
                atomic_fetch_add(&cache->emptied, block_of(id)->capacity);
                receive(id);
            }
        }
    }
}

void caches_empty(int64_t since, caches_receive *receive)
{
    for (struct cache *cache = atomic_load(&newest); cache; cache = cache->older) {
        if (atomic_load(&cache->used_at) < since) {
            empty(cache, receive);
        }
    }
}

/* If other destructors free a block after this, the thread claims a cache again, and
 * this runs once more. */
static void thread_ends(void *cache)
{
    own = NULL;
    empty(cache, receive_at_end);
    atomic_store(&((struct cache *)cache)->taken, false);
}

void caches_reset_in_child(void)
{
    for (struct cache *cache = atomic_load(&newest); cache; cache = cache->older) {
        for (int c = 0; c < CACHED_CLASSES; c++) {
            for (int i = 0; i < DEPTH; i++) {
                atomic_store(&cache->slot[c][i], 0);
            }
        }
        atomic_store(&cache->kept, 0);
        atomic_store(&cache->emptied, 0);
        atomic_store(&cache->taken, cache == own);
    }
}

int caches_init(caches_receive *receive)
{
    receive_at_end = receive;
    return pthread_key_create(&key, thread_ends);
}
