/* plan_cache.c - the last plans of a ufunc: see plan.h. */
#include "plan.h"

static bool is_cacheable(const struct call *call)
{
#ifdef Py_GIL_DISABLED
    return false; /* it would take a lock, which costs what it saves */
#else
    return call->signature == NULL && call->casting == NPY_SAME_KIND_CASTING;
#endif
}

static bool is_for(const struct kept_plan *kept, const struct call *call)
{
    for (int i = 0; i < call->nop; i++) {
        if (kept->key[i] != plan_kind(call, i)) {
            return false;
        }
    }
    return true;
}

bool plan_cache_find(const struct plan_cache *cache, const struct call *call,
                     struct plan *plan)
{
    for (int k = 0; k < PLANS_KEPT && cache->kept[k] && is_cacheable(call); k++) {
        if (is_for(cache->kept[k], call)) {
            *plan = cache->kept[k]->plan;
            Py_INCREF(plan->descrs);
            Py_INCREF(plan->capsule);
            return true;
        }
    }
    return false;
}

/* One of NumPy's built-in dtypes, which live as long as NumPy. */
static bool is_eternal(const PyArray_Descr *descr)
{
    if (PyTypeNum_ISEXTENDED(descr->type_num) || descr->type_num >= NPY_NTYPES_LEGACY) {
        return false;
    }
    PyArray_Descr *builtin = PyArray_DescrFromType(descr->type_num);
    Py_XDECREF(builtin);
    return builtin == descr;
}

/*
 * A kept plan does not count its references to eternal dtypes: NumPy's own tests, for
 * one, compare such counts before and after a few calls.
 */
static void count_eternal(const struct kept_plan *kept, int more)
{
    const PyTupleObject *descrs = (const PyTupleObject *)kept->plan.descrs;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(descrs); i++) {
        PyArray_Descr *descr = plan_descr(&kept->plan, (int)i);
        if (!is_eternal(descr)) {
            continue;
        }
        /* One reference of the tuple, one of the context; perhaps one of the key. */
        const int references = 2 + (kept->key[i] == (PyObject *)descr);
        for (int k = 0; k < references; k++) {
            if (more > 0) {
                Py_INCREF(descr);
            } else {
                Py_DECREF(descr);
            }
        }
    }
}

static void kept_free(struct kept_plan *kept)
{
    if (kept) {
        count_eternal(kept, 1);
        for (int i = 0; i < NPP_MAX_OPERANDS; i++) {
            Py_XDECREF(kept->key[i]);
        }
        plan_clear(&kept->plan);
        PyMem_Free(kept);
    }
}

void plan_cache_keep(struct plan_cache *cache, const struct call *call,
                     const struct plan *plan)
{
    if (plan->may_fail || !is_cacheable(call)) {
        return;
    }
    struct kept_plan *kept = PyMem_Calloc(1, sizeof *kept);
    if (kept == NULL) {
        return; /* it goes without */
    }
    for (int i = 0; i < call->nop; i++) {
        kept->key[i] = Py_NewRef(plan_kind(call, i));
    }
    kept->plan = *plan;
    Py_INCREF(plan->descrs);
    Py_INCREF(plan->capsule);
    count_eternal(kept, -1);
    struct kept_plan *old = cache->kept[cache->next];
    cache->kept[cache->next] = kept;
    cache->next = (cache->next + 1) % PLANS_KEPT;
    kept_free(old); /* last: a dtype's end may run Python code */
}

int plan_cache_traverse(const struct plan_cache *cache, visitproc visit, void *arg)
{
    for (int k = 0; k < PLANS_KEPT && cache->kept[k]; k++) {
        for (int i = 0; i < NPP_MAX_OPERANDS; i++) {
            Py_VISIT(cache->kept[k]->key[i]);
        }
        Py_VISIT(cache->kept[k]->plan.descrs);
        Py_VISIT(cache->kept[k]->plan.capsule);
    }
    return 0;
}

void plan_cache_clear(struct plan_cache *cache)
{
    for (int k = 0; k < PLANS_KEPT; k++) {
        struct kept_plan *kept = cache->kept[k];
        cache->kept[k] = NULL;
        kept_free(kept);
    }
    cache->next = 0;
}
