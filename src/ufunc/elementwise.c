/* elementwise.c - see elementwise.h. */
#include "elementwise.h"

#include <string.h>

#include "reasons/reasons.h"

/* NumPy casts one-dimensional inputs up to its buffer size as a whole, which may
 * spare it the iterator; the strides a loop sees, and so its choice between vector
 * and scalar code, depend on it. */
#define SMALL_CAST 8192

/* All buffers of a member together: 1 MiB is what a call may cost beyond NumPy's. */
#define BUFFER_ELEMENTS 8192
#define BUFFER_BYTES (768 * 1024)

/* The operands of one run: those of the call, or its own. */
struct operands {
    PyArrayObject *op[NPP_MAX_SLOTS]; /* owned, or NULL: to allocate */
    bool cast;     /* one of them needs a cast, a byte swap or an aligned copy */
    NpyIter *iter; /* over these operands; NULL: none */
};

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

/* -- without an iterator -------------------------------------------------------- */

/*
 * Where NumPy runs a call as one inner loop over lines (one-dimensional operands, or
 * all contiguous in the same order, beside 0-d ones), so do we, because the strides of
 * that loop, their sign for one, decide between vector and scalar code.
 */
enum line {
    LINE,
    LINE_NOT, /* needs the iterator */
    /* NumPy lets an input run ahead of an output in the same memory, and its loops see
     * that and take their scalar code: neither pieces nor a copy would give its bits.
     */
    LINE_IN_ORDER,
};

/* Returns whether an axis has length 1. */
static bool has_single_axis(PyArrayObject *array)
{
    int axis = 0;
    while (axis < PyArray_NDIM(array) && PyArray_DIM(array, axis) != 1) {
        axis++;
    }
    return axis < PyArray_NDIM(array);
}

/* Returns whether NumPy's iterator may go through contiguous operands in another order
 * than C's.  `order` is the order of their axes (NumPy's flags). */
static bool may_turn(NPY_ORDER asked, int order)
{
    return asked == NPY_ANYORDER ||
           (asked == NPY_KEEPORDER && order == NPY_ARRAY_F_CONTIGUOUS);
}

static enum line as_line(struct nest *nest, struct operands *operands,
                         const struct call *call, const struct plan *plan, bool vectors,
                         bool staged)
{
    int order = call->order == NPY_CORDER         ? NPY_ARRAY_C_CONTIGUOUS
                : call->order == NPY_FORTRANORDER ? NPY_ARRAY_F_CONTIGUOUS
                                                  : 0;
    PyArrayObject *shaped = NULL; /* the first operand that is not 0-d */
    npy_intp stride[NPP_MAX_SLOTS];
    char *base[NPP_MAX_SLOTS];
    const int out = call->nin;

    if ((operands->cast && !staged) || call->masked || call->nout != 1) {
        return LINE_NOT;
    }
    if (plan->any_strides && operands->op[out] == NULL) {
        return LINE_NOT; /* NumPy's iterator makes these results, for their strides */
    }
    for (int i = 0; i < call->nop; i++) {
        PyArrayObject *op = operands->op[i];
        if (op == NULL) {
            continue;
        }
        if (PyArray_NDIM(op) == 0 && i < out) {
            stride[i] = 0;
            continue;
        }
        if (shaped == NULL) {
            shaped = op;
        }
        if (!PyArray_SAMESHAPE(op, shaped)) {
            return LINE_NOT;
        }
        if (PyArray_NDIM(op) == 1) {
            stride[i] = PyArray_STRIDE(op, 0);
            continue;
        }
        const int own =
            PyArray_FLAGS(op) & (NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS);
        order = order ? order : own;
        if (own == 0 || own != order) {
            return LINE_NOT;
        }
        stride[i] = PyArray_ITEMSIZE(op);
    }
    if (shaped == NULL || PyArray_NDIM(shaped) == 0) {
        return LINE_NOT;
    }
    const npy_intp n = PyArray_SIZE(shaped);
    if (operands->op[out]) {
        PyArrayObject *output = operands->op[out];
        const npy_intp itemsize = PyArray_ITEMSIZE(output);
        if (stride[out] < itemsize) {
            return LINE_NOT; /* backwards */
        }
        bool behind = false;
        for (int i = 0; i < out; i++) {
            PyArrayObject *in = operands->op[i];
            const char *from = PyArray_BYTES(in), *to = PyArray_BYTES(output);
            if ((from == to && stride[i] == stride[out] &&
                 PyArray_ITEMSIZE(in) == itemsize) ||
                !arrays_overlap(in, output)) {
                continue;
            }
            if (from < to || stride[i] < stride[out] || staged) {
                return LINE_NOT; /* the iterator makes a copy */
            }
            behind = true;
        }
        if (behind) {
            return vectors ? LINE_IN_ORDER : LINE_NOT;
        }
    } else if (staged && may_turn(call->order, order) && has_single_axis(shaped)) {
        return LINE_NOT; /* NumPy's iterator decides the stride of such an axis */
    } else {
        PyArray_Descr *descr = plan_descr(plan, out);
        Py_INCREF(descr);
        operands->op[out] = (PyArrayObject *)PyArray_NewFromDescr(
            &PyArray_Type, descr, PyArray_NDIM(shaped), PyArray_DIMS(shaped), NULL,
            NULL, order == NPY_ARRAY_F_CONTIGUOUS, NULL);
        if (operands->op[out] == NULL) {
            PyErr_Clear(); /* the iterator will meet the same error */
            return LINE_NOT;
        }
        stride[out] = PyArray_ITEMSIZE(operands->op[out]);
    }
    for (int i = 0; i < call->nop; i++) {
        base[i] = PyArray_BYTES(operands->op[i]);
    }
    nest_line(nest, call->nop, base, n, stride);
    return LINE;
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

/* Lays the operands out for the loop: as a line, by an iterator, or by the nest that an
 * iterator goes through.  Returns NULL, or the reason why NumPy must run the call. */
static const char *lay_out(struct job *job, struct operands *operands,
                           struct nest *nest, struct stage *stage,
                           const struct call *call)
{
    const struct plan *plan = job->plan;
    const bool vectors =
        has_vectors(plan, call) && (operands->cast || !plan->any_strides);
    job->weight = 1;
    if (casts_by_place(operands, plan, call)) {
        return reason_cast_depends_on_place;
    }
    const bool staged = operands->cast && stage_casts(stage, operands->op, call, plan);
    const enum line line = as_line(nest, operands, call, plan, vectors, staged);
    if (line == LINE_IN_ORDER) {
        return reason_out_behind_input;
    }
    if (line == LINE) {
        job->path = staged ? "fused" : "direct";
        job->stage = staged ? stage : NULL;
        job->split = split_line(nest->size, vectors);
    } else {
        /* Copies of strings through buffers are marked as needing the GIL.  Loops on
         * strings do not mind strides, so strings go without buffers where nothing must
         * be cast. */
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
            return NULL;
        }
        nest_from_iterator(nest, iter);
        job->split = split_anywhere();
    }
    job->nest = nest;
    job->size = nest->size;
    if (stage_may_stream(nest, operands->op, call, job->stage)) {
        job->key = cost_mix(job->key, call->given[call->nin]); /* warm pages, or not */
        if (cost_prefers_stream(job->costs, job->key)) {
            if (job->stage == NULL) {
                memset(stage, 0, sizeof *stage);
            }
            stage_stream(stage, call, plan);
            job->stage = stage;
            job->key = cost_stream_key(job->key);
            job->path = "streamed";
        }
    }
    memcpy(job->strides, nest->stride[0], sizeof nest->stride[0]);
    return NULL;
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
    if ((plan->fpe || operands.cast) && execute_give_fpe(call->name, fpe) < 0) {
        goto finish;
    }
    result = call_result(call, operands.op + call->nin);

finish:
    operands_clear(&operands);
    return result;
}
