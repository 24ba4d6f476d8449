/*
 * accumulate.c - ufunc.accumulate on the engine, with NumPy's bits.
 *
 * A *line* is the elements along the axis.  Lines are independent.  Where they lie side
 * by side, rows of a block of lines are put together one after the other, in vectors. A
 * single line of integers is scanned in two passes: what each block adds up to, then
 * the blocks, each from what is before it.
 */
#include "reduction.h"
#include "request.h"

#include <string.h>

/* Bytes of cast elements at a time; lines of a block, as columns in way.c; elements of
 * a block of a line, which stay in a second-level cache. */
enum { CAST_BYTES = 8192, LEAST_LINES = 256, MOST_LINES = 4096, VECTOR_STEP = 64 };
enum { BLOCK = 16384 };

/* Its costs are not those of the ufunc's reductions, whose keys begin with a map. */
enum { SCAN_KEY = MAP_COUNT };

struct scan {
    struct plan plan;
    kernel_loop *kernel, *cast; /* NULL: NumPy's loop; nothing to cast */
    npy_intp itemsize, cast_size;
    char *out, *in;
    npy_intp n, to, from; /* along the axis */

    /* The other axes; the first one is that in which results are contiguous, if any. */
    int ndim;
    npy_intp shape[NPY_MAXDIMS], tos[NPY_MAXDIMS], froms[NPY_MAXDIMS];
    npy_intp lines;
    npy_intp wide, blocks; /* lines side by side in a block, blocks of the first axis */
    char *partials;        /* of the blocks of a single line */
};

/* -- a line --------------------------------------------------------------------- */

static int run_loop(const struct scan *scan, char *before, char *in, npy_intp from,
                    char *out, npy_intp n)
{
    char *data[] = {before, in, out};
    const npy_intp strides[] = {scan->to, from, scan->to};
    if (scan->kernel) {
        scan->kernel(data, &n, strides, NULL);
        return 0;
    }
    return loop_run(&scan->plan.loop, data, n, strides);
}

/* n elements, cast if need be, that follow what is `before`. */
static int run_on(const struct scan *scan, char *before, char *in, char *out,
                  npy_intp n)
{
    if (!scan->cast) {
        return run_loop(scan, before, in, scan->from, out, n);
    }
    _Alignas(16) char block[CAST_BYTES];
    const npy_intp size = scan->cast_size, most = CAST_BYTES / size;
    int status = 0;
    for (npy_intp i = 0; i < n && status == 0; i += most) {
        const npy_intp m = n - i < most ? n - i : most;
        char *args[] = {in + i * scan->from, block};
        const npy_intp steps[] = {scan->from, size};
        scan->cast(args, &m, steps, NULL);
        status = run_loop(scan, before, block, size, out + i * scan->to, m);
        before = out + (i + m - 1) * scan->to;
    }
    return status;
}

/* n elements as they are, `to` and `from` apart. */
static void begin(const struct scan *scan, char *out, npy_intp to, char *in,
                  npy_intp from, npy_intp n)
{
    if (scan->cast) {
        char *args[] = {in, out};
        const npy_intp steps[] = {from, to};
        scan->cast(args, &n, steps, NULL);
        return;
    }
    for (npy_intp i = 0; i < n; i++) {
        memcpy(out + i * to, in + i * from, (size_t)scan->itemsize);
    }
}

/* -- lines ---------------------------------------------------------------------- */

/* Where number i of the lines begins, or of those that begin a row of others. */
static void line_at(const struct scan *scan, npy_intp i, int first, char **out,
                    char **in)
{
    *out = scan->out;
    *in = scan->in;
    for (int axis = first; axis < scan->ndim; axis++) {
        const npy_intp index = i % scan->shape[axis];
        *out += index * scan->tos[axis];
        *in += index * scan->froms[axis];
        i /= scan->shape[axis];
    }
}

static int run_lines(const struct drive *drive, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = drive->context;
    int status = 0;
    for (npy_intp i = begin_at / scan->n; i < end / scan->n && status == 0; i++) {
        char *out, *in;
        line_at(scan, i, 0, &out, &in);
        begin(scan, out, scan->to, in, scan->from, 1);
        status = run_on(scan, out, in + scan->from, out + scan->to, scan->n - 1);
    }
    return status;
}

/* Rows of n lines side by side. */
static int run_side_by_side(const struct scan *scan, char *out, char *in, npy_intp n)
{
    _Alignas(16) char cast[CAST_BYTES];
    const npy_intp to = scan->tos[0], from = scan->froms[0], size = scan->cast_size;
    int status = 0;
    begin(scan, out, to, in, from, n);
    for (npy_intp row = 1; row < scan->n && status == 0; row++) {
        char *before = out;
        out += scan->to;
        in += scan->from;
        if (scan->cast) {
            begin(scan, cast, size, in, from, n);
        }
        char *data[] = {before, scan->cast ? cast : in, out};
        const npy_intp strides[] = {to, scan->cast ? size : from, to};
        status = loop_run(&scan->plan.loop, data, n, strides);
    }
    return status;
}

static int run_blocks(const struct drive *drive, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = drive->context;
    const npy_intp all = scan->lines / scan->shape[0] * scan->blocks;
    const npy_intp each = drive->size / all;
    int status = 0;
    for (npy_intp i = begin_at / each; i < end / each && status == 0; i++) {
        const npy_intp first = i % scan->blocks * scan->wide;
        const npy_intp rest = scan->shape[0] - first;
        char *out, *in;
        line_at(scan, i / scan->blocks, 1, &out, &in);
        status = run_side_by_side(scan, out + first * scan->tos[0],
                                  in + first * scan->froms[0],
                                  rest < scan->wide ? rest : scan->wide);
    }
    return status;
}

/* -- a single line in two passes ------------------------------------------------ */

static npy_intp block_of(const struct scan *scan, npy_intp i, char **out, char **in)
{
    const npy_intp rest = scan->n - i * BLOCK;
    *out = scan->out + i * BLOCK * scan->to;
    *in = scan->in + i * BLOCK * scan->from;
    return rest < BLOCK ? rest : BLOCK;
}

/* What a block adds up to. */
static int run_totals(const struct drive *drive, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = drive->context;
    int status = 0;
    for (npy_intp i = begin_at / BLOCK; i < end / BLOCK && status == 0; i++) {
        char *out, *in;
        char *total = scan->partials + i * scan->itemsize;
        const npy_intp n = block_of(scan, i, &out, &in);
        begin(scan, total, scan->to, in, scan->from, 1);
        char *data[] = {total, in + scan->from, total};
        const npy_intp strides[] = {0, scan->from, 0};
        status = loop_run(&scan->plan.loop, data, n - 1, strides);
    }
    return status;
}

static int run_from_totals(const struct drive *drive, npy_intp begin_at, npy_intp end)
{
    const struct scan *scan = drive->context;
    int status = 0;
    for (npy_intp i = begin_at / BLOCK; i < end / BLOCK && status == 0; i++) {
        char *out, *in;
        const npy_intp n = block_of(scan, i, &out, &in);
        if (i > 0) {
            char *before = scan->partials + (i - 1) * scan->itemsize;
            status = run_loop(scan, before, in, scan->from, out, 1);
        } else {
            begin(scan, out, scan->to, in, scan->from, 1);
        }
        if (status == 0) {
            status = run_on(scan, out, in + scan->from, out + scan->to, n - 1);
        }
    }
    return status;
}

/* -- the call ------------------------------------------------------------------- */

static void lay_out(struct scan *scan, PyArrayObject *array, PyArrayObject *out,
                    int along)
{
    scan->out = PyArray_BYTES(out);
    scan->in = PyArray_BYTES(array);
    scan->n = PyArray_DIM(array, along);
    scan->to = PyArray_STRIDE(out, along);
    scan->from = PyArray_STRIDE(array, along);
    scan->lines = 1;
    for (int axis = 0; axis < PyArray_NDIM(array); axis++) {
        if (axis == along || PyArray_DIM(array, axis) == 1) {
            continue;
        }
        /* Axes from the innermost of the results on, so that lines are neighbours. */
        int at = scan->ndim++;
        for (; at > 0 && scan->tos[at - 1] > PyArray_STRIDE(out, axis); at--) {
            scan->shape[at] = scan->shape[at - 1];
            scan->tos[at] = scan->tos[at - 1];
            scan->froms[at] = scan->froms[at - 1];
        }
        scan->shape[at] = PyArray_DIM(array, axis);
        scan->tos[at] = PyArray_STRIDE(out, axis);
        scan->froms[at] = PyArray_STRIDE(array, axis);
        scan->lines *= PyArray_DIM(array, axis);
    }
}

/* Whether elements side by side have the bits of those one by one: not floating-point
 * extremes, of which a vector may choose another zero, nor complex products. */
static bool may_go_side_by_side(const char *ufunc, int type)
{
    return reduction_order(ufunc, type) != ORDER_EXTREME &&
           (!PyTypeNum_ISCOMPLEX(type) || strcmp(ufunc, "add") == 0);
}

static drive_run *choose(struct scan *scan, const char *ufunc, int type, int limit,
                         npy_intp *units)
{
    const bool side_by_side = scan->ndim > 0 && scan->tos[0] == scan->itemsize &&
                              scan->to != scan->itemsize &&
                              scan->shape[0] >= VECTOR_STEP &&
                              may_go_side_by_side(ufunc, type);
    if (side_by_side) {
        npy_intp wide = (scan->shape[0] + limit - 1) / limit;
        const npy_intp most = scan->cast ? CAST_BYTES / scan->cast_size : MOST_LINES;
        wide = wide < LEAST_LINES ? LEAST_LINES : wide > most ? most : wide;
        scan->wide = (wide + VECTOR_STEP - 1) / VECTOR_STEP * VECTOR_STEP;
        scan->blocks = (scan->shape[0] + scan->wide - 1) / scan->wide;
        *units = scan->lines / scan->shape[0] * scan->blocks;
        return run_blocks;
    }
    *units = scan->lines;
    return run_lines;
}

/* The totals of all blocks before each. */
static int add_totals(struct scan *scan, npy_intp blocks)
{
    char *data[] = {scan->partials, scan->partials + scan->itemsize,
                    scan->partials + scan->itemsize};
    const npy_intp strides[] = {scan->itemsize, scan->itemsize, scan->itemsize};
    return loop_run(&scan->plan.loop, data, blocks - 1, strides);
}

static bool run_in_two_passes(struct hook_call *hook, struct scan *scan,
                              struct drive *job, int *fpe)
{
    const npy_intp blocks = (scan->n + BLOCK - 1) / BLOCK;
    job->size = blocks * BLOCK;
    job->cut = (struct cut){job->size, BLOCK};
    scan->partials = PyMem_Malloc((size_t)(blocks * scan->itemsize));
    if (scan->partials == NULL) {
        hook->report.reason = "no memory for partial results";
        return false;
    }
    job->run = run_totals;
    if (!drive(job, hook->explain, fpe, &hook->report) ||
        add_totals(scan, blocks) != 0) {
        return false;
    }
    job->run = run_from_totals;
    job->key = cost_mix(job->key, 2);
    return drive(job, hook->explain, fpe, &hook->report);
}

static bool run(struct hook_call *hook, struct scan *scan, struct drive *job,
                const struct request *request, int type)
{
    int fpe = 0;
    npy_intp units;
    const char *ufunc = request->ufunc->name;
    const bool is_free = reduction_order(ufunc, type) == ORDER_FREE;
    if (scan->lines == 1 && is_free && !scan->cast && scan->n > 2 * (npy_intp)BLOCK) {
        return run_in_two_passes(hook, scan, job, &fpe);
    }
    job->run = choose(scan, ufunc, type, job->limit, &units);
    const npy_intp each = scan->n * scan->lines / units;
    job->size = each * units;
    job->cut = (struct cut){job->size, each};
    return drive(job, hook->explain, &fpe, &hook->report) &&
           (!scan->plan.fpe || drive_give_fpe("accumulate", fpe) == 0);
}

/* NULL, or why NumPy is to run it. */
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
    if (!request_is_plain_number(*type) || result->type_num != *type) {
        return "a loop whose result is of another type";
    }
    if (request->out && !PyArray_EquivTypes(PyArray_DESCR(request->out), result)) {
        return "an out= of another dtype than the result's";
    }
    if (from != *type && !PyArray_CanCastSafely(from, *type)) {
        return "a cast that may lose something: NumPy casts first, and warns of that";
    }
    if (from != *type) {
        scan->cast = kernels_cast(from, *type);
        if (scan->cast == NULL) {
            return "a cast that is NumPy's";
        }
    }
    scan->kernel = kernels_scan(ufunc, *type);
    return NULL;
}

PyObject *reduction_accumulate(struct hook_call *hook, PyObject *self,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    struct request request;
    struct scan scan = {0};
    struct drive job;
    PyObject *result = NULL;
    PyArrayObject *out = NULL;
    int type = 0, along = 0;

    hook->report.reason =
        request_take(&request, hook->state, self, args, nargs, kwnames, true);
    if (!hook->report.reason && !reduction_has_numpys_bits(request.ufunc->name)) {
        hook->report.reason = "a ufunc whose kernels of ours go in order";
    }
    if (hook->report.reason) {
        goto finish;
    }
    /* NumPy's scans go through memory. */
    const bool pays_alone =
        kernels_scan(request.ufunc->name, PyArray_TYPE(request.array)) != NULL;
    if (!request_is_worth(hook, request.array, request_key(&request, SCAN_KEY),
                          pays_alone, &job)) {
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
        lay_out(&scan, request.array, out, along);
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
    Py_XDECREF((PyObject *)request.dtype);
    PyMem_Free(scan.partials);
    plan_clear(&scan.plan);
    return result;
}
