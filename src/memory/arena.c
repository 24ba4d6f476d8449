/* arena.c - see arena.h. */
#define _GNU_SOURCE
#include "arena.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extents.h"
#include "pages.h"

struct arena {
    pthread_mutex_t lock;
    struct arena *next, *previous; /* in `all` */
    char *base;                    /* NULL: closed */
    size_t reserved; /* addresses, of which the first `nbytes` are usable */
    size_t nbytes, peak;
    size_t
        dirty; /* from here on all is zero, and was never touched; SIZE_MAX: a file */
    struct extents extents;
    size_t arrays, buffers;
    size_t alignment;
    int fd;
    int error; /* why it could not grow */
    bool huge, zero, grow;
};

/* A fork waits until no thread is at an arena, as it does for malloc. */
static struct {
    pthread_mutex_t lock;
    struct arena *first;
} all = {PTHREAD_MUTEX_INITIALIZER, NULL};

/* -- the mapping ------------------------------------------------------------------ */

/* Returns how many addresses to reserve.  An arena that grows stays where it is, so it
 * reserves addresses for as much memory as this machine has, or for what a limit on
 * them (ulimit -v) lets us have. */
static size_t addresses_for(const struct arena_options *options)
{
    const size_t nbytes = pages_round_up(options->nbytes, pages_size());
    if (!options->grow) {
        return nbytes;
    }
    const size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * pages_size();
    size_t more = options->fd >= 0 ? 16 * memory : memory;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur / 8 < more) {
        more = limit.rlim_cur / 8; /* others want some too */
    }
    return nbytes + pages_round_up(more, pages_size());
}

static bool reserve(struct arena *arena, const struct arena_options *options)
{
    size_t bytes = addresses_for(options);
    const size_t least = pages_round_up(options->nbytes, pages_size());
    if (least < options->nbytes) {
        errno = ENOMEM;
        return false;
    }
    while (!(arena->base = pages_reserve(bytes, PAGES_HUGE)) && bytes / 2 >= least) {
        bytes = pages_round_up(bytes / 2, pages_size());
    }
    arena->reserved = bytes;
    return arena->base != NULL;
}

/* Allocates blocks on the disk for what is new: where the disk is full, writing to a
 * mapping is a SIGBUS.  Holes that a file had before stay holes. */
static int extend_file(int fd, off_t nbytes)
{
    struct stat file;
    if (fstat(fd, &file) < 0) {
        return errno;
    }
    return nbytes <= file.st_size
               ? 0
               : posix_fallocate(fd, file.st_size, nbytes - file.st_size);
}

/* Makes the first `nbytes` usable.  Returns 0, or an errno. */
static int extend(struct arena *arena, size_t nbytes)
{
    const size_t page = pages_size();
    const size_t from = arena->nbytes / page * page;
    const size_t bytes = pages_round_up(nbytes, page) - from;
    if (arena->fd >= 0) {
        const int error = extend_file(arena->fd, (off_t)nbytes);
        if (error) {
            return error;
        }
        if (mmap(arena->base + from, bytes, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_FIXED, arena->fd, (off_t)from) == MAP_FAILED) {
            return errno;
        }
    } else if (pages_commit(arena->base + from, bytes) < 0) {
        return errno;
    }
    if (arena->huge) {
        arena->huge = pages_want_huge(arena->base, pages_round_up(nbytes, page));
    }
    arena->nbytes = nbytes;
    return 0;
}

static int grow_to(struct arena *arena, size_t nbytes)
{
    if (!arena->grow || nbytes > arena->reserved) {
        return ENOMEM;
    }
    size_t more = arena->nbytes + arena->nbytes / 2;
    more = pages_round_up(more > nbytes ? more : nbytes, pages_size());
    if (more <= arena->reserved && extend(arena, more) == 0) {
        return 0;
    }
    return arena->error = extend(arena, nbytes);
}

struct arena *arena_new(const struct arena_options *options)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL) {
        return NULL;
    }
    pthread_mutex_init(&arena->lock, NULL);
    arena->alignment = options->alignment;
    arena->huge = options->huge;
    arena->zero = options->zero;
    arena->grow = options->grow;
    arena->fd = options->fd >= 0 ? fcntl(options->fd, F_DUPFD_CLOEXEC, 0) : -1;
    int error = options->fd >= 0 && arena->fd < 0 ? errno : 0;
    if (!error && !reserve(arena, options)) {
        error = errno;
    }
    if (!error) {
        error = extend(arena, options->nbytes);
    }
    if (error) {
        if (arena->base) {
            pages_unmap(arena->base, arena->reserved);
        }
        if (arena->fd >= 0) {
            close(arena->fd);
        }
        free(arena);
        errno = error;
        return NULL;
    }
    arena->dirty = options->fd >= 0 ? SIZE_MAX : 0; /* a file has what it has */
    pthread_mutex_lock(&all.lock);
    arena->next = all.first;
    if (all.first) {
        all.first->previous = arena;
    }
    all.first = arena;
    pthread_mutex_unlock(&all.lock);
    return arena;
}

static void unmap(struct arena *arena)
{
    if (arena->base) {
        pages_unmap(arena->base, arena->reserved);
        if (arena->fd >= 0) {
            close(arena->fd);
        }
    }
    arena->base = NULL;
    arena->fd = -1;
    arena->nbytes = arena->extents.count = 0;
}

void arena_free(struct arena *arena)
{
    assert(arena->arrays == 0 && arena->buffers == 0);
    pthread_mutex_lock(&all.lock);
    if (arena->previous) {
        arena->previous->next = arena->next;
    } else {
        all.first = arena->next;
    }
    if (arena->next) {
        arena->next->previous = arena->previous;
    }
    pthread_mutex_unlock(&all.lock);
    unmap(arena);
    pthread_mutex_destroy(&arena->lock);
    free(arena->extents.extent);
    free(arena);
}

/* -- blocks ----------------------------------------------------------------------- */

/*
 * Moves a block that begins at the same place of a page as the block below it, or just
 * behind that place.  With two such blocks of some pages, each load of an element from
 * one waits for the store before it to the other, since a core compares the low twelve
 * bits of addresses.  A stencil of 12,000 elements took 3.5 times as long.  So the
 * upper block begins some lines later where an arena grows.  An arena that does not
 * grow may have been made for just so many arrays, and a file is seen by others.
 */
static void colour(const struct arena *arena, size_t size, struct place *place)
{
    enum { ALIASING = 4096, APART = 320, LARGE = 2 * ALIASING };
    const struct extents *extents = &arena->extents;
    if (extents->count == 0 || size < LARGE || !arena->grow || arena->fd >= 0 ||
        arena->alignment > APART) {
        return;
    }
    const struct extent *below = &extents->extent[extents->count - 1];
    const size_t behind = (place->offset - below->offset) % ALIASING;
    const size_t further =
        pages_round_up(place->offset + APART - behind, arena->alignment);
    if (below->size >= LARGE && behind < APART && further <= arena->nbytes &&
        size <= arena->nbytes - further) {
        place->offset = further;
    }
}

static bool find_place(struct arena *arena, size_t size, struct place *place)
{
    const struct extents *extents = &arena->extents;
    if (extents_on_top(extents, size, arena->alignment, arena->nbytes, place)) {
        colour(arena, size, place);
        return true;
    }
    if (extents_in_gap(extents, size, arena->alignment, place)) {
        return true;
    }
    return extents_on_top(extents, size, arena->alignment, arena->reserved, place) &&
           grow_to(arena, place->offset + size) == 0;
}

static void note_peak(struct arena *arena)
{
    const size_t used = extents_end(&arena->extents);
    arena->peak = used > arena->peak ? used : arena->peak;
}

struct arena_block arena_take(struct arena *arena, size_t size, bool zeros)
{
    struct arena_block block = {0};
    struct place place;
    pthread_mutex_lock(&arena->lock);
    if (arena->base && extents_make_room(&arena->extents) &&
        find_place(arena, size, &place)) {
        const size_t offset = place.offset, end = offset + size;
        const size_t dirty = arena->dirty < end ? arena->dirty : end;
        block.start = arena->base + offset;
        block.to_clear = (zeros || arena->zero) && dirty > offset ? dirty - offset : 0;
        block.untouched = arena->base + (dirty > offset ? dirty : offset);
        block.to_touch = zeros ? 0 : (size_t)(arena->base + end - block.untouched);
        arena->dirty = arena->dirty > end ? arena->dirty : end;
        extents_enter(&arena->extents, &place, size);
        arena->arrays++;
        note_peak(arena);
    }
    pthread_mutex_unlock(&arena->lock);
    return block;
}

static struct extent *find(const struct arena *arena, const void *start)
{
    return extents_find(&arena->extents, (size_t)((const char *)start - arena->base));
}

void arena_give(struct arena *arena, const void *start)
{
    pthread_mutex_lock(&arena->lock);
    find(arena, start)->alive = false;
    arena->arrays--;
    extents_drop(&arena->extents);
    pthread_mutex_unlock(&arena->lock);
}

/* Resizes a block in place if it is on top, or shrinks. */
static bool resize_in_place(struct arena *arena, struct extent *extent, size_t size)
{
    const bool on_top = extent->offset + extent->size == extents_end(&arena->extents);
    const size_t end = extent->offset + size;
    if (size > extent->size && (!on_top || end < size || end > arena->nbytes)) {
        return false;
    }
    extent->size = size;
    if (on_top) {
        arena->dirty = arena->dirty > end ? arena->dirty : end;
        note_peak(arena);
    }
    return true;
}

void *arena_resize(struct arena *arena, void *start, size_t size)
{
    pthread_mutex_lock(&arena->lock);
    struct extent *extent = find(arena, start);
    const size_t before = extent->size;
    const bool done = resize_in_place(arena, extent, size);
    pthread_mutex_unlock(&arena->lock);
    if (done) {
        return start;
    }
    const struct arena_block block = arena_take(arena, size, false);
    if (block.start) {
        memcpy(block.start, start, before < size ? before : size);
        arena_give(arena, start);
    }
    return block.start;
}

/* -- the whole -------------------------------------------------------------------- */

char *arena_export(struct arena *arena, bool may_write, size_t *nbytes)
{
    pthread_mutex_lock(&arena->lock);
    char *base = arena->base;
    if (base) {
        arena->buffers++;
        if (may_write && arena->dirty < arena->nbytes) {
            arena->dirty = arena->nbytes; /* whoever has it may write anywhere */
        }
        *nbytes = arena->nbytes;
    }
    pthread_mutex_unlock(&arena->lock);
    return base;
}

void arena_unexport(struct arena *arena)
{
    pthread_mutex_lock(&arena->lock);
    arena->buffers--;
    pthread_mutex_unlock(&arena->lock);
}

struct arena_figures arena_figures(struct arena *arena)
{
    pthread_mutex_lock(&arena->lock);
    const struct arena_figures figures = {
        .nbytes = arena->nbytes,
        .used = extents_end(&arena->extents),
        .peak = arena->peak,
        .arrays = arena->arrays,
        .buffers = arena->buffers,
        .alignment = arena->alignment,
        .closed = arena->base == NULL,
        .huge = arena->huge,
        .file = arena->fd >= 0,
        .error = arena->error,
    };
    pthread_mutex_unlock(&arena->lock);
    return figures;
}

struct arena_alive arena_alive(struct arena *arena, size_t mark)
{
    pthread_mutex_lock(&arena->lock);
    const bool used = mark < extents_end(&arena->extents);
    const struct arena_alive alive = {extents_alive_behind(&arena->extents, mark),
                                      used ? arena->buffers : 0};
    pthread_mutex_unlock(&arena->lock);
    return alive;
}

struct arena_alive arena_close(struct arena *arena)
{
    pthread_mutex_lock(&arena->lock);
    const struct arena_alive alive = {arena->arrays, arena->buffers};
    if (alive.arrays == 0 && alive.buffers == 0) {
        unmap(arena);
    }
    pthread_mutex_unlock(&arena->lock);
    return alive;
}

int arena_flush(struct arena *arena)
{
    return arena->fd >= 0 && msync(arena->base, arena->nbytes, MS_SYNC) < 0 ? errno : 0;
}

int arena_advise(struct arena *arena, size_t offset, size_t nbytes, int advice)
{
    const size_t page = pages_size();
    const size_t from = offset / page * page;
    return madvise(arena->base + from, nbytes + (offset - from), advice) < 0 ? errno
                                                                             : 0;
}

/* -- once ------------------------------------------------------------------------- */

static void lock_all(void)
{
    pthread_mutex_lock(&all.lock);
    for (struct arena *arena = all.first; arena; arena = arena->next) {
        pthread_mutex_lock(&arena->lock);
    }
}

static void unlock_all(void)
{
    for (struct arena *arena = all.first; arena; arena = arena->next) {
        pthread_mutex_unlock(&arena->lock);
    }
    pthread_mutex_unlock(&all.lock);
}

int arena_init(void)
{
    return pthread_atfork(lock_all, unlock_all, unlock_all);
}
