/* pool.c - see pool.h. */
#define _GNU_SOURCE
#include "pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "blocks.h"
#include "caches.h"
#include "colours.h"
#include "pages.h"
#include "size_classes.h"

#if defined(__SANITIZE_ADDRESS__)
#  include <sanitizer/asan_interface.h>
#else
#  define ASAN_POISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#  define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

#define SECOND INT64_C(1000000000)

/* When a block has been idle for FORGET_NS, the operating system may take its contents;
 * after RETURN_NS its addresses go too.  A loop that uses a block again does so within
 * a second; a notebook's next cell within ten. */
#define FORGET_NS (1 * SECOND)
#define RETURN_NS (10 * SECOND)
#define TIDY_NS (SECOND / 4)

/* The mappings that the system lets a process have, unless it says otherwise.  A block
 * takes up to three (huge pages, and a rest on each side), and others want some too. */
enum { SYSTEM_MAPPINGS = 65530, MAPPINGS_PER_BLOCK = 4 };

/* Up to this size clearing an idle block costs less than page faults.  Beyond it a
 * caller may count on zeros that cost nothing until they are touched, as malloc's
 * do. */
#define CLEAR_MOST ((size_t)32 << 20)

/* -- state ------------------------------------------------------------------------ */

static struct {
    struct block_stack idle[CLASSES];
    _Atomic size_t limit;
    _Atomic bool huge;
    _Atomic int64_t tidied_at;
    size_t mapped_most;
    /* Figures: no call that finds a block in its thread's cache changes them. */
    _Alignas(64) _Atomic size_t listed_bytes; /* idle, and in no thread's cache */
    _Atomic size_t mapped, mapped_bytes, peak;
    _Atomic uint64_t misses, returned;
    _Atomic uint64_t hits, faults_saved; /* of blocks that are gone */
} pool;

/* Returns the time, to within some milliseconds. */
static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static char *start_of(block_id id)
{
    return (char *)atomic_load_explicit(&block_of(id)->start, memory_order_relaxed);
}

/* Returns what users see of a block. */
static char *data_of(block_id id)
{
    return start_of(id) + block_of(id)->colour;
}

/* Returns the bytes of the mapping. */
static size_t mapped_of(const struct block *block)
{
    return block->capacity + pages_size();
}

/* -- figures ---------------------------------------------------------------------- */

static void add(_Atomic uint64_t *figure, uint64_t more)
{
    atomic_fetch_add_explicit(figure, more, memory_order_relaxed);
}

/* Adds to a figure of a block that the calling thread holds. */
static void add_own(_Atomic uint64_t *figure, uint64_t more)
{
    const uint64_t before = atomic_load_explicit(figure, memory_order_relaxed);
    atomic_store_explicit(figure, before + more, memory_order_relaxed);
}

static uint64_t take_figure(_Atomic uint64_t *figure)
{
    return atomic_exchange_explicit(figure, 0, memory_order_relaxed);
}

/* Not below zero: another thread may just be changing the figures. */
static size_t difference(size_t whole, size_t part)
{
    return whole > part ? whole - part : 0;
}

/* What threads keep in their caches counts as used, because that changes at each
 * call. */
static void note_peak(void)
{
    const size_t use =
        difference(atomic_load(&pool.mapped_bytes), atomic_load(&pool.listed_bytes));
    size_t peak = atomic_load_explicit(&pool.peak, memory_order_relaxed);
    while (use > peak && !atomic_compare_exchange_weak(&pool.peak, &peak, use)) {
    }
}

/* -- to and from the system ------------------------------------------------------- */

static void return_to_system(block_id id)
{
    struct block *block = block_of(id);
    void *const start = start_of(id);
    const size_t bytes = mapped_of(block);
    ASAN_UNPOISON_MEMORY_REGION(start, bytes);
    add(&pool.hits, take_figure(&block->hits));
    add(&pool.faults_saved, take_figure(&block->faults_saved));
    atomic_fetch_sub(&pool.mapped_bytes, block->capacity);
    blocks_hide(id);
    pages_unmap(start, bytes);
    blocks_retire(id);
    atomic_fetch_sub(&pool.mapped, 1);
    add(&pool.returned, 1);
}

/* Asks for huge pages for what was asked for.  The last one is included if what it has
 * beyond that is a sixteenth of the whole at most.  The rest of a class may never be
 * touched, and should not take memory. */
static void want_huge(block_id id, size_t asked)
{
    struct block *block = block_of(id);
    const size_t size = block->colour + asked;
    size_t bytes = pages_round_up(size, PAGES_HUGE);
    if (bytes > mapped_of(block) || bytes - size > size / 16) {
        bytes = size / PAGES_HUGE * PAGES_HUGE;
    }
    if (bytes > block->huge && atomic_load_explicit(&pool.huge, memory_order_relaxed)) {
        pages_want_huge(start_of(id), bytes);
        block->huge = bytes;
    }
}

static block_id map_block(int size_class, size_t capacity)
{
    if (atomic_fetch_add(&pool.mapped, 1) >= pool.mapped_most) {
        atomic_fetch_sub(&pool.mapped, 1);
        return 0;
    }
    const size_t bytes = capacity + pages_size(); /* as mapped_of() has it */
    void *start = pages_map(bytes, capacity >= PAGES_HUGE ? PAGES_HUGE : pages_size());
    const block_id id = start ? blocks_add(start) : 0;
    if (id == 0) {
        if (start) {
            pages_unmap(start, bytes);
        }
        atomic_fetch_sub(&pool.mapped, 1);
        return 0;
    }
    struct block *block = block_of(id);
    block->colour = next_colour();
    block->capacity = capacity;
    block->touched = block->huge = 0;
    block->forgotten = false;
    block->size_class = (int16_t)size_class;
    atomic_fetch_add(&pool.mapped_bytes, capacity);
    return id;
}

/* -- idle blocks ------------------------------------------------------------------ */

/* Marks a block, for a thread that has to tell blocks apart when no other thread is
 * left. */
static void mark_idle(block_id id, bool idle)
{
    atomic_store_explicit(&block_of(id)->idle, idle, memory_order_relaxed);
}

static void push_idle(block_id id)
{
    atomic_fetch_add(&pool.listed_bytes, block_of(id)->capacity);
    blocks_push(&pool.idle[block_of(id)->size_class], id);
}

static block_id pop_idle(int size_class)
{
    const block_id id = blocks_pop(&pool.idle[size_class]);
    if (id) {
        atomic_fetch_sub(&pool.listed_bytes, block_of(id)->capacity);
    }
    return id;
}

/* Returns whether to keep a block that lies idle.  A block that has been idle since
 * before `oldest` goes back to the system. */
static bool keep(block_id id, int64_t oldest)
{
    struct block *block = block_of(id);
    if (block->idle_since < oldest) {
        mark_idle(id, false);
        atomic_fetch_sub(&pool.listed_bytes, block->capacity);
        return_to_system(id);
        return false;
    }
    if (block->idle_since < oldest + (RETURN_NS - FORGET_NS) && !block->forgotten) {
        pages_forget(start_of(id), mapped_of(block));
        block->forgotten = true;
    }
    return true;
}

/* Gives back what has been idle since before `oldest`; returns the bytes. */
static size_t tidy(int64_t oldest)
{
    size_t returned = 0;
    caches_empty(oldest + (RETURN_NS - FORGET_NS), push_idle);
    for (int c = 0; c < CLASSES; c++) {
        struct block_stack kept = {
            0}; /* reversed, so that pushing back restores order */
        for (block_id id = blocks_pop_all(&pool.idle[c]); id;) {
            const block_id next = atomic_load(&block_of(id)->next);
            const size_t capacity = block_of(id)->capacity;
            if (keep(id, oldest)) {
                blocks_push(&kept, id);
            } else {
                returned += capacity;
            }
            id = next;
        }
        for (block_id id; (id = blocks_pop(&kept));) {
            blocks_push(&pool.idle[c], id);
        }
    }
    return returned;
}

/* Tidies now and then, in whichever thread comes along. */
static void tidy_sometimes(int64_t time)
{
    int64_t last = atomic_load_explicit(&pool.tidied_at, memory_order_relaxed);
    if (time - last > TIDY_NS &&
        atomic_compare_exchange_strong(&pool.tidied_at, &last, time)) {
        tidy(time - RETURN_NS);
    }
}

/* -- taking and giving ------------------------------------------------------------ */

/* Hands a block out; its first `touched` bytes count as written to. */
static void *hand_out(block_id id, size_t size)
{
    struct block *block = block_of(id);
    want_huge(id, size);
    if (size > block->touched) {
        block->touched = size;
    }
    return data_of(id);
}

static void count_hit(struct block *block, size_t size)
{
    const size_t again = size < block->touched ? size : block->touched;
    const size_t in_huge = again < block->huge ? again : block->huge;
    add_own(&block->hits, 1);
    if (!block->forgotten) {
        add_own(&block->faults_saved,
                in_huge / PAGES_HUGE + (again - in_huge) / pages_size());
    }
}

/* Returns a block from the lists; 0: there is none of this class. */
static block_id take_idle(int size_class)
{
    block_id id = caches_take(size_class);
    if (id == 0 && (id = pop_idle(size_class))) {
        note_peak();
    }
    if (id) {
        mark_idle(id, false);
        ASAN_UNPOISON_MEMORY_REGION(data_of(id), block_of(id)->capacity);
    }
    return id;
}

static block_id take_fresh(int size_class, size_t capacity)
{
    block_id id = map_block(size_class, capacity);
    if (id == 0 && pool_trim() > 0) {
        id = map_block(size_class, capacity);
    }
    if (id) {
        add(&pool.misses, 1);
        note_peak();
    }
    return id;
}

void *pool_take_zeros(size_t size, size_t *to_clear)
{
    size_t capacity;
    const int size_class = class_of(size, &capacity);
    block_id id = size_class == CLASSES ? 0 : take_idle(size_class);
    *to_clear = 0;
    if (id == 0) {
        id = size_class == CLASSES ? 0 : take_fresh(size_class, capacity);
        return id ? hand_out(id, size) : NULL;
    }
    struct block *block = block_of(id);
    if (size > CLEAR_MOST && pages_drop(start_of(id), mapped_of(block))) {
        block->touched = 0;
    }
    count_hit(block, size);
    *to_clear = size < block->touched ? size : block->touched;
    block->forgotten = false;
    return hand_out(id, size);
}

void *pool_take(size_t size)
{
    size_t capacity;
    const int size_class = class_of(size, &capacity);
    block_id id = size_class == CLASSES ? 0 : take_idle(size_class);
    if (id) {
        count_hit(block_of(id), size);
        block_of(id)->forgotten = false;
    } else {
        id = size_class == CLASSES ? 0 : take_fresh(size_class, capacity);
    }
    return id ? hand_out(id, size) : NULL;
}

bool pool_has(const void *start)
{
    return blocks_find(start) != 0;
}

size_t pool_capacity(const void *start)
{
    return block_of(blocks_find(start))->capacity;
}

/* Returns whether `bytes` more would be too many to lie idle. */
static bool is_too_much(size_t bytes)
{
    const size_t limit = atomic_load_explicit(&pool.limit, memory_order_relaxed);
    bytes += atomic_load_explicit(&pool.listed_bytes, memory_order_relaxed);
    return bytes + caches_bytes_most() > limit && bytes + caches_bytes() > limit;
}

void pool_give(void *start)
{
    const block_id id = blocks_find(start);
    struct block *block = block_of(id);
    assert(id && !atomic_load(&block->idle));
    const int64_t time = now();
    tidy_sometimes(time);
    if (is_too_much(block->capacity)) {
        return_to_system(id);
        return;
    }
    ASAN_POISON_MEMORY_REGION(start, block->capacity);
    block->idle_since = time;
    mark_idle(id, true);
    if (!caches_put(id, time)) {
        push_idle(id);
    }
}

void *pool_resize(void *start, size_t size)
{
    const block_id id = blocks_find(start);
    struct block *block = block_of(id);
    const size_t capacity = block->capacity;
    if (size <= capacity && size > capacity / 2) {
        want_huge(id, size);
        block->touched = size > block->touched ? size : block->touched;
        return start;
    }
    char *fresh = pool_take(size);
    if (fresh == NULL) {
        return NULL;
    }
    memcpy(fresh, start, size < capacity ? size : capacity);
    pool_give(start);
    return fresh;
}

/* -- settings and figures --------------------------------------------------------- */

size_t pool_limit(size_t bytes)
{
    const size_t before = atomic_exchange(&pool.limit, bytes);
    if (is_too_much(0)) {
        pool_trim();
    }
    return before;
}

size_t pool_get_limit(void)
{
    return atomic_load(&pool.limit);
}

void pool_use_huge_pages(bool yes)
{
    atomic_store(&pool.huge, yes);
}

size_t pool_trim(void)
{
    return tidy(INT64_MAX - RETURN_NS);
}

struct pool_stats pool_stats(void)
{
    tidy_sometimes(now());
    struct pool_stats stats = {
        .hits = atomic_load(&pool.hits),
        .misses = atomic_load(&pool.misses),
        .faults_saved = atomic_load(&pool.faults_saved),
        .returned = atomic_load(&pool.returned),
        .peak = atomic_load(&pool.peak),
        .idle = atomic_load(&pool.listed_bytes) + caches_bytes(),
    };
    for (block_id id = 1; id <= blocks_count(); id++) {
        stats.hits += atomic_load(&block_of(id)->hits);
        stats.faults_saved += atomic_load(&block_of(id)->faults_saved);
    }
    stats.in_use = difference(atomic_load(&pool.mapped_bytes), stats.idle);
    return stats;
}

bool pool_is_empty(void)
{
    pool_trim();
    return atomic_load(&pool.mapped) == 0;
}

/* -- once ------------------------------------------------------------------------- */

/* Threads that are gone here may have been at the lists, with blocks in their hands.
 * So this makes all lists anew, from what the records say. */
static void reset_in_child(void)
{
    size_t mapped = 0, mapped_bytes = 0;
    caches_reset_in_child();
    for (int c = 0; c < CLASSES; c++) {
        atomic_store(&pool.idle[c].head, 0);
    }
    atomic_store(&pool.listed_bytes, 0);
    for (block_id id = 1; id <= blocks_count(); id++) {
        const struct block *block = block_of(id);
        if (start_of(id)) {
            mapped++;
            mapped_bytes += block->capacity;
            if (atomic_load(&block->idle)) {
                push_idle(id);
            }
        }
    }
    atomic_store(&pool.mapped, mapped);
    atomic_store(&pool.mapped_bytes, mapped_bytes);
}

static size_t read_mappings_allowed(void)
{
    char text[32];
    long allowed = 0;
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    if (file) {
        allowed = fgets(text, sizeof text, file) ? strtol(text, NULL, 10) : 0;
        fclose(file);
    }
    return allowed > 0 ? (size_t)allowed : SYSTEM_MAPPINGS;
}

int pool_init(void)
{
    const int error = caches_init(push_idle);
    pool.mapped_most = read_mappings_allowed() / MAPPINGS_PER_BLOCK;
    atomic_store(&pool.huge, true);
    atomic_store(&pool.tidied_at, now());
    return error ? error : pthread_atfork(NULL, NULL, reset_in_child);
}
