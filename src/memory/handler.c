/* handler.c - see handler.h. */
#include "handler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "python/slot.h"
#include "python/thread_limit.h"

#include "pool.h"
#include "spread.h"

static struct {
    const struct state *state;
    PyObject *with_pool, *without_pool; /* capsules; they live as long as the process */
    PyDataMem_Handler *numpys;          /* the default handler */
    PyDataMemAllocator own;             /* its functions, without ours */
    pthread_mutex_t switching;          /* held while its slots change */
    bool filled[4]; /* slots that hold our function, or another's that lies over ours */
    _Atomic bool everywhere;
    _Atomic bool reached; /* by a call to the default handler */
} handler = {.switching = PTHREAD_MUTEX_INITIALIZER};

/* -- the four functions ----------------------------------------------------------- */

typedef void spread_function(void *start, size_t bytes, int threads);

static void spread(spread_function *function, void *start, size_t bytes)
{
    int threads = thread_limit(handler.state);
    if (threads < 1) {
        PyErr_Clear();
        threads = 1;
    }
    Py_BEGIN_ALLOW_THREADS
    function(start, bytes, threads);
    Py_END_ALLOW_THREADS
}

void handler_clear(void *start, size_t bytes)
{
    if (bytes < SPREAD_LEAST) {
        memset(start, 0, bytes);
    } else {
        spread(spread_zeros, start, bytes);
    }
}

void handler_touch(void *start, size_t bytes)
{
    spread(spread_touch, start, bytes);
}

static void *take_zeros(size_t size)
{
    size_t to_clear;
    void *start = pool_take_zeros(size, &to_clear);
    if (start && to_clear) {
        handler_clear(start, to_clear);
    }
    return start;
}

static bool is_large(size_t count, size_t each)
{
    size_t size;
    return !__builtin_mul_overflow(count, each, &size) && size >= POOL_LEAST;
}

/* -- without it ------------------------------------------------------------------- */

static void *numpy_malloc(void *ctx, size_t size)
{
    return handler.own.malloc(NULL, size);
}

static void *numpy_calloc(void *ctx, size_t count, size_t each)
{
    return handler.own.calloc(NULL, count, each);
}

static void *numpy_realloc(void *ctx, void *start, size_t size)
{
    return handler.own.realloc(NULL, start, size);
}

static void numpy_free(void *ctx, void *start, size_t size)
{
    handler.own.free(NULL, start, size);
}

/* A handler with NumPy's functions, also while the default handler has ours. */
static PyDataMem_Handler without = {
    "default_allocator",
    1,
    {NULL, numpy_malloc, numpy_calloc, numpy_realloc, numpy_free},
};

/* -- with the pool ---------------------------------------------------------------- */

static void restore_freeing(void);

static bool is_off(const void *ctx)
{
    return ctx == NULL && !atomic_load(&handler.everywhere);
}

/* Called after a free.  A block of the default handler, whose context is NULL, is
 * free. */
static void after_free(const void *ctx)
{
    if (is_off(ctx)) {
        restore_freeing();
    }
}

/*
 * Returns a block of the pool if the pool is on, else gives it back.  That is asked
 * again when the block is there: a thread that switches the pool off, and then finds it
 * empty, knows that no block will leave it.
 */
static void *keep_if_on(const void *ctx, void *start)
{
    if (start && is_off(ctx)) {
        pool_give(start);
        return NULL;
    }
    return start;
}

static bool may_take(const void *ctx)
{
    if (ctx == NULL && !atomic_load_explicit(&handler.reached, memory_order_relaxed)) {
        atomic_store_explicit(&handler.reached, true, memory_order_relaxed);
    }
    return !is_off(ctx);
}

static void *pool_malloc(void *ctx, size_t size)
{
    void *start = NULL;
    if (size >= POOL_LEAST && may_take(ctx)) {
        start = keep_if_on(ctx, pool_take(size));
    }
    return start ? start : handler.own.malloc(NULL, size);
}

static void *pool_calloc(void *ctx, size_t count, size_t each)
{
    void *start = NULL;
    if (is_large(count, each) && may_take(ctx)) {
        start = keep_if_on(ctx, take_zeros(count * each));
    }
    return start ? start : handler.own.calloc(NULL, count, each);
}

/* A block of NumPy's stays NumPy's: it may have many more bytes than it needs. */
static void *pool_realloc(void *ctx, void *start, size_t size)
{
    if (!pool_owns(start)) {
        return handler.own.realloc(NULL, start, size);
    }
    void *resized = size >= POOL_LEAST ? pool_resize(start, size) : NULL;
    if (resized) {
        return resized;
    }
    resized = handler.own.malloc(NULL, size); /* small now, or the pool has no more */
    if (resized) {
        const size_t before = pool_capacity(start);
        memcpy(resized, start, size < before ? size : before);
        pool_give(start);
        after_free(ctx);
    }
    return resized;
}

static void pool_free(void *ctx, void *start, size_t size)
{
    if (pool_owns(start)) {
        pool_give(start);
        after_free(ctx);
    } else {
        handler.own.free(NULL, start, size);
    }
}

static PyDataMem_Handler with = {
    "numpy_par_pool",
    1,
    {&with, pool_malloc, pool_calloc, pool_realloc, pool_free},
};

/* -- the slots of the default handler --------------------------------------------- */

/* V(number, slot): the slots that allocate come first. */
#define SLOTS(V) V(0, malloc) V(1, calloc) V(2, realloc) V(3, free)

static void fill_slots(void)
{
#define FILL(i, slot)                                                                  \
  if (!handler.filled[i]) {                                                            \
    handler.own.slot = SLOT_LOAD(handler.numpys->allocator.slot);                      \
    SLOT_STORE(handler.numpys->allocator.slot, pool_##slot);                           \
    handler.filled[i] = true;                                                          \
  }
    SLOTS(FILL)
#undef FILL
}

/* A slot that another library has filled since is left to it: it may call ours. */
static void restore_slots(int first, int last)
{
#define RESTORE(i, slot)                                                               \
  if (first <= i && i <= last && handler.filled[i] &&                                  \
      SLOT_LOAD(handler.numpys->allocator.slot) == pool_##slot) {                      \
    SLOT_STORE(handler.numpys->allocator.slot, handler.own.slot);                      \
    handler.filled[i] = false;                                                         \
  }
    SLOTS(RESTORE)
#undef RESTORE
}

static void restore_freeing(void)
{
    pthread_mutex_lock(&handler.switching);
    if (!atomic_load(&handler.everywhere) && handler.filled[3] && pool_is_empty()) {
        restore_slots(2, 3);
    }
    pthread_mutex_unlock(&handler.switching);
}

/* Returns whether a new array of the default handler comes here; -1: exception. */
static int takes_effect(void)
{
    npy_intp bytes = POOL_LEAST;
    int effect = -1;
    atomic_store(&handler.reached, false);
    PyObject *before = PyDataMem_SetHandler(NULL); /* the default one */
    PyObject *array = before ? PyArray_SimpleNew(1, &bytes, NPY_UINT8) : NULL;
    PyObject *ignored = before ? PyDataMem_SetHandler(before) : NULL;
    if (array && ignored) {
        effect = atomic_load(&handler.reached);
    }
    Py_XDECREF(ignored);
    Py_XDECREF(array);
    Py_XDECREF(before);
    return effect;
}

const char *handler_use_everywhere(bool on)
{
    static const char *left_out; /* written by the first caller; callers hold a lock */
    static bool tested;
    if (left_out) {
        return left_out;
    }
    pthread_mutex_lock(&handler.switching);
    if (on) {
        fill_slots();
    }
    atomic_store(&handler.everywhere, on);
    if (!on) {
        restore_slots(0, 1);
    }
    pthread_mutex_unlock(&handler.switching);
    if (!on) {
        restore_freeing();
    } else if (!tested) {
        const int effect = takes_effect();
        tested = effect >= 0;
        if (effect <= 0) {
            handler_use_everywhere(false);
            left_out = effect == 0
                           ? "a new array does not reach NumPy's default handler"
                           : NULL;
        }
    }
    return left_out;
}

bool handler_is_everywhere(void)
{
    return atomic_load(&handler.everywhere);
}

PyObject *handler_for_context(bool pool)
{
    return pool ? handler.with_pool : handler.without_pool;
}

/* A fork waits until the slots are as they should be. */
static void lock(void)
{
    pthread_mutex_lock(&handler.switching);
}

static void unlock(void)
{
    pthread_mutex_unlock(&handler.switching);
}

int handler_init(struct state *state, PyObject *module)
{
    if (handler.with_pool) {
        return 0; /* imported once more: the handlers that exist go on */
    }
    handler.numpys = PyCapsule_GetPointer(PyDataMem_DefaultHandler, "mem_handler");
    if (handler.numpys == NULL) {
        return -1;
    }
    handler.own = handler.numpys->allocator;
    const int error = pthread_atfork(lock, unlock, unlock);
    if (error) {
        PyErr_Format(PyExc_OSError, "pthread_atfork: %s", strerror(error));
        return -1;
    }
    handler.with_pool = PyCapsule_New(&with, "mem_handler", NULL);
    handler.without_pool = PyCapsule_New(&without, "mem_handler", NULL);
    if (handler.with_pool && handler.without_pool) {
        handler.state = state;
        Py_INCREF(module); /* stays: arrays may be freed when all else is gone */
        return 0;
    }
    return -1;
}
