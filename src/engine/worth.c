/* worth.c - see worth.h. */
#include "worth.h"

#include "python/thread_limit.h"
#include "threads/team.h"

const char worth_small[] = "small: a parallel region would cost more than it gains";
const char worth_asleep[] = "the helpers are asleep, and to wake them takes longer";
const char worth_one_thread[] = "the limit on threads is 1";

/* What a person notices, and what an element costs at most where nothing is known. */
#define LONG_NS 1e8
#define DEAREST_NS 100.0

/* Everything the cost of an element depends on, in the order of magnitude. */
static uint32_t cost_key(const struct call *call)
{
    uint32_t key = cost_mix(0, (uint64_t)call->masked);
    key = call->more ? cost_mix(key, call->more) : key;
    for (int i = 0; i < call->nop; i++) {
        PyArrayObject *op = call->op[i];
        if (op == NULL) {
            key = cost_mix(key, 1);
            continue;
        }
        const int flags =
            PyArray_FLAGS(op) & (NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED);
        key = cost_mix(key, (uint64_t)PyArray_TYPE(op) << 32 |
                                (uint64_t)(unsigned)flags << 8 |
                                (uint64_t)(unsigned char)PyArray_DESCR(op)->byteorder);
        key = cost_mix(key, (uint64_t)PyArray_ITEMSIZE(op) << 1 |
                                (uint64_t)(PyArray_SIZE(op) == 1));
    }
    /* Sizes within a factor of four cost alike an element; caches end in between. */
    int magnitude = 0;
    for (npy_intp size = call->size; size > 3; size >>= 2) {
        magnitude++;
    }
    key = cost_mix(key, (uint64_t)magnitude);
    return key ? key : 1;
}

/* A call that a person would want to interrupt goes through the engine also on one
 * thread, for it asks for signals between pieces; NumPy does not. */
static bool is_long(const struct call *call, double ns)
{
    return (double)call->size * (ns > 0 ? ns : DEAREST_NS) > LONG_NS;
}

const char *worth_consider(struct worth *worth, const struct call *call,
                           const struct cost_table *costs, bool explain)
{
    *worth = (struct worth){.key = cost_key(call)};
    worth->limit = thread_limit(call->state);
    if (worth->limit < 0) {
        return NULL;
    }
    const double known = cost_known(costs, worth->key);
    if (!call->core && call->size < cost_first_look()) {
        return "small: too few elements for any loop to gain";
    }
    const int width = team_width();
    if (worth->limit >= 2 && width < 2 && !explain && !call->pays_alone &&
        !is_long(call, known)) {
        return team_busy;
    }
    worth->limit = worth->limit < width ? worth->limit : width;
    if (worth->limit < 2 && !explain && !call->pays_alone && !is_long(call, known)) {
        return worth_one_thread;
    }
    const bool decided = cost_min_elements() >= 0 || known > 0;
    if (worth->limit >= 2 && decided && !explain && !call->core) {
        const bool gains = cost_threads_awake(call->size, known, worth->limit) > 1;
        const bool now = gains && cost_threads(call->size, known, worth->limit) > 1;
        if (!now && !call->pays_alone) {
            return gains ? worth_asleep : worth_small;
        }
        worth->limit = now ? worth->limit : 1;
        worth->asked = true;
    }
    return NULL;
}
