/* arguments.h - the parameters of a function of NumPy's, by position or by name. */
#ifndef NPP_ARGUMENTS_H
#define NPP_ARGUMENTS_H

#include "../numpy_api.h"

struct arguments {
    PyObject *const *values;
    Py_ssize_t nargs;
    PyObject *kwnames;
    Py_ssize_t known; /* keywords that were asked for */
};

/* The value of a parameter, or NULL; a position of -1: by name only. */
PyObject *arguments_find(struct arguments *arguments, Py_ssize_t position,
                         const char *name);

/* Whether all keywords that were given have been asked for. */
bool arguments_known(const struct arguments *arguments);

/* True unless a converter of NumPy's refuses an argument that is there. */
bool arguments_convert(PyObject *object, int (*converter)(PyObject *, void *),
                       void *to);

extern const char arguments_refused[]; /* a reason */

#endif
