/* count.c - count_nonzero: counts truth values.  For other numbers these are the
 * results of x != 0, in blocks. */
#include <stdatomic.h>

#include "engine/hook_call.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "find.h"

struct counting {
    struct loop loop; /* x != 0; none for truth values */
    struct nest nest;
    count_function *count;
    _Atomic(npy_intp) all;
};

struct part {
    const struct counting *counting;
    npy_intp all;
};

static int count_row(void *context, char **data, npy_intp n)
{
    struct part *part = context;
    const struct counting *counting = part->counting;
    const npy_intp *stride = counting->nest.stride[0];
    char truth[FIND_BLOCK];
    if (counting->loop.run == NULL && stride[0] == 1) {
        part->all += counting->count(data[0], n);
        return 0;
    }
    if (counting->loop.run == NULL) {
        for (npy_intp i = 0; i < n; i++) {
            part->all += data[0][i * stride[0]] != 0;
        }
        return 0;
    }
    int status = 0;
    for (npy_intp i = 0; i < n && status == 0; i += FIND_BLOCK) {
        const npy_intp m = n - i < FIND_BLOCK ? n - i : FIND_BLOCK;
        char *const at[] = {data[0] + i * stride[0], data[1], truth};
        const npy_intp steps[] = {stride[0], 0, 1};
        status = loop_run(&counting->loop, at, m, steps);
        part->all += counting->count(truth, m);
    }
    return status;
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct counting *counting = job->context;
    struct part part = {.counting = counting};
    const int status = nest_run(&counting->nest, begin, end, count_row, &part);
    atomic_fetch_add(&counting->all, part.all);
    return status == 0 ? 0 : -1;
}

/* Returns the result of count_nonzero(array), which is an int up to NumPy 2.2 and a
 * scalar since. */
static PyObject *make_result(npy_intp count)
{
    if (PyArray_GetNDArrayCFeatureVersion() < NUMPY_2_3) {
        return PyLong_FromSsize_t(count);
    }
    PyArray_Descr *descr = PyArray_DescrFromType(NPY_INTP);
    PyObject *result = PyArray_Scalar(&count, descr, NULL);
    Py_DECREF(descr);
    return result;
}

PyObject *search_count_nonzero(struct hook_call *hook, PyObject *self,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    struct predicate nonzero;
    struct counting counting = {.count = kernels_count()};
    struct job job;
    PyObject *result = NULL;
    if (nargs != 1 || kwnames || !array_is_plain_numbers(args[0])) {
        return decline(hook, reason_not_plain_numbers);
    }
    const int type = PyArray_TYPE((PyArrayObject *)args[0]);
    const bool is_bool = type == NPY_BOOL;
    /* NumPy counts integers as fast, and strided elements too. */
    const bool pays_alone =
        PyArray_ISCONTIGUOUS((PyArrayObject *)args[0]) && !PyTypeNum_ISINTEGER(type);
    hook->report.reason =
        predicate_take_nonzero(&nonzero, hook->state, (PyArrayObject *)args[0]);
    if (hook->report.reason) {
        return NULL;
    }
    struct call *call = &nonzero.call;
    hook->report.elements = call->size;
    call->pays_alone = pays_alone;
    if (!hook_call_pays(hook, call, &job)) {
        goto finish;
    }
    hook->report.reason = is_bool ? NULL : predicate_plan_nonzero(&nonzero);
    counting.loop = nonzero.plan.loop;
    if (!hook->report.reason) {
        hook->report.reason =
            nest_of_arrays(&counting.nest, call->op, 2, NPY_KEEPORDER);
    }
    if (hook->report.reason) {
        goto finish;
    }
    if (hook_run(hook, &job, job.path, run, &counting, counting.nest.size,
                 split_anywhere())) {
        result = make_result(atomic_load(&counting.all));
    }

finish:
    predicate_clear(&nonzero);
    return result;
}
