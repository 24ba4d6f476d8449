/* lines.c - see lines.h. */
#include "lines.h"

#include <string.h>

#include "engine/profile.h"
#include "engine/profit.h"
#include "threads/fpu.h"

int lines_type(PyArrayObject *array)
{
    const int type = PyArray_TYPE(array);
    return type == NPY_CDOUBLE ? NPY_DOUBLE : type == NPY_CFLOAT ? NPY_FLOAT : type;
}

static void add_axis(struct lines *lines, npy_intp n, npy_intp from, npy_intp to)
{
    lines->shape[lines->ndim] = n;
    lines->in.strides[lines->ndim] = from;
    lines->out.strides[lines->ndim++] = to;
    lines->count *= n;
}

void lines_lay_out(struct lines *lines, PyArrayObject *array, PyArrayObject *out)
{
    const int along = PyArray_NDIM(array) - 1;
    assert(PyArray_NDIM(out) == along || PyArray_NDIM(out) == along + 1);
    *lines = (struct lines){
        .n = PyArray_DIM(array, along),
        .count = 1,
        .parts = 1,
        .side_by_side = 1,
        .type = lines_type(array),
        .in = {PyArray_BYTES(array), PyArray_STRIDE(array, along), {0}},
        .out = {PyArray_BYTES(out),
                PyArray_NDIM(out) > along ? PyArray_STRIDE(out, along) : 0,
                {0}},
    };
    if (PyArray_ISCOMPLEX(array)) {
        add_axis(lines, 2, PyArray_ITEMSIZE(array) / 2, PyArray_ITEMSIZE(out) / 2);
    }
    for (int axis = along - 1; axis >= 0; axis--) {
        add_axis(lines, PyArray_DIM(array, axis), PyArray_STRIDE(array, axis),
                 PyArray_STRIDE(out, axis));
    }
}

void lines_cut(struct lines *lines, npy_intp enough, npy_intp least, npy_intp most)
{
    if (lines->count == 0 || lines->count >= enough || lines->n < 2 * least) {
        return;
    }
    const npy_intp each = most / lines->count > 0 ? most / lines->count : 1;
    const npy_intp times = (lines->n - 1) / (least * each) + 1;
    lines->part = least * times;
    lines->parts = (lines->n - 1) / lines->part + 1;
}

char *lines_at(const struct lines *lines, const struct side *side, npy_intp i)
{
    char *at = side->data;
    for (int axis = 0; axis < lines->ndim; axis++) {
        at += i % lines->shape[axis] * side->strides[axis];
        i /= lines->shape[axis];
    }
    return at;
}

static npy_intp size_of(npy_intp stride)
{
    return stride < 0 ? -stride : stride;
}

npy_intp lines_together(const struct lines *lines, npy_intp i, npy_intp end)
{
    if (lines->ndim == 0 || size_of(lines->in.strides[0]) >= size_of(lines->in.step)) {
        return 1;
    }
    npy_intp count = lines->shape[0] - i % lines->shape[0];
    count = count < lines->side_by_side ? count : lines->side_by_side;
    return count < end - i ? count : end - i;
}

/* Run a call that is not worth a region.  It does without the polls of execute(): the
 * call is known to be short, or may have only one thread. */
static int run_alone(const struct job *job, int *fpe)
{
    int status;
    Py_BEGIN_ALLOW_THREADS
    fpu_clear_flags();
    status = job->run(job, 0, job->size);
    *fpe = fpu_get_flags();
    Py_END_ALLOW_THREADS
    return status;
}

int lines_run(const struct lines *lines, const struct state *state,
              struct cost_table *costs, job_run *run, void *context,
              struct report *report, int *fpe)
{
    const npy_intp each = lines->parts > 1 ? lines->part : lines->n;
    const npy_intp together =
        lines->parts > 1 ? 1 : lines_together(lines, 0, lines->count);
    const npy_intp size = each * lines->parts * lines->count;
    const struct call call = {
        .state = state,
        .nin = 1,
        .size = size,
        .more = (uint64_t)lines->type << 8 | (uint64_t)(lines->in.step == 8) << 2 |
                (uint64_t)(together > 1) << 1 | (uint64_t)(lines->parts > 1)};
    struct plan plan = {0};
    struct profit profit;
    *fpe = 0;
    if (size == 0) {
        return 0;
    }
    report->reason = profit_check(&profit, &call, costs, false);
    if (PyErr_Occurred()) {
        return -1;
    }
    const struct job job = {.plan = &plan,
                            .path = "reduction",
                            .size = size,
                            .weight = 1,
                            .run = run,
                            .context = context,
                            .split = {size, each * together},
                            .costs = costs,
                            .key = profit.key,
                            .asked = profit.asked ? profit.key : 0,
                            .limit = profit.limit};
    if (report->reason || size < 2) {
        return run_alone(&job, fpe);
    }
    return execute(&job, false, fpe, report) ? 0 : -1;
}

PyObject *lines_call(lines_function *function, const char *name,
                     const struct state *state, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 2 || !PyArray_Check(args[0]) || !PyArray_Check(args[1])) {
        PyErr_Format(PyExc_TypeError, "%s: it takes array, out", name);
        return NULL;
    }
    PyArrayObject *array = (PyArrayObject *)args[0], *out = (PyArrayObject *)args[1];
    struct report report = {0};
    const int64_t since = profile_is_on() ? profile_start() : 0;
    const int status = function(state, array, out, &report);
    if (since) {
        const struct choice_kind none = {0};
        profile_call(name, args, 1, status == 0 ? args[1] : NULL, &report, &none,
                     since);
    }
    return status == 0 ? Py_NewRef(Py_None) : NULL;
}
