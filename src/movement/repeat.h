/* repeat.h - the two ways to repeat: all elements as often (repeat.c), or each as often
 * as its count says (repeat_each.c). */
#ifndef NPP_MOVEMENT_REPEAT_H
#define NPP_MOVEMENT_REPEAT_H

#include "engine/hook_call.h"

/* Repeats the items of a C-contiguous array of this shape along an axis, each as often
 * as `counts` says.  Returns the result; or NULL, as a hook_function does.  `shape` is
 * changed. */
PyObject *repeat_each(struct hook_call *hook, PyArrayObject *array, int ndim,
                      npy_intp *shape, int axis, PyArrayObject *counts);

#endif
