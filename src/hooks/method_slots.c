/* method_slots.c - finds, fills and gives back the slots of methods and functions:
 * ml_meth, or the vectorcall of the object that dispatches a function written in
 * Python, or of a function in C that users hold themselves. */
#include "method_slots.h"

#include <string.h>

#include "python/array.h"

#include "hooks.h"
#include "slots.h"

/* Flags that no function has.  CPython calls a function in C by its vectorcall, but for
 * bytecode that it has specialized for the flags of functions (3.11 on): that calls
 * ml_meth at once.  With flags that it does not know it keeps to vectorcall, which is
 * the only one to look at them otherwise. */
enum { GENERAL = METH_KEYWORDS };

static PyMethodDef *find_method(PyTypeObject *type, const char *name)
{
    for (PyMethodDef *def = type->tp_methods; def && def->ml_name; def++) {
        if (strcmp(def->ml_name, name) == 0) {
            return def;
        }
    }
    return NULL;
}

/* Returns what defines a function in C, unless users hold the function itself: its hash
 * is that of ml_meth, and their dictionaries would lose it. */
static PyMethodDef *find_function(PyObject *numpy, PyObject *functions,
                                  const char *name)
{
    PyObject *function = PyObject_GetAttrString(functions, name);
    PyObject *held = PyObject_GetAttrString(numpy, name);
    PyMethodDef *def = NULL;
    if (function && function != held && PyCFunction_CheckExact(function)) {
        def = ((PyCFunctionObject *)function)->m_ml;
    }
    Py_XDECREF(held);
    Py_XDECREF(function);
    PyErr_Clear();
    return def;
}

static PyCFunction *vectorcall_of(PyObject *object)
{
    return PyVectorcall_Function(object) == NULL
               ? NULL
               : (PyCFunction *)(void *)((char *)object +
                                         Py_TYPE(object)->tp_vectorcall_offset);
}

/* Returns the vectorcall of the object that users call: one that NumPy makes of a
 * function written in Python, or a function in C; or NULL.  The object lives as long as
 * NumPy. */
static PyCFunction *find_vectorcall(struct slot *slot, PyObject *numpy,
                                    PyObject *functions)
{
    PyObject *function = PyObject_GetAttrString(numpy, slot->name);
    PyObject *type = PyObject_GetAttrString(functions, "_ArrayFunctionDispatcher");
    PyCFunction *place = NULL;
    if (function && (PyObject *)Py_TYPE(function) == type) {
        place = vectorcall_of(function);
    } else if (function && PyCFunction_CheckExact(function) &&
               PyCFunction_GET_FLAGS(function) == (METH_FASTCALL | METH_KEYWORDS)) {
        place = vectorcall_of(function);
        slot->builtin = (PyCFunctionObject *)function;
        slot->module = PyCFunction_GET_SELF(function);
        slot->definition = slot->builtin->m_ml;
        slot->general = *slot->definition;
        slot->general.ml_flags = GENERAL;
    }
    Py_XDECREF(type);
    Py_XDECREF(function);
    PyErr_Clear();
    return place;
}

/* Returns the place of the function behind x[key] or x[key] = value, or NULL. */
static PyCFunction *find_item_slot(struct slot *slot)
{
    PyMappingMethods *mapping = PyArray_Type.tp_as_mapping;
    if (strcmp(slot->name, "__getitem__") == 0) {
        slot->flags = GETS_ITEM;
        return (PyCFunction *)(void *)&mapping->mp_subscript;
    }
    if (strcmp(slot->name, "__setitem__") == 0) {
        slot->flags = SETS_ITEM;
        return (PyCFunction *)(void *)&mapping->mp_ass_subscript;
    }
    return NULL;
}

/* Returns what users call: the method of a type, or the function in numpy.  For x[key]
 * it is operator's, because the method is a wrapper that knows NumPy's function. */
static PyObject *public_callable(const struct slot *slot, PyObject *numpy)
{
    if (slot->flags == GETS_ITEM || slot->flags == SETS_ITEM) {
        PyObject *module = PyImport_ImportModule("operator");
        PyObject *callable = module ? PyObject_GetAttrString(module, slot->name) : NULL;
        Py_XDECREF(module);
        return callable;
    }
    PyObject *owner = slot->owner == owner_ndarray ? (PyObject *)&PyArray_Type
                      : slot->owner == owner_ufunc ? (PyObject *)&PyUFunc_Type
                                                   : numpy;
    return PyObject_GetAttrString(owner, slot->name);
}

static bool slot_is_reached(const struct slot *slot, PyObject *numpy)
{
    const npy_intp two = 2, stride = 2 * sizeof(npy_double);
    bool reached = false;
    PyObject *memory = PyArray_ZEROS(1, (npy_intp[]){4}, NPY_DOUBLE, 0);
    /* In no order, so that there is something to do for all functions. */
    PyObject *array =
        memory ? array_view((PyArrayObject *)memory,
                            PyArray_BYTES((PyArrayObject *)memory), 1, &two, &stride)
               : NULL;
    PyObject *callable = public_callable(slot, numpy);
    PyObject *add = PyObject_GetAttrString(numpy, "add");
    if (array && callable && add) {
        PyObject *args[] = {slot->owner == owner_ufunc ? add : array, array, array};
        reached = hooks_test(callable, args,
                             (size_t)slot->arrays + (slot->owner != owner_function));
    }
    PyErr_Clear();
    Py_XDECREF(add);
    Py_XDECREF(callable);
    Py_XDECREF(array);
    Py_XDECREF(memory);
    return reached;
}

/* Finds a slot of this NumPy.  Returns NULL, or why it cannot be had. */
static const char *find_slot(struct slot *slot, PyObject *numpy, PyObject *functions)
{
    PyMethodDef *def =
        slot->owner == owner_ndarray ? find_method(&PyArray_Type, slot->name)
        : slot->owner == owner_ufunc ? find_method(&PyUFunc_Type, slot->name)
                                     : find_function(numpy, functions, slot->name);
    slot->place = def ? &def->ml_meth : NULL;
    slot->flags = def ? def->ml_flags : DISPATCHED;
    if (def == NULL && slot->owner == owner_function) {
        slot->place = find_vectorcall(slot, numpy, functions);
        slot->flags = slot->builtin ? BUILTIN : DISPATCHED;
    }
    if (def == NULL && slot->owner == owner_ndarray) {
        slot->place = find_item_slot(slot);
    }
    if (slot->place == NULL) {
        return "this NumPy has no such function";
    }
    switch (slot->flags) {
    case METH_FASTCALL | METH_KEYWORDS:
        slot->chosen = slot->trampolines[0];
        return NULL;
    case METH_FASTCALL:
        slot->chosen = slot->trampolines[1];
        return NULL;
    case METH_VARARGS:
        slot->chosen = slot->trampolines[2];
        return NULL;
    case METH_VARARGS | METH_KEYWORDS:
        slot->chosen = slot->trampolines[3];
        return NULL;
    case DISPATCHED:
        slot->chosen = slot->trampolines[4];
        return NULL;
    case BUILTIN:
        slot->chosen = slot->trampolines[5];
        return NULL;
    case GETS_ITEM:
        slot->chosen = slot->trampolines[6];
        return NULL;
    case SETS_ITEM:
        slot->chosen = slot->trampolines[7];
        return NULL;
    default:
        slot->place = NULL;
        return "this NumPy takes its arguments in another way";
    }
}

static void put(struct slot *slot, PyCFunction function, PyMethodDef *definition)
{
    SLOT_STORE(*slot->place, function);
    if (slot->builtin) {
        SLOT_STORE(slot->builtin->m_ml, definition);
    }
}

static void install_slot(struct slot *slot, PyObject *numpy, PyObject *functions)
{
    if (!hooks.tested) {
        slot->left_out = find_slot(slot, numpy, functions);
    }
    if (slot->left_out || slot->buried || SLOT_LOAD(*slot->place) == slot->chosen) {
        return;
    }
    slot->saved = SLOT_LOAD(*slot->place);
    put(slot, slot->chosen, &slot->general);
    if (!hooks.tested && !slot_is_reached(slot, numpy)) {
        slot->left_out = "a call does not reach its slot";
        put(slot, slot->saved, slot->definition);
    }
}

static void remove_slot(struct slot *slot)
{
    if (slot->place == NULL || slot->left_out) {
        return;
    }
    const PyCFunction now = SLOT_LOAD(*slot->place);
    slot->buried = now != slot->chosen && now != slot->saved;
    if (now == slot->chosen) {
        put(slot, slot->saved, slot->definition);
    }
}

void method_slots_install(PyObject *numpy, PyObject *functions)
{
    for (int i = 0; i < slot_count; i++) {
        install_slot(&slots[i], numpy, functions);
    }
}

void method_slots_remove(void)
{
    for (int i = 0; i < slot_count; i++) {
        remove_slot(&slots[i]);
    }
}

int method_slots_status(PyObject *list)
{
    int status = 0;
    for (int i = 0; i < slot_count && status == 0; i++) {
        const struct slot *slot = &slots[i];
        status =
            hooks_append_status(list, PyUnicode_FromString(slot->label), slot->left_out,
                                slot->place && SLOT_LOAD(*slot->place) == slot->chosen);
    }
    return status;
}
