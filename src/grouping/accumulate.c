/* accumulate.c - values accumulated by the number of their group, and the same of
 * groups that are put together: see grouping.h. */
#include <math.h>
#include <stdlib.h>

#include "grouping.h"

static int prepare(struct groups *groups, enum group_op op)
{
    static const union group_number initial[GROUP_OPS] = {
        [GROUP_SUM_FLOAT] = {.real = -0.0}, /* sums of -0.0 alone are -0.0, as NumPy has
                                               them */
        [GROUP_MOMENTS] = {.real = -0.0},
        [GROUP_PROD_FLOAT] = {.real = 1},
        [GROUP_PROD_INT] = {.whole = 1},
        [GROUP_MIN_FLOAT] = {.real = (double)INFINITY},
        [GROUP_MIN_INT] = {.whole = INT64_MAX},
        [GROUP_MAX_FLOAT] = {.real = -(double)INFINITY},
        [GROUP_MAX_INT] = {.whole = INT64_MIN},
    };
    const size_t n = (size_t)groups->n + 1;
    groups->counts = calloc(n, sizeof *groups->counts);
    groups->a = op == GROUP_COUNT ? NULL : calloc(n, sizeof *groups->a);
    groups->b = op == GROUP_MOMENTS ? calloc(n, sizeof *groups->b) : NULL;
    if (!groups->counts || (op != GROUP_COUNT && !groups->a) ||
        (op == GROUP_MOMENTS && !groups->b)) {
        return -1;
    }
    for (npy_intp i = 0; i < groups->n && groups->a; i++) {
        groups->a[i] = initial[op];
    }
    return 0;
}

static inline int64_t add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static inline int64_t multiply(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

#define EACH(statement)                                                                \
  for (npy_intp i = 0; i < n; i++) {                                                   \
    union group_number *at = &a[codes[i]];                                             \
    const union group_number value = values[i];                                        \
    statement;                                                                         \
  }                                                                                    \
  break

/* The operations for which results are put together as values are. */
static void accumulate(enum group_op op, union group_number *a, const int32_t *codes,
                       const union group_number *values, npy_intp n)
{
    switch (op) {
    case GROUP_SUM_FLOAT:
    case GROUP_MOMENTS:
        EACH(at->real += value.real);
    case GROUP_SUM_INT:
        EACH(at->whole = add(at->whole, value.whole));
    case GROUP_PROD_FLOAT:
        EACH(at->real *= value.real);
    case GROUP_PROD_INT:
        EACH(at->whole = multiply(at->whole, value.whole));
    case GROUP_MIN_FLOAT: /* a NaN stays */
        EACH(at->real = value.real < at->real || value.real != value.real ? value.real
                                                                          : at->real);
    case GROUP_MAX_FLOAT:
        EACH(at->real = value.real > at->real || value.real != value.real ? value.real
                                                                          : at->real);
    case GROUP_MIN_INT:
        EACH(at->whole = value.whole < at->whole ? value.whole : at->whole);
    case GROUP_MAX_INT:
        EACH(at->whole = value.whole > at->whole ? value.whole : at->whole);
    case GROUP_LAST:
        EACH(at->whole = value.whole);
    default:
        break;
    }
}

/* Two passes over the rows of a unit: the mean is known before the deviations are. */
static void add_deviations(struct groups *groups, const int32_t *codes,
                           const struct group_rows *rows)
{
    for (npy_intp k = 0; k < groups->n; k++) {
        groups->a[k].real /= (double)groups->counts[k];
    }
    for (npy_intp i = 0; i < rows->n; i++) {
        const double deviation = rows->values[i].real - groups->a[codes[i]].real;
        groups->b[codes[i]].real += deviation * deviation;
    }
}

int groups_accumulate(struct groups *groups, enum group_op op,
                      const struct group_rows *rows, const int32_t *codes)
{
    if (prepare(groups, op) < 0) {
        return -1;
    }
    for (npy_intp i = 0; i < rows->n; i++) {
        groups->counts[codes[i]]++;
    }
    if (op == GROUP_LAST) {
        for (npy_intp i = 0; i < rows->n; i++) {
            groups->a[codes[i]].whole =
                rows->rows ? (int64_t)rows->rows[i] : rows->base + i;
        }
    } else {
        accumulate(op, groups->a, codes, rows->values, rows->n);
    }
    if (op == GROUP_MOMENTS) {
        add_deviations(groups, codes, rows);
    }
    return 0;
}

/* As Chan, Golub and LeVeque put variances together. */
static void merge_moments(struct groups *groups, const struct groups *part,
                          const int32_t *codes)
{
    for (npy_intp i = 0; i < part->n; i++) {
        const npy_intp k = codes[i];
        const double before = (double)groups->counts[k], more = (double)part->counts[i];
        const double count = before + more;
        if (before == 0) {
            groups->a[k] = part->a[i];
            groups->b[k] = part->b[i];
            continue;
        }
        const double delta = part->a[i].real - groups->a[k].real;
        groups->a[k].real += delta * (more / count);
        groups->b[k].real += part->b[i].real + delta * delta * (before * more / count);
    }
}

int groups_merge(struct groups *groups, enum group_op op, const struct groups *parts,
                 npy_intp n, const int32_t *codes)
{
    if (prepare(groups, op) < 0) {
        return -1;
    }
    for (npy_intp p = 0; p < n; codes += parts[p++].n) {
        if (op == GROUP_MOMENTS) {
            merge_moments(groups, &parts[p], codes);
        } else {
            accumulate(op, groups->a, codes, parts[p].a, parts[p].n);
        }
        for (npy_intp i = 0; i < parts[p].n; i++) {
            groups->counts[codes[i]] += parts[p].counts[i];
        }
    }
    return 0;
}
