/* request.h - the arguments of a sort or an argsort, taken apart. */
#ifndef NPP_ORDER_REQUEST_H
#define NPP_ORDER_REQUEST_H

#include "python/arguments.h"

#include "keys.h"

struct request {
    PyArrayObject *array;
    int axis;
    bool stable, in_place;
    enum key_kind kind; /* KEY_KINDS: numbers of 8 or 16 bits */
    npy_intp n;         /* of a line */
};

/* Takes `arguments` of a sort of `self` apart.  Returns NULL, or why NumPy sorts. */
const char *request_parse(struct request *request, PyObject *self,
                          struct arguments *arguments);

#endif
