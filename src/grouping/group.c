/* group.c - rows grouped on the engine, by spans or by parts: see grouping.h. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "reasons/reasons.h"

#include "grouping.h"

/* A grouping while it runs.  The phases are jobs whose elements are rows, or parts. */
struct state_of_grouping {
    struct grouping *grouping;
    npy_intp units;
    struct groups *found; /* of each unit */
    int32_t *codes; /* in each unit, of each of its rows; NULL: not needed later */

    /* Spans: the number of each group of a unit among those of all, by the order of
     * keys. */
    npy_intp *before; /* groups of the units before */
    int32_t *merged;
    npy_intp *rank; /* of a group of all */

    /* Parts: the rows, moved. */
    struct splitters splitters;
    npy_intp
        *starts; /* of a part's rows; and for each span, of its rows in each part */
    npy_intp *places;
    uint8_t *part;
    uint64_t *keys;
    uint32_t *rows;
    union group_number *values;
};

static npy_intp span_end(npy_intp begin, npy_intp end)
{
    return end - begin < GROUP_SPAN ? end : begin + GROUP_SPAN;
}

/* -- a unit --------------------------------------------------------------------- */

static int find_unit(struct groups *groups, const struct grouping *grouping,
                     const struct group_rows *rows, int32_t *codes)
{
    return groups_find(groups, rows, codes) < 0 ||
                   groups_accumulate(groups, grouping->op, rows, codes) < 0
               ? -1
               : 0;
}

static int run_spans(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct state_of_grouping *state = job->context;
    const struct grouping *grouping = state->grouping;
    uint64_t *keys = malloc(GROUP_SPAN * sizeof *keys);
    int32_t *room = state->codes ? NULL : malloc(GROUP_SPAN * sizeof *room);
    int status = keys && (room || state->codes) ? 0 : -1;
    for (npy_intp i = begin; i < end && status == 0; i = span_end(i, end)) {
        const struct group_rows rows = {
            .n = span_end(i, end) - i,
            .base = i,
            .keys = keys,
            .values = grouping->values ? grouping->values + i : NULL};
        grouping->encode(grouping->keys + i * grouping->itemsize, rows.n, keys);
        status = find_unit(&state->found[i / GROUP_SPAN], grouping, &rows,
                           room ? room : state->codes + i);
    }
    free(keys);
    free(room);
    return status;
}

static int run_parts(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct state_of_grouping *state = job->context;
    for (npy_intp p = begin; p < end; p++) {
        const npy_intp start = state->starts[p];
        const struct group_rows rows = {.n = state->starts[p + 1] - start,
                                        .keys = state->keys + start,
                                        .rows = state->rows + start,
                                        .values = state->values ? state->values + start
                                                                : NULL};
        if (find_unit(&state->found[p], state->grouping, &rows, state->codes + start) <
            0) {
            return -1;
        }
    }
    return 0;
}

/* -- rows to parts -------------------------------------------------------------- */

static int run_count(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct state_of_grouping *state = job->context;
    const struct grouping *grouping = state->grouping;
    uint64_t *keys = malloc(GROUP_SPAN * sizeof *keys);
    if (!keys) {
        return -1;
    }
    for (npy_intp i = begin; i < end; i = span_end(i, end)) {
        const npy_intp n = span_end(i, end) - i;
        npy_intp *counts = state->places + i / GROUP_SPAN * GROUP_PARTS;
        grouping->encode(grouping->keys + i * grouping->itemsize, n, keys);
        splitters_find(&state->splitters, keys, n, state->part + i);
        for (npy_intp k = i; k < i + n; k++) {
            counts[state->part[k]]++;
        }
    }
    free(keys);
    return 0;
}

/* Turns counts into places: parts in order, in each the spans in order. */
static void place_parts(struct state_of_grouping *state, npy_intp spans)
{
    npy_intp at = 0;
    for (npy_intp p = 0; p < state->units; p++) {
        state->starts[p] = at;
        for (npy_intp span = 0; span < spans; span++) {
            npy_intp *place = &state->places[span * GROUP_PARTS + p];
            const npy_intp count = *place;
            *place = at;
            at += count;
        }
    }
    state->starts[state->units] = at;
}

static int run_move(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct state_of_grouping *state = job->context;
    const struct grouping *grouping = state->grouping;
    uint64_t *keys = malloc(GROUP_SPAN * sizeof *keys);
    if (!keys) {
        return -1;
    }
    for (npy_intp i = begin; i < end; i = span_end(i, end)) {
        const npy_intp n = span_end(i, end) - i;
        npy_intp *places = state->places + i / GROUP_SPAN * GROUP_PARTS;
        grouping->encode(grouping->keys + i * grouping->itemsize, n, keys);
        for (npy_intp k = 0; k < n; k++) {
            const npy_intp to = places[state->part[i + k]]++;
            state->keys[to] = keys[k];
            state->rows[to] = (uint32_t)(i + k);
            if (state->values) {
                state->values[to] = grouping->values[i + k];
            }
        }
    }
    free(keys);
    return 0;
}

/* -- the result ----------------------------------------------------------------- */

static bool make_result(struct groups *groups, npy_intp n, enum group_op op)
{
    const size_t room = (size_t)n + 1;
    groups->n = n;
    groups->first = malloc(room * sizeof *groups->first);
    groups->counts = malloc(room * sizeof *groups->counts);
    groups->a = op == GROUP_COUNT ? NULL : malloc(room * sizeof *groups->a);
    groups->b = op == GROUP_MOMENTS ? malloc(room * sizeof *groups->b) : NULL;
    return groups->first && groups->counts && (groups->a || op == GROUP_COUNT) &&
           (groups->b || op != GROUP_MOMENTS);
}

static void store_group(struct groups *to, npy_intp at, const struct groups *from,
                        npy_intp k)
{
    to->first[at] = from->first[k];
    to->counts[at] = from->counts[k];
    if (to->a) {
        to->a[at] = from->a[k];
    }
    if (to->b) {
        to->b[at] = from->b[k];
    }
}

static int run_finish_spans(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct state_of_grouping *state = job->context;
    for (npy_intp i = begin; i < end; i = span_end(i, end)) {
        const int32_t *merged = state->merged + state->before[i / GROUP_SPAN];
        for (npy_intp k = i; k < span_end(i, end); k++) {
            state->grouping->codes[k] = state->rank[merged[state->codes[k]]];
        }
    }
    return 0;
}

static int run_finish_parts(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct state_of_grouping *state = job->context;
    struct groups *to = &state->grouping->groups;
    npy_intp *codes = state->grouping->codes;
    for (npy_intp p = begin; p < end; p++) {
        const struct groups *from = &state->found[p];
        npy_intp *rank = malloc(((size_t)from->n + 1) * sizeof *rank);
        if (!rank) {
            return -1;
        }
        for (npy_intp k = 0; k < from->n; k++) {
            const npy_intp at = state->before[p] + k;
            store_group(to, at, from, from->order[k]);
            rank[from->order[k]] = at;
        }
        for (npy_intp i = state->starts[p]; codes && i < state->starts[p + 1]; i++) {
            codes[state->rows[i]] = rank[state->codes[i]];
        }
        free(rank);
    }
    return 0;
}

/* -- driving -------------------------------------------------------------------- */

/* A phase has a cost of its own; `number` tells it from the others. */
static bool run_phase(struct hook_call *hook, const struct job *job, uint64_t number,
                      job_run *run, struct state_of_grouping *state, npy_intp size,
                      npy_intp step)
{
    if (job == NULL || size <= step) {
        const struct job alone = {.context = state};
        if (run(&alone, 0, size) < 0) {
            PyErr_NoMemory();
            return false;
        }
        return true;
    }
    struct job phase = *job;
    phase.key = cost_mix(job->key, number);
    phase.weight = step > 1 ? 1 : GROUP_SPAN;
    if (hook_run(hook, &phase, "grouped", run, state, size,
                 (struct split){size, step})) {
        return true;
    }
    if (!PyErr_Occurred() && !hook->explain) {
        PyErr_NoMemory();
    }
    return false;
}

/* Numbers the groups before each unit. */
static bool count_groups(struct state_of_grouping *state)
{
    state->before = malloc(((size_t)state->units + 1) * sizeof *state->before);
    if (!state->before) {
        return false;
    }
    state->before[0] = 0;
    for (npy_intp i = 0; i < state->units; i++) {
        state->before[i + 1] = state->before[i] + state->found[i].n;
    }
    return true;
}

/* Puts the groups of spans together, in the order of the spans. */
static bool merge_spans(struct state_of_grouping *state)
{
    struct grouping *grouping = state->grouping;
    struct groups all = {0};
    bool done = false;
    const npy_intp total = state->before[state->units];
    uint64_t *keys = malloc(((size_t)total + 1) * sizeof *keys);
    uint32_t *first = malloc(((size_t)total + 1) * sizeof *first);
    state->merged = malloc(((size_t)total + 1) * sizeof *state->merged);
    if (!keys || !first || !state->merged) {
        goto finish;
    }
    for (npy_intp i = 0, at = 0; i < state->units; i++) {
        for (npy_intp k = 0; k < state->found[i].n; k++, at++) {
            keys[at] = state->found[i].keys[k];
            first[at] = (uint32_t)state->found[i].first[k];
        }
    }
    const struct group_rows rows = {.n = total, .keys = keys, .rows = first};
    if (groups_find(&all, &rows, state->merged) < 0 ||
        groups_merge(&all, grouping->op, state->found, state->units, state->merged) <
            0 ||
        !make_result(&grouping->groups, all.n, grouping->op)) {
        goto finish;
    }
    state->rank = malloc(((size_t)all.n + 1) * sizeof *state->rank);
    if (!state->rank) {
        goto finish;
    }
    for (npy_intp k = 0; k < all.n; k++) {
        store_group(&grouping->groups, k, &all, all.order[k]);
        state->rank[all.order[k]] = k;
    }
    done = true;

finish:
    free(keys);
    free(first);
    groups_clear(&all);
    return done;
}

static bool by_spans(struct state_of_grouping *state, struct hook_call *hook,
                     const struct job *job)
{
    struct grouping *grouping = state->grouping;
    const npy_intp n = grouping->n;
    state->units = (n + GROUP_SPAN - 1) / GROUP_SPAN;
    state->found = calloc((size_t)state->units + 1, sizeof *state->found);
    state->codes =
        grouping->codes ? malloc(((size_t)n + 1) * sizeof *state->codes) : NULL;
    if (!state->found || (grouping->codes && !state->codes)) {
        PyErr_NoMemory();
        return false;
    }
    if (!run_phase(hook, job, 3, run_spans, state, n, GROUP_SPAN)) {
        return false;
    }
    if (!count_groups(state) || !merge_spans(state)) {
        PyErr_NoMemory();
        return false;
    }
    return !grouping->codes ||
           run_phase(hook, job, 4, run_finish_spans, state, n, GROUP_SPAN);
}

static bool by_parts(struct state_of_grouping *state, struct hook_call *hook,
                     const struct job *job)
{
    struct grouping *grouping = state->grouping;
    const size_t n = (size_t)grouping->n;
    const npy_intp spans = (grouping->n + GROUP_SPAN - 1) / GROUP_SPAN;
    state->units = (npy_intp)1 << state->splitters.levels;
    state->found = calloc((size_t)state->units, sizeof *state->found);
    state->starts = malloc(((size_t)state->units + 1) * sizeof *state->starts);
    state->places = calloc((size_t)spans * GROUP_PARTS, sizeof *state->places);
    state->part = malloc(n);
    state->keys = malloc(n * sizeof *state->keys);
    state->rows = malloc(n * sizeof *state->rows);
    state->codes = malloc(n * sizeof *state->codes);
    state->values = grouping->values ? malloc(n * sizeof *state->values) : NULL;
    if (!state->found || !state->starts || !state->places || !state->part ||
        !state->keys || !state->rows || !state->codes ||
        (grouping->values && !state->values)) {
        PyErr_NoMemory();
        return false;
    }
    if (!run_phase(hook, job, 5, run_count, state, grouping->n, GROUP_SPAN)) {
        return false;
    }
    place_parts(state, spans);
    if (!run_phase(hook, job, 6, run_move, state, grouping->n, GROUP_SPAN) ||
        !run_phase(hook, job, 7, run_parts, state, state->units, 1)) {
        return false;
    }
    if (!count_groups(state) ||
        !make_result(&grouping->groups, state->before[state->units], grouping->op)) {
        PyErr_NoMemory();
        return false;
    }
    return run_phase(hook, job, 8, run_finish_parts, state, state->units, 1);
}

bool grouping_run(struct grouping *grouping, struct hook_call *hook, struct job *job)
{
    struct state_of_grouping state = {.grouping = grouping};
    bool many, done = false;
    if (!splitters_choose(&state.splitters, grouping->encode, grouping->keys,
                          grouping->itemsize, grouping->n, &many)) {
        PyErr_NoMemory();
    } else {
        done = many ? by_parts(&state, hook, job) : by_spans(&state, hook, job);
    }
    for (npy_intp i = 0; i < state.units && state.found; i++) {
        groups_clear(&state.found[i]);
    }
    free(state.found);
    free(state.codes);
    free(state.before);
    free(state.merged);
    free(state.rank);
    free(state.starts);
    free(state.places);
    free(state.part);
    free(state.keys);
    free(state.rows);
    free(state.values);
    return done;
}
