/*
 * lines.c - many lines, along any axis: members of the team take some at a time.  Lines
 * whose numbers do not lie side by side are brought together, some lines at once.
 */
#include <stdlib.h>
#include <string.h>

#include "reasons/reasons.h"

#include "order.h"

/* Lines that are brought together at once: what a line of the cache holds. */
enum { CACHE_LINE = 64 };

struct lines {
    enum key_kind kind;
    npy_intp size, n, count; /* bytes of a number; numbers of a line; lines */
    const char *from;
    char *to;
    npy_intp from_step, to_step; /* along the line */
    int ndim;                    /* the other axes, the last one first */
    npy_intp shape[NPY_MAXDIMS], froms[NPY_MAXDIMS], tos[NPY_MAXDIMS];
};

static void line_at(const struct lines *lines, npy_intp i, const char **from, char **to)
{
    *from = lines->from;
    *to = lines->to;
    for (int d = 0; d < lines->ndim; d++) {
        *from += i % lines->shape[d] * lines->froms[d];
        *to += i % lines->shape[d] * lines->tos[d];
        i /= lines->shape[d];
    }
}

/* Copies `count` rows of `n` elements of type T. */
#define COPY(T)                                                                        \
  for (npy_intp j = 0; j < n; j++) {                                                   \
    for (npy_intp line = 0; line < count; line++) {                                    \
      *(T *)(to + j * to_step + line * to_apart) =                                     \
          *(const T *)(from + j * from_step + line * from_apart);                      \
    }                                                                                  \
  }

static void copy(npy_intp size, npy_intp n, npy_intp count, const char *from,
                 npy_intp from_step, npy_intp from_apart, char *to, npy_intp to_step,
                 npy_intp to_apart)
{
    if (size == 4) {
        COPY(uint32_t)
    } else {
        COPY(uint64_t)
    }
}

static int run(const struct job *job, npy_intp begin, npy_intp end)
{
    const struct lines *lines = job->context;
    const npy_intp size = lines->size, n = lines->n, row = n * size;
    const bool gathers = lines->from_step != size || lines->to_step != size;
    const npy_intp most = CACHE_LINE / size;
    char *together = gathers ? malloc((size_t)(row * most)) : NULL;
    if (gathers && together == NULL) {
        return -1;
    }
    end /= n;
    for (npy_intp i = begin / n, count; i < end; i += count) {
        const char *from;
        char *to;
        line_at(lines, i, &from, &to);
        count = 1;
        if (!gathers) {
            if (from != to) {
                memcpy(to, from, (size_t)row);
            }
            keys_sort(lines->kind, to, n);
            continue;
        }
        count = lines->ndim > 0 ? lines->shape[0] - i % lines->shape[0] : 1;
        count = count < most ? count : most;
        count = count < end - i ? count : end - i;
        copy(size, n, count, from, lines->from_step, lines->froms[0], together, size,
             row);
        for (npy_intp line = 0; line < count; line++) {
            keys_sort(lines->kind, together + line * row, n);
        }
        copy(size, n, count, together, size, row, to, lines->to_step, lines->tos[0]);
    }
    free(together);
    return 0;
}

bool order_lines(struct hook_call *hook, struct job *job, enum key_kind kind,
                 PyArrayObject *array, PyArrayObject *to, int axis)
{
    struct lines lines = {.kind = kind,
                          .size = keys_size(kind),
                          .n = PyArray_DIM(array, axis),
                          .count = 1,
                          .from = PyArray_BYTES(array),
                          .to = PyArray_BYTES(to),
                          .from_step = PyArray_STRIDE(array, axis),
                          .to_step = PyArray_STRIDE(to, axis)};
    for (int d = PyArray_NDIM(array) - 1; d >= 0; d--) {
        if (d != axis) {
            lines.shape[lines.ndim] = PyArray_DIM(array, d);
            lines.froms[lines.ndim] = PyArray_STRIDE(array, d);
            lines.tos[lines.ndim++] = PyArray_STRIDE(to, d);
            lines.count *= PyArray_DIM(array, d);
        }
    }
    const npy_intp size = lines.n * lines.count;
    return hook_run(hook, job, "lines", run, &lines, size,
                    (struct split){size, lines.n});
}
