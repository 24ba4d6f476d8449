/* move.h - loops that move elements without looking at them.  Strides in bytes. */
#ifndef NPP_KERNELS_MOVE_H
#define NPP_KERNELS_MOVE_H

#include <stdint.h>

/* to[i] = from[i]; data: from, to. */
typedef void move_loop(char *const *data, intptr_t n, const intptr_t *strides,
                       intptr_t itemsize);
/* Returns the loop for elements of `itemsize` bytes. */
move_loop *move_copy(intptr_t itemsize);

/* to[i] = condition[i] ? x[i] : y[i]; data: condition (bytes), x, y, to.  NULL: there
 * is none for this size. */
move_loop *move_strided_select(intptr_t itemsize);

#endif
