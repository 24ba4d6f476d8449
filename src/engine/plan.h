/*
 * plan.h - which loop?  NumPy says.
 *
 * A plan holds the strided loop that NumPy itself would run for a call, with the
 * dtypes NumPy would resolve, through the ufunc's documented low-level access
 * (_resolve_dtypes_and_context, _get_strided_loop).  A kernel of ours stands in the
 * table of a copy of the ufunc (kernels.h), so NumPy finds it in the same way.
 */
#ifndef NPP_ENGINE_PLAN_H
#define NPP_ENGINE_PLAN_H

#include "call.h"

/* A core dimension list of a gufunc is short: (m,n),(n,p)->(m,p) has three. */
enum { NPP_MAX_CORE = 16, NPP_MAX_CORE_STRIDES = 32 };

struct loop {
    PyArrayMethod_StridedLoop *run;
    PyArrayMethod_Context *context;
    NpyAuxData *aux;

    /* Gufuncs: what follows the count and the operands' strides in a loop call. */
    int ncore, ncore_strides;
    npy_intp core_dims[NPP_MAX_CORE];
    npy_intp core_strides[NPP_MAX_CORE_STRIDES];
};

struct plan {
    struct loop loop;
    bool fpe;           /* the loop may raise floating-point flags */
    bool may_fail;      /* the loop may return -1, or raise */
    bool may_raise;     /* it may set an exception in the thread that runs it */
    const char *kernel; /* the level of our kernel; NULL: the loop is NumPy's */
    bool floats;        /* an operand is a floating-point or complex number */
    bool any_strides;   /* the loop gives the same bits whatever its strides */
    PyObject *descrs;   /* owned: tuple of the operands' resolved dtypes */
    PyObject *capsule;  /* owned: keeps the loop alive */
};

/*
 * The last plans of a ufunc.  Programs call a ufunc with the same few dtypes over and
 * over (x * y, x * 2.5), and asking NumPy is half of what the engine costs a call.
 * Only classic loops are kept, because they hold no state, and only for NumPy's
 * built-in dtypes, because these live for ever.
 */
enum { PLANS_KEPT = 4 };
struct kept_plan {
    PyObject *key[NPP_MAX_OPERANDS]; /* borrowed: plan_kind() of each operand */
    int number;                      /* the loop's place in the ufunc's table ... */
    PyUFuncGenericFunction function; /* ... and the function that was there */
    struct plan plan;
};
struct plan_cache {
    struct kept_plan *kept[PLANS_KEPT]; /* owned; NULL: free */
    unsigned next;                      /* the one to replace next */
};
bool plan_cache_find(const struct plan_cache *cache, const struct call *call,
                     struct plan *plan);
void plan_cache_keep(struct plan_cache *cache, const struct call *call,
                     const struct plan *plan);
int plan_cache_traverse(const struct plan_cache *cache, visitproc visit, void *arg);
void plan_cache_clear(struct plan_cache *cache);

/* Returns operand `i` as the resolver wants it: a dtype, a Python type, None to
 * allocate. */
static inline PyObject *plan_kind(const struct call *call, int i)
{
    return call->op[i]     ? (PyObject *)PyArray_DESCR(call->op[i])
           : call->weak[i] ? (PyObject *)Py_TYPE(call->weak[i])
                           : Py_None;
}

/* Returns 0, or -1 with an exception set if this NumPy does not give its loops away. */
int plan_init(struct state *state);

/*
 * Makes the plan for `call`.  Returns NULL, or the reason why NumPy must run the call.
 * No exception is set on return: whatever NumPy objects to, it will object to again in
 * its own words.
 */
const char *plan_make(struct plan *plan, const struct call *call,
                      struct plan_cache *cache);
void plan_clear(struct plan *plan);

/* Makes the plan for a reduction of `array`, to `dtype` or (NULL) the one that NumPy
 * takes.  The operands are result, array, result.  Returns the same as plan_make(). */
const char *plan_make_reduction(struct plan *plan, const struct state *state,
                                PyUFuncObject *ufunc, PyArrayObject *array,
                                PyArray_Descr *dtype);

/* Returns the number of the classic loop that a plan has; -1: it is not in the ufunc's
 * table. */
int plan_number(const struct plan *plan, const struct call *call);

static inline PyArray_Descr *plan_descr(const struct plan *plan, int i)
{
    return (PyArray_Descr *)PyTuple_GET_ITEM(plan->descrs, i);
}

/* Converts the weak inputs to arrays of their resolved dtypes.  Returns the same as
 * plan_make(). */
const char *plan_convert_weak(const struct plan *plan, struct call *call);

/* Runs one inner loop over `n` elements (or core problems).  Called without the GIL. */
static inline int loop_run(const struct loop *loop, char *const *data, npy_intp n,
                           const npy_intp *strides)
{
    if (loop->ncore == 0) {
        return loop->run(loop->context, data, &n, strides, loop->aux);
    }
    npy_intp dims[1 + NPP_MAX_CORE];
    dims[0] = n;
    for (int i = 0; i < loop->ncore; i++) {
        dims[1 + i] = loop->core_dims[i];
    }
    return loop->run(loop->context, data, dims, strides, loop->aux);
}

#endif
