/* sums.c - sums in NumPy's order.  kernels/sums.h has the order within a row, or within
 * a node of a row. */
#include "parts.h"

#include <string.h>

static void add(int type, union sum *sum, const union sum *more)
{
    switch (type) {
    case NPY_FLOAT:
    case NPY_HALF:
        sum->f32.re += more->f32.re;
        break;
    case NPY_CFLOAT:
        sum->f32.re += more->f32.re;
        sum->f32.im += more->f32.im;
        break;
    case NPY_DOUBLE:
        sum->f64.re += more->f64.re;
        break;
    default:
        sum->f64.re += more->f64.re;
        sum->f64.im += more->f64.im;
        break;
    }
}

void sums_add_to(const struct reduction *reduction, char *out, const union sum *more)
{
    if (reduction->type == NPY_HALF) {
        const npy_intp one = 1, narrow[] = {2, 4}, wide[] = {4, 2};
        float sum;
        char *widen[] = {out, (char *)&sum}, *round[] = {(char *)&sum, out};
        kernels_cast(NPY_HALF, NPY_FLOAT)(widen, &one, narrow, NULL);
        sum += more->f32.re;
        kernels_cast(NPY_FLOAT, NPY_HALF)(round, &one, wide, NULL);
        return;
    }
    union sum sum;
    memcpy(&sum, out, (size_t)reduction->itemsize);
    add(reduction->type, &sum, more);
    memcpy(out, &sum, (size_t)reduction->itemsize);
}

static int parts_each(const struct reduction *reduction)
{
    return PyTypeNum_ISCOMPLEX(reduction->type) ? 2 : 1;
}

/* -- nodes ---------------------------------------------------------------------- */

static npy_intp cut_tree(npy_intp *starts, npy_intp count, npy_intp at, npy_intp parts,
                         int each)
{
    if (parts > NODE) {
        const npy_intp half = sum_half(parts);
        count = cut_tree(starts, count, at, half, each);
        return cut_tree(starts, count, at + half / each, parts - half, each);
    }
    if (starts) {
        starts[count] = at;
    }
    return count + 1;
}

npy_intp sums_cut_tree(const struct reduction *reduction, npy_intp *starts, npy_intp n)
{
    const int each = parts_each(reduction);
    return cut_tree(starts, 0, 0, n * each, each);
}

/* Put the sums of nodes together in the order in which cut_tree() went. */
static union sum add_tree(const struct reduction *reduction,
                          const union partial **partials, npy_intp parts)
{
    if (parts <= NODE) {
        return (*partials)++->sum;
    }
    const npy_intp half = sum_half(parts);
    union sum sum = add_tree(reduction, partials, half);
    const union sum more = add_tree(reduction, partials, parts - half);
    add(reduction->type, &sum, &more);
    return sum;
}

union sum sums_add_tree(const struct reduction *reduction,
                        const union partial **partials, npy_intp n)
{
    return add_tree(reduction, partials, n * parts_each(reduction));
}

/* -- elements ------------------------------------------------------------------- */

/* Copy n elements, cast if need be, to `to`, where they are contiguous. */
static void gather(const struct reduction *reduction, char *in, npy_intp n, char *to)
{
    const npy_intp from = reduction->from[0], size = reduction->cast_size;
    if (reduction->cast) {
        char *args[] = {in, to};
        const npy_intp steps[] = {from, size};
        reduction->cast(args, &n, steps, NULL);
    } else if (from == size) {
        memcpy(to, in, (size_t)(n * size));
    } else {
        for (npy_intp i = 0; i < n; i++) {
            memcpy(to + i * size, in + i * from, (size_t)size);
        }
    }
}

/* Copy n elements from number `start` on to `to`, of one row that begins at `in`, or
 * of all elements if `in` is NULL. */
static void gather_range(const struct reduction *reduction, char *in, npy_intp start,
                         npy_intp n, char *to)
{
    const npy_intp each = reduction->shape[0], from = reduction->from[0];
    if (in) {
        gather(reduction, in + start * from, n, to);
        return;
    }
    while (n > 0) {
        const npy_intp at = start % each;
        const npy_intp m = each - at < n ? each - at : n;
        char *row =
            nodes_row_at(reduction, reduction->in, reduction->from, 0, start / each);
        gather(reduction, row + at * from, m, to);
        to += m * reduction->cast_size;
        start += m;
        n -= m;
    }
}

/* The kernel sums contiguous elements, so GATHERED parts of its tree are gathered at a
 * time.  A small stack has room for them. */
enum { GATHERED = 1024 };

static union sum sum_gathered(const struct reduction *reduction, char *in,
                              npy_intp start, npy_intp n)
{
    const int each = parts_each(reduction);
    if (n * each > GATHERED) {
        const npy_intp half = sum_half(n * each) / each;
        union sum sum = sum_gathered(reduction, in, start, half);
        const union sum more = sum_gathered(reduction, in, start + half, n - half);
        add(reduction->type, &sum, &more);
        return sum;
    }
    _Alignas(64) char parts[GATHERED * sizeof(double)];
    gather_range(reduction, in, start, n, parts);
    return reduction->sum(parts, n, reduction->cast_size, reduction->centers);
}

union sum sums_cast_row(const struct reduction *reduction, char *in, npy_intp n)
{
    return sum_gathered(reduction, in, 0, n);
}

union sum sums_chunk(const struct reduction *reduction, npy_intp start, npy_intp n)
{
    if (reduction->ndim == 1 && !reduction->cast) {
        return reduction->sum(reduction->in + start * reduction->from[0], n,
                              reduction->from[0], reduction->centers);
    }
    return sum_gathered(reduction, NULL, start, n);
}

/* -- under a mask --------------------------------------------------------------- */

npy_intp sums_of_runs(const struct reduction *reduction, const char *in,
                      const char *mask, npy_intp i, npy_intp n, npy_intp stretch,
                      char *sums)
{
    const npy_intp step = reduction->masks[0], from = reduction->from[0];
    const npy_intp end = i + stretch < n ? i + stretch : n;
    if (i > 0 && mask[(i - 1) * step]) {
        while (i < end && mask[i * step]) {
            i++; /* these belong to a run that began before */
        }
    }
    const struct masked row = {in + i * from, mask + i * step, from, step};
    return reduction->runs(&row, end - i, n - i, sums);
}

#define ADD_RUNS(T, PARTS)                                                             \
  {                                                                                    \
    T total[PARTS], more[PARTS];                                                       \
    memcpy(total, out, sizeof total);                                                  \
    for (npy_intp i = 0; i < count; i++, sums += sizeof more) {                        \
      memcpy(more, sums, sizeof more);                                                 \
      for (int part = 0; part < (PARTS); part++) {                                     \
        total[part] += more[part];                                                     \
      }                                                                                \
    }                                                                                  \
    memcpy(out, total, sizeof total);                                                  \
    return;                                                                            \
  }

void sums_add_runs(const struct reduction *reduction, char *out, const char *sums,
                   npy_intp count)
{
    switch (reduction->type) {
    case NPY_FLOAT:
        ADD_RUNS(float, 1)
    case NPY_DOUBLE:
        ADD_RUNS(double, 1)
    case NPY_CFLOAT:
        ADD_RUNS(float, 2)
    default:
        ADD_RUNS(double, 2)
    }
}
