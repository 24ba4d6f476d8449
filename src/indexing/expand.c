/* expand.c - values for the selected elements of an array, one after the other:
 * x[mask] = values. */
#include <string.h>

#include "movement/move.h"
#include "python/arguments.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"
#include "selection.h"
#include "values.h"

struct expanding {
    const struct selection *selection;
    char *to;
    const char *from;
    int width;
};

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct expanding *expanding = job->context;
    const struct selection *selection = expanding->selection;
    const npy_intp before = selection_before(selection, begin);
    kernels_masks()->expand[expanding->width](
        selection->bits + begin / 64, expanding->from + (before << expanding->width),
        selection_before(selection, end) - before,
        expanding->to + (begin << expanding->width), end - begin);
    return 0;
}

bool indexing_expand_by(struct hook_call *hook, PyArrayObject *array,
                        PyArrayObject *mask, PyArrayObject *values, bool repeated)
{
    PyArrayObject *list = NULL;
    struct selection selection = {0};
    struct expanding expanding = {.selection = &selection,
                                  .to = PyArray_BYTES(array),
                                  .from = PyArray_BYTES(values),
                                  .width = width_of(PyArray_ITEMSIZE(array))};
    const struct call call = {.state = hook->state,
                              .nin = 2,
                              .nop = 2,
                              .op = {array, mask},
                              .more = 1,
                              .size = PyArray_SIZE(mask),
                              .pays_alone = true};
    struct job job;
    bool done = false;
    hook->report.elements = call.size;
    hook->report.reason = !PyArray_IS_C_CONTIGUOUS(array) ||
                                  (!repeated && (!PyArray_IS_C_CONTIGUOUS(values) ||
                                                 PyArray_NDIM(values) != 1)) ||
                                  expanding.width == WIDTHS
                              ? reason_rows_not_contiguous
                          : arrays_overlap(array, values) || arrays_overlap(array, mask)
                              ? reason_copy_overlaps
                              : NULL;
    if (hook->report.reason || !hook_call_pays(hook, &call, &job) ||
        !selection_make(&selection, hook, &job, mask, NULL)) {
        goto finish;
    }
    if (repeated && selection.count > 0) {
        list = values_list(hook, array, values, selection.count);
        if (list == NULL) {
            goto finish;
        }
        expanding.from = PyArray_BYTES(list);
    } else if (!repeated && selection.count != PyArray_SIZE(values)) {
        hook->report.reason = reason_values_of_other_number;
        goto finish;
    }
    job.given = true;
    done = selection_run(&selection, hook, &job, run, &expanding);

finish:
    Py_XDECREF(list);
    selection_clear(&selection);
    return done;
}

/* Does what place() does, with arrays that are what it takes. */
static bool place(struct hook_call *hook, PyArrayObject *array, PyArrayObject *mask,
                  PyArrayObject *values)
{
    const bool alike =
        PyArray_NDIM(mask) == PyArray_NDIM(array) && indexing_mask_fits(array, mask);
    if (PyArray_SIZE(values) == 1 && alike) {
        npy_intp none = 0;
        PyArrayObject *one =
            (PyArrayObject *)array_view(values, PyArray_BYTES(values), 0, &none, &none);
        const bool done =
            one && move_assign(hook, array, one, mask, NPY_UNSAFE_CASTING);
        Py_XDECREF(one);
        return done;
    }
    return indexing_expand_by(hook, array, mask, values, true);
}

/* place(array, mask, values): the values are taken in turn, from the first on again. */
PyObject *indexing_place(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *to = arguments_find(&arguments, 0, "arr");
    PyObject *condition = arguments_find(&arguments, 1, "mask");
    PyObject *given = arguments_find(&arguments, 2, "vals");
    if (nargs > 3 || !to || !condition || !given || !arguments_known(&arguments) ||
        !move_is_plain(to) || !indexing_is_mask(condition)) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)to, *mask = (PyArrayObject *)condition;
    if (!array_is_writeable(array)) {
        return decline(hook, reason_out_read_only);
    }
    if (PyArray_SIZE(array) != PyArray_SIZE(mask)) {
        return decline(hook, reason_mask_of_other_shape);
    }
    PyArrayObject *values = move_value(array, given);
    if (values == NULL) {
        return decline(hook, reason_value_needs_cast);
    }
    hook->report.reason = values_refuse(array, values);
    const bool done = !hook->report.reason && place(hook, array, mask, values);
    Py_DECREF(values);
    return done ? Py_NewRef(Py_None) : NULL;
}
