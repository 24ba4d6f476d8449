/* line.c - see line.h. */
#include "line.h"

/* Returns whether an axis has length 1. */
static bool has_single_axis(PyArrayObject *array)
{
    int axis = 0;
    while (axis < PyArray_NDIM(array) && PyArray_DIM(array, axis) != 1) {
        axis++;
    }
    return axis < PyArray_NDIM(array);
}

/* Returns whether NumPy's iterator may go through contiguous operands in another order
 * than C's.  `order` is the order of their axes (NumPy's flags). */
static bool may_turn(NPY_ORDER asked, int order)
{
    return asked == NPY_ANYORDER ||
           (asked == NPY_KEEPORDER && order == NPY_ARRAY_F_CONTIGUOUS);
}

/* The operands of a call, seen as one line. */
struct lined {
    PyArrayObject *shaped; /* the first operand that is not 0-d */
    int order;             /* in which the elements lie: one of NumPy's flags, or 0 */
    npy_intp stride[NPP_MAX_SLOTS];
};

/* Finds the strides of the operands that are there.  Returns false if they are no line:
 * their shapes differ, or their elements do not lie in one order without gaps. */
static bool find_strides(struct lined *lined, const struct operands *operands,
                         const struct call *call)
{
    lined->order = call->order == NPY_CORDER         ? NPY_ARRAY_C_CONTIGUOUS
                   : call->order == NPY_FORTRANORDER ? NPY_ARRAY_F_CONTIGUOUS
                                                     : 0;
    for (int i = 0; i < call->nop; i++) {
        PyArrayObject *op = operands->op[i];
        if (op == NULL) {
            continue;
        }
        if (PyArray_NDIM(op) == 0 && i < call->nin) {
            lined->stride[i] = 0;
            continue;
        }
        if (lined->shaped == NULL) {
            lined->shaped = op;
        }
        if (!PyArray_SAMESHAPE(op, lined->shaped)) {
            return false;
        }
        if (PyArray_NDIM(op) == 1) {
            lined->stride[i] = PyArray_STRIDE(op, 0);
            continue;
        }
        const int own =
            PyArray_FLAGS(op) & (NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS);
        lined->order = lined->order ? lined->order : own;
        if (own == 0 || own != lined->order) {
            return false;
        }
        lined->stride[i] = PyArray_ITEMSIZE(op);
    }
    return lined->shaped != NULL && PyArray_NDIM(lined->shaped) > 0;
}

/* Returns what the place of an output allows that the caller passed. */
static enum line judge_output(const struct lined *lined,
                              const struct operands *operands, const struct call *call,
                              bool vectors, bool staged)
{
    const int out = call->nin;
    PyArrayObject *output = operands->op[out];
    const npy_intp itemsize = PyArray_ITEMSIZE(output), *stride = lined->stride;
    if (stride[out] < itemsize) {
        return LINE_NOT; /* backwards */
    }
    bool behind = false;
    for (int i = 0; i < out; i++) {
        PyArrayObject *in = operands->op[i];
        const char *from = PyArray_BYTES(in), *to = PyArray_BYTES(output);
        if ((from == to && stride[i] == stride[out] &&
             PyArray_ITEMSIZE(in) == itemsize) ||
            !arrays_overlap(in, output)) {
            continue;
        }
        if (from < to || stride[i] < stride[out] || staged) {
            return LINE_NOT; /* the iterator makes a copy */
        }
        behind = true;
    }
    return !behind ? LINE : vectors ? LINE_IN_ORDER : LINE_NOT;
}

/* Makes the output.  Returns false where only NumPy's iterator can. */
static bool make_output(struct lined *lined, struct operands *operands,
                        const struct call *call, const struct plan *plan, bool staged)
{
    const int out = call->nin;
    if (staged && may_turn(call->order, lined->order) &&
        has_single_axis(lined->shaped)) {
        return false; /* NumPy's iterator decides the stride of such an axis */
    }
    PyArray_Descr *descr = plan_descr(plan, out);
    Py_INCREF(descr);
    operands->op[out] = (PyArrayObject *)PyArray_NewFromDescr(
        &PyArray_Type, descr, PyArray_NDIM(lined->shaped), PyArray_DIMS(lined->shaped),
        NULL, NULL, lined->order == NPY_ARRAY_F_CONTIGUOUS, NULL);
    if (operands->op[out] == NULL) {
        PyErr_Clear(); /* the iterator will meet the same error */
        return false;
    }
    lined->stride[out] = PyArray_ITEMSIZE(operands->op[out]);
    return true;
}

enum line line_of(struct nest *nest, struct operands *operands, const struct call *call,
                  const struct plan *plan, bool vectors, bool staged)
{
    struct lined lined = {0};
    char *base[NPP_MAX_SLOTS];
    const int out = call->nin;
    if ((operands->cast && !staged) || call->masked || call->nout != 1) {
        return LINE_NOT;
    }
    if (plan->any_strides && operands->op[out] == NULL) {
        return LINE_NOT; /* NumPy's iterator makes these results, for their strides */
    }
    if (!find_strides(&lined, operands, call)) {
        return LINE_NOT;
    }
    if (operands->op[out]) {
        const enum line line = judge_output(&lined, operands, call, vectors, staged);
        if (line != LINE) {
            return line;
        }
    } else if (!make_output(&lined, operands, call, plan, staged)) {
        return LINE_NOT;
    }
    for (int i = 0; i < call->nop; i++) {
        base[i] = PyArray_BYTES(operands->op[i]);
    }
    nest_line(nest, call->nop, base, PyArray_SIZE(lined.shaped), lined.stride);
    return LINE;
}
