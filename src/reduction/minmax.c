/*
 * minmax.c - the least and the greatest element in one pass over memory.  A reduction
 * by minimum and one by maximum take turns, each on a part that stays in a second-level
 * cache.
 */
#include "reduce.h"

#include "python/arguments.h"
#include "reasons/reasons.h"

/* Elements on which both reductions are done before the next elements. */
enum { TOGETHER = 16384 };

struct minmax {
    struct reducing least, greatest;
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct minmax *minmax = job->context;
    const struct job *least = &minmax->least.job, *greatest = &minmax->greatest.job;
    const npy_intp step = job->split.step;
    const npy_intp most = (TOGETHER / step > 0 ? TOGETHER / step : 1) * step;
    int status = 0;
    for (npy_intp i = begin; i < end && status == 0; i += most) {
        const npy_intp until = end - i < most ? end : i + most;
        status = least->run(least, i, until);
        status = status == 0 ? greatest->run(greatest, i, until) : status;
    }
    return status;
}

/* Returns whether two jobs are cut alike.  They are of the same array, so they are,
 * unless a kernel exists for only one of them. */
static bool are_alike(const struct job *a, const struct job *b)
{
    return a->run == b->run && a->size == b->size && a->split.step == b->split.step;
}

PyObject *reduction_minmax(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct minmax minmax = {0};
    struct reducing *least = &minmax.least, *greatest = &minmax.greatest;
    PyObject *result = NULL;
    PyObject *minimum = attribute_of(hook->state->numpy_module, "minimum");
    PyObject *maximum = attribute_of(hook->state->numpy_module, "maximum");
    int fpe = 0;
    if (!minimum || !maximum ||
        !reduce_start(least, hook, minimum, args, nargs, kwnames, NULL) ||
        !reduce_start(greatest, hook, maximum, args, nargs, kwnames, NULL)) {
        goto finish;
    }
    if (!are_alike(&least->job, &greatest->job)) {
        hook->report.reason = reason_extremes_differ;
        goto finish;
    }
    struct job job = least->job;
    job.run = run;
    job.context = &minmax;
    if (execute(&job, hook->explain, &fpe, &hook->report) &&
        reduce_complete(least, hook, fpe) && reduce_complete(greatest, hook, fpe)) {
        result = Py_BuildValue(
            "(NN)", PyArray_Return((PyArrayObject *)Py_NewRef((PyObject *)least->out)),
            PyArray_Return((PyArrayObject *)Py_NewRef((PyObject *)greatest->out)));
    }

finish:
    Py_XDECREF(minimum);
    Py_XDECREF(maximum);
    reduce_clear(least);
    reduce_clear(greatest);
    return result;
}
