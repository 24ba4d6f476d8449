/* along.c - see along.h. */
#include "along.h"

void along_lay_out(struct along *along, PyArrayObject *array, PyArrayObject *out,
                   int axis)
{
    along->out = PyArray_BYTES(out);
    along->in = PyArray_BYTES(array);
    along->n = PyArray_DIM(array, axis);
    along->to = PyArray_STRIDE(out, axis);
    along->from = PyArray_STRIDE(array, axis);
    along->lines = 1;
    for (int other = 0; other < PyArray_NDIM(array); other++) {
        if (other == axis || PyArray_DIM(array, other) == 1) {
            continue;
        }
        /* Sort the axes from the innermost of the results on, so that lines are
         * neighbours. */
        int at = along->ndim++;
        for (; at > 0 && along->tos[at - 1] > PyArray_STRIDE(out, other); at--) {
            along->shape[at] = along->shape[at - 1];
            along->tos[at] = along->tos[at - 1];
            along->froms[at] = along->froms[at - 1];
        }
        along->shape[at] = PyArray_DIM(array, other);
        along->tos[at] = PyArray_STRIDE(out, other);
        along->froms[at] = PyArray_STRIDE(array, other);
        along->lines *= PyArray_DIM(array, other);
    }
}

void along_at(const struct along *along, npy_intp i, int first, char **out, char **in)
{
    *out = along->out;
    *in = along->in;
    for (int axis = first; axis < along->ndim; axis++) {
        const npy_intp index = i % along->shape[axis];
        *out += index * along->tos[axis];
        *in += index * along->froms[axis];
        i /= along->shape[axis];
    }
}
