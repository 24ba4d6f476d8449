/* plan.c - see plan.h. */
#include "plan.h"

#include <string.h>

#include "reasons/reasons.h"

#include "kernels.h"

/* The struct that _get_strided_loop fills in.  Its layout and the capsule's name are
 * given in the docstring of numpy.ufunc._resolve_dtypes_and_context. */
struct call_info {
    PyArrayMethod_StridedLoop *strided_loop;
    PyArrayMethod_Context *context;
    NpyAuxData *auxdata;
    npy_bool requires_pyapi;
    npy_bool no_floatingpoint_errors;
};
#define CALL_INFO_NAME "numpy_1.24_ufunc_call_info"

static PyObject *kinds_of(const struct call *call)
{
    PyObject *kinds = PyTuple_New(call->nop);
    for (int i = 0; kinds && i < call->nop; i++) {
        PyTuple_SET_ITEM(kinds, i, Py_NewRef(plan_kind(call, i)));
    }
    return kinds;
}

/* -- asking NumPy ---------------------------------------------------------------- */

/* The question to NumPy: dtypes (or types, or None), and how they may be cast. */
struct question {
    PyObject *ufunc, *kinds, *casting;
    PyObject *signature; /* NULL: none; a reduction has one */
    bool reduction;
};

/* Sets plan->descrs, plan->capsule and `info`, the capsule's contents.  Returns 0, or
 * -1 with an exception set. */
static int resolve(struct plan *plan, const struct state *state,
                   const struct question *question, struct call_info **info)
{
    int status = -1;
    PyObject *filled = NULL;
    PyObject *args[] = {question->ufunc, question->kinds, question->casting, NULL,
                        NULL};
    size_t n = 3;
    if (question->signature) {
        args[n++] = question->signature;
    }
    if (question->reduction) {
        args[n++] = Py_True;
    }
    PyObject *resolved = PyObject_VectorcallMethod(state->resolve_name, args, 2,
                                                   n == 3   ? state->casting_kw
                                                   : n == 4 ? state->casting_sig_kw
                                                            : state->reduction_kw);
    if (resolved == NULL) {
        return -1;
    }
    plan->descrs = Py_NewRef(PyTuple_GET_ITEM(resolved, 0));
    plan->capsule = Py_NewRef(PyTuple_GET_ITEM(resolved, 1));
    filled =
        PyObject_CallMethodOneArg(question->ufunc, state->get_loop_name, plan->capsule);
    if (filled == NULL) {
        goto finish;
    }
    *info = PyCapsule_GetPointer(plan->capsule, CALL_INFO_NAME);
    status = *info ? 0 : -1;

finish:
    Py_XDECREF(filled);
    Py_DECREF(resolved);
    return status;
}

static int resolve_call(struct plan *plan, const struct call *call,
                        struct call_info **info)
{
    const struct question question = {
        .ufunc = (PyObject *)call->loops,
        .kinds = kinds_of(call),
        .casting = call->casting_object ? call->casting_object : call->state->same_kind,
        .signature = call->signature,
    };
    const int status =
        question.kinds ? resolve(plan, call->state, &question, info) : -1;
    Py_XDECREF(question.kinds);
    return status;
}

static void fill_loop(struct plan *plan, const struct call_info *info,
                      const struct state *state)
{
    plan->loop.run = info->strided_loop;
    plan->loop.context = info->context;
    plan->loop.aux = info->auxdata;
    plan->fpe = !info->no_floatingpoint_errors;
    plan->may_fail = info->strided_loop != state->legacy_loop;
}

/* A dtype whose elements own something cannot be touched without the GIL. */
static const char *refuse_descr(PyArray_Descr *descr)
{
    if (descr->type_num == NPY_VSTRING) {
        return reason_string_dtype;
    }
    if (PyDataType_REFCHK(descr)) {
        return reason_object_dtype;
    }
    return NULL;
}

/* Compares the least (Py_LT) or greatest (Py_GT) element of an integer operand with
 * `bound`, by `op`.  Returns 1, 0, or -1 if the element cannot be had; no exception is
 * set. */
static int any_beyond(const struct call *call, int i, int op, npy_int64 bound)
{
    PyObject *limit = PyLong_FromLongLong(bound);
    PyObject *extreme = call->weak[i] ? Py_NewRef(call->weak[i])
                        : op == Py_LT ? PyArray_Min(call->op[i], NPY_RAVEL_AXIS, NULL)
                                      : PyArray_Max(call->op[i], NPY_RAVEL_AXIS, NULL);
    const int beyond =
        extreme && limit ? PyObject_RichCompareBool(extreme, limit, op) : -1;
    PyErr_Clear();
    Py_XDECREF(extreme);
    Py_XDECREF(limit);
    return beyond;
}

/*
 * Integer power raises for a negative exponent, and it does so in the thread that runs
 * it, where the exception would be lost.  One look at the exponents (a tenth of the
 * time of the loop at most) keeps such calls out.
 */
static const char *refuse_power(const struct plan *plan, const struct call *call)
{
    if ((PyObject *)call->ufunc != call->state->power ||
        !PyTypeNum_ISSIGNED(plan_descr(plan, 1)->type_num) ||
        !PyTypeNum_ISINTEGER(plan_descr(plan, 1)->type_num)) {
        return NULL;
    }
    if (call->op[1] && !PyArray_CanCastSafely(PyArray_TYPE(call->op[1]),
                                              plan_descr(plan, 1)->type_num)) {
        return reason_exponents_may_wrap;
    }
    return any_beyond(call, 1, Py_LT, 0) ? reason_negative_exponent : NULL;
}

/* A text times an integer raises likewise where its length overflows. */
static const char *refuse_repetition(const struct plan *plan, const struct call *call)
{
    if ((PyObject *)call->ufunc != call->state->multiply ||
        !PyTypeNum_ISFLEXIBLE(plan_descr(plan, 2)->type_num)) {
        return NULL;
    }
    const int times = PyTypeNum_ISFLEXIBLE(plan_descr(plan, 0)->type_num) ? 1 : 0;
    const npy_intp length = PyDataType_ELSIZE(plan_descr(plan, 1 - times)) + 1;
    return any_beyond(call, times, Py_GT, NPY_MAX_INTP / length) ? reason_text_repeated
                                                                 : NULL;
}

/* Returns whether the loop may raise: since 2.5 NumPy's classic loops on times raise
 * where they overflow, and go on. */
static bool raises(const struct plan *plan, const struct call *call)
{
    const struct state *state = call->state;
    bool times = false;
    for (int i = 0; i < call->nop; i++) {
        times |= PyTypeNum_ISDATETIME(plan_descr(plan, i)->type_num);
    }
    return times && PyArray_GetNDArrayCFeatureVersion() >= NUMPY_2_5 &&
           ((PyObject *)call->ufunc == state->add ||
            (PyObject *)call->ufunc == state->subtract ||
            (PyObject *)call->ufunc == state->multiply);
}

static const char *refuse_values(const struct plan *plan, const struct call *call)
{
    const char *reason = refuse_power(plan, call);
    return reason ? reason : refuse_repetition(plan, call);
}

int plan_number(const struct plan *plan, const struct call *call)
{
    const PyUFuncObject *ufunc = call->loops;
    for (int number = 0; number < ufunc->ntypes; number++) {
        bool same = true;
        for (int i = 0; i < call->nop && same; i++) {
            same = ufunc->types[number * ufunc->nargs + i] ==
                   plan_descr(plan, i)->type_num;
        }
        if (same) {
            return number;
        }
    }
    return -1;
}

static bool has_floats(const struct plan *plan, const struct call *call)
{
    bool floats = false;
    for (int i = 0; i < call->nop; i++) {
        const int type = plan_descr(plan, i)->type_num;
        floats |= PyTypeNum_ISFLOAT(type) || PyTypeNum_ISCOMPLEX(type);
    }
    return floats;
}

static const char *kernel_of(const struct plan *plan, const struct call *call)
{
    const int number = call->loops == call->ufunc ? -1 : plan_number(plan, call);
    return number < 0 ? NULL : kernels_whose(call->loops->functions[number]);
}

const char *plan_make(struct plan *plan, const struct call *call,
                      struct plan_cache *cache)
{
    struct call_info *info = NULL;
    const char *reason = NULL;
    memset(plan, 0, sizeof *plan);

    if (plan_cache_find(cache, call, plan)) {
        reason = refuse_values(plan, call);
        if (reason) {
            plan_clear(plan);
        }
        return reason;
    }

    if (call->ufunc->iter_flags != 0) {
        return reason_iterator_flags;
    }
    for (int i = 0; i < call->nop; i++) {
        const bool output_of_gufunc = call->ufunc->core_enabled && i >= call->nin;
        if (call->ufunc->op_flags[i] != 0 && !output_of_gufunc) {
            return reason_operand_flags;
        }
        if (call->op[i] && (reason = refuse_descr(PyArray_DESCR(call->op[i])))) {
            return reason;
        }
    }
    if (resolve_call(plan, call, &info) < 0) {
        PyErr_Clear();
        plan_clear(plan);
        return reason_no_loop;
    }
    for (int i = 0; i < call->nop && !reason; i++) {
        reason = refuse_descr(plan_descr(plan, i));
    }
    if (!reason && info->requires_pyapi) {
        reason = reason_loop_needs_gil;
    }
    if (!reason) {
        reason = refuse_values(plan, call);
    }
    if (reason) {
        plan_clear(plan);
        return reason;
    }
    fill_loop(plan, info, call->state);
    plan->kernel = kernel_of(plan, call);
    plan->floats = has_floats(plan, call);
    plan->may_raise = raises(plan, call);
    plan->may_fail |= plan->may_raise;
    plan_cache_keep(cache, call, plan);
    return NULL;
}

/* Returns the type to which integers grow when their sum or product is taken, which has
 * the size of a pointer; NPY_NOTYPE: they do not grow. */
static int grown_type(const struct state *state, PyObject *ufunc, PyArrayObject *array)
{
    const int type = PyArray_TYPE(array);
    if ((ufunc != state->add && ufunc != state->multiply) ||
        !(PyTypeNum_ISBOOL(type) || PyTypeNum_ISINTEGER(type)) ||
        PyArray_ITEMSIZE(array) >= (npy_intp)sizeof(npy_intp)) {
        return NPY_NOTYPE;
    }
    return PyTypeNum_ISUNSIGNED(type) ? NPY_UINTP : NPY_INTP;
}

const char *plan_make_reduction(struct plan *plan, const struct state *state,
                                PyUFuncObject *ufunc, PyArrayObject *array,
                                PyArray_Descr *dtype)
{
    struct call_info *info = NULL;
    memset(plan, 0, sizeof *plan);
    const int grown = grown_type(state, (PyObject *)ufunc, array);
    PyArray_Descr *wanted = dtype                 ? (PyArray_Descr *)Py_NewRef(dtype)
                            : grown == NPY_NOTYPE ? NULL
                                                  : PyArray_DescrFromType(grown);
    const struct question question = {
        .ufunc = (PyObject *)ufunc,
        .kinds = PyTuple_Pack(3, Py_None, PyArray_DESCR(array), Py_None),
        .casting = state->unsafe,
        .signature =
            PyTuple_Pack(3, wanted ? (PyObject *)wanted : Py_None, Py_None, Py_None),
        .reduction = true,
    };
    const char *reason = NULL;
    if (PyErr_Occurred() || resolve(plan, state, &question, &info) < 0) {
        PyErr_Clear();
        reason = reason_no_loop_for_dtype;
    } else {
        fill_loop(plan, info, state);
        reason = info->requires_pyapi ? reason_loop_needs_gil
                 : plan->may_fail     ? reason_loop_may_fail
                                      : NULL;
    }
    if (reason) {
        plan_clear(plan);
    }
    Py_XDECREF(question.kinds);
    Py_XDECREF(question.signature);
    Py_XDECREF(wanted);
    return reason;
}

void plan_clear(struct plan *plan)
{
    Py_CLEAR(plan->descrs);
    Py_CLEAR(plan->capsule);
}

const char *plan_convert_weak(const struct plan *plan, struct call *call)
{
    for (int i = 0; i < call->nin; i++) {
        if (call->weak[i] == NULL || call->op[i] != NULL) {
            continue;
        }
        if (call->casting == NPY_EQUIV_CASTING || call->casting == NPY_NO_CASTING) {
            return reason_scalar_casting;
        }
        PyArray_Descr *descr = plan_descr(plan, i);
        if (PyTypeNum_ISDATETIME(descr->type_num)) {
            return reason_number_as_time;
        }
        if (descr->type_num == NPY_BOOL) {
            return reason_number_as_bool;
        }
        Py_INCREF(descr);
        call->op[i] = (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, descr, 0,
                                                            NULL, NULL, NULL, 0, NULL);
        if (call->op[i] == NULL ||
            PyArray_SETITEM(call->op[i], PyArray_BYTES(call->op[i]), call->weak[i]) <
                0) {
            PyErr_Clear();
            return reason_scalar_does_not_fit;
        }
    }
    return NULL;
}

/* Asks for the loop of np.add for float64, to see that loops can be had, and which
 * function runs a classic loop. */
static int learn_legacy_loop(struct state *state, PyObject *numpy)
{
    int status = -1;
    struct plan plan = {0};
    struct call_info *info = NULL;
    struct call call = {.state = state, .nin = 2, .nout = 1, .nop = 3};
    npy_intp one = 1;
    PyObject *add = PyObject_GetAttrString(numpy, "add");
    PyObject *array = PyArray_SimpleNew(1, &one, NPY_DOUBLE);
    if (add && array) {
        call.ufunc = call.loops = (PyUFuncObject *)add;
        call.op[0] = call.op[1] = (PyArrayObject *)array;
        status = resolve_call(&plan, &call, &info);
        state->legacy_loop = status == 0 ? info->strided_loop : NULL;
    }
    plan_clear(&plan);
    Py_XDECREF(array);
    Py_XDECREF(add);
    return status;
}

int plan_init(struct state *state)
{
    int status = -1;
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (numpy == NULL) {
        return -1;
    }
    state->resolve_name = PyUnicode_InternFromString("_resolve_dtypes_and_context");
    state->get_loop_name = PyUnicode_InternFromString("_get_strided_loop");
    state->casting_kw = Py_BuildValue("(s)", "casting");
    state->casting_sig_kw = Py_BuildValue("(ss)", "casting", "signature");
    state->reduction_kw = Py_BuildValue("(sss)", "casting", "signature", "reduction");
    state->same_kind = PyUnicode_InternFromString("same_kind");
    state->unsafe = PyUnicode_InternFromString("unsafe");
    state->power = PyObject_GetAttrString(numpy, "power");
    state->add = PyObject_GetAttrString(numpy, "add");
    state->subtract = PyObject_GetAttrString(numpy, "subtract");
    state->multiply = PyObject_GetAttrString(numpy, "multiply");
    if (state->resolve_name && state->get_loop_name && state->casting_kw &&
        state->casting_sig_kw && state->reduction_kw && state->same_kind &&
        state->unsafe && state->power && state->add && state->subtract &&
        state->multiply) {
        status = learn_legacy_loop(state, numpy);
    }
    Py_DECREF(numpy);
    return status;
}
