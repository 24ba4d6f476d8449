/* copy.c - copy, fill, copyto. */
#include "engine/hook_call.h"
#include "python/arguments.h"
#include "reasons/reasons.h"

#include "move.h"

PyObject *movement_copy(struct hook_call *hook, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    NPY_ORDER order = NPY_CORDER;
    PyObject *given = arguments_find(&arguments, 0, "order");
    if (!move_is_plain(self)) {
        return decline(hook, reason_copy_not_plain);
    }
    if (nargs > 1 || !arguments_known(&arguments) || !arguments_order(given, &order)) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    PyObject *result = PyArray_NewLikeArray(array, order, NULL, 0);
    if (result && !move_into(hook, (PyArrayObject *)result, array, NULL)) {
        Py_CLEAR(result);
    }
    return result;
}

bool move_assign(struct hook_call *hook, PyArrayObject *into, PyArrayObject *source,
                 PyArrayObject *mask, NPY_CASTING casting)
{
    if (!array_is_writeable(into) ||
        !PyArray_CanCastTypeTo(PyArray_DESCR(source), PyArray_DESCR(into), casting) ||
        /* NumPy casts a single number once. */
        (PyArray_NDIM(source) == 0 && PyArray_NDIM(into) > 0 &&
         !PyArray_EquivTypes(PyArray_DESCR(source), PyArray_DESCR(into)))) {
        hook->report.reason = reason_arguments_refused;
        return false;
    }
    if (array_overlaps_itself(into) || arrays_overlap(into, source) ||
        (mask && arrays_overlap(into, mask))) {
        hook->report.reason = reason_copy_overlaps;
        return false;
    }
    hook->report.reason = move_refuse_cast(PyArray_DESCR(source), PyArray_DESCR(into));
    if (!hook->report.reason && mask &&
        !PyArray_EquivTypes(PyArray_DESCR(source), PyArray_DESCR(into))) {
        hook->report.reason = reason_masked_cast;
    }
    return !hook->report.reason && move_into(hook, into, source, mask);
}

PyObject *movement_copyto(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    NPY_CASTING casting = NPY_SAME_KIND_CASTING;
    PyObject *to = arguments_find(&arguments, 0, "dst");
    PyObject *from = arguments_find(&arguments, 1, "src");
    PyObject *casting_given = arguments_find(&arguments, 2, "casting");
    PyObject *mask = arguments_find(&arguments, 3, "where");

    mask = mask == Py_True ? NULL : mask;
    if (nargs > 4 || !to || !from || !arguments_known(&arguments) ||
        !move_is_plain(to) || !arguments_casting(casting_given, &casting) ||
        (mask && (!PyArray_CheckExact(mask) ||
                  PyArray_TYPE((PyArrayObject *)mask) != NPY_BOOL))) {
        return decline(hook, reason_arguments_refused);
    }
    /* A number has the casting rule of its kind, except that anything goes if it is
     * unsafe. */
    const int type = PyArray_TYPE((PyArrayObject *)to);
    if (!PyArray_CheckExact(from) && casting != NPY_UNSAFE_CASTING &&
        (casting != NPY_SAME_KIND_CASTING || PyTypeNum_ISUNSIGNED(type))) {
        return decline(hook, reason_value_needs_cast);
    }
    PyArrayObject *source = move_value((PyArrayObject *)to, from);
    if (source == NULL) {
        return decline(hook, reason_value_needs_cast);
    }
    const bool done =
        move_assign(hook, (PyArrayObject *)to, source, (PyArrayObject *)mask, casting);
    Py_DECREF(source);
    return done ? Py_NewRef(Py_None) : NULL;
}

PyObject *movement_fill(struct hook_call *hook, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs != 1 || kwnames || !move_is_plain(self) || PyArray_CheckExact(args[0])) {
        return decline(hook, reason_arguments_refused);
    }
    PyArrayObject *array = (PyArrayObject *)self;
    PyArrayObject *value = move_value(array, args[0]);
    if (value == NULL) {
        return decline(hook, reason_value_needs_cast);
    }
    const bool done = move_assign(hook, array, value, NULL, NPY_UNSAFE_CASTING);
    Py_DECREF(value);
    return done ? Py_NewRef(Py_None) : NULL;
}
