/*
 * order_statistics.h - the elements that sorting would put at given places (ranks),
 * without sorting.
 *
 * A sample gives two bounds around each rank, so close that few elements lie between
 * them.  One pass, on several threads, counts the elements below the bounds and gathers
 * those between; among these few NumPy's partition finds the element.  The array is
 * only read.
 */
#ifndef NPP_ORDER_ORDER_STATISTICS_H
#define NPP_ORDER_ORDER_STATISTICS_H

#include "engine/hook_call.h"
#include "kernels/places.h"

/* Returns NULL if the elements of `object` can be selected from, else the reason why
 * NumPy runs the call.  `axis` is the argument of that name, or NULL. */
const char *order_check_whole(PyObject *object, PyObject *axis);

/* Stores the keys (kernels/places.h) of the elements at `count` ranks, which ascend.
 * Returns the same as execute(). */
bool order_statistics(struct hook_call *hook, struct job *job, PyArrayObject *array,
                      const npy_intp *ranks, npy_intp count, int64_t *keys);

#endif
