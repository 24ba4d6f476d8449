/* movement.c - see movement.h. */
#include "movement.h"

#include <string.h>

#include "elementwise.h"
#include "kernels/move.h"
#include "worth.h"

int movement_init(struct state *state)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    state->result_type = numpy ? PyObject_GetAttrString(numpy, "result_type") : NULL;
    Py_XDECREF(numpy);
    return state->result_type ? 0 : -1;
}

/* -- on the engine -------------------------------------------------------------- */

/* What the strided loop of a movement needs to know. */
struct move {
    NpyAuxData base;
    move_loop *loop;
    npy_intp itemsize;
};

static int run_move(PyArrayMethod_Context *context, char *const *data,
                    const npy_intp *dimensions, const npy_intp *strides,
                    NpyAuxData *aux)
{
    (void)context;
    const struct move *move = (const struct move *)aux;
    move->loop(data, dimensions[0], strides, move->itemsize);
    return 0;
}

static void call_begin(struct call *call, const struct hook_call *hook, int nin)
{
    memset(call, 0, sizeof *call);
    call->state = hook->state;
    call->name = "cast";
    call->nin = nin;
    call->nout = 1;
    call->nop = nin + 1;
    call->order = NPY_KEEPORDER;
    call->casting = NPY_UNSAFE_CASTING; /* judged before */
    call->return_arrays = true;
}

/*
 * Run a call whose operands are in place: all inputs are brought to the dtype of the
 * output, but for the condition that move_select has first, and moved.
 */
static PyObject *move(struct hook_call *hook, struct call *call, move_loop *loop,
                      PyArray_Descr *descr)
{
    struct move aux = {.loop = loop, .itemsize = PyDataType_ELSIZE(descr)};
    struct plan plan = {
        .loop = {.run = run_move, .aux = &aux.base},
        .any_strides = true,
        .descrs = PyTuple_New(call->nop),
    };
    struct worth worth;
    PyObject *result = NULL;
    if (plan.descrs == NULL) {
        return NULL;
    }
    for (int i = 0; i < call->nop; i++) {
        const bool condition = call->nin == 3 && i == 0;
        PyArray_Descr *own = condition ? PyArray_DescrFromType(NPY_BOOL)
                                       : (PyArray_Descr *)Py_NewRef(descr);
        PyTuple_SET_ITEM(plan.descrs, i, (PyObject *)own);
    }
    call->size = call_broadcast_size(call);
    if (call->size < 0) {
        hook->report.reason = "shapes that NumPy refuses";
        goto finish;
    }
    hook->report.reason = worth_consider(&worth, call, hook->costs, false);
    if (hook->report.reason || PyErr_Occurred()) {
        goto finish;
    }
    struct drive job = {.plan = &plan,
                        .costs = hook->costs,
                        .key = worth.key,
                        .limit = worth.limit,
                        .given = call->given[call->nin]};
    result = elementwise_run(call, &plan, &job, false, &hook->report);

finish:
    plan_clear(&plan);
    return result;
}

/* Copy into an array that is there, casting on the way.  Borrows all. */
static bool move_into(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from,
                      PyArrayObject *mask)
{
    struct call call;
    call_begin(&call, hook, 1);
    call.op[0] = (PyArrayObject *)Py_NewRef(from);
    call.op[1] = (PyArrayObject *)Py_NewRef(to);
    call.op[2] = (PyArrayObject *)Py_XNewRef(mask);
    call.given[1] = true;
    call.masked = mask != NULL;
    PyArray_Descr *descr = PyArray_DESCR(to);
    PyObject *result = move(hook, &call, move_copy(PyDataType_ELSIZE(descr)), descr);
    call_clear(&call);
    Py_XDECREF(result);
    return result != NULL;
}

/* -- what may be moved ---------------------------------------------------------- */

/* Elements that own nothing, and that a copy takes with all their bytes. */
static bool is_movable(PyArray_Descr *descr)
{
    return !PyDataType_REFCHK(descr) && !PyDataType_HASFIELDS(descr) &&
           !PyDataType_HASSUBARRAY(descr) && descr->type_num != NPY_VSTRING &&
           PyDataType_ELSIZE(descr) > 0;
}

static bool is_plain(PyObject *object)
{
    return PyArray_CheckExact(object) &&
           is_movable(PyArray_DESCR((PyArrayObject *)object));
}

/* NULL, or why a cast stays with NumPy. */
static const char *refuse_cast(PyArray_Descr *from, PyArray_Descr *to)
{
    if (PyArray_EquivTypes(from, to)) {
        return NULL;
    }
    if (!PyTypeNum_ISNUMBER(from->type_num) && from->type_num != NPY_BOOL) {
        return "a cast between other types than numbers";
    }
    if (!PyTypeNum_ISNUMBER(to->type_num) && to->type_num != NPY_BOOL) {
        return "a cast between other types than numbers";
    }
    if (PyTypeNum_ISCOMPLEX(from->type_num) && !PyTypeNum_ISCOMPLEX(to->type_num) &&
        to->type_num != NPY_BOOL) {
        return "a cast that discards imaginary parts: NumPy warns";
    }
    return NULL;
}

/* -- keywords ------------------------------------------------------------------- */

/* The value of a parameter, by position or by name, or NULL. */
struct arguments {
    PyObject *const *values;
    Py_ssize_t nargs;
    PyObject *kwnames;
    Py_ssize_t known; /* keywords that were asked for */
};

static PyObject *argument(struct arguments *arguments, Py_ssize_t position,
                          const char *name)
{
    if (position >= 0 && position < arguments->nargs) {
        return arguments->values[position];
    }
    for (Py_ssize_t i = 0;
         arguments->kwnames && i < PyTuple_GET_SIZE(arguments->kwnames); i++) {
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(arguments->kwnames, i),
                                             name) == 0) {
            arguments->known++;
            return arguments->values[arguments->nargs + i];
        }
    }
    return NULL;
}

static bool all_known(const struct arguments *arguments)
{
    return arguments->kwnames == NULL ||
           arguments->known == PyTuple_GET_SIZE(arguments->kwnames);
}

/* True unless a converter of NumPy's refuses an argument that is there. */
static bool convert(PyObject *object, int (*converter)(PyObject *, void *), void *to)
{
    if (object && converter(object, to) != NPY_SUCCEED) {
        PyErr_Clear();
        return false;
    }
    return true;
}

/* What names one dtype, always the same one, without a warning: a dtype, a concrete
 * type of scalars, a Python type of numbers, or a text but for the deprecated "a8". */
static bool names_dtype(PyObject *object)
{
    PyTypeObject *const abstract[] = {
        &PyGenericArrType_Type,         &PyNumberArrType_Type,
        &PyIntegerArrType_Type,         &PySignedIntegerArrType_Type,
        &PyUnsignedIntegerArrType_Type, &PyInexactArrType_Type,
        &PyFloatingArrType_Type,        &PyComplexFloatingArrType_Type,
        &PyFlexibleArrType_Type,        &PyCharacterArrType_Type,
    };
    if (PyUnicode_CheckExact(object)) {
        return PyUnicode_GET_LENGTH(object) > 0 &&
               PyUnicode_READ_CHAR(object, 0) != 'a';
    }
    if (!PyType_Check(object)) {
        return PyArray_DescrCheck(object);
    }
    PyTypeObject *type = (PyTypeObject *)object;
    for (size_t i = 0; i < sizeof abstract / sizeof *abstract; i++) {
        if (type == abstract[i]) {
            return false;
        }
    }
    return type == &PyFloat_Type || type == &PyLong_Type || type == &PyBool_Type ||
           type == &PyComplex_Type || PyType_IsSubtype(type, &PyGenericArrType_Type);
}

static const char refused[] = "arguments that NumPy is to judge";

/* -- the functions -------------------------------------------------------------- */

PyObject *movement_copy(struct hook_call *hook, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    NPY_ORDER order = NPY_CORDER;
    PyObject *given = argument(&arguments, 0, "order");
    if (!is_plain(self)) {
        hook->report.reason = "not a plain ndarray of elements without references";
        return NULL;
    }
    if (nargs > 1 || !all_known(&arguments) ||
        !convert(given, (int (*)(PyObject *, void *))PyArray_OrderConverter, &order)) {
        hook->report.reason = refused;
        return NULL;
    }
    PyArrayObject *array = (PyArrayObject *)self;
    PyObject *result = PyArray_NewLikeArray(array, order, NULL, 0);
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
    PyObject *dtype_given = argument(&arguments, 0, "dtype");
    PyObject *order_given = argument(&arguments, 1, "order");
    PyObject *casting_given = argument(&arguments, 2, "casting");
    PyObject *subok = argument(&arguments, 3, "subok");
    PyObject *copy = argument(&arguments, 4, "copy");

    if (!is_plain(self)) {
        hook->report.reason = "not a plain ndarray of elements without references";
        return NULL;
    }
    PyArrayObject *array = (PyArrayObject *)self;
    hook->report.reason = refused;
    if (nargs > 5 || !dtype_given || !names_dtype(dtype_given) ||
        !all_known(&arguments) || (subok && !PyBool_Check(subok)) ||
        (copy && !PyBool_Check(copy)) ||
        !convert(order_given, (int (*)(PyObject *, void *))PyArray_OrderConverter,
                 &order) ||
        !convert(casting_given, (int (*)(PyObject *, void *))PyArray_CastingConverter,
                 &casting) ||
        !convert(dtype_given, (int (*)(PyObject *, void *))PyArray_DescrConverter,
                 &descr)) {
        return NULL;
    }
    if (descr && !is_movable(descr)) {
        hook->report.reason = "elements that own something, or have parts";
        goto finish;
    }
    if (descr == NULL || !PyArray_CanCastArrayTo(array, descr, casting) ||
        (copy == Py_False && PyArray_EquivTypes(PyArray_DESCR(array), descr))) {
        goto finish;
    }
    hook->report.reason = refuse_cast(PyArray_DESCR(array), descr);
    if (hook->report.reason) {
        goto finish;
    }
    Py_INCREF(descr);
    result = PyArray_NewLikeArray(array, order, descr, 0);
    if (result && !move_into(hook, (PyArrayObject *)result, array, NULL)) {
        Py_CLEAR(result);
    }

finish:
    Py_XDECREF(descr);
    return result;
}

/* An operand of where(): a plain array, or a number as NumPy makes an array of it. */
static PyArrayObject *where_operand(PyObject *object)
{
    if (PyArray_CheckExact(object)) {
        return is_plain(object) ? (PyArrayObject *)Py_NewRef(object) : NULL;
    }
    if (!PyLong_CheckExact(object) && !PyFloat_CheckExact(object) &&
        !PyComplex_CheckExact(object) && !PyBool_Check(object) &&
        !PyArray_CheckAnyScalarExact(object)) {
        return NULL;
    }
    PyObject *array = PyArray_FROM_O(object);
    if (array && !is_plain(array)) {
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
    call_begin(&call, hook, 3);
    hook->report.reason = "operands that are no plain ndarrays or numbers";
    if (nargs != 3 || kwnames || !PyArray_CheckExact(args[0]) ||
        PyArray_TYPE((PyArrayObject *)args[0]) != NPY_BOOL) {
        goto finish;
    }
    call.op[0] = (PyArrayObject *)Py_NewRef(args[0]);
    call.op[1] = where_operand(args[1]);
    call.op[2] = where_operand(args[2]);
    if (call.op[1] == NULL || call.op[2] == NULL) {
        goto finish;
    }
    descr = (PyArray_Descr *)PyObject_Vectorcall(hook->state->result_type, args + 1, 2,
                                                 NULL);
    if (descr == NULL || !is_movable(descr) ||
        move_select(PyDataType_ELSIZE(descr)) == NULL ||
        refuse_cast(PyArray_DESCR(call.op[1]), descr) ||
        refuse_cast(PyArray_DESCR(call.op[2]), descr)) {
        hook->report.reason = "elements of a kind or size that NumPy is to select";
        goto finish;
    }
    result = move(hook, &call, move_select(PyDataType_ELSIZE(descr)), descr);

finish:
    if (result == NULL && hook->report.reason) {
        PyErr_Clear();
    }
    Py_XDECREF(descr);
    call_clear(&call);
    return result;
}

PyObject *movement_copyto(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    NPY_CASTING casting = NPY_SAME_KIND_CASTING;
    PyObject *to = argument(&arguments, 0, "dst");
    PyObject *from = argument(&arguments, 1, "src");
    PyObject *casting_given = argument(&arguments, 2, "casting");
    PyObject *mask = argument(&arguments, 3, "where");

    hook->report.reason = refused;
    if (nargs > 4 || !to || !from || !all_known(&arguments) || !is_plain(to) ||
        !is_plain(from) ||
        !convert(casting_given, (int (*)(PyObject *, void *))PyArray_CastingConverter,
                 &casting)) {
        return NULL;
    }
    PyArrayObject *into = (PyArrayObject *)to, *source = (PyArrayObject *)from;
    const int flags = PyArray_FLAGS(into); /* the sign bit: NumPy's "warn on write" */
    if (!(flags & NPY_ARRAY_WRITEABLE) || flags < 0 ||
        !PyArray_CanCastTypeTo(PyArray_DESCR(source), PyArray_DESCR(into), casting)) {
        return NULL;
    }
    mask = mask == Py_True ? NULL : mask;
    if (mask && (!PyArray_CheckExact(mask) ||
                 PyArray_TYPE((PyArrayObject *)mask) != NPY_BOOL)) {
        return NULL;
    }
    if (PyArray_NDIM(source) == 0 && PyArray_NDIM(into) > 0 &&
        !PyArray_EquivTypes(PyArray_DESCR(source), PyArray_DESCR(into))) {
        return NULL; /* NumPy casts it once */
    }
    if (arrays_overlap(into, source) ||
        (mask && arrays_overlap(into, (PyArrayObject *)mask))) {
        hook->report.reason = "overlapping arrays: NumPy copies in an order of its own";
        return NULL;
    }
    hook->report.reason = refuse_cast(PyArray_DESCR(source), PyArray_DESCR(into));
    if (!hook->report.reason && mask &&
        !PyArray_EquivTypes(PyArray_DESCR(source), PyArray_DESCR(into))) {
        hook->report.reason = "a cast under a mask: NumPy casts only what is true";
    }
    if (hook->report.reason || !move_into(hook, into, source, (PyArrayObject *)mask)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* The shape of a concatenation of plain C-contiguous arrays of one dtype along an
 * axis, or why it is not that.  Other layouts have a result whose strides NumPy finds
 * by a vote; axes of length 1 take part in it with strides that say nothing. */
static const char *concatenated_shape(PyObject *arrays, int *axis, npy_intp *shape)
{
    static const char mixed[] =
        "not all plain C-contiguous ndarrays of one native dtype";
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(arrays);
    PyArrayObject *first = (PyArrayObject *)PySequence_Fast_GET_ITEM(arrays, 0);
    if (!is_plain((PyObject *)first) || PyArray_ISBYTESWAPPED(first)) {
        return mixed;
    }
    const int ndim = PyArray_NDIM(first);
    *axis += *axis < 0 ? ndim : 0;
    if (*axis < 0 || *axis >= ndim) {
        return refused;
    }
    memcpy(shape, PyArray_DIMS(first), sizeof *shape * (size_t)ndim);
    shape[*axis] = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyArrayObject *array = (PyArrayObject *)PySequence_Fast_GET_ITEM(arrays, i);
        if (!is_plain((PyObject *)array) || PyArray_NDIM(array) != ndim ||
            !PyArray_IS_C_CONTIGUOUS(array) ||
            PyArray_DESCR(array) != PyArray_DESCR(first)) {
            return mixed;
        }
        for (int d = 0; d < ndim; d++) {
            const npy_intp length = PyArray_DIM(array, d);
            if ((d != *axis && length != shape[d]) || (ndim > 1 && length < 2)) {
                return refused;
            }
        }
        shape[*axis] += PyArray_DIM(array, *axis);
    }
    return NULL;
}

/* Give a view another place along an axis. */
static PyObject *window(PyArrayObject *whole, int axis, npy_intp begin, npy_intp length)
{
    npy_intp shape[NPY_MAXDIMS];
    memcpy(shape, PyArray_DIMS(whole), sizeof *shape * (size_t)PyArray_NDIM(whole));
    shape[axis] = length;
    PyArray_Descr *descr = PyArray_DESCR(whole);
    Py_INCREF(descr);
    PyObject *view = PyArray_NewFromDescr(
        &PyArray_Type, descr, PyArray_NDIM(whole), shape, PyArray_STRIDES(whole),
        PyArray_BYTES(whole) + begin * PyArray_STRIDE(whole, axis), NPY_ARRAY_WRITEABLE,
        NULL);
    if (view && PyArray_SetBaseObject((PyArrayObject *)view, Py_NewRef(whole)) < 0) {
        Py_CLEAR(view);
    }
    return view;
}

PyObject *movement_concatenate(struct hook_call *hook, PyObject *self,
                               PyObject *const *args, Py_ssize_t nargs,
                               PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    npy_intp shape[NPY_MAXDIMS];
    int axis = 0;
    PyObject *arrays = argument(&arguments, 0, "seq");
    PyObject *axis_given = argument(&arguments, 1, "axis");

    hook->report.reason = refused;
    if (nargs > 2 || !arrays || !all_known(&arguments) || axis_given == Py_None ||
        !(PyList_CheckExact(arrays) || PyTuple_CheckExact(arrays)) ||
        PySequence_Fast_GET_SIZE(arrays) == 0 ||
        (axis_given && !PyLong_CheckExact(axis_given))) {
        return NULL;
    }
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(arrays);
    axis = axis_given ? PyArray_PyIntAsInt(axis_given) : 0;
    if (PyErr_Occurred()) {
        PyErr_Clear(); /* out of range */
        return NULL;
    }
    hook->report.reason = concatenated_shape(arrays, &axis, shape);
    if (hook->report.reason) {
        return NULL;
    }
    PyArrayObject *first = (PyArrayObject *)PySequence_Fast_GET_ITEM(arrays, 0);
    PyArray_Descr *descr = PyArray_DESCR(first);
    Py_INCREF(descr);
    PyObject *result = PyArray_Empty(PyArray_NDIM(first), shape, descr, 0);
    npy_intp begin = 0;
    for (Py_ssize_t i = 0; result && i < count; i++) {
        PyArrayObject *array = (PyArrayObject *)PySequence_Fast_GET_ITEM(arrays, i);
        const npy_intp length = PyArray_DIM(array, axis);
        PyObject *view = window((PyArrayObject *)result, axis, begin, length);
        if (view == NULL || (!move_into(hook, (PyArrayObject *)view, array, NULL) &&
                             (PyErr_Occurred() ||
                              PyArray_CopyInto((PyArrayObject *)view, array) < 0))) {
            Py_CLEAR(result);
        }
        Py_XDECREF(view);
        begin += length;
    }
    return result;
}
