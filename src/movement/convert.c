/* convert.c - an array in another dtype or order: astype, array,
 * ascontiguousarray, asfortranarray. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "reasons/reasons.h"

#include "move.h"

/* Returns whether `object` names one dtype, always the same one, without a warning.  It
 * is a dtype, a concrete type of scalars, a Python type of numbers, or a text other
 * than the deprecated "a8". */
static bool names_dtype(PyObject *object)
{
    PyTypeObject *const abstract[] = {
        &PyGenericArrType_Type,
        &PyNumberArrType_Type,
        &PyIntegerArrType_Type,
        &PySignedIntegerArrType_Type,
        &PyUnsignedIntegerArrType_Type,
        &PyInexactArrType_Type,
        &PyFloatingArrType_Type,
        &PyComplexFloatingArrType_Type,
        &PyFlexibleArrType_Type,
        &PyCharacterArrType_Type,
        NULL,
    };
    if (PyUnicode_CheckExact(object)) {
        const Py_ssize_t length = PyUnicode_GET_LENGTH(object);
        return length > 0 && PyUnicode_FindChar(object, 'a', 0, length, 1) == -1;
    }
    if (!PyType_Check(object)) {
        return PyArray_DescrCheck(object);
    }
    PyTypeObject *type = (PyTypeObject *)object;
    for (int i = 0; abstract[i]; i++) {
        if (type == abstract[i]) {
            return false;
        }
    }
    return type == &PyFloat_Type || type == &PyLong_Type || type == &PyBool_Type ||
           type == &PyComplex_Type || PyType_IsSubtype(type, &PyGenericArrType_Type);
}

/* Returns a copy in `order` with elements of `descr`, which is borrowed. */
static PyObject *copy_as(struct hook_call *hook, PyArrayObject *array, NPY_ORDER order,
                         PyArray_Descr *descr)
{
    hook->report.reason = move_refuse_cast(PyArray_DESCR(array), descr);
    if (hook->report.reason) {
        return NULL;
    }
    Py_INCREF(descr);
    PyObject *result = PyArray_NewLikeArray(array, order, descr, 0);
    if (result && !move_into(hook, (PyArrayObject *)result, array, NULL)) {
        Py_CLEAR(result);
    }
    return result;
}

PyObject *movement_astype(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    NPY_ORDER order = NPY_KEEPORDER;
    NPY_CASTING casting = NPY_UNSAFE_CASTING;
    PyArray_Descr *descr = NULL;
    PyObject *result = NULL;
    PyObject *dtype_given = arguments_find(&arguments, 0, "dtype");
    PyObject *order_given = arguments_find(&arguments, 1, "order");
    PyObject *casting_given = arguments_find(&arguments, 2, "casting");
    PyObject *subok = arguments_find(&arguments, 3, "subok");
    PyObject *copy = arguments_find(&arguments, 4, "copy");

    if (!move_is_plain(self)) {
        return decline(hook, reason_copy_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    if (dtype_given == (PyObject *)&PyBaseObject_Type) {
        return decline(hook, reason_object_elements);
    }
    if (nargs > 5 || !dtype_given || !names_dtype(dtype_given) ||
        !arguments_known(&arguments) || (subok && !PyBool_Check(subok)) ||
        (copy && !PyBool_Check(copy)) || !arguments_order(order_given, &order) ||
        !arguments_casting(casting_given, &casting) ||
        !arguments_dtype(dtype_given, &descr)) {
        return decline(hook, reason_arguments_refused);
    }
    if (descr && !move_is_movable(descr)) {
        decline(hook, reason_elements_with_parts);
        goto finish;
    }
    if (descr == NULL || !PyArray_CanCastArrayTo(array, descr, casting) ||
        (copy == Py_False && PyArray_EquivTypes(PyArray_DESCR(array), descr))) {
        decline(hook, reason_arguments_refused);
        goto finish;
    }
    result = copy_as(hook, array, order, descr);

finish:
    Py_XDECREF(descr);
    return result;
}

/* What array() and its like do with an array: a copy in `order`, of the dtype that an
 * argument names, only `if_needed`. */
static PyObject *convert(struct hook_call *hook, PyObject *object, PyObject *dtype,
                         NPY_ORDER order, bool if_needed)
{
    if (!move_is_plain(object)) {
        return decline(hook, reason_copy_not_plain);
    }
    PyArrayObject *array = (PyArrayObject *)object;
    PyArray_Descr *const own = PyArray_DESCR(array), *descr = own;
    PyArray_Descr *named = NULL;
    PyObject *result = NULL;
    if (dtype && dtype != Py_None) {
        if (dtype == (PyObject *)&PyBaseObject_Type || !names_dtype(dtype) ||
            !arguments_dtype(dtype, &named)) {
            return decline(hook, reason_arguments_refused);
        }
        /* The array's own is kept if it is as good. */
        descr = PyArray_EquivTypes(own, named) ? own : named;
    }
    const bool has_order =
        (order == NPY_CORDER && PyArray_IS_C_CONTIGUOUS(array)) ||
        (order == NPY_FORTRANORDER && PyArray_IS_F_CONTIGUOUS(array)) ||
        order == NPY_KEEPORDER;
    const bool of_numbers =
        PyTypeNum_ISNUMBER(descr->type_num) || PyTypeNum_ISBOOL(descr->type_num);
    if ((descr != own && !of_numbers) || order == NPY_ANYORDER ||
        PyArray_NDIM(array) == 0) {
        decline(hook, reason_arguments_refused);
    } else if (if_needed && descr == own && has_order) {
        decline(hook, reason_no_copy_needed);
    } else {
        result = copy_as(hook, array, order, descr);
    }
    Py_XDECREF(named);
    return result;
}

PyObject *movement_array(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    NPY_ORDER order = NPY_KEEPORDER;
    PyObject *object = arguments_find(&arguments, 0, "object");
    PyObject *dtype = arguments_find(&arguments, 1, "dtype");
    PyObject *copy = arguments_find(&arguments, 2, "copy");
    PyObject *order_given = arguments_find(&arguments, 3, "order");
    PyObject *subok = arguments_find(&arguments, 4, "subok");
    if (nargs < 1 || nargs > 2 || !arguments_known(&arguments) ||
        (subok && !PyBool_Check(subok)) ||
        (copy && copy != Py_True && copy != Py_None) ||
        !arguments_order(order_given, &order)) {
        return decline(hook, reason_arguments_refused);
    }
    return convert(hook, object, dtype, order, copy == Py_None);
}

static PyObject *in_order(struct hook_call *hook, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames, NPY_ORDER order)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *object = arguments_find(&arguments, 0, "a");
    PyObject *dtype = arguments_find(&arguments, 1, "dtype");
    if (nargs < 1 || nargs > 2 || !arguments_known(&arguments)) {
        return decline(hook, reason_arguments_refused);
    }
    return convert(hook, object, dtype, order, true);
}

PyObject *movement_ascontiguousarray(struct hook_call *hook, PyObject *self,
                                     PyObject *const *args, Py_ssize_t nargs,
                                     PyObject *kwnames)
{
    return in_order(hook, args, nargs, kwnames, NPY_CORDER);
}

PyObject *movement_asfortranarray(struct hook_call *hook, PyObject *self,
                                  PyObject *const *args, Py_ssize_t nargs,
                                  PyObject *kwnames)
{
    return in_order(hook, args, nargs, kwnames, NPY_FORTRANORDER);
}
