/* elementwise.c - see elementwise.h. */
#include "elementwise.h"

#include <string.h>

#include "reasons/reasons.h"

#include "line.h"

/* NumPy casts one-dimensional inputs up to its buffer size as a whole, which may
 * spare it the iterator; the strides a loop sees, and so its choice between vector
 * and scalar code, depend on it. */
#define SMALL_CAST 8192

/* All buffers of a member together: 1 MiB is what a call may cost beyond NumPy's. */
#define BUFFER_ELEMENTS 8192
#define BUFFER_BYTES (768 * 1024)

static void operands_clear(struct operands *operands)
{
    iterator_discard(operands->iter);
    for (int i = 0; i < NPP_MAX_SLOTS; i++) {
        Py_CLEAR(operands->op[i]);
    }
}

/*
 * Returns a scratch output.  A loop that can fail must not have touched the user's out=
 * when it does, because NumPy has to repeat the call.  So it writes to a scratch
 * output, which is copied when all went well.
 */
static PyArrayObject *make_scratch(PyArrayObject *out, PyArray_Descr *descr)
{
    Py_INCREF(descr);
    return (PyArrayObject *)PyArray_NewLikeArray(out, NPY_KEEPORDER, descr, 0);
}

/* Returns 0, or -1 with an exception set. */
static int operands_take(struct operands *operands, const struct call *call,
                         const struct plan *plan)
{
    /* NumPy casts small inputs until it meets an operand that it cannot cast this way.
     * Under a mask it casts none. */
    bool cast_small = !call->masked && !plan->any_strides;
    memset(operands, 0, sizeof *operands);
    for (int i = 0; i < call->nop + call->masked; i++) {
        PyArrayObject *op = call->op[i];
        if (op == NULL) {
            continue;
        }
        if (i == call->nop) { /* the mask: always bool */
            operands->op[i] = (PyArrayObject *)Py_NewRef(op);
            continue;
        }
        PyArray_Descr *descr = plan_descr(plan, i);
        const bool small = i < call->nin && PyArray_NDIM(op) <= 1 &&
                           (PyArray_NDIM(op) == 0 || PyArray_SIZE(op) <= SMALL_CAST);
        cast_small = cast_small && (small || !array_needs_copy(op, descr));
        if (i >= call->nin && plan->may_fail) {
            operands->op[i] = make_scratch(op, descr);
        } else if (cast_small && small && array_needs_copy(op, descr)) {
            Py_INCREF(descr);
            operands->op[i] = (PyArrayObject *)PyArray_CastToType(op, descr, 0);
        } else {
            operands->op[i] = (PyArrayObject *)Py_NewRef(op);
        }
        if (operands->op[i] == NULL) {
            return -1;
        }
        operands->cast |= array_needs_copy(operands->op[i], descr);
    }
    return 0;
}

static bool has_strings(const struct plan *plan, const struct call *call)
{
    for (int i = 0; i < call->nop; i++) {
        if (PyTypeNum_ISFLEXIBLE(plan_descr(plan, i)->type_num)) {
            return true;
        }
    }
    return false;
}

/* Returns whether loops on this dtype, casts included, may treat their last elements
 * unlike the others: partition.h.  Loops on long double are scalar, loops on integers
 * are exact, and loops on a user dtype are taken to be like the worst. */
static bool is_vector_type(int type)
{
    return type == NPY_HALF || type == NPY_FLOAT || type == NPY_DOUBLE ||
           type == NPY_CFLOAT || type == NPY_CDOUBLE || PyTypeNum_ISUSERDEF(type);
}

static bool has_vectors(const struct plan *plan, const struct call *call)
{
    for (int i = 0; i < call->nop; i++) {
        if (is_vector_type(plan_descr(plan, i)->type_num) ||
            (call->op[i] && is_vector_type(PyArray_TYPE(call->op[i])))) {
            return true;
        }
    }
    return false;
}

/* Returns whether the imaginary parts of an output are dropped on the way to the loop,
 * which reads outputs under a mask: NumPy warns, once. */
static bool discards_imaginary(const struct operands *operands, const struct plan *plan,
                               const struct call *call)
{
    for (int i = call->nin; i < call->nop; i++) {
        if (operands->op[i] && PyTypeNum_ISCOMPLEX(PyArray_TYPE(operands->op[i])) !=
                                   PyTypeNum_ISCOMPLEX(plan_descr(plan, i)->type_num)) {
            return true;
        }
    }
    return false;
}

/*
 * Returns whether casts may depend on the place of an element.  NumPy casts in vectors
 * and the last elements one by one, and the two give different answers where a number
 * does not fit into an integer: there are two answers for a uint32.  With real numbers
 * the last elements are behind the last whole vector, where no piece ends.  With
 * complex numbers they are some vectors before the end of each of NumPy's buffers, and
 * under a mask they are at the end of each stretch that the mask lets through.
 */
static bool casts_by_place(const struct operands *operands, const struct plan *plan,
                           const struct call *call)
{
    for (int i = 0; i < call->nop && operands->cast; i++) {
        if (operands->op[i] == NULL) {
            continue;
        }
        const int own = PyArray_TYPE(operands->op[i]);
        const int loops = plan_descr(plan, i)->type_num;
        const int from = i < call->nin ? own : loops, to = i < call->nin ? loops : own;
        const bool places = call->masked && PyTypeNum_ISFLOAT(from);
        if (PyTypeNum_ISINTEGER(to) && (PyTypeNum_ISCOMPLEX(from) || places)) {
            return true;
        }
    }
    return false;
}

/* -- with an iterator ----------------------------------------------------------- */

static npy_intp buffer_elements(const struct plan *plan, const struct call *call)
{
    npy_intp bytes = 1;
    for (int i = 0; i < call->nop; i++) {
        bytes += PyDataType_ELSIZE(plan_descr(plan, i));
    }
    const npy_intp n = BUFFER_BYTES / bytes;
    return n > BUFFER_ELEMENTS ? BUFFER_ELEMENTS : n < 16 ? 16 : n;
}

/* -- results -------------------------------------------------------------------- */

PyObject *call_result(const struct call *call, PyArrayObject *const *outputs)
{
    PyObject *result[NPP_MAX_OPERANDS];
    for (int i = 0; i < call->nout; i++) {
        const bool given = call->given[call->nin + i];
        PyArrayObject *array = given ? call->op[call->nin + i] : outputs[i];
        Py_INCREF(array);
        /* PyArray_Return steals the reference, and makes a scalar of a 0-d array. */
        result[i] =
            given || call->return_arrays ? (PyObject *)array : PyArray_Return(array);
    }
    if (call->nout == 1) {
        return result[0];
    }
    PyObject *tuple = PyTuple_New(call->nout);
    for (int i = 0; i < call->nout; i++) {
        if (tuple && result[i]) {
            PyTuple_SET_ITEM(tuple, i, result[i]);
        } else {
            Py_XDECREF(result[i]);
        }
    }
    return tuple;
}

/* Copies the contents of scratch outputs to the user's out=.  Returns 0, or -1 with an
 * exception set. */
static int copy_scratch(const struct operands *operands, const struct call *call)
{
    for (int i = call->nin; i < call->nop; i++) {
        if (call->given[i] && operands->op[i] != call->op[i] &&
            PyArray_CopyInto(call->op[i], operands->op[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Lays the operands out by an iterator, or by the nest that an iterator goes through.
 * Returns NULL, or the reason why NumPy must run the call. */
static const char *lay_out_by_iterator(struct job *job, struct operands *operands,
                                       struct nest *nest, const struct call *call,
                                       bool vectors)
{
    const struct plan *plan = job->plan;
    /* Copies of strings through buffers are marked as needing the GIL.  Loops on
     * strings do not mind strides, so strings go without buffers where nothing must be
     * cast. */
    const bool buffered =
        operands->cast || !(plan->any_strides || has_strings(plan, call));
    job->kind = (struct iterator_kind){
        .nin = call->nin,
        .nop = call->nop,
        .masked = call->masked,
        .order = call->order,
        .buffersize = buffered ? buffer_elements(plan, call) : 0,
    };
    PyArray_Descr *descrs[NPP_MAX_SLOTS] = {NULL}; /* the mask stays bool */
    for (int i = 0; i < call->nop; i++) {
        descrs[i] = plan_descr(plan, i);
    }
    NpyIter *iter = iterator_new(&job->kind, operands->op, descrs);
    if (iter == NULL) {
        PyErr_Clear();
        return reason_iterator_raises;
    }
    operands->iter = iter;
    if (NpyIter_IterationNeedsAPI(iter)) {
        return reason_cast_needs_gil;
    }
    for (int i = call->nin; i < call->nop; i++) {
        if (operands->op[i] == NULL) {
            PyArrayObject *output = NpyIter_GetOperandArray(iter)[i];
            operands->op[i] = (PyArrayObject *)Py_NewRef(output);
        }
    }
    job->path = operands->cast ? "buffered" : "iterator";
    if (buffered) {
        job->iter = iter;
        job->size = NpyIter_GetIterSize(iter);
        job->split = split_iterator(iter, vectors);
    } else {
        nest_from_iterator(nest, iter);
        job->nest = nest;
        job->split = split_anywhere();
    }
    return NULL;
}

/* Has the result of a nest go past the caches, where that was measured to be faster. */
static void choose_streaming(struct job *job, const struct operands *operands,
                             struct stage *stage, const struct call *call)
{
    if (!stage_may_stream(job->nest, operands->op, call, job->stage)) {
        return;
    }
    job->key = cost_mix(job->key, call->given[call->nin]); /* warm pages, or not */
    if (cost_prefers_stream(job->costs, job->key)) {
        if (job->stage == NULL) {
            memset(stage, 0, sizeof *stage);
        }
        stage_stream(stage, call, job->plan);
        job->stage = stage;
        job->key = cost_stream_key(job->key);
        job->path = "streamed";
    }
}

/* Lays the operands out for the loop: as a line, by an iterator, or by the nest that an
 * iterator goes through.  Returns NULL, or the reason why NumPy must run the call. */
static const char *lay_out(struct job *job, struct operands *operands,
                           struct nest *nest, struct stage *stage,
                           const struct call *call)
{
    const struct plan *plan = job->plan;
    const char *reason = NULL;
    const bool vectors =
        has_vectors(plan, call) && (operands->cast || !plan->any_strides);
    job->weight = 1;
    if (casts_by_place(operands, plan, call)) {
        return reason_cast_depends_on_place;
    }
    if (call->masked && masked_goes_by_place(plan, call)) {
        return reason_extreme_depends_on_place;
    }
    if (call->masked && discards_imaginary(operands, plan, call)) {
        return reason_cast_discards_imaginary;
    }
    const bool staged = operands->cast && stage_casts(stage, operands->op, call, plan);
    const enum line line = line_of(nest, operands, call, plan, vectors, staged);
    if (line == LINE_IN_ORDER) {
        return reason_out_behind_input;
    }
    if (line == LINE) {
        job->path = staged ? "fused" : "direct";
        job->stage = staged ? stage : NULL;
        job->split = split_line(nest->size, vectors);
        job->nest = nest;
    } else {
        reason = lay_out_by_iterator(job, operands, nest, call, vectors);
    }
    if (call->masked && !reason) {
        masked_prepare(&job->masked, plan, call, job->copies);
    }
    if (job->nest && !reason) {
        job->size = nest->size;
        choose_streaming(job, operands, stage, call);
        memcpy(job->strides, nest->stride[0], sizeof nest->stride[0]);
    }
    return reason;
}

/* Writes back what the iterator holds for an overlapping out=, and what scratch outputs
 * hold. */
static bool deliver(struct operands *operands, const struct call *call)
{
    if (operands->iter) {
        const int status = NpyIter_Deallocate(operands->iter);
        operands->iter = NULL;
        if (status != NPY_SUCCEED) {
            return false;
        }
    }
    return copy_scratch(operands, call) == 0;
}

PyObject *elementwise_run(struct call *call, const struct plan *plan, struct job *job,
                          bool explain, struct report *report)
{
    struct operands operands;
    struct nest nest;
    struct stage stage;
    PyObject *result = NULL;
    int fpe = 0;

    if (plan->may_fail && job->given && call->masked) {
        report->reason = reason_where_out_may_fail;
        return NULL;
    }
    if (operands_take(&operands, call, plan) < 0) {
        goto finish;
    }
    report->reason = lay_out(job, &operands, &nest, &stage, call);
    if (!report->reason && call->dry_run && !explain && call_dry_run(call) < 0) {
        goto finish;
    }
    if (report->reason || !execute(job, explain, &fpe, report) ||
        !deliver(&operands, call)) {
        goto finish;
    }
    if (job->stage) {
        fpe |= atomic_load(&stage.fpe);
    }
    if (!call->ignores_flags && (plan->fpe || operands.cast) &&
        execute_give_fpe(call->name, fpe) < 0) {
        goto finish;
    }
    result = call_result(call, operands.op + call->nin);

finish:
    operands_clear(&operands);
    return result;
}
