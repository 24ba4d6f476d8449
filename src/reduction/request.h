/* request.h - a call of ufunc.reduce as it was written, taken apart. */
#ifndef NPP_REQUEST_H
#define NPP_REQUEST_H

#include "../state.h"

struct request {
    PyUFuncObject *ufunc;
    PyArrayObject *array, *out; /* borrowed; out: NULL if it is not given */
    PyArray_Descr *dtype;       /* owned, or NULL */
    PyObject *initial;          /* borrowed, or NULL */
    bool axes[NPY_MAXDIMS];
    Py_ssize_t naxes;
    bool keepdims;
};

/* NULL, or why NumPy is to run the call; no exception is set. */
const char *request_take(struct request *request, const struct state *state,
                         PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames);

bool request_is_plain_number(int type);

#endif
