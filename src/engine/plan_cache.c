/* plan_cache.c - the last plans of a ufunc: see plan.h. */
#include "plan.h"

static bool is_cacheable(const struct call *call)
{
#ifdef Py_GIL_DISABLED
    return false; /* a cache would need a lock, which costs what the cache saves */
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
    /* Somebody may have replaced the loop (PyUFunc_ReplaceLoopBySignature). */
    return call->loops->functions[kept->number] == kept->function;
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

/* Returns whether `descr` is one of NumPy's built-in dtypes, which live as long as
 * NumPy. */
static bool is_eternal(const PyArray_Descr *descr)
{
    if (PyTypeNum_ISEXTENDED(descr->type_num) || descr->type_num >= NPY_NTYPES_LEGACY) {
        return false;
    }
    PyArray_Descr *builtin = PyArray_DescrFromType(descr->type_num);
    Py_XDECREF(builtin);
    return builtin == descr;
}

static bool is_eternal_kind(PyObject *kind)
{
    return !PyArray_DescrCheck(kind) || is_eternal((PyArray_Descr *)kind);
}

/*
 * A kept plan drops its two references to each dtype (the tuple has one, the context
 * the other), because reference counts are compared before and after a few calls, by
 * NumPy's own tests for one.  So only plans whose dtypes all live for ever are kept.
 */
static void count_dtypes(const struct plan *plan, int more)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(plan->descrs); i++) {
        PyArray_Descr *descr = plan_descr(plan, (int)i);
        if (more > 0) {
            Py_INCREF(descr);
            Py_INCREF(descr);
        } else {
            Py_DECREF(descr);
            Py_DECREF(descr);
        }
    }
}

static bool may_be_kept(const struct call *call, const struct plan *plan)
{
    bool keep = !plan->may_fail && is_cacheable(call);
    for (int i = 0; i < call->nop && keep; i++) {
        keep = is_eternal_kind(plan_kind(call, i)) && is_eternal(plan_descr(plan, i));
    }
    return keep;
}

static void kept_free(struct kept_plan *kept)
{
    if (kept) {
        count_dtypes(&kept->plan, 1);
        plan_clear(&kept->plan);
        PyMem_Free(kept);
    }
}

void plan_cache_keep(struct plan_cache *cache, const struct call *call,
                     const struct plan *plan)
{
    const int number = may_be_kept(call, plan) ? plan_number(plan, call) : -1;
    struct kept_plan *kept = number >= 0 ? PyMem_Calloc(1, sizeof *kept) : NULL;
    if (kept == NULL) {
        return; /* the plan is not kept */
    }
    kept->number = number;
    kept->function = call->loops->functions[number];
    for (int i = 0; i < call->nop; i++) {
        kept->key[i] = plan_kind(call, i);
    }
    kept->plan = *plan;
    Py_INCREF(plan->descrs);
    Py_INCREF(plan->capsule);
    count_dtypes(&kept->plan, -1);
    struct kept_plan *old = cache->kept[cache->next];
    cache->kept[cache->next] = kept;
    cache->next = (cache->next + 1) % PLANS_KEPT;
    kept_free(old);
}

int plan_cache_traverse(const struct plan_cache *cache, visitproc visit, void *arg)
{
    for (int k = 0; k < PLANS_KEPT && cache->kept[k]; k++) {
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
