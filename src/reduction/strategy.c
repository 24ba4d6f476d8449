/* strategy.c - chooses by output or within output, and where the job is cut. */
#include "reduction.h"

#include "reasons/reasons.h"

/* Results for each member at least, so that none has much less to do than the others.
 */
enum { RESULTS_A_THREAD = 4 };

/* Columns of a member: few enough for their results to stay in the first-level cache,
 * and enough to be worth a call of the loop for each of their rows.  They end where
 * vectors do (partition.h). */
enum { LEAST_COLUMNS = 256, MOST_COLUMNS = 4096, GROUP_STEP = 8 };

/* Rows up to this length are short: a call of the loop for each is dear. */
enum { SHORT_ROW = 64 };

static void swap(npy_intp *a, npy_intp *b)
{
    const npy_intp c = *a;
    *a = *b;
    *b = c;
}

/* Turn the two innermost axes, to do columns one by one in place of short rows, where
 * the order is free. */
static void turn(struct reduction *reduction)
{
    swap(&reduction->shape[0], &reduction->shape[1]);
    swap(&reduction->to[0], &reduction->to[1]);
    swap(&reduction->from[0], &reduction->from[1]);
    swap(&reduction->masks[0], &reduction->masks[1]);
    reduction->reduced[0] = true;
    reduction->reduced[1] = false;
}

static bool has_short_rows(const struct reduction *reduction)
{
    return reduction->ndim > 1 && !reduction->reduced[0] && reduction->reduced[1] &&
           reduction->shape[0] <= SHORT_ROW &&
           reduction->shape[0] < reduction->shape[1];
}

/* Returns the number of members, at least two: one thread has the strategy that two
 * would. */
static int members_of(const struct job *job)
{
    return job->limit < 2 ? 2 : job->limit;
}

static npy_intp step_of(const struct reduction *reduction, int axis, int members)
{
    if (axis > 0) {
        return 1;
    }
    const npy_intp n = reduction->shape[0];
    const bool kernel = reduction->columns && reduction->ndim > 1;
    const npy_intp unit = kernel ? GROUP_STEP : VECTOR_STEP;
    const npy_intp least = kernel ? GROUP_STEP : LEAST_COLUMNS;
    return split_columns(n, members, least, MOST_COLUMNS, unit);
}

static npy_intp results_of(const struct reduction *reduction)
{
    npy_intp results = 1;
    for (int axis = 0; axis < reduction->ndim; axis++) {
        results *= reduction->reduced[axis] ? 1 : reduction->shape[axis];
    }
    return results;
}

const char *reduction_choose(struct reduction *reduction, struct job *job)
{
    const bool is_free = reduction->order == ORDER_FREE;
    const bool is_extreme = reduction->order == ORDER_EXTREME;
    const bool turned = (is_free || is_extreme) && has_short_rows(reduction);
    if (turned) {
        turn(reduction);
    }
    const bool rows = reduction->reduced[0];
    const int members = members_of(job);
    npy_intp most = 0;
    for (int axis = 0; axis < reduction->ndim; axis++) {
        const npy_intp step = step_of(reduction, axis, members);
        const npy_intp parts = (reduction->shape[axis] + step - 1) / step;
        if (!reduction->reduced[axis] && parts >= most) {
            most = parts;
            reduction->axis = axis;
        }
    }
    /* Where the order is part of a result, it is the order of NumPy's rows. */
    const bool gathered = !is_free && reduction->rows_are != ROWS_NATURAL;
    const bool whole = results_of(reduction) == 1;
    reduction->is_chunked = rows && gathered && !is_extreme;
    if (reduction->is_chunked &&
        (reduction->mask || reduction->rows_are == ROWS_UNKNOWN || !reduction->sum ||
         !whole || reduction->chunk > REDUCTION_CHUNK)) {
        return reason_gathered_rows;
    }
    const bool is_sum =
        reduction->mask ? reduction->runs != NULL : reduction->sum != NULL;
    const bool may_split = rows && (is_free || is_extreme || is_sum) &&
                           !(reduction->cast && !reduction->is_chunked && !is_free);
    /* Results side by side have as many parts as there are members, on purpose. */
    const npy_intp enough =
        reduction->axis == 0 ? members : (npy_intp)members * RESULTS_A_THREAD;
    const bool may_keep = !gathered && !(turned && is_extreme);
    const bool columns = reduction->columns && has_short_rows(reduction);
    const bool few = most < enough;
    /* With short rows each row would be a node of its own. */
    const bool short_rows = !reduction->is_chunked && reduction->ndim > 1 &&
                            reduction->reduced[1] && reduction->shape[0] < SHORT_ROW;
    if (may_split && short_rows && (few || !may_keep)) {
        return reason_short_rows;
    }
    if (may_split && (few || !may_keep)) {
        job->run = reduction_run_within_output;
    } else if (may_keep && (most >= 2 || columns)) {
        job->run = reduction_run_by_output;
    } else {
        return gathered ? reason_gathered_rows : reason_ordered_row;
    }
    return NULL;
}

int reduction_prepare(struct reduction *reduction, struct job *job)
{
    npy_intp elements = 1, units = 0, step = 1;
    for (int axis = 0; axis < reduction->ndim; axis++) {
        elements *= reduction->shape[axis];
    }
    if (job->run == reduction_run_within_output) {
        if (reduction_split(reduction) < 0) {
            return -1;
        }
        units = reduction->results * reduction->rows * reduction->nodes;
    } else {
        units = reduction->shape[reduction->axis];
        step = step_of(reduction, reduction->axis, members_of(job));
    }
    const npy_intp each = elements / units;
    job->size = each * units;
    job->split = (struct split){job->size, each * step};
    return 0;
}
