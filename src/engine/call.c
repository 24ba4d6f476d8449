/* call.c - see call.h. */
#include "call.h"

#include <string.h>

#include "reasons/reasons.h"

/* -- keywords ------------------------------------------------------------------- */

enum keyword {
    KW_OUT,
    KW_WHERE,
    KW_CASTING,
    KW_ORDER,
    KW_SUBOK,
    KW_DTYPE,
    KW_SIGNATURE,
    KW_SIG,
    KW_COUNT,
};

static const char *const keyword_names[KW_COUNT] = {
    "out", "where", "casting", "order", "subok", "dtype", "signature", "sig",
};

int call_init(struct state *state)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (numpy == NULL) {
        return -1;
    }
    state->memmap = PyObject_GetAttrString(numpy, "memmap");
    state->get_promotion_state = PyObject_GetAttrString(numpy, "_get_promotion_state");
    if (state->get_promotion_state == NULL) {
        PyErr_Clear(); /* NumPy 2.2 and later always promotes in one way */
    }
    Py_DECREF(numpy);
    return state->memmap == NULL ? -1 : 0;
}

bool call_is_plain_array(const struct state *state, PyObject *object)
{
    return PyArray_CheckExact(object) || (PyObject *)Py_TYPE(object) == state->memmap;
}

bool call_promotes_by_value(const struct state *state)
{
    if (!state->get_promotion_state) {
        return false;
    }
    PyObject *now = PyObject_CallNoArgs(state->get_promotion_state);
    const bool by_value =
        !now || !PyUnicode_Check(now) || PyUnicode_CompareWithASCIIString(now, "weak");
    PyErr_Clear();
    Py_XDECREF(now);
    return by_value;
}

static bool promotes_by_value(const struct call *call)
{
    bool scalars = false;
    for (int i = 0; i < call->nin; i++) {
        scalars = scalars || !call->op[i] || PyArray_NDIM(call->op[i]) == 0;
    }
    return scalars && call->nin > 1 && call_promotes_by_value(call->state);
}

static int find_keyword(PyObject *name)
{
    for (int i = 0; i < KW_COUNT; i++) {
        if (PyUnicode_CompareWithASCIIString(name, keyword_names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

/* -- arguments ------------------------------------------------------------------ */

static const char *take_input(struct call *call, int i, PyObject *object)
{
    if (call_is_plain_array(call->state, object)) {
        call->op[i] = (PyArrayObject *)Py_NewRef(object);
        return NULL;
    }
    /* A ufunc of one input does not promote, so there NumPy has no weak scalars. */
    if (call->nin > 1 && (PyLong_CheckExact(object) || PyFloat_CheckExact(object) ||
                          PyComplex_CheckExact(object))) {
        call->weak[i] = object;
        return NULL;
    }
    if (PyArray_CheckAnyScalarExact(object) || PyUnicode_CheckExact(object) ||
        PyBytes_CheckExact(object) || PyLong_CheckExact(object) ||
        PyFloat_CheckExact(object) || PyComplex_CheckExact(object) ||
        PyBool_Check(object) || PyList_CheckExact(object) ||
        PyTuple_CheckExact(object)) {
        call->op[i] = (PyArrayObject *)PyArray_FromAny(object, NULL, 0, 0, 0, NULL);
        if (call->op[i] == NULL) {
            PyErr_Clear();
            return reason_unconvertible_argument;
        }
        if (!PyArray_CheckExact(call->op[i])) {
            return reason_not_plain_array;
        }
        return NULL;
    }
    return reason_not_plain_array;
}

static const char *take_output(struct call *call, int i, PyObject *object)
{
    if (object == Py_None) {
        return NULL;
    }
    if (!call_is_plain_array(call->state, object)) {
        return reason_out_not_plain;
    }
    if (!array_is_writeable((PyArrayObject *)object)) {
        return reason_out_read_only;
    }
    if (array_overlaps_itself((PyArrayObject *)object)) {
        return reason_out_overlaps_itself;
    }
    call->op[call->nin + i] = (PyArrayObject *)Py_NewRef(object);
    call->given[call->nin + i] = true;
    return NULL;
}

static const char *take_out_keyword(struct call *call, PyObject *out)
{
    if (out == Py_Ellipsis) {
        call->return_arrays = true;
        return NULL;
    }
    if (!PyTuple_CheckExact(out)) {
        return call->nout == 1 || out == Py_None ? take_output(call, 0, out)
                                                 : reason_out_refused;
    }
    if (PyTuple_GET_SIZE(out) != call->nout) {
        return reason_out_refused;
    }
    for (int i = 0; i < call->nout; i++) {
        const char *reason = take_output(call, i, PyTuple_GET_ITEM(out, i));
        if (reason) {
            return reason;
        }
    }
    return NULL;
}

static const char *take_where(struct call *call, PyObject *where)
{
    if (where == Py_True) {
        return NULL;
    }
    if (!call_is_plain_array(call->state, where) &&
        !PyArray_CheckAnyScalarExact(where) && !PyList_CheckExact(where)) {
        return reason_where_not_plain;
    }
    PyArray_Descr *boolean = PyArray_DescrFromType(NPY_BOOL);
    PyObject *mask = PyArray_FromAny(where, boolean, 0, 0, 0, NULL);
    if (mask == NULL) {
        PyErr_Clear();
        return reason_where_refused;
    }
    call->op[call->nop] = (PyArrayObject *)mask;
    call->masked = true;
    call->pays_alone = true; /* NumPy goes stretch by stretch: masked.c */
    return NULL;
}

/* dtype=T means the signature (None, ..., T, ...) with T for each output. */
static const char *take_signature(struct call *call, PyObject *dtype,
                                  PyObject *signature)
{
    if (signature && signature != Py_None) {
        call->signature = Py_NewRef(signature);
        return NULL;
    }
    if (dtype == NULL || dtype == Py_None) {
        return NULL;
    }
    call->signature = PyTuple_New(call->nop);
    if (call->signature == NULL) {
        PyErr_Clear();
        return reason_out_of_memory;
    }
    for (int i = 0; i < call->nop; i++) {
        PyTuple_SET_ITEM(call->signature, i,
                         Py_NewRef(i < call->nin ? Py_None : dtype));
    }
    return NULL;
}

static const char *take_keywords(struct call *call, PyObject *const *values,
                                 PyObject *kwnames)
{
    PyObject *found[KW_COUNT] = {NULL};
    const char *reason = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(kwnames); i++) {
        const int keyword = find_keyword(PyTuple_GET_ITEM(kwnames, i));
        if (keyword < 0) {
            return reason_keyword_unknown;
        }
        found[keyword] = values[i];
    }
    const bool signature_twice = (found[KW_SIG] != NULL) +
                                     (found[KW_SIGNATURE] != NULL) +
                                     (found[KW_DTYPE] != NULL) >
                                 1;
    if (signature_twice || (call->ufunc->core_enabled && found[KW_WHERE])) {
        return reason_keyword_refused;
    }
    PyObject *signature = found[KW_SIG] ? found[KW_SIG] : found[KW_SIGNATURE];
    const bool out_twice = call->dry_run;
    if (found[KW_OUT]) {
        reason = out_twice ? reason_out_twice : take_out_keyword(call, found[KW_OUT]);
    }
    if (!reason && found[KW_WHERE]) {
        reason = take_where(call, found[KW_WHERE]);
        /* NumPy 2.4 warns of where= without out=. */
        call->dry_run |= call->masked && found[KW_OUT] == NULL;
    }
    if (!reason) {
        reason = take_signature(call, found[KW_DTYPE], signature);
    }
    if (!reason && found[KW_CASTING]) {
        call->casting_object = found[KW_CASTING];
        if (!PyArray_CastingConverter(found[KW_CASTING], &call->casting)) {
            reason = reason_casting_refused;
        }
    }
    if (!reason && found[KW_ORDER] &&
        !PyArray_OrderConverter(found[KW_ORDER], &call->order)) {
        reason = reason_order_refused;
    }
    /* subok= has no effect on plain arrays, but its value is checked. */
    if (!reason && found[KW_SUBOK] && !PyBool_Check(found[KW_SUBOK])) {
        reason = reason_subok_refused;
    }
    PyErr_Clear();
    return reason;
}

npy_intp call_broadcast_size(const struct call *call)
{
    npy_intp size = 1;
    for (int axis = 1; axis <= NPY_MAXDIMS; axis++) { /* counted from the last */
        npy_intp length = 1;
        bool any = false;
        for (int i = 0; i < call->nop + call->masked; i++) {
            if (call->op[i] == NULL || PyArray_NDIM(call->op[i]) < axis) {
                continue;
            }
            any = true;
            const npy_intp n =
                PyArray_DIM(call->op[i], PyArray_NDIM(call->op[i]) - axis);
            if (n != 1 && length != 1 && n != length) {
                return -1;
            }
            length = n != 1 ? n : length;
        }
        if (!any) {
            break;
        }
        if (__builtin_mul_overflow(size, length, &size)) {
            return -1;
        }
    }
    return size;
}

const char *call_parse(struct call *call, const struct state *state,
                       PyUFuncObject *ufunc, PyObject *const *args, Py_ssize_t nargs,
                       PyObject *kwnames)
{
    const char *reason = NULL;
    memset(call, 0, sizeof *call);
    call->state = state;
    call->ufunc = call->loops = ufunc;
    call->name = ufunc->name;
    call->core = ufunc->core_enabled != 0;
    call->nin = ufunc->nin;
    call->nout = ufunc->nout;
    call->nop = ufunc->nargs;
    call->order = NPY_KEEPORDER;
    call->casting = NPY_SAME_KIND_CASTING;

    if (call->nop > NPP_MAX_OPERANDS) {
        return reason_too_many_operands;
    }
    if (nargs < call->nin || nargs > call->nop) {
        return reason_argument_count;
    }
    for (int i = 0; i < call->nin && !reason; i++) {
        reason = take_input(call, i, args[i]);
    }
    if (!reason && promotes_by_value(call)) {
        reason = reason_numpy1_promotion;
    }
    for (int i = call->nin; i < nargs && !reason; i++) {
        reason = take_output(call, i - call->nin, args[i]);
        call->dry_run = true; /* NumPy 2.4 warns of np.maximum(a, b, c) */
    }
    if (!reason && kwnames) {
        reason = take_keywords(call, args + nargs, kwnames);
    }
    if (!reason && !ufunc->core_enabled) {
        call->size = call_broadcast_size(call);
        if (call->size < 0) {
            reason = reason_shapes_refused;
        }
    }
    if (reason) {
        call_clear(call);
    }
    return reason;
}

void call_clear(struct call *call)
{
    for (int i = 0; i < NPP_MAX_SLOTS; i++) {
        Py_CLEAR(call->op[i]);
    }
    Py_CLEAR(call->signature);
}

/* -- dry run ------------------------------------------------------------------ */

/* Returns the array that NumPy sees in place of `operand`: no elements, the same
 * dtype. */
static PyObject *stand_in(PyArrayObject *operand)
{
    npy_intp none = 0;
    PyArray_Descr *descr = PyArray_DESCR(operand);
    Py_INCREF(descr);
    return PyArray_NewFromDescr(&PyArray_Type, descr, 1, &none, NULL, NULL, 0, NULL);
}

int call_dry_run(const struct call *call)
{
    PyObject *const *args = call->written.args;
    PyObject *kwnames = call->written.kwnames;
    const Py_ssize_t nargs = call->written.nargs;
    PyObject *stand_ins[NPP_MAX_SLOTS + KW_COUNT] = {NULL};
    const Py_ssize_t count = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    PyObject *result = NULL;
    int status = -1;

    for (Py_ssize_t i = 0; i < count; i++) {
        PyArrayObject *operand = i < nargs ? call->op[i] : NULL;
        if (i >= nargs &&
            find_keyword(PyTuple_GET_ITEM(kwnames, i - nargs)) == KW_WHERE) {
            operand = call->op[call->nop];
        }
        stand_ins[i] = operand ? stand_in(operand) : Py_NewRef(args[i]);
        if (stand_ins[i] == NULL) {
            goto finish;
        }
    }
    result = call->written.numpy_call((PyObject *)call->ufunc, stand_ins, (size_t)nargs,
                                      kwnames);
    status = result ? 0 : -1;

finish:
    Py_XDECREF(result);
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_XDECREF(stand_ins[i]);
    }
    return status;
}
