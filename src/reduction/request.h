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
    bool keepdims, scans;
};

/* NULL, or why NumPy is to run the call; no exception is set. */
const char *request_take(struct request *request, const struct state *state,
                         PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames);

/* The same for ufunc.accumulate, which has one axis and fewer parameters. */
const char *request_take_scan(struct request *request, const struct state *state,
                              PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames);

/* The key of a call's cost with what the ufunc and the axes add to it. */
uint32_t request_key(const struct request *request, uint32_t key);

/* A plain, aligned ndarray of numbers in this machine's byte order. */
bool request_is_plain(PyObject *object);
bool request_is_plain_number(int type);

#endif
