/*
 * reduceat.c - ufunc.reduceat on the engine, with NumPy's bits.
 *
 * A *segment* is the elements along the axis from one index to the next, or the element
 * at the index if the next index is not greater.  NumPy copies the first element of a
 * segment and gives the others to the ufunc's loop, as rows.c does with a row.
 * Segments are shared out by the elements in them, found by binary search, since one
 * segment may have as many elements as all others.
 */
#include "along.h"

#include <string.h>

#include "movement/move.h"
#include "reasons/reasons.h"

#include "parts.h"
#include "request.h"

/* The cost of a call of the loop, in elements. */
enum { CALL = 16 };

/* NEIGHBOURS_BYTES: bytes of lines side by side that are read together, since they
 * share cache lines.  ROW: lines whose rows are put together in vectors. */
enum { NEIGHBOURS_BYTES = 128, ROW = 512 };

/* Segments have their own cost key, different from the keys of reductions, which begin
 * with a map, and of scans. */
enum { SEGMENTS_KEY = MAP_COUNT + 1 };

struct segments {
    struct reduction reduction;
    struct along along;
    const npy_intp *indices;
    npy_intp count;
    /* [count + 1]: the cost of the segments before each one.  NULL: the indices
     * increase, so they tell the costs. */
    npy_intp *before;
    bool by_rows;  /* lines side by side are put together row by row */
    npy_intp wide; /* lines side by side in a block */
    npy_intp blocks, blocks_a_row;
};

static npy_intp length_of(const struct segments *segments, npy_intp i)
{
    const npy_intp end =
        i + 1 < segments->count ? segments->indices[i + 1] : segments->along.n;
    const npy_intp n = end - segments->indices[i];
    return n > 1 ? n : 1;
}

/* Returns what the segments before number `i` cost: the elements in them, and the
 * calls. */
static inline npy_intp cost_before(const struct segments *segments, npy_intp i)
{
    const npy_intp *indices = segments->indices;
    return segments->before ? segments->before[i]
                            : (i < segments->count ? indices[i] : segments->along.n) -
                                  indices[0] + i * CALL;
}

/* -- pieces --------------------------------------------------------------------- */

static int run_by_rows(const struct segments *segments, char *out, char *in,
                       npy_intp rows, npy_intp n)
{
    const struct along *along = &segments->along;
    int status = 0;
    for (npy_intp row = 0; row < rows && status == 0; row++, in += along->from) {
        status = rows_run(&segments->reduction, out, along->tos[0], in, along->froms[0],
                          n, row == 0);
    }
    return status;
}

/* Rows up to this length: kernels of sums are no faster than NumPy's loop, and the cost
 * of a call counts. */
enum { SHORT = SUM_LEAF };

static inline int run_row(const struct reduction *reduction, char *out, char *in,
                          npy_intp from, npy_intp n)
{
    if (n > SHORT) {
        return rows_run(reduction, out, 0, in, from, n, true);
    }
    if (reduction->itemsize == sizeof(double)) {
        memcpy(out, in, sizeof(double)); /* without a call */
    } else {
        memcpy(out, in, (size_t)reduction->itemsize);
    }
    char *data[] = {out, in + from, out};
    const npy_intp strides[] = {0, from, 0};
    return n > 1 ? loop_run(&reduction->plan.loop, data, n - 1, strides) : 0;
}

/* Run the segments from number `i` to `end` for all lines of `block`. */
static int run_block(const struct segments *segments, npy_intp block, npy_intp i,
                     npy_intp end)
{
    const struct along *along = &segments->along;
    npy_intp n = 1, to = 0, from = 0;
    char *block_out, *block_in;
    int status = 0;
    along_at(along, block / segments->blocks_a_row, 1, &block_out, &block_in);
    if (along->ndim > 0) {
        const npy_intp first = block % segments->blocks_a_row * segments->wide;
        const npy_intp rest = along->shape[0] - first;
        n = rest < segments->wide ? rest : segments->wide;
        to = along->tos[0];
        from = along->froms[0];
        block_out += first * to;
        block_in += first * from;
    }
    for (; i < end && status == 0; i++) {
        const npy_intp length = length_of(segments, i);
        char *out = block_out + i * along->to;
        char *in = block_in + segments->indices[i] * along->from;
        if (segments->by_rows) {
            status = run_by_rows(segments, out, in, length, n);
            continue;
        }
        for (npy_intp line = 0; line < n && status == 0; line++) {
            status = run_row(&segments->reduction, out + line * to, in + line * from,
                             along->from, length);
        }
    }
    return status;
}

/* Returns the first segment before which the others cost at least `cost`. */
static npy_intp segment_from(const struct segments *segments, npy_intp cost)
{
    npy_intp first = 0, last = segments->count;
    while (first < last) {
        const npy_intp middle = first + (last - first) / 2;
        if (cost_before(segments, middle) < cost) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return first;
}

/* A piece has the segments that begin in it. */
static int run_piece(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct segments *segments = job->context;
    const npy_intp each = cost_before(segments, segments->count);
    int status = 0;
    begin /= segments->wide;
    end /= segments->wide;
    for (npy_intp block = begin / each; block * each < end && status == 0; block++) {
        status =
            run_block(segments, block, segment_from(segments, begin - block * each),
                      segment_from(segments, end - block * each));
    }
    return status;
}

/* -- the call ------------------------------------------------------------------- */

/* Returns a new result whose axes are in the order of NumPy's own iterator over the
 * array as it was given, even where its elements are cast first. */
static PyArrayObject *make_result(PyArrayObject *given, PyArrayObject *indices,
                                  PyArray_Descr *descr, int along)
{
    PyArrayObject *op[] = {NULL, given, indices}, *result = NULL;
    PyArray_Descr *descrs[] = {descr, NULL, NULL};
    npy_uint32 flags[] = {NPY_ITER_READWRITE | NPY_ITER_ALLOCATE | NPY_ITER_NO_SUBTYPE |
                              NPY_ITER_NO_BROADCAST,
                          NPY_ITER_READONLY, NPY_ITER_READONLY};
    int of_result[NPY_MAXDIMS], of_array[NPY_MAXDIMS], of_indices[NPY_MAXDIMS];
    int *axes[] = {of_result, of_array, of_indices};
    const int ndim = PyArray_NDIM(given);
    for (int axis = 0; axis < ndim; axis++) {
        of_result[axis] = axis;
        of_array[axis] = axis == along ? -1 : axis;
        of_indices[axis] = axis == along ? 0 : -1;
    }
    NpyIter *iter = NpyIter_AdvancedNew(
        3, op, NPY_ITER_ZEROSIZE_OK | NPY_ITER_MULTI_INDEX, NPY_KEEPORDER,
        NPY_UNSAFE_CASTING, flags, descrs, ndim, axes, NULL, 0);
    if (iter) {
        result =
            (PyArrayObject *)Py_NewRef((PyObject *)NpyIter_GetOperandArray(iter)[0]);
        NpyIter_Deallocate(iter);
    }
    return result;
}

/* Cast all elements first, as NumPy does.  Returns false with an exception set. */
static bool cast_array(struct hook_call *hook, struct request *request,
                       PyArray_Descr *descr, PyArrayObject **cast)
{
    *cast = reduction_new_like(request->array, descr);
    if (*cast == NULL ||
        (!move_into(hook, *cast, request->array, NULL) &&
         (PyErr_Occurred() || PyArray_CopyInto(*cast, request->array)))) {
        return false;
    }
    request->array = *cast;
    return true;
}

/* Returns NULL, or the reason why NumPy runs the call.  With NULL an exception may be
 * set. */
static const char *prepare_loop(struct hook_call *hook, struct reduction *reduction,
                                struct request *request, PyArrayObject **cast)
{
    const char *reason =
        plan_make_reduction(&reduction->plan, reduction->state, request->ufunc,
                            request->array, request->dtype);
    if (reason) {
        return reason;
    }
    PyArray_Descr *descr = plan_descr(&reduction->plan, 0);
    if (request->out && !PyArray_EquivTypes(PyArray_DESCR(request->out), descr)) {
        return reason_out_other_dtype;
    }
    if (!PyArray_EquivTypes(PyArray_DESCR(request->array), descr)) {
        if (!PyArray_CanCastSafely(PyArray_TYPE(request->array), descr->type_num)) {
            return reason_cast_warns;
        }
        if (reduction_order(request->ufunc->name, descr->type_num) == ORDER_EXTREME) {
            return reason_cast_before_extreme;
        }
        if (!cast_array(hook, request, descr, cast)) {
            return NULL;
        }
    }
    return reduction_choose_loop(reduction, request);
}

/* Choose how lines are read together. */
static void choose_blocks(struct segments *segments)
{
    const struct along *along = &segments->along;
    const struct reduction *reduction = &segments->reduction;
    const bool several = along->ndim > 0;
    const npy_intp across = several ? Py_ABS(along->froms[0]) : 0;
    segments->by_rows = several && reduction->order == ORDER_FREE &&
                        along->tos[0] == reduction->itemsize &&
                        across < Py_ABS(along->from);
    const npy_intp neighbours = across ? NEIGHBOURS_BYTES / across : 1;
    segments->wide = segments->by_rows                                ? ROW
                     : across < Py_ABS(along->from) && neighbours > 1 ? neighbours
                                                                      : 1;
    const npy_intp side_by_side = several ? along->shape[0] : 1;
    segments->wide = segments->wide < side_by_side ? segments->wide : side_by_side;
    segments->blocks_a_row = (side_by_side + segments->wide - 1) / segments->wide;
    segments->blocks = along->lines / side_by_side * segments->blocks_a_row;
}

/* Returns whether all indices increase, and sets `greatest` to the cost of the longest
 * segment. */
static bool increase(const struct segments *segments, npy_intp *greatest)
{
    const npy_intp *indices = segments->indices, last = segments->count - 1;
    npy_intp least = 1, most = segments->along.n - indices[last];
    for (npy_intp i = 0; i < last; i++) {
        const npy_intp n = indices[i + 1] - indices[i];
        least = n < least ? n : least;
        most = n > most ? n : most;
    }
    *greatest = most + CALL;
    return least > 0;
}

/* Add up the costs of the segments in `before`.  Returns NULL, or a reason. */
static const char *add_up(struct segments *segments, npy_intp *greatest)
{
    const npy_intp count = segments->count;
    segments->before = PyMem_Malloc(sizeof *segments->before * (size_t)(count + 1));
    if (segments->before == NULL) {
        return reason_no_memory_for_segments;
    }
    segments->before[0] = *greatest = 0;
    for (npy_intp i = 0; i < count; i++) {
        if (segments->indices[i] < 0 || segments->indices[i] >= segments->along.n) {
            return reason_index_out_of_bounds;
        }
        const npy_intp cost = length_of(segments, i) + CALL;
        segments->before[i + 1] = segments->before[i] + cost;
        *greatest = cost > *greatest ? cost : *greatest;
    }
    return NULL;
}

/* Cut the job into segments.  Returns NULL, or the reason why NumPy runs the call. */
static const char *cut_segments(struct segments *segments, struct job *job)
{
    const npy_intp count = segments->count;
    const npy_intp first = segments->indices[0], last = segments->indices[count - 1];
    npy_intp greatest = 0;
    if (first < 0 || last >= segments->along.n) {
        return reason_index_out_of_bounds;
    }
    if (!increase(segments, &greatest)) {
        const char *reason = add_up(segments, &greatest);
        if (reason) {
            return reason;
        }
    }
    const npy_intp all = cost_before(segments, count);
    if (segments->blocks == 1 && greatest > all - all / 8) {
        return reason_one_segment;
    }
    /* The first piece, which tells what an element costs, has a segment in it. */
    const npy_intp step = segments->wide * (all / count);
    job->size = all * segments->wide * segments->blocks;
    job->split = (struct split){job->size, step};
    return NULL;
}

/* Returns the cost key, of the ufunc, the axis, and the length of the segments. */
static uint32_t key_of(const struct request *request)
{
    const npy_intp n = PyArray_SIZE(request->array) / PyArray_SIZE(request->indices);
    return request_key(request, SEGMENTS_KEY + (cost_magnitude(n) << 8));
}

PyObject *reduction_reduceat(struct hook_call *hook, PyObject *self,
                             PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct request request;
    struct segments segments = {.reduction = {.state = hook->state}};
    struct reduction *reduction = &segments.reduction;
    struct job job;
    PyObject *result = NULL;
    PyArrayObject *given, *out = NULL, *cast = NULL;
    int axis = 0, fpe = 0;

    hook->report.reason =
        request_take(&request, hook->state, self, args, nargs, kwnames, REDUCEAT);
    if (!hook->report.reason && PyArray_SIZE(request.indices) == 0) {
        hook->report.reason = reason_no_segments;
    }
    if (hook->report.reason ||
        !hook_pays(hook, request.array, key_of(&request), false, &job)) {
        goto finish;
    }
    given = request.array;
    hook->report.reason = prepare_loop(hook, reduction, &request, &cast);
    if (hook->report.reason || PyErr_Occurred()) {
        goto finish;
    }
    while (!request.axes[axis]) {
        axis++;
    }
    out = request.out ? (PyArrayObject *)Py_NewRef((PyObject *)request.out)
                      : make_result(given, request.indices,
                                    plan_descr(&reduction->plan, 0), axis);
    if (out == NULL) {
        goto finish;
    }
    along_lay_out(&segments.along, request.array, out, axis);
    segments.indices = (const npy_intp *)PyArray_DATA(request.indices);
    segments.count = PyArray_SIZE(request.indices);
    choose_blocks(&segments);
    hook->report.reason = cut_segments(&segments, &job);
    if (hook->report.reason) {
        goto finish;
    }
    job.plan = &reduction->plan;
    job.context = &segments;
    job.run = run_piece;
    job.given = request.out != NULL;
    if (execute(&job, hook->explain, &fpe, &hook->report) &&
        (!reduction->plan.fpe || execute_give_fpe("reduceat", fpe) == 0)) {
        result = Py_NewRef((PyObject *)out);
    }

finish:
    hook->report.elements = request.array ? PyArray_SIZE(request.array) : 0;
    Py_XDECREF((PyObject *)out);
    Py_XDECREF((PyObject *)cast);
    request_clear(&request);
    PyMem_Free(segments.before);
    reduction_clear(reduction);
    return result;
}
