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

/* Of one of a ufunc's methods; the others than reduce take one axis and have fewer
 * parameters.  NULL, or why NumPy is to run the call; no exception is set. */
const char *request_take(struct request *request, const struct state *state,
                         PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *kwnames, enum method method);
void request_clear(struct request *request);

/* What the cost of a call depends on, beside the array: the ufunc, the axes, `more`. */
uint32_t request_key(const struct request *request, uint32_t more);

/* Whether a reduction of an array is worth the engine, which may pay on one thread
 * too.  Then `job` has what all of them tell execute(); else the report has the reason,
 * or an exception is set. */
bool request_pays(struct hook_call *hook, PyArrayObject *array, uint64_t more,
                      bool pays_alone, struct job *job);

/* The same for a call of any operands. */
bool request_call_pays(struct hook_call *hook, const struct call *call,
                           struct job *job);

/* Whether NumPy warns of any of the flags (FE_*) here and now, or raises; or raises. */
bool request_reports(const struct state *state, int fpe);
bool request_raises(const struct state *state, int fpe);

/* An int, counted from the end if it is negative, as an axis of ndim.  False: NumPy is
 * to judge it. */
bool request_axis(PyObject *object, int ndim, int *axis);

/* NULL, or why a method of this ufunc is NumPy's. */
const char *request_take_ufunc(const struct state *state, PyObject *self);

/* A plain, aligned ndarray of numbers in this machine's byte order. */
bool request_is_plain(PyObject *object);
bool request_is_plain_number(int type);

#endif
