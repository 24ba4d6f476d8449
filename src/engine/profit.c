/* profit.c - see profit.h. */
#include "profit.h"

#include "python/thread_limit.h"
#include "reasons/reasons.h"
#include "threads/team.h"

/* The time that a person notices, and the most that an element costs where nothing is
 * known. */
#define LONG_NS 1e8
#define DEAREST_NS 100.0

/* Returns the key: everything that the cost of an element depends on, in the order of
 * magnitude. */
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
    key = cost_mix(key, cost_magnitude(call->size));
    return key ? key : 1;
}

/* Returns whether a person would want to interrupt the call.  Such a call goes through
 * the engine even on one thread, because the engine checks for signals between pieces;
 * NumPy does not. */
static bool is_long(const struct call *call, double ns)
{
    return (double)call->size * (ns > 0 ? ns : DEAREST_NS) > LONG_NS;
}

const char *profit_check(struct profit *profit, const struct call *call,
                         const struct cost_table *costs, bool explain)
{
    *profit = (struct profit){.key = cost_key(call)};
    profit->limit = thread_limit(call->state);
    if (profit->limit < 0) {
        return NULL;
    }
    const double known = cost_known(costs, profit->key);
    if (!call->core && call->size < cost_least_elements()) {
        return reason_too_few_elements;
    }
    const int width = team_width();
    if (profit->limit >= 2 && width < 2 && !explain && !call->pays_alone &&
        !is_long(call, known)) {
        return reason_cpus_busy;
    }
    profit->limit = profit->limit < width ? profit->limit : width;
    if (profit->limit < 2 && !explain && !call->pays_alone && !is_long(call, known)) {
        return reason_one_thread;
    }
    const bool decided = cost_min_elements() >= 0 || known > 0;
    if (profit->limit >= 2 && decided && !explain && !call->core) {
        const bool gains = cost_threads_awake(call->size, known, profit->limit) > 1;
        const bool now = gains && cost_threads(call->size, known, profit->limit) > 1;
        if (!now && !call->pays_alone) {
            return gains ? reason_helpers_asleep : reason_small;
        }
        profit->limit = now ? profit->limit : 1;
        profit->asked = true;
    }
    return NULL;
}
