/* request.h - a call of a reduction as it was written, taken apart. */
#ifndef NPP_REDUCTION_REQUEST_H
#define NPP_REDUCTION_REQUEST_H

#include "engine/execute.h"
#include "engine/hook_call.h"

enum method { REDUCE, ACCUMULATE, REDUCEAT };

struct request {
    enum method method;
    PyUFuncObject *ufunc;
    PyArrayObject *array, *out; /* borrowed; out: NULL if it is not given */
    PyArrayObject *mask;        /* borrowed, or NULL */
    PyArrayObject *indices;     /* owned; of reduceat: one axis of npy_intp */
    PyArray_Descr *dtype;       /* owned, or NULL */
    PyObject *initial;          /* borrowed, or NULL */
    bool axes[NPY_MAXDIMS];
    Py_ssize_t naxes;
    bool keepdims;
};

/* Take apart a call of `method` of the ufunc `self`.  The methods other than reduce
 * take one axis and have fewer parameters.  Returns NULL, or the reason why NumPy runs
 * the call; no exception is set. */
const char *request_take(struct request *request, const struct state *state,
                         PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames, enum method method);
void request_clear(struct request *request);

/* Returns a key of what the cost of a call depends on, beside the array: the ufunc, the
 * axes, whether there is a mask, `more`. */
uint32_t request_key(const struct request *request, uint32_t more);

/* Returns NULL, or the reason why NumPy runs the methods of the ufunc `self`. */
const char *request_take_ufunc(const struct state *state, PyObject *self);

#endif
