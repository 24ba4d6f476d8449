/* searchsorted.c - ndarray.searchsorted, and so np.searchsorted and np.digitize. */
#include "kernels/select.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "ranking.h"

struct searching {
    const struct ranking *ranking;
    npy_intp *to;
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct searching *searching = job->context;
    for (npy_intp at = begin, next; at < end; at = next) {
        next = source_block_end(at, end);
        ranking_block(searching->ranking, at, next - at, searching->to + at);
    }
    return 0;
}

/* Stores whether side= is "right".  Returns false if NumPy has to judge it. */
static bool take_side(PyObject *side, bool *right)
{
    *right = false;
    if (side == NULL) {
        return true;
    }
    if (!PyUnicode_CheckExact(side)) {
        return false;
    }
    *right = PyUnicode_CompareWithASCIIString(side, "right") == 0;
    return *right || PyUnicode_CompareWithASCIIString(side, "left") == 0;
}

static bool is_plain(PyObject *object)
{
    return array_is_plain_numbers(object) ||
           (PyArray_CheckExact(object) &&
            PyTypeNum_ISDATETIME(PyArray_TYPE((PyArrayObject *)object)) &&
            PyArray_ISBEHAVED_RO((PyArrayObject *)object));
}

/* NumPy goes through the sorter for each key, which takes as long as to put so many
 * elements in order. */
enum { SORTED_A_KEY = 16 };

static const char *refuse_sorter(PyArrayObject *array, PyObject *given, npy_intp keys)
{
    PyArrayObject *sorter = (PyArrayObject *)given;
    if (!array_is_plain_numbers(given) || PyArray_TYPE(sorter) != NPY_INTP ||
        PyArray_NDIM(sorter) != 1 || !PyArray_IS_C_CONTIGUOUS(sorter) ||
        PyArray_SIZE(sorter) != PyArray_SIZE(array)) {
        return reason_sorter_not_plain;
    }
    if (PyArray_SIZE(array) / SORTED_A_KEY > keys) {
        return reason_sorted_needs_copy;
    }
    npy_intp least = 0, greatest = -1;
    kernels_select()->bounds(PyArray_DATA(sorter), PyArray_SIZE(sorter), &least,
                             &greatest);
    return least < 0 || greatest >= PyArray_SIZE(array) ? reason_index_out_of_bounds
                                                        : NULL;
}

/* Returns the array in the order of the sorter, or as it is; NULL with a reason or an
 * exception. */
static PyArrayObject *in_order(struct hook_call *hook, PyArrayObject *array,
                               PyObject *sorter, npy_intp keys)
{
    if (sorter == NULL) {
        return (PyArrayObject *)Py_NewRef(array);
    }
    hook->report.reason = refuse_sorter(array, sorter, keys);
    return hook->report.reason
               ? NULL
               : (PyArrayObject *)PyArray_TakeFrom(array, sorter, 0, NULL, NPY_WRAP);
}

static PyObject *search(struct hook_call *hook, PyArrayObject *array, PyObject *sorter,
                        PyArrayObject *keys, bool right)
{
    struct ranking ranking = {0};
    struct job job;
    PyObject *result = NULL;
    const int type = ranking_type(array, keys);
    const struct call call = {.state = hook->state,
                              .nin = 2,
                              .nop = 2,
                              .op = {array, keys},
                              .more = cost_magnitude(PyArray_SIZE(array)) * 2 +
                                      (sorter ? 2 : 1),
                              .pays_alone = true,
                              .size = PyArray_SIZE(keys)};
    hook->report.elements = call.size;
    if (type == NPY_NOTYPE) {
        return decline(hook, reason_no_common_kernel);
    }
    if (!hook_call_pays(hook, &call, &job)) {
        return NULL;
    }
    PyArrayObject *sorted = in_order(hook, array, sorter, call.size);
    if (sorted == NULL) {
        return NULL;
    }
    hook->report.reason = ranking_make(&ranking, sorted, keys, type, right);
    if (hook->report.reason || PyErr_Occurred()) {
        goto finish;
    }
    result = PyArray_SimpleNew(PyArray_NDIM(keys), PyArray_DIMS(keys), NPY_INTP);
    if (result == NULL) {
        goto finish;
    }
    struct searching searching = {&ranking, PyArray_DATA((PyArrayObject *)result)};
    if (!hook_run(hook, &job, "search", run, &searching, call.size, split_anywhere())) {
        Py_CLEAR(result);
    }

finish:
    ranking_clear(&ranking);
    Py_DECREF(sorted);
    return result;
}

PyObject *search_searchsorted(struct hook_call *hook, PyObject *self,
                              PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *keys = arguments_find(&arguments, 0, "v");
    PyObject *side = arguments_find(&arguments, 1, "side");
    PyObject *sorter = arguments_find(&arguments, 2, "sorter");
    bool right;
    if (nargs > 3 || !keys || !arguments_known(&arguments) ||
        !take_side(side, &right)) {
        return decline(hook, reason_arguments_refused);
    }
    if (!is_plain(self) || !is_plain(keys) ||
        PyArray_NDIM((PyArrayObject *)self) != 1) {
        return decline(hook, reason_keys_not_plain);
    }
    return search(hook, (PyArrayObject *)self, sorter == Py_None ? NULL : sorter,
                  (PyArrayObject *)keys, right);
}
