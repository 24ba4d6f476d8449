/*
 * transpose.c - copies between arrays whose elements lie side by side along different
 * axes.  Row by row, each element of one of them would be in another cache line, and
 * often in another page; a kernel goes through tiles of both instead.
 */
#include "move.h"

#include "engine/kernels.h"

/* Shorter axes are copied row by row; a piece has a whole number of cache lines. */
enum { SHORTEST = 16, COLUMNS = 16 };

struct transposition {
    struct nest nest; /* to, from */
    int width;
};

enum { TO, FROM };

/* Returns the axis along which the elements of an operand lie side by side, or -1. */
static int axis_along(const struct nest *nest, int operand, npy_intp itemsize)
{
    for (int axis = 0; axis < nest->ndim; axis++) {
        if (nest->stride[axis][operand] == itemsize && nest->shape[axis] > 1) {
            return axis;
        }
    }
    return -1;
}

/* Puts the two axes first: the range of a job is outer steps, columns, rows. */
static void swap_axes(struct nest *nest, int a, int b)
{
    const npy_intp length = nest->shape[a];
    nest->shape[a] = nest->shape[b];
    nest->shape[b] = length;
    for (int k = 0; k < nest->nop; k++) {
        const npy_intp stride = nest->stride[a][k];
        nest->stride[a][k] = nest->stride[b][k];
        nest->stride[b][k] = stride;
    }
}

static bool lay_out(struct transposition *transposition, PyArrayObject *to,
                    PyArrayObject *from)
{
    struct nest *nest = &transposition->nest;
    PyArrayObject *const operands[] = {to, from};
    const npy_intp itemsize = PyArray_ITEMSIZE(to);
    transposition->width = width_of(itemsize);
    if (transposition->width == WIDTHS ||
        nest_of_arrays(nest, operands, 2, NPY_KEEPORDER) != NULL) {
        return false;
    }
    const int along_to = axis_along(nest, TO, itemsize);
    if (along_to < 0 || nest->shape[along_to] < SHORTEST ||
        nest->stride[along_to][FROM] <= itemsize) {
        return false;
    }
    swap_axes(nest, 0, along_to);
    const int along_from = axis_along(nest, FROM, itemsize);
    if (along_from < 1 || nest->shape[along_from] < SHORTEST ||
        nest->stride[along_from][TO] <= itemsize) {
        return false;
    }
    swap_axes(nest, 1, along_from);
    return true;
}

/* Transposes `columns` columns, from the one at `column` on, in outer step `outer`. */
static void run_columns(const struct transposition *transposition, npy_intp outer,
                        npy_intp column, npy_intp columns)
{
    const struct nest *nest = &transposition->nest;
    const char *from = nest->base[FROM] + column * nest->stride[1][FROM];
    char *to = nest->base[TO] + column * nest->stride[1][TO];
    for (int axis = 2; axis < nest->ndim; axis++) {
        const npy_intp at = outer % nest->shape[axis];
        outer /= nest->shape[axis];
        from += at * nest->stride[axis][FROM];
        to += at * nest->stride[axis][TO];
    }
    kernels_rearrange()->transpose[transposition->width](
        from, nest->stride[0][FROM], nest->shape[0], columns, to, nest->stride[1][TO]);
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct transposition *transposition = job->context;
    const npy_intp rows = transposition->nest.shape[0];
    const npy_intp columns = transposition->nest.shape[1];
    for (npy_intp at = begin / rows; at < end / rows;) {
        const npy_intp column = at % columns, rest = columns - column;
        const npy_intp n = end / rows - at < rest ? end / rows - at : rest;
        run_columns(transposition, at / columns, column, n);
        at += n;
    }
    return 0;
}

bool move_transposed(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from,
                     bool *done)
{
    struct transposition transposition;
    struct job job;
    /* What most copies are is seen without an iterator. */
    const int orders = PyArray_FLAGS(to) & PyArray_FLAGS(from);
    if (PyArray_NDIM(to) < 2 ||
        (orders & (NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS)) ||
        !PyArray_EquivTypes(PyArray_DESCR(to), PyArray_DESCR(from)) ||
        !lay_out(&transposition, to, from)) {
        return false;
    }
    const struct nest *nest = &transposition.nest;
    const struct call call = {.state = hook->state,
                              .nin = 1,
                              .nout = 1,
                              .nop = 2,
                              .op = {from, to},
                              .given = {false, true},
                              .more = cost_magnitude(nest->shape[0]) + 1,
                              .size = nest->size,
                              .pays_alone = true};
    *done = false;
    hook->report.elements = call.size;
    if (hook_call_pays(hook, &call, &job)) {
        const struct split split = {.period = nest->shape[0] * nest->shape[1],
                                    .step = nest->shape[0] * COLUMNS};
        job.given = true;
        *done =
            hook_run(hook, &job, "transposed", run, &transposition, nest->size, split);
    }
    return true;
}
