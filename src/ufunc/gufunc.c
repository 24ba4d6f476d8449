/*
 * gufunc.c - see gufunc.h.
 *
 * The operands of a gufunc have loop dimensions, broadcast like those of a ufunc,
 * before the core dimensions of its signature.  A piece is a range of core problems.  A
 * single core problem is never split: one large matmul is left to BLAS, which has
 * threads of its own.
 */
#include "gufunc.h"

#include <string.h>

#include "engine/iterator.h"
#include "reasons/reasons.h"

#include "elementwise.h"

/* Core problems above these sizes (the product of their dimensions) are left to BLAS
 * and LAPACK: from there on OpenBLAS starts threads inside each, gemm at 64^3 and
 * gemv at 9216 (its interface/gemm.c and gemv.c), which ours would compete with. */
#define BLAS_MATRIX_WORK (64 * 64 * 64)
#define BLAS_VECTOR_WORK 9216
#define LAPACK_WORK (256 * 256)

/* "Broadcast along here, though you write to it": how NumPy's gufuncs mark the core
 * axes of other outputs in op_axes (its multiarray/common.h; not in the public
 * headers).  An iterator that did not know it would refuse the axis, and the call
 * would go to NumPy. */
#define NOT_OF_THIS_OPERAND (-1 + (1 << (8 * (int)sizeof(int) - 2)))

int gufunc_init(struct state *state)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (numpy == NULL) {
        return -1;
    }
    state->matmul = PyObject_GetAttrString(numpy, "matmul");
    Py_DECREF(numpy);
    return state->matmul ? 0 : -1;
}

/* The core dimensions of one call. */
struct core {
    bool missing[NPP_MAX_CORE]; /* a dimension marked `?` that an operand lacks */
    npy_intp size[NPP_MAX_CORE];
    int ndim[NPP_MAX_OPERANDS]; /* core dimensions of each operand, without missing ones
                                 */
    int loop_ndim;
};

/* Returns core dimension `j` of operand `i`, as an index into the signature's names. */
static int dim_of(const PyUFuncObject *ufunc, int i, int j)
{
    return ufunc->core_dim_ixs[ufunc->core_offsets[i] + j];
}

/* NumPy 2.1 added a hook that computes or checks core dimensions, in a field behind
 * those that 2.0's headers know. */
typedef int core_dims_hook(PyUFuncObject *ufunc, npy_intp *sizes);

static core_dims_hook *core_dims_hook_of(const PyUFuncObject *ufunc)
{
    core_dims_hook *hook = NULL;
    if ((size_t)PyUFunc_Type.tp_basicsize >= sizeof *ufunc + sizeof hook) {
        memcpy(&hook, (const char *)ufunc + sizeof *ufunc, sizeof hook);
    }
    return hook;
}

/* Finds the optional dimensions that are missing: an operand of too few dimensions
 * lacks them in the order of the signature, and then all operands do.  Returns false if
 * an operand still has too few. */
static bool drop_missing(struct core *core, const struct call *call)
{
    const PyUFuncObject *ufunc = call->ufunc;
    for (int i = 0; i < call->nop; i++) {
        if (call->op[i] == NULL) {
            continue;
        }
        for (int j = 0; j < ufunc->core_num_dims[i]; j++) {
            const int dim = dim_of(ufunc, i, j);
            if (PyArray_NDIM(call->op[i]) >= core->ndim[i]) {
                break;
            }
            if (!(ufunc->core_dim_flags[dim] & UFUNC_CORE_DIM_CAN_IGNORE) ||
                core->missing[dim]) {
                continue;
            }
            core->missing[dim] = true;
            for (int k = 0; k < call->nop; k++) {
                for (int l = 0; l < ufunc->core_num_dims[k]; l++) {
                    core->ndim[k] -= dim_of(ufunc, k, l) == dim;
                }
            }
        }
        if (PyArray_NDIM(call->op[i]) < core->ndim[i]) {
            return false;
        }
    }
    return true;
}

/* Collects the core dimensions of the operands `from` to `to` - 1.  Returns false if
 * they disagree. */
static bool collect_sizes(struct core *core, const struct call *call, int from, int to)
{
    for (int i = from; i < to; i++) {
        if (call->op[i] == NULL) {
            continue;
        }
        int axis = PyArray_NDIM(call->op[i]) - core->ndim[i];
        core->loop_ndim = axis > core->loop_ndim ? axis : core->loop_ndim;
        for (int j = 0; j < call->ufunc->core_num_dims[i]; j++) {
            const int dim = dim_of(call->ufunc, i, j);
            if (core->missing[dim]) {
                core->size[dim] = 1;
                continue;
            }
            const npy_intp n = PyArray_DIM(call->op[i], axis++);
            if (core->size[dim] >= 0 && core->size[dim] != n) {
                return false;
            }
            core->size[dim] = n;
        }
    }
    return true;
}

static const char *measure_core(struct core *core, const struct call *call)
{
    PyUFuncObject *ufunc = call->ufunc;
    int total = 0;
    memset(core, 0, sizeof *core);
    for (int i = 0; i < call->nop; i++) {
        core->ndim[i] = ufunc->core_num_dims[i];
        total += core->ndim[i];
    }
    if (ufunc->core_num_dim_ix > NPP_MAX_CORE || total > NPP_MAX_CORE_STRIDES) {
        return reason_too_many_core_dimensions;
    }
    for (int dim = 0; dim < ufunc->core_num_dim_ix; dim++) {
        core->size[dim] =
            ufunc->core_dim_sizes[dim]; /* -1: not fixed by the signature */
    }
    if (!drop_missing(core, call)) {
        return reason_too_few_dimensions;
    }
    core_dims_hook *hook = core_dims_hook_of(ufunc);
    if (!collect_sizes(core, call, 0, call->nin) ||
        (hook && hook(ufunc, core->size) < 0) ||
        !collect_sizes(core, call, call->nin, call->nop)) {
        PyErr_Clear();
        return reason_core_dimensions_differ;
    }
    for (int dim = 0; dim < ufunc->core_num_dim_ix; dim++) {
        if (core->size[dim] < 0) {
            return reason_output_size_unknown;
        }
        if (core->size[dim] == 0) {
            return reason_empty_core;
        }
    }
    return NULL;
}

/* Returns whether a core problem may read what another one writes. */
static bool overlaps(const struct call *call)
{
    for (int out = call->nin; out < call->nop; out++) {
        for (int i = 0; i < call->nop; i++) {
            if (call->given[out] && call->op[i] && i != out &&
                arrays_overlap(call->op[i], call->op[out])) {
                return true;
            }
        }
    }
    return false;
}

/* Returns the number of core problems, or -1 if the loop dimensions do not
 * broadcast. */
static npy_intp count_problems(const struct core *core, const struct call *call)
{
    npy_intp count = 1;
    for (int axis = 1; axis <= core->loop_ndim; axis++) { /* counted from the last */
        npy_intp length = 1;
        for (int i = 0; i < call->nop; i++) {
            const int own = call->op[i] ? PyArray_NDIM(call->op[i]) - core->ndim[i] : 0;
            const npy_intp n = own < axis ? 1 : PyArray_DIM(call->op[i], own - axis);
            if (n != 1 && length != 1 && n != length) {
                return -1;
            }
            length = n != 1 ? n : length;
        }
        count *= length;
    }
    return count;
}

/* Returns whether one core problem is better left to the threads of BLAS and LAPACK. */
static bool is_for_blas(const struct call *call, const struct plan *plan,
                        const struct core *core)
{
    npy_intp work = 1, least = NPY_MAX_INTP;
    const int type = plan_descr(plan, 0)->type_num;
    if (type != NPY_FLOAT && type != NPY_DOUBLE && type != NPY_CFLOAT &&
        type != NPY_CDOUBLE) {
        return false;
    }
    const int ncore = call->ufunc->core_num_dim_ix;
    for (int dim = 0; dim < ncore; dim++) {
        work *= core->size[dim];
        least = core->size[dim] < least ? core->size[dim] : least;
    }
    if ((PyObject *)call->ufunc == call->state->matmul) {
        return work > (least > 1 ? BLAS_MATRIX_WORK : BLAS_VECTOR_WORK);
    }
    const bool product = call->nin == 2 && core->ndim[0] + core->ndim[1] <= 3;
    return work > (product ? BLAS_VECTOR_WORK : LAPACK_WORK);
}

/* Removes the axes from `loop_ndim` on.  Returns the iterator; NULL if there is none,
 * or that failed. */
static NpyIter *without_core_axes(NpyIter *iter, int loop_ndim, int ndim)
{
    bool good = iter != NULL;
    for (int axis = loop_ndim; good && axis < ndim; axis++) {
        good = NpyIter_RemoveAxis(iter, loop_ndim) == NPY_SUCCEED;
    }
    good = good && NpyIter_RemoveMultiIndex(iter) == NPY_SUCCEED &&
           NpyIter_EnableExternalLoop(iter) == NPY_SUCCEED;
    if (iter && !good) {
        iterator_discard(iter);
    }
    return good ? iter : NULL;
}

/*
 * Makes an iterator over the loop dimensions.  It is given the core dimensions of the
 * outputs as well, so that it allocates the outputs in NumPy's order; afterwards these
 * dimensions are removed.
 */
static NpyIter *make_iterator(const struct call *call, const struct plan *plan,
                              const struct core *core)
{
    const PyUFuncObject *ufunc = call->ufunc;
    const int inputs = NPY_ITER_READONLY | NPY_ITER_COPY | NPY_ITER_ALIGNED |
                       NPY_ITER_OVERLAP_ASSUME_ELEMENTWISE;
    const int outputs = NPY_ITER_WRITEONLY | NPY_ITER_UPDATEIFCOPY | NPY_ITER_ALIGNED |
                        NPY_ITER_ALLOCATE | NPY_ITER_NO_BROADCAST |
                        NPY_ITER_NO_SUBTYPE | NPY_ITER_OVERLAP_ASSUME_ELEMENTWISE;
    PyArrayObject *op[NPP_MAX_OPERANDS];
    PyArray_Descr *descrs[NPP_MAX_OPERANDS];
    npy_uint32 flags[NPP_MAX_OPERANDS];
    int axes_of[NPP_MAX_OPERANDS][NPY_MAXDIMS];
    int *axes[NPP_MAX_OPERANDS];
    npy_intp shape[NPY_MAXDIMS];

    int ndim = core->loop_ndim;
    for (int i = call->nin; i < call->nop; i++) {
        ndim += core->ndim[i];
    }
    if (ndim > NPY_MAXDIMS) {
        return NULL;
    }
    for (int axis = 0; axis < core->loop_ndim; axis++) {
        shape[axis] = -1;
    }
    int next = core->loop_ndim;
    for (int i = 0; i < call->nop; i++) {
        op[i] = call->op[i];
        descrs[i] = plan_descr(plan, i);
        flags[i] = (npy_uint32)(i < call->nin ? inputs : outputs);
        if (ufunc->op_flags[i] != 0) { /* np.matmul's output is not elementwise */
            flags[i] = ufunc->op_flags[i];
        }
        axes[i] = axes_of[i];

        const int own = op[i] ? PyArray_NDIM(op[i]) - core->ndim[i] : core->loop_ndim;
        const int pad = core->loop_ndim - own;
        for (int axis = 0; axis < core->loop_ndim; axis++) {
            axes_of[i][axis] = axis < pad ? -1 : axis - pad;
        }
        /* The core dimensions of other outputs do not concern this operand. */
        for (int axis = core->loop_ndim; axis < ndim; axis++) {
            axes_of[i][axis] = NOT_OF_THIS_OPERAND;
        }
        int core_axis = own;
        for (int j = 0; i >= call->nin && j < ufunc->core_num_dims[i]; j++) {
            if (!core->missing[dim_of(ufunc, i, j)]) {
                shape[next] = core->size[dim_of(ufunc, i, j)];
                axes_of[i][next++] = core_axis++;
            }
        }
    }
    NpyIter *iter = NpyIter_AdvancedNew(
        call->nop, op,
        NPY_ITER_MULTI_INDEX | NPY_ITER_REFS_OK | NPY_ITER_ZEROSIZE_OK |
            NPY_ITER_COPY_IF_OVERLAP | NPY_ITER_DELAY_BUFALLOC,
        call->order, NPY_UNSAFE_CASTING, flags, descrs, ndim, axes, shape, 0);
    return without_core_axes(iter, core->loop_ndim, ndim);
}

/* Stores what the loop is told besides count and strides: core sizes, core strides. */
static void describe_core(struct loop *loop, const struct call *call,
                          const struct core *core, NpyIter *iter)
{
    const PyUFuncObject *ufunc = call->ufunc;
    loop->ncore = ufunc->core_num_dim_ix;
    memcpy(loop->core_dims, core->size, sizeof core->size);
    loop->ncore_strides = 0;
    for (int i = 0; i < call->nop; i++) {
        /* The iterator's operand: a cast copy has strides of its own. */
        PyArrayObject *op = NpyIter_GetOperandArray(iter)[i];
        int axis = PyArray_NDIM(op) - core->ndim[i];
        for (int j = 0; j < ufunc->core_num_dims[i]; j++) {
            const int dim = dim_of(ufunc, i, j);
            npy_intp stride = 0; /* also for size 1, as NumPy does */
            if (!core->missing[dim]) {
                stride = PyArray_DIM(op, axis) == 1 ? 0 : PyArray_STRIDE(op, axis);
                axis++;
            }
            loop->core_strides[loop->ncore_strides++] = stride;
        }
    }
}

/* Lays the core problems out.  Returns NULL, or the reason why NumPy must run the
 * call. */
static const char *lay_out(struct job *job, struct plan *plan, struct nest *nest,
                           NpyIter **iter, const struct call *call)
{
    struct core core;
    const char *reason = measure_core(&core, call);
    if (reason) {
        return reason;
    }
    /* Done before there is an iterator: its casts may warn, and NumPy's would warn
     * again. */
    const npy_intp problems = count_problems(&core, call);
    if (problems < 2) {
        return problems < 0 ? reason_shapes_refused : reason_single_core_problem;
    }
    if (overlaps(call)) {
        return reason_core_out_overlaps;
    }
    if (is_for_blas(call, plan, &core)) {
        return reason_large_core_problems;
    }
    *iter = make_iterator(call, plan, &core);
    if (*iter == NULL) {
        PyErr_Clear();
        return reason_iterator_raises;
    }
    describe_core(&plan->loop, call, &core, *iter);
    nest_from_iterator(nest, *iter);
    memcpy(job->strides, nest->stride[0], sizeof nest->stride[0]);
    memcpy(job->strides + call->nop, plan->loop.core_strides,
           sizeof(npy_intp) * (size_t)plan->loop.ncore_strides);
    job->weight = 1;
    for (int dim = 0; dim < plan->loop.ncore; dim++) {
        job->key = cost_mix(job->key, (uint64_t)core.size[dim]);
        job->weight *= core.size[dim];
    }
    job->path = "gufunc";
    job->nest = nest;
    job->size = nest->size;
    job->split = split_anywhere();
    return NULL;
}

PyObject *gufunc_run(struct call *call, struct plan *plan, struct job *job,
                     bool explain, struct report *report)
{
    struct nest nest;
    PyArrayObject *outputs[NPP_MAX_OPERANDS] = {NULL};
    NpyIter *iter = NULL;
    PyObject *result = NULL;
    int fpe = 0;

    report->reason = job->given && plan->may_fail
                         ? reason_out_may_fail
                         : lay_out(job, plan, &nest, &iter, call);
    if (report->reason) {
        goto finish;
    }
    report->elements = job->size;
    for (int i = 0; i < call->nout; i++) {
        outputs[i] = NpyIter_GetOperandArray(iter)[call->nin + i];
        Py_INCREF(outputs[i]);
    }
    if (!execute(job, explain, &fpe, report)) {
        goto finish;
    }
    const int status = NpyIter_Deallocate(iter);
    iter = NULL;
    if (status != NPY_SUCCEED || (plan->fpe && execute_give_fpe(call->name, fpe) < 0)) {
        goto finish;
    }
    result = call_result(call, outputs);

finish:
    iterator_discard(iter);
    for (int i = 0; i < call->nout; i++) {
        Py_XDECREF(outputs[i]);
    }
    return result;
}
