/*
 * lines.h - functions of the lines of an array, along its last axis: shared out, or one
 * of them cut in parts.
 *
 * The two parts of complex numbers are lines of their own, side by side.
 */
#ifndef NPP_REDUCTION_LINES_H
#define NPP_REDUCTION_LINES_H

#include "engine/execute.h"

/* Where elements are. */
struct side {
    char *data;
    npy_intp step;                     /* from one element of a line to the next */
    npy_intp strides[NPY_MAXDIMS + 1]; /* from line to line, as `shape` */
};

struct lines {
    npy_intp n, count;     /* elements of a line; lines */
    npy_intp part, parts;  /* elements of a part, parts of each line; 1: not cut */
    npy_intp side_by_side; /* so many lines at most are done together */
    int type;              /* lines_type() of the elements */
    int ndim;              /* of the other axes, the last one first */
    npy_intp shape[NPY_MAXDIMS + 1];
    struct side in, out; /* out: one element a line, or as many as in */
};

/* Of an array's elements, or of the parts of complex ones. */
int lines_type(PyArrayObject *array);

/* The last axis of `array` are the lines, those before it all of the axes of `out`, or
 * but its last. */
void lines_lay_out(struct lines *lines, PyArrayObject *array, PyArrayObject *out);

/* Cut lines of which there are fewer than `enough` in parts, which are of `least`
 * elements, or of so many times that, that there are no more than `most` parts of all.
 */
void lines_cut(struct lines *lines, npy_intp enough, npy_intp least, npy_intp most);

/* Where line number i begins. */
char *lines_at(const struct lines *lines, const struct side *side, npy_intp i);

/* How many of the lines i ... end - 1 are to be done together, as they lie side by side
 * where the elements of one do not. */
npy_intp lines_together(const struct lines *lines, npy_intp i, npy_intp end);

/* Run what takes lines, or parts of them, as ranges of elements: number i begins at
 * i * n, or i * part.  -1: an exception is set. */
int lines_run(const struct lines *lines, const struct state *state,
              struct cost_table *costs, job_run *run, void *context,
              struct report *report, int *fpe);

/* What puts something of the lines of an array into another one.  -1: an exception is
 * set. */
typedef int lines_function(const struct state *state, PyArrayObject *array,
                           PyArrayObject *out, struct report *report);

/* Call one with the arguments array, out, which profile() has under the name. */
PyObject *lines_call(lines_function *function, const char *name,
                     const struct state *state, PyObject *const *args,
                     Py_ssize_t nargs);

#endif
