/* move.h - brings elements to another place or dtype, on the engine. */
#ifndef NPP_MOVEMENT_MOVE_H
#define NPP_MOVEMENT_MOVE_H

#include "engine/hook_call.h"
#include "kernels/move.h"

/* Begin a call of `nin` inputs and one output; the operands are filled in later. */
void move_begin(struct call *call, const struct hook_call *hook, int nin);

/*
 * Move the inputs to the output by `loop`.  NumPy's iterator brings all inputs to the
 * output's dtype `descr`, except for the condition, which is the first input of
 * move_select().  Returns NULL without an exception if NumPy runs the call, for the
 * reason in the report.
 */
PyObject *move_operands(struct hook_call *hook, struct call *call, move_loop *loop,
                        PyArray_Descr *descr);

/* The loop of where(): the inputs are condition, x and y.  There is one for the sizes
 * of which move_strided_select() knows. */
move_loop move_select;

/* Copies `from` into `to` if their elements lie side by side along different axes, and
 * sets `done` as move_into() returns.  Returns whether they do. */
bool move_transposed(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from,
                     bool *done);

/* Copy `from` into the existing array `to`, casting on the way, where `mask` is true
 * (NULL: everywhere).  Borrows all arguments.  Returns false where move_operands()
 * returns NULL. */
bool move_into(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from,
               PyArrayObject *mask);

/* move_swapped() copies `from` into an array of its shape, which may be `from` itself,
 * with the bytes of each number in the other order.  move_can_swap() returns whether it
 * can, for a dtype.  Returns the same as move_into(). */
bool move_swapped(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from);
bool move_can_swap(PyArray_Descr *descr);

/* Does what copyto(into, source, casting, mask) does: move_into(), with NumPy's checks
 * of memory, casts and overlaps before it. */
bool move_assign(struct hook_call *hook, PyArrayObject *into, PyArrayObject *source,
                 PyArrayObject *mask, NPY_CASTING casting);

/* Returns `value` as an array: itself, or a Python number in the dtype of `array`,
 * or a scalar of that dtype.
 * NULL, without an exception: NumPy has to convert it. */
PyArrayObject *move_value(PyArrayObject *array, PyObject *value);

/* move_is_plain() returns whether `object` is a plain ndarray of movable elements.
 * move_is_movable() returns whether elements of `descr` own nothing, and a copy takes
 * all their bytes. */
bool move_is_plain(PyObject *object);
bool move_is_movable(PyArray_Descr *descr);

/* Returns whether `object` is a plain array in C order, in this machine's byte order,
 * and of the very dtype of `first`, without metadata: then NumPy has no dtype to find
 * for several such arrays. */
bool move_is_alike(PyObject *object, PyArrayObject *first);

/* Returns NULL, or the reason why a cast stays with NumPy. */
const char *move_refuse_cast(PyArray_Descr *from, PyArray_Descr *to);

#endif
