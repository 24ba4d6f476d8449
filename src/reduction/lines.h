/*
 * lines.h - runs functions over the lines of an array, along its last axis.  The lines
 * are shared out, or one of them is cut in parts.
 *
 * The two parts of complex numbers are lines of their own, side by side.
 */
#ifndef NPP_REDUCTION_LINES_H
#define NPP_REDUCTION_LINES_H

#include "engine/execute.h"

/* Where the elements of an operand are. */
struct side {
    char *data;
    npy_intp step;                     /* from one element of a line to the next */
    npy_intp strides[NPY_MAXDIMS + 1]; /* from line to line, for each axis of `shape` */
};

struct lines {
    npy_intp n, count;     /* elements of a line; lines */
    npy_intp part, parts;  /* elements of a part, parts of each line; 1: not cut */
    npy_intp side_by_side; /* lines that are done together, at most */
    int type;              /* lines_type() of the elements */
    int ndim;              /* of the other axes, the last one first */
    npy_intp shape[NPY_MAXDIMS + 1];
    struct side in, out; /* `out` has one element a line, or as many as `in` */
};

/* Returns the type of an array's elements, or of the parts of complex ones. */
int lines_type(PyArrayObject *array);

/* Lay out the lines, which are the last axis of `array`.  The axes before it are all
 * axes of `out`, or all except its last. */
void lines_lay_out(struct lines *lines, PyArrayObject *array, PyArrayObject *out);

/* Cut the lines in parts if there are fewer than `enough` lines.  A part has `least`
 * elements, or a multiple of `least` that makes no more than `most` parts of all lines.
 */
void lines_cut(struct lines *lines, npy_intp enough, npy_intp least, npy_intp most);

/* Returns where line number `i` begins. */
char *lines_at(const struct lines *lines, const struct side *side, npy_intp i);

/* Returns how many of the lines `i` ... `end` - 1 should be done together, because they
 * lie side by side and the elements of one line do not. */
npy_intp lines_together(const struct lines *lines, npy_intp i, npy_intp end);

/* Run `run` over all lines, or parts of them, as ranges of elements: line number i
 * begins at i * n, part number i at i * part.  Returns -1 with an exception set. */
int lines_run(const struct lines *lines, const struct state *state,
              struct cost_table *costs, job_run *run, void *context,
              struct report *report, int *fpe);

/* A function that puts something computed from the lines of `array` into `out`.
 * Returns -1 with an exception set. */
typedef int lines_function(const struct state *state, PyArrayObject *array,
                           PyArrayObject *out, struct report *report);

/* Call `function` with the arguments (array, out).  profile() lists the call under
 * `name`. */
PyObject *lines_call(lines_function *function, const char *name,
                     const struct state *state, PyObject *const *args,
                     Py_ssize_t nargs);

#endif
