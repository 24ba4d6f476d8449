/*
 * accumulate.c - ufunc.accumulate on the engine, with NumPy's bits.
 *
 * Lines are independent.  Where they lie side by side, rows of a block of lines are put
 * together one after the other, in vectors.
 */
#include <string.h>

#include "engine/hook_call.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "line.h"

/* Lines of a block, as for columns in strategy.c. */
enum { LEAST_LINES = 256, MOST_LINES = 4096 };
/* A scan has its own cost key, different from the keys of the ufunc's reductions, which
 * begin with a map. */
enum { SCAN_KEY = MAP_COUNT };

/* -- lines ---------------------------------------------------------------------- */

static int run_lines(const struct job *job, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = job->context;
    int status = 0;
    for (npy_intp i = begin_at / scan->along.n; i < end / scan->along.n && status == 0;
         i++) {
        char *out, *in;
        along_at(&scan->along, i, 0, &out, &in);
        scan_begin(scan, out, scan->along.to, in, scan->along.from, 1);
        status = scan_on(scan, out, in + scan->along.from, out + scan->along.to,
                         scan->along.to, scan->along.n - 1);
    }
    return status;
}

/* Run n lines side by side, row by row. */
static int run_side_by_side(const struct scan *scan, char *out, char *in, npy_intp n)
{
    _Alignas(16) char cast[CAST_BYTES];
    const npy_intp to = scan->along.tos[0], from = scan->along.froms[0],
                   size = scan->cast_size;
    int status = 0;
    scan_begin(scan, out, to, in, from, n);
    for (npy_intp row = 1; row < scan->along.n && status == 0; row++) {
        char *before = out;
        out += scan->along.to;
        in += scan->along.from;
        if (scan->cast) {
            scan_begin(scan, cast, size, in, from, n);
        }
        char *data[] = {before, scan->cast ? cast : in, out};
        const npy_intp strides[] = {to, scan->cast ? size : from, to};
        status = loop_run(&scan->plan.loop, data, n, strides);
    }
    return status;
}

static int run_blocks(const struct job *job, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = job->context;
    const npy_intp all = scan->along.lines / scan->along.shape[0] * scan->blocks;
    const npy_intp each = job->size / all;
    int status = 0;
    for (npy_intp i = begin_at / each; i < end / each && status == 0; i++) {
        const npy_intp first = i % scan->blocks * scan->wide;
        const npy_intp rest = scan->along.shape[0] - first;
        char *out, *in;
        along_at(&scan->along, i / scan->blocks, 1, &out, &in);
        status = run_side_by_side(scan, out + first * scan->along.tos[0],
                                  in + first * scan->along.froms[0],
                                  rest < scan->wide ? rest : scan->wide);
    }
    return status;
}

/* -- the call ------------------------------------------------------------------- */

/* Returns whether elements that are done side by side have the bits of elements done
 * one by one.  Floating-point extremes do not, because a vector may choose another
 * zero.  Complex products do not either. */
static bool may_go_side_by_side(const char *ufunc, int type)
{
    const bool extreme = kernels_extreme_of(ufunc) != EXTREME_COUNT;
    return (!extreme || reduction_order(ufunc, type) == ORDER_FREE) &&
           (!PyTypeNum_ISCOMPLEX(type) || strcmp(ufunc, "add") == 0);
}

static job_run *choose(struct scan *scan, const char *ufunc, int type, int limit,
                       npy_intp *units)
{
    const bool side_by_side =
        scan->along.ndim > 0 && scan->along.tos[0] == scan->itemsize &&
        scan->along.to != scan->itemsize && scan->along.shape[0] >= VECTOR_STEP &&
        may_go_side_by_side(ufunc, type);
    if (side_by_side) {
        const npy_intp most = scan->cast ? CAST_BYTES / scan->cast_size : MOST_LINES;
        scan->wide =
            split_columns(scan->along.shape[0], limit, LEAST_LINES, most, VECTOR_STEP);
        scan->blocks = (scan->along.shape[0] + scan->wide - 1) / scan->wide;
        *units = scan->along.lines / scan->along.shape[0] * scan->blocks;
        return run_blocks;
    }
    *units = scan->along.lines;
    return run_lines;
}

static bool run(struct hook_call *hook, struct scan *scan, struct job *job,
                const struct request *request, int type)
{
    int fpe = 0;
    npy_intp units;
    const char *ufunc = request->ufunc->name;
    const bool is_free = reduction_order(ufunc, type) == ORDER_FREE;
    if (scan->along.lines == 1 && is_free && job->limit > 1 &&
        scan->along.n > 2 * (npy_intp)SCAN_BLOCK) {
        if (scan_cut(scan, job) < 0) {
            hook->report.reason = reason_no_memory_for_partials;
            return false;
        }
    } else {
        job->run = choose(scan, ufunc, type, job->limit, &units);
        const npy_intp each = scan->along.n * scan->along.lines / units;
        job->size = each * units;
        job->split = (struct split){job->size, each};
    }
    return execute(job, hook->explain, &fpe, &hook->report) &&
           (!scan->plan.fpe || execute_give_fpe("accumulate", fpe) == 0);
}

/* Returns NULL, or the reason why NumPy runs the call. */
static const char *prepare(struct scan *scan, const struct request *request,
                           const struct state *state, int *type)
{
    const int from = PyArray_TYPE(request->array);
    const char *ufunc = request->ufunc->name;
    const char *reason = plan_make_reduction(&scan->plan, state, request->ufunc,
                                             request->array, request->dtype);
    if (reason) {
        return reason;
    }
    PyArray_Descr *result = plan_descr(&scan->plan, 0);
    *type = plan_descr(&scan->plan, 1)->type_num;
    scan->itemsize = PyDataType_ELSIZE(result);
    scan->cast_size = PyDataType_ELSIZE(plan_descr(&scan->plan, 1));
    if (!array_type_is_number(*type) || result->type_num != *type) {
        return reason_other_result_type;
    }
    if (request->out && !PyArray_EquivTypes(PyArray_DESCR(request->out), result)) {
        return reason_out_other_dtype;
    }
    if (from != *type && !PyArray_CanCastSafely(from, *type)) {
        return reason_cast_first_warns;
    }
    if (from != *type) {
        scan->cast = kernels_cast(from, *type);
        if (scan->cast == NULL) {
            return reason_numpys_cast;
        }
    }
    scan->kernel = kernels_scan(ufunc, *type);
    return NULL;
}

PyObject *scan_accumulate(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct request request;
    struct scan scan = {0};
    struct job job;
    PyObject *result = NULL;
    PyArrayObject *out = NULL;
    int type = 0, along = 0;

    hook->report.reason =
        request_take(&request, hook->state, self, args, nargs, kwnames, ACCUMULATE);
    if (!hook->report.reason && !reduction_has_numpys_bits(request.ufunc->name)) {
        hook->report.reason = reason_kernels_in_order;
    }
    if (hook->report.reason) {
        goto finish;
    }
    /* NumPy's scans go through memory, so a kernel pays on one thread. */
    const bool pays_alone =
        kernels_scan(request.ufunc->name, PyArray_TYPE(request.array)) != NULL;
    if (!hook_pays(hook, request.array, request_key(&request, SCAN_KEY), pays_alone,
                   &job)) {
        goto finish;
    }
    hook->report.reason = prepare(&scan, &request, hook->state, &type);
    if (hook->report.reason) {
        goto finish;
    }
    PyArray_Descr *descr = plan_descr(&scan.plan, 0);
    if (request.out) {
        out = (PyArrayObject *)Py_NewRef((PyObject *)request.out);
    } else {
        out = reduction_new_like(request.array, descr);
    }
    while (!request.axes[along]) {
        along++;
    }
    if (out) {
        along_lay_out(&scan.along, request.array, out, along);
    }
    job.plan = &scan.plan;
    job.context = &scan;
    job.given = request.out != NULL;
    if (out && run(hook, &scan, &job, &request, type)) {
        result = Py_NewRef((PyObject *)out);
    }

finish:
    hook->report.elements = request.array ? PyArray_SIZE(request.array) : 0;
    Py_XDECREF((PyObject *)out);
    request_clear(&request);
    scan_clear(&scan);
    return result;
}
