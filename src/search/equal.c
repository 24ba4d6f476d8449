/* equal.c - array_equal: a search for the first element that differs. */
#include <string.h>

#include "engine/hook_call.h"
#include "python/arguments.h"
#include "reasons/reasons.h"
#include "threads/fpu.h"

#include "find.h"

/* The `aux` of run_equal_nan, for x == y or both are NaN: the loops of these two tests.
 */
struct equal_nan {
    NpyAuxData base;
    struct loop equal, isnan;
};

static int run_equal_nan(PyArrayMethod_Context *context, char *const *data,
                         const npy_intp *count, const npy_intp *strides,
                         NpyAuxData *aux)
{
    const struct equal_nan *with = (const struct equal_nan *)aux;
    char nan[FIND_INPUTS][FIND_BLOCK], *equal = data[FIND_INPUTS];
    const npy_intp n = *count; /* at most a block */
    int status = loop_run(&with->equal, data, n, strides);
    if (status != 0 || memchr(equal, 0, (size_t)n) == NULL) {
        return status;
    }
    for (int k = 0; k < FIND_INPUTS && status == 0; k++) {
        char *const at[] = {data[k], &nan[k][0]};
        status = loop_run(&with->isnan, at, n, (npy_intp[]){strides[k], 1});
    }
    for (npy_intp i = 0; i < n; i++) {
        equal[i] = (char)(equal[i] | (nan[0][i] & nan[1][i]));
    }
    return status;
}

/* Returns whether operands, which have one type for both, may be NaN, or NaT. */
static bool may_be_nan(const struct plan *equal)
{
    const int type = plan_descr(equal, 0)->type_num;
    return !PyTypeNum_ISBOOL(type) && !PyTypeNum_ISINTEGER(type);
}

/* Take the loop of np.isnan for what the loop of np.equal takes.  Returns NULL, or the
 * reason why NumPy runs the call. */
static const char *take_isnan(struct predicate *isnan, const struct state *state,
                              const struct plan *equal)
{
    PyArray_Descr *descr = plan_descr(equal, 0);
    npy_intp one = 1;
    if (!PyArray_EquivTypes(descr, plan_descr(equal, 1))) {
        return reason_types_differ_in_nan;
    }
    Py_INCREF(descr);
    PyObject *operand =
        PyArray_NewFromDescr(&PyArray_Type, descr, 1, &one, NULL, NULL, 0, NULL);
    if (operand == NULL) {
        PyErr_Clear();
        return reason_no_memory;
    }
    const char *reason = predicate_take(isnan, state, state->isnan, &operand);
    Py_DECREF(operand);
    if (reason) {
        return reason;
    }
    reason = predicate_plan(isnan);
    if (!reason && !PyArray_EquivTypes(plan_descr(&isnan->plan, 0), descr)) {
        reason = reason_nans_of_another_type;
    }
    return reason;
}

/* Returns whether the arrays are equal.  -1: no answer. */
static int are_equal(struct hook_call *hook, PyObject *const *arrays, bool equal_nan)
{
    struct predicate equal, isnan = {0};
    struct casting casting;
    struct search search = {.wanted = false, .flags = FPU_FLAGS};
    struct equal_nan with = {0};
    struct job job;
    npy_intp differs;
    int answer = -1;
    hook->report.reason =
        predicate_take(&equal, hook->state, hook->state->equal, arrays);
    if (hook->report.reason) {
        return -1;
    }
    struct call *call = &equal.call;
    hook->report.elements = call->size;
    call->more += equal_nan; /* this call has another cost */
    if (!hook_call_pays(hook, call, &job)) {
        goto finish;
    }
    hook->report.reason = predicate_plan(&equal);
    if (!hook->report.reason && equal_nan && may_be_nan(&equal.plan)) {
        hook->report.reason = take_isnan(&isnan, hook->state, &equal.plan);
        with.equal = equal.plan.loop;
        with.isnan = isnan.plan.loop;
        equal.plan.loop = (struct loop){.run = run_equal_nan, .aux = &with.base};
    }
    if (!hook->report.reason) {
        hook->report.reason = search_prepare(&search, &casting, &equal, NPY_KEEPORDER);
    }
    if (!hook->report.reason && search_run(&search, hook, &job, &differs)) {
        answer = differs < 0;
    }

finish:
    predicate_clear(&isnan);
    predicate_clear(&equal);
    return answer;
}

PyObject *search_array_equal(struct hook_call *hook, PyObject *self,
                             PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *arrays[] = {arguments_find(&arguments, 0, "a1"),
                          arguments_find(&arguments, 1, "a2")};
    PyObject *equal_nan = arguments_find(&arguments, 2, "equal_nan");
    hook->report.reason = reason_arguments_refused;
    if (nargs > 3 || !arguments_known(&arguments) || !arrays[0] || !arrays[1] ||
        (equal_nan && !PyBool_Check(equal_nan))) {
        return NULL;
    }
    hook->report.reason = reason_argument_not_plain;
    if (!PyArray_CheckExact(arrays[0]) || !PyArray_CheckExact(arrays[1])) {
        return NULL;
    }
    hook->report.reason = reason_shapes_differ;
    if (!PyArray_SAMESHAPE((PyArrayObject *)arrays[0], (PyArrayObject *)arrays[1])) {
        return NULL;
    }
    const int answer = are_equal(hook, arrays, equal_nan == Py_True);
    return answer < 0 ? NULL : PyBool_FromLong(answer);
}
