/* where.c - where(condition, x, y). */
#include "engine/hook_call.h"
#include "reasons/reasons.h"

#include "move.h"
#include "movement.h"

int movement_init(struct state *state)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    state->result_type = numpy ? PyObject_GetAttrString(numpy, "result_type") : NULL;
    Py_XDECREF(numpy);
    return state->result_type ? 0 : -1;
}

/* Returns an operand of where(): a plain array, or the array that NumPy makes of a
 * number. */
static PyArrayObject *where_operand(PyObject *object)
{
    if (PyArray_CheckExact(object)) {
        return move_is_plain(object) ? (PyArrayObject *)Py_NewRef(object) : NULL;
    }
    if (!PyLong_CheckExact(object) && !PyFloat_CheckExact(object) &&
        !PyComplex_CheckExact(object) && !PyBool_Check(object) &&
        !PyArray_CheckAnyScalarExact(object)) {
        return NULL;
    }
    PyObject *array = PyArray_FROM_O(object);
    if (array && !move_is_plain(array)) {
        Py_CLEAR(array);
    }
    return (PyArrayObject *)array;
}

PyObject *movement_where(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    struct call call;
    PyObject *result = NULL;
    PyArray_Descr *descr = NULL;
    move_begin(&call, hook, 3);
    call.ignores_flags = true;
    call.pays_alone = true; /* NumPy branches at each element */
    hook->report.reason = reason_where_operands;
    if (nargs != 3 || kwnames || !PyArray_CheckExact(args[0]) ||
        PyArray_TYPE((PyArrayObject *)args[0]) != NPY_BOOL) {
        goto finish;
    }
    call.op[0] = (PyArrayObject *)Py_NewRef(args[0]);
    call.op[1] = where_operand(args[1]);
    if (call.op[1] == NULL) {
        goto finish;
    }
    call.op[2] = where_operand(args[2]);
    if (call.op[2] == NULL) {
        goto finish;
    }
    descr = (PyArray_Descr *)PyObject_Vectorcall(hook->state->result_type, args + 1, 2,
                                                 NULL);
    if (descr == NULL || !move_is_movable(descr) ||
        move_strided_select(PyDataType_ELSIZE(descr)) == NULL ||
        move_refuse_cast(PyArray_DESCR(call.op[1]), descr) ||
        move_refuse_cast(PyArray_DESCR(call.op[2]), descr)) {
        hook->report.reason = reason_where_elements;
        goto finish;
    }
    for (int i = 1; i <= 2; i++) {
        /* If the dtype cannot hold the integer, NumPy 2.5 raises, other versions wrap
         * around. */
        if (PyLong_CheckExact(args[i])) {
            Py_INCREF(descr);
            Py_XSETREF(call.op[i],
                       (PyArrayObject *)PyArray_FromAny(args[i], descr, 0, 0, 0, NULL));
            if (call.op[i] == NULL) {
                hook->report.reason = reason_integer_does_not_fit;
                goto finish;
            }
        }
    }
    result = move_operands(hook, &call, move_select, descr);

finish:
    if (result == NULL && hook->report.reason) {
        PyErr_Clear();
    }
    Py_XDECREF(descr);
    call_clear(&call);
    return result;
}
