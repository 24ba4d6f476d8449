/* expand.c - values for the selected elements of an array, one after the other:
 * x[mask] = values. */
#include <string.h>

#include "movement/move.h"
#include "python/array.h"
#include "reasons/reasons.h"

#include "indexing.h"
#include "selection.h"

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
                        PyArrayObject *mask, PyArrayObject *values)
{
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
                                  !PyArray_IS_C_CONTIGUOUS(values) ||
                                  PyArray_NDIM(values) != 1 || expanding.width == WIDTHS
                              ? reason_rows_not_contiguous
                          : arrays_overlap(array, values) || arrays_overlap(array, mask)
                              ? reason_copy_overlaps
                              : NULL;
    if (hook->report.reason || !hook_call_pays(hook, &call, &job) ||
        !selection_make(&selection, hook, &job, mask, NULL)) {
        goto finish;
    }
    if (selection.count != PyArray_SIZE(values)) {
        hook->report.reason = reason_values_of_other_number;
        goto finish;
    }
    job.given = true;
    done = selection_run(&selection, hook, &job, run, &expanding);

finish:
    selection_clear(&selection);
    return done;
}
