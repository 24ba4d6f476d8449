/* parts.c - the parts of a reduction that members of a team do. */
#include "reduction.h"

#include <string.h>

#include "../fpu.h"

/* -- a row ---------------------------------------------------------------------- */

/* Bytes of cast elements at a time: they stay in the first-level cache. */
enum { CAST_BYTES = 8192 };

/* Nodes are long enough for their bookkeeping, and a fraction of what a call is that is
 * worth two threads. */
enum { NODE = 16384 };

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

/* To a result, as NumPy's loop does at the end of a row. */
static void add_to(const struct reduction *reduction, char *out, const union sum *more)
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

static int run_loop(const struct reduction *reduction, char *out, npy_intp to, char *in,
                    npy_intp from, npy_intp n)
{
    char *data[] = {out, in, out};
    const npy_intp strides[] = {to, from, to};
    return loop_run(&reduction->plan.loop, data, n, strides);
}

static int run_cast(const struct reduction *reduction, char *out, npy_intp to, char *in,
                    npy_intp from, npy_intp n)
{
    const npy_intp size = reduction->cast_size, most = CAST_BYTES / size;
    _Alignas(16) char block[CAST_BYTES];
    int status = 0;
    for (npy_intp i = 0; i < n && status == 0; i += most) {
        const npy_intp m = n - i < most ? n - i : most;
        char *args[] = {in + i * from, block};
        const npy_intp steps[] = {from, size};
        reduction->cast(args, &m, steps, NULL);
        status = run_loop(reduction, out + i * to, to, block, size, m);
    }
    return status;
}

static void sum_cast(const struct reduction *reduction, char *out, char *in,
                     npy_intp n);

/* n elements into one result (`to` is 0) or n of them; `first`: these begin here. */
static int run_row(const struct reduction *reduction, char *out, npy_intp to, char *in,
                   npy_intp from, npy_intp n, bool first)
{
    if (first) {
        const npy_intp results = to ? n : 1;
        for (npy_intp i = 0; i < results; i++) {
            memcpy(out + i * to, in + i * from, (size_t)reduction->itemsize);
        }
        in += from;
        n = to ? 0 : n - 1;
    }
    if (n == 0) {
        return 0;
    }
    if (reduction->cast && reduction->sum && to == 0) {
        sum_cast(reduction, out, in, n);
        return 0;
    }
    if (reduction->cast) {
        return run_cast(reduction, out, to, in, from, n);
    }
    if (reduction->sum && to == 0 && n >= SUM_LANES) {
        const union sum sum = reduction->sum(in, n, from);
        add_to(reduction, out, &sum);
        return 0;
    }
    return run_loop(reduction, out, to, in, from, n);
}

/* -- columns -------------------------------------------------------------------- */

/*
 * Few results side by side, so short rows: most of the time goes in calling NumPy's
 * loop for each of them.  A result is the sum of its column in order, so a kernel may
 * go through all rows at once.
 */
static bool has_columns(const struct reduction *reduction)
{
    return reduction->columns && reduction->ndim > 1 && !reduction->reduced[0] &&
           reduction->reduced[1] && reduction->shape[0] <= COLUMNS_MOST &&
           reduction->from[0] == reduction->itemsize &&
           reduction->to[0] == reduction->itemsize;
}

static int run_columns(const struct reduction *reduction, char *out, const char *in,
                       const npy_intp *shape)
{
    reduction->columns(out, in, shape[0], shape[1], reduction->from[1]);
    return 0;
}

/* -- kept ----------------------------------------------------------------------- */

/* All elements whose index along the cut axis is from `begin` on, in NumPy's order. */
static int run_range(const struct reduction *reduction, npy_intp begin, npy_intp end)
{
    npy_intp index[NPY_MAXDIMS] = {0}, shape[NPY_MAXDIMS];
    const int ndim = reduction->ndim, cut = reduction->axis;
    char *out = reduction->out + begin * reduction->to[cut];
    char *in = reduction->in + begin * reduction->from[cut];
    const bool columns = has_columns(reduction);
    int later = 0; /* reduced axes that are not at their beginning */
    memcpy(shape, reduction->shape, sizeof *shape * (size_t)ndim);
    shape[cut] = end - begin;
    for (;;) {
        const int status =
            columns ? run_columns(reduction, out, in, shape)
                    : run_row(reduction, out, reduction->to[0], in, reduction->from[0],
                              shape[0], reduction->copies_first && later == 0);
        if (status != 0) {
            return status;
        }
        int axis = columns ? 2 : 1;
        for (; axis < ndim; axis++) {
            if (++index[axis] < shape[axis]) {
                later += reduction->reduced[axis] && index[axis] == 1;
                out += reduction->to[axis];
                in += reduction->from[axis];
                break;
            }
            later -= reduction->reduced[axis] && shape[axis] > 1;
            index[axis] = 0;
            out -= (shape[axis] - 1) * reduction->to[axis];
            in -= (shape[axis] - 1) * reduction->from[axis];
        }
        if (axis == ndim) {
            return 0;
        }
    }
}

int reduction_run_kept(const struct drive *drive, npy_intp begin, npy_intp end)
{
    const struct reduction *reduction = drive->context;
    const npy_intp each = drive->size / reduction->shape[reduction->axis];
    return run_range(reduction, begin / each, end / each);
}

/* -- split ---------------------------------------------------------------------- */

/* The nodes of NumPy's tree, in the order of their elements. */
static npy_intp cut_tree(npy_intp *starts, npy_intp count, npy_intp at, npy_intp parts,
                         int parts_each)
{
    if (parts > NODE) {
        const npy_intp half = sum_half(parts);
        count = cut_tree(starts, count, at, half, parts_each);
        return cut_tree(starts, count, at + half / parts_each, parts - half,
                        parts_each);
    }
    if (starts) {
        starts[count] = at;
    }
    return count + 1;
}

static int parts_each(const struct reduction *reduction)
{
    return PyTypeNum_ISCOMPLEX(reduction->type) ? 2 : 1;
}

static bool has_tree(const struct reduction *reduction)
{
    return reduction->order == ORDER_TREE && !reduction->is_chunked;
}

/* Nodes of at most `each` elements, none of which goes beyond a multiple of `span`. */
static npy_intp cut_even(npy_intp *starts, npy_intp n, npy_intp span, npy_intp each)
{
    npy_intp count = 0;
    for (npy_intp begin = 0; begin < n; begin += span) {
        for (npy_intp at = begin; at < begin + span; at += each) {
            if (starts) {
                starts[count] = at;
            }
            count++;
        }
    }
    return count;
}

/* The chunks are of all elements; and of whole rows, of whole rows of rows, or such
 * parts: one ends with the axis that it has a part of. */
static npy_intp span_of_chunks(const struct reduction *reduction)
{
    npy_intp span = 1;
    for (int axis = 0; axis < reduction->ndim && reduction->chunk % span == 0; axis++) {
        span *= reduction->shape[axis];
    }
    return span;
}

static npy_intp cut_row(const struct reduction *reduction, npy_intp *starts, npy_intp n)
{
    const int parts = parts_each(reduction);
    return has_tree(reduction) ? cut_tree(starts, 0, 0, n * parts, parts)
           : reduction->is_chunked
               ? cut_even(starts, n, span_of_chunks(reduction), reduction->chunk)
               : cut_even(starts, n, n, NODE);
}

int reduction_split(struct reduction *reduction)
{
    npy_intp n = reduction->shape[0];
    for (int axis = 1; reduction->is_chunked && axis < reduction->ndim; axis++) {
        n *= reduction->shape[axis];
    }
    reduction->nodes = cut_row(reduction, NULL, n);
    reduction->rows = reduction->results = 1;
    for (int axis = 1; axis < reduction->ndim; axis++) {
        *(reduction->reduced[axis] ? &reduction->rows : &reduction->results) *=
            reduction->is_chunked ? 1 : reduction->shape[axis];
    }
    const npy_intp all = reduction->nodes * reduction->rows * reduction->results;
    reduction->has_end = reduction->has_end && reduction->results == 1;
    reduction->starts =
        PyMem_Malloc(sizeof *reduction->starts * (size_t)(reduction->nodes + 1));
    reduction->partials = PyMem_Malloc(sizeof *reduction->partials * (size_t)all);
    if (!reduction->starts || !reduction->partials) {
        PyErr_NoMemory();
        return -1;
    }
    cut_row(reduction, reduction->starts, n);
    reduction->starts[reduction->nodes] = n;
    for (npy_intp i = 0; i < all && reduction->has_end; i++) {
        reduction->partials[i] = reduction->neutral;
    }
    return 0;
}

void reduction_clear(struct reduction *reduction)
{
    PyMem_Free(reduction->starts);
    PyMem_Free(reduction->partials);
    plan_clear(&reduction->plan);
}

/* Few elements are added one by one, from -0.0 on, which adds nothing. */
static union sum sum_few(const struct reduction *reduction, char *in, npy_intp n,
                         npy_intp from)
{
    union sum sum = {.f64 = {-0.0, -0.0}};
    if (reduction->type != NPY_DOUBLE && reduction->type != NPY_CDOUBLE) {
        sum.f32.re = sum.f32.im = -0.0F;
    }
    for (npy_intp i = 0; i < n; i++, in += from) {
        union sum one;
        if (reduction->type == NPY_HALF) {
            const npy_intp count = 1, steps[] = {2, 4};
            char *args[] = {in, (char *)&one};
            kernels_cast(NPY_HALF, NPY_FLOAT)(args, &count, steps, NULL);
        } else {
            memcpy(&one, in, (size_t)reduction->itemsize);
        }
        add(reduction->type, &sum, &one);
    }
    return sum;
}

static void sum_node(const struct reduction *reduction, char *in, npy_intp n,
                     npy_intp from, union partial *partial)
{
    partial->sum = n * parts_each(reduction) >= SUM_LANES
                       ? reduction->sum(in, n, from)
                       : sum_few(reduction, in, n, from);
}

/* n elements, cast or not, to where they are contiguous. */
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

static char *row_at(const struct reduction *reduction, npy_intp result, npy_intp row,
                    bool out);

/* A row that NumPy has in one buffer. */
static void sum_cast(const struct reduction *reduction, char *out, char *in, npy_intp n)
{
    _Alignas(64) char chunk[REDUCTION_CHUNK * sizeof(union sum)];
    union partial partial;
    gather(reduction, in, n, chunk);
    sum_node(reduction, chunk, n, reduction->cast_size, &partial);
    add_to(reduction, out, &partial.sum);
}

/* Elements from number `start` of all on, as NumPy's buffer has them: whole rows, or a
 * part of one. */
static void sum_chunk(const struct reduction *reduction, npy_intp start, npy_intp n,
                      union partial *partial)
{
    _Alignas(64) char chunk[REDUCTION_CHUNK * sizeof(union sum)];
    const npy_intp each = reduction->shape[0], size = reduction->cast_size;
    if (reduction->ndim == 1 && !reduction->cast) {
        sum_node(reduction, reduction->in + start * reduction->from[0], n,
                 reduction->from[0], partial);
        return;
    }
    if (reduction->ndim == 1) {
        gather(reduction, reduction->in + start * reduction->from[0], n, chunk);
    } else {
        for (npy_intp i = 0; i < n; i += each) {
            gather(reduction, row_at(reduction, 0, (start + i) / each, false), each,
                   chunk + i * size);
        }
    }
    sum_node(reduction, chunk, n, size, partial);
}

/*
 * Whether the order decides which of several zeros, or NaNs, an extreme is: unless all
 * of them have the same bits.  (NumPy's loops put the usual NaN in the place of others,
 * or not, by the way they take, so there must be no others.)
 *
 * In integers, whose first bit tells, for any x86-64 has vectors of those.
 */
#define IS_AMBIGUOUS(name, U, SIGN, INFINITE, USUAL)                                   \
  static inline U other_zero_##name(U x, U bits)                                       \
  {                                                                                    \
    const U v = (U)(x ^ bits ^ (SIGN)); /* 0 if it is the other zero */                \
    return (U)((U)(v - 1) & (U)~v);                                                    \
  }                                                                                    \
                                                                                       \
  static inline U other_nan_##name(U x, U bits)                                        \
  {                                                                                    \
    const U v = (U)(x ^ bits);                                                         \
    return (U)((U)((INFINITE) - (U)(x & (U) ~(SIGN))) & (U)(v | (U)(0 - v)));          \
  }                                                                                    \
                                                                                       \
  static U others_##name(const U *x, npy_intp n, U bits)                               \
  {                                                                                    \
    U found = 0;                                                                       \
    if ((bits & (U) ~(SIGN)) == 0) {                                                   \
      for (npy_intp i = 0; i < n; i++) {                                               \
        found |= other_zero_##name(x[i], bits);                                        \
      }                                                                                \
    } else {                                                                           \
      for (npy_intp i = 0; i < n; i++) {                                               \
        found |= other_nan_##name(x[i], bits);                                         \
      }                                                                                \
    }                                                                                  \
    return found & (SIGN);                                                             \
  }                                                                                    \
                                                                                       \
  static bool ambiguous_##name(const char *in, npy_intp n, npy_intp from,              \
                               const char *extreme)                                    \
  {                                                                                    \
    U bits, found = 0;                                                                 \
    memcpy(&bits, extreme, sizeof bits);                                               \
    const U size = bits & (U) ~(SIGN);                                                 \
    if (size != 0 && (size <= (INFINITE) || bits != (USUAL))) {                        \
      return size > (INFINITE);                                                        \
    }                                                                                  \
    if (from == (npy_intp)sizeof(U)) {                                                 \
      return others_##name((const U *)in, n, bits) != 0;                               \
    }                                                                                  \
    for (npy_intp i = 0; i < n; i++, in += from) {                                     \
      U x;                                                                             \
      memcpy(&x, in, sizeof x);                                                        \
      found |= others_##name(&x, 1, bits);                                             \
    }                                                                                  \
    return found != 0;                                                                 \
  }

IS_AMBIGUOUS(f16, uint16_t, UINT16_C(0x8000), UINT16_C(0x7c00), UINT16_C(0x7e00))
IS_AMBIGUOUS(f32, uint32_t, UINT32_C(0x80000000), UINT32_C(0x7f800000),
             UINT32_C(0x7fc00000))
IS_AMBIGUOUS(f64, uint64_t, UINT64_C(0x8000000000000000), UINT64_C(0x7ff0000000000000),
             UINT64_C(0x7ff8000000000000))

static bool is_ambiguous(int type, const char *in, npy_intp n, npy_intp from,
                         const char *extreme)
{
    return type == NPY_HALF    ? ambiguous_f16(in, n, from, extreme)
           : type == NPY_FLOAT ? ambiguous_f32(in, n, from, extreme)
                               : ambiguous_f64(in, n, from, extreme);
}

static int run_node(struct reduction *reduction, char *in, npy_intp n,
                    union partial *partial)
{
    if (reduction->order == ORDER_TREE) {
        sum_node(reduction, in, n, reduction->from[0], partial);
        return 0;
    }
    if (!reduction->copies_first) {
        *partial = reduction->neutral;
    }
    const int status = run_row(reduction, partial->bytes, 0, in, reduction->from[0], n,
                               reduction->copies_first);
    if (status == 0 && reduction->order == ORDER_EXTREME &&
        is_ambiguous(reduction->type, in, n, reduction->from[0], partial->bytes)) {
        atomic_store_explicit(&reduction->ambiguous, true, memory_order_relaxed);
    }
    if (reduction->has_end && memcmp(partial->bytes, reduction->neutral.bytes,
                                     (size_t)reduction->itemsize) != 0) {
        atomic_store_explicit(&reduction->ended, true, memory_order_relaxed);
    }
    return status;
}

/* Where a row of a result begins: its number in the order of the iterator. */
static char *row_at(const struct reduction *reduction, npy_intp result, npy_intp row,
                    bool out)
{
    char *at = out ? reduction->out : reduction->in;
    for (int axis = 1; axis < reduction->ndim; axis++) {
        npy_intp *rest = reduction->reduced[axis] ? &row : &result;
        const npy_intp stride = out ? reduction->to[axis] : reduction->from[axis];
        at += *rest % reduction->shape[axis] * stride;
        *rest /= reduction->shape[axis];
    }
    return at;
}

int reduction_run_split(const struct drive *drive, npy_intp begin, npy_intp end)
{
    struct reduction *reduction = drive->context;
    const npy_intp rows = reduction->rows * reduction->results;
    const npy_intp each = drive->size / (rows * reduction->nodes);
    for (npy_intp i = begin / each; i < end / each; i++) {
        if (atomic_load_explicit(&reduction->ended, memory_order_relaxed)) {
            break;
        }
        /* Results may lie side by side: theirs are neighbours in the range too. */
        const npy_intp result = i % reduction->results, rest = i / reduction->results;
        const npy_intp node = rest % reduction->nodes, row = rest / reduction->nodes;
        const npy_intp start = reduction->starts[node];
        const npy_intp n = reduction->starts[node + 1] - start;
        if (reduction->is_chunked) {
            sum_chunk(reduction, start, n, &reduction->partials[i]);
            continue;
        }
        char *in = row_at(reduction, result, row, false) + start * reduction->from[0];
        union partial *partial =
            &reduction
                 ->partials[(result * reduction->rows + row) * reduction->nodes + node];
        const int status = run_node(reduction, in, n, partial);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

/* -- putting together ----------------------------------------------------------- */

/* As cut_tree() went. */
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

static void combine_sums(struct reduction *reduction, char *out,
                         const union partial *partials)
{
    const npy_intp n = reduction->rows * reduction->nodes;
    const npy_intp parts = reduction->shape[0] * parts_each(reduction);
    for (const union partial *end = partials + n; partials < end;) {
        const union sum sum = has_tree(reduction)
                                  ? add_tree(reduction, &partials, parts)
                                  : partials++->sum;
        add_to(reduction, out, &sum);
    }
}

void reduction_combine(struct reduction *reduction, bool has_initial)
{
    const npy_intp n = reduction->rows * reduction->nodes;
    const npy_intp size = (npy_intp)sizeof *reduction->partials;
    for (npy_intp result = 0; result < reduction->results; result++) {
        union partial *partials = reduction->partials + result * n;
        char *out = row_at(reduction, result, 0, true);
        if (reduction->order == ORDER_TREE) {
            combine_sums(reduction, out, partials);
            continue;
        }
        npy_intp first = 0;
        if (!has_initial) {
            memcpy(out, partials[first++].bytes, (size_t)reduction->itemsize);
        }
        if (first < n) {
            run_loop(reduction, out, 0, partials[first].bytes, size, n - first);
        }
        if (reduction->order == ORDER_EXTREME) {
            /* Of those that are zero or NaN, too, there must be one kind only. */
            atomic_store(
                &reduction->ambiguous,
                atomic_load(&reduction->ambiguous) ||
                    is_ambiguous(reduction->type, partials[0].bytes, n, size, out));
        }
    }
}
