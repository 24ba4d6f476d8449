/* precision.c - see precision.h. */
#include "precision.h"

#include <stdatomic.h>

#include "python/context.h"

static _Atomic int everywhere = KERNELS_CLOSE;
static _Atomic int contexts;

int precision_init(struct state *state)
{
    state->precision_variable = PyContextVar_New("numpy_par_precision", NULL);
    return state->precision_variable ? 0 : -1;
}

enum kernel_bits precision_set_everywhere(enum kernel_bits bits)
{
    return (enum kernel_bits)atomic_exchange(&everywhere, (int)bits);
}

void precision_count_contexts(int more)
{
    atomic_fetch_add(&contexts, more);
}

enum kernel_bits precision_now(const struct state *state)
{
    const int bits = atomic_load_explicit(&everywhere, memory_order_relaxed);
    if (atomic_load_explicit(&contexts, memory_order_relaxed) == 0) {
        return (enum kernel_bits)bits;
    }
    PyObject *value = context_value(state->precision_variable);
    const int here = value ? (int)PyLong_AsLong(value) : bits;
    Py_XDECREF(value);
    return (enum kernel_bits)here;
}
