/* move.h - elements brought to another place or dtype, by the engine. */
#ifndef NPP_MOVEMENT_MOVE_H
#define NPP_MOVEMENT_MOVE_H

#include "engine/hook_call.h"
#include "kernels/move.h"

/* A call of `nin` inputs and one output, to be filled in. */
void move_begin(struct call *call, const struct hook_call *hook, int nin);

/*
 * Move the inputs to the output: all of them are brought to its dtype by NumPy's
 * iterator, but for the condition that move_select has first.  NULL without an
 * exception: NumPy is to do it, for the reason in the report.
 */
PyObject *move_operands(struct hook_call *hook, struct call *call, move_loop *loop,
                        PyArray_Descr *descr);

/* Copy into an array that is there, casting on the way, where the mask is true (NULL:
 * everywhere).  Borrows all.  False: as NULL above. */
bool move_into(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from,
               PyArrayObject *mask);

/* A plain ndarray of elements that own nothing, and that a copy takes with all their
 * bytes. */
bool move_is_plain(PyObject *object);
bool move_is_movable(PyArray_Descr *descr);

/* NULL, or why a cast stays with NumPy. */
const char *move_refuse_cast(PyArray_Descr *from, PyArray_Descr *to);

#endif
