/* choose.c - choose: for each element one of several arrays, by number. */
#include <stdatomic.h>

#include "movement/move.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"

/* NumPy takes as many; more raise. */
enum { MOST = 32 };

struct choosing {
    const npy_intp *index;
    npy_intp count;
    const char *choices[MOST];
    npy_intp steps[MOST];
    char *to;
    int width;
    _Atomic bool beyond; /* an index is no choice */
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    struct choosing *choosing = job->context;
    const char *choices[MOST];
    for (npy_intp k = 0; k < choosing->count; k++) {
        choices[k] = choosing->choices[k] + begin * choosing->steps[k];
    }
    if (!kernels_rearrange()->choose[choosing->width](
            choosing->index + begin, end - begin, choices, choosing->steps,
            choosing->count, choosing->to + (begin << choosing->width))) {
        atomic_store(&choosing->beyond, true);
        return 1;
    }
    return 0;
}

/* Takes the choices: arrays of one dtype, of the shape of the index or of no axis, in C
 * order.  Returns NULL, or the reason why NumPy runs the call. */
static const char *take(struct choosing *choosing, PyArrayObject *index,
                        PyObject *given)
{
    choosing->count = PyTuple_GET_SIZE(given);
    if (choosing->count < 1 || choosing->count > MOST) {
        return reason_choices_not_plain;
    }
    PyArrayObject *first = (PyArrayObject *)PyTuple_GET_ITEM(given, 0);
    for (npy_intp k = 0; k < choosing->count; k++) {
        PyArrayObject *array = (PyArrayObject *)PyTuple_GET_ITEM(given, k);
        if (!move_is_alike((PyObject *)array, first) ||
            (PyArray_NDIM(array) > 0 && !PyArray_SAMESHAPE(array, index))) {
            return reason_choices_not_plain;
        }
        choosing->choices[k] = PyArray_BYTES(array);
        choosing->steps[k] = PyArray_NDIM(array) ? PyArray_ITEMSIZE(array) : 0;
    }
    choosing->width = width_of(PyArray_ITEMSIZE(first));
    return choosing->width == WIDTHS ? reason_choices_not_plain : NULL;
}

static PyObject *choose(struct hook_call *hook, PyArrayObject *index, PyObject *given)
{
    struct choosing choosing = {.index = PyArray_DATA(index)};
    struct job job;
    hook->report.reason = take(&choosing, index, given);
    if (hook->report.reason ||
        !hook_pays(hook, index, (uint64_t)(choosing.count * 8 + choosing.width), true,
                   &job)) {
        return NULL;
    }
    PyArrayObject *result = array_new_of((PyArrayObject *)PyTuple_GET_ITEM(given, 0),
                                         PyArray_NDIM(index), PyArray_DIMS(index));
    if (result == NULL) {
        return NULL;
    }
    choosing.to = PyArray_BYTES(result);
    const bool done = hook_run(hook, &job, "indexing", run, &choosing,
                               PyArray_SIZE(index), split_anywhere());
    return (PyObject *)indexing_finish(hook, result, done,
                                       atomic_load(&choosing.beyond));
}

PyObject *indexing_choose(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *out = arguments_find(&arguments, 1, "out");
    PyObject *mode = arguments_find(&arguments, 2, "mode");
    if (nargs < 1 || nargs > 3 || !arguments_known(&arguments) ||
        !arguments_is_raise(mode) || (out && out != Py_None) ||
        !(PyList_CheckExact(args[0]) || PyTuple_CheckExact(args[0]))) {
        return decline(hook, reason_arguments_refused);
    }
    if (!indexing_is_index(self) || PyArray_TYPE((PyArrayObject *)self) != NPY_INTP) {
        return decline(hook, reason_index_not_plain);
    }
    PyObject *given = PySequence_Tuple(args[0]); /* a list may change meanwhile */
    PyObject *result = given ? choose(hook, (PyArrayObject *)self, given) : NULL;
    Py_XDECREF(given);
    return result;
}
