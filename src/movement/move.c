/* move.c - see move.h. */
#include "move.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "engine/kernels.h"
#include "engine/profit.h"
#include "reasons/reasons.h"
#include "ufunc/elementwise.h"

/* From so many elements on, swapping their bytes in vectors takes less than NumPy. */
enum { LEAST_SWAPPED = 4096 };

/* Of larger elements, or fewer of them, vectors bring no more together on one thread
 * than NumPy does. */
enum { MOST_BROUGHT = 4, LEAST_BROUGHT = 4096, LEAST_IN_A_ROW = 64 };

/* The data of a movement's strided loop. */
struct move {
    NpyAuxData base;
    move_loop *loop;
    npy_intp itemsize;
    kernel_loop *kernel;
    swap_function *swap;
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

void move_begin(struct call *call, const struct hook_call *hook, int nin)
{
    memset(call, 0, sizeof *call);
    call->state = hook->state;
    call->name = "cast";
    call->nin = nin;
    call->nout = 1;
    call->nop = nin + 1;
    call->order = NPY_KEEPORDER;
    call->casting = NPY_UNSAFE_CASTING; /* checked before */
    call->return_arrays = true;
}

/* Run a plan on operands that are in place.  `copies`: the loop does nothing but copy.
 */
static PyObject *run(struct hook_call *hook, struct call *call, const struct plan *plan,
                     bool copies)
{
    struct profit profit;
    call->size = call_broadcast_size(call);
    hook->report.reason = call->size < 0
                              ? reason_shapes_refused
                              : profit_check(&profit, call, hook->costs, hook->explain);
    if (hook->report.reason || PyErr_Occurred()) {
        return NULL;
    }
    struct job job = {.plan = plan,
                      .costs = hook->costs,
                      .key = profit.key,
                      .asked = profit.asked ? profit.key : 0,
                      .limit = profit.limit,
                      .copies = copies,
                      .given = call->given[call->nin]};
    return elementwise_run(call, plan, &job, hook->explain, &hook->report);
}

void move_select(char *const *data, intptr_t n, const intptr_t *strides,
                 intptr_t itemsize)
{
    const bool x_fits = strides[1] == itemsize || strides[1] == 0;
    const bool y_fits = strides[2] == itemsize || strides[2] == 0;
    if (strides[0] == 1 && strides[3] == itemsize && x_fits && y_fits) {
        kernels_masks()->blend[width_of(itemsize)](data[0], data[1], strides[1],
                                                   data[2], strides[2], data[3], n);
    } else {
        move_strided_select(itemsize)(data, n, strides, itemsize);
    }
}

/* Returns whether elements a stride apart are brought together in vectors. */
static bool is_brought(intptr_t stride, intptr_t itemsize)
{
    return (stride == -itemsize || stride == 2 * itemsize) &&
           width_of(itemsize) < WIDTHS;
}

static void copy_strided(char *const *data, intptr_t n, const intptr_t *strides,
                         intptr_t itemsize)
{
    if (strides[1] == itemsize && is_brought(strides[0], itemsize)) {
        kernels_rearrange()->bring_together[width_of(itemsize)](data[0], strides[0], n,
                                                                data[1]);
    } else {
        move_copy(itemsize)(data, n, strides, itemsize);
    }
}

/* Returns whether a copy gains on one thread too: NumPy goes element by element. */
static bool is_copy_by_vectors(PyArrayObject *from)
{
    const npy_intp itemsize = PyArray_ITEMSIZE(from);
    const int last = PyArray_NDIM(from) - 1;
    return last >= 0 && itemsize <= MOST_BROUGHT &&
           PyArray_SIZE(from) >= LEAST_BROUGHT &&
           PyArray_DIM(from, last) >= LEAST_IN_A_ROW &&
           is_brought(PyArray_STRIDE(from, last), itemsize);
}

PyObject *move_operands(struct hook_call *hook, struct call *call, move_loop *loop,
                        PyArray_Descr *descr)
{
    struct move aux = {.loop = loop, .itemsize = PyDataType_ELSIZE(descr)};
    struct plan plan = {
        .loop = {.run = run_move, .aux = &aux.base},
        .any_strides = true,
        .descrs = PyTuple_New(call->nop),
    };
    if (plan.descrs == NULL) {
        return NULL;
    }
    for (int i = 0; i < call->nop; i++) {
        const bool condition = call->nin == 3 && i == 0;
        PyArray_Descr *own = condition ? PyArray_DescrFromType(NPY_BOOL)
                                       : (PyArray_Descr *)Py_NewRef(descr);
        PyTuple_SET_ITEM(plan.descrs, i, (PyObject *)own);
    }
    PyObject *result = run(hook, call, &plan, call->nin == 1);
    plan_clear(&plan);
    return result;
}

static bool is_number(int type)
{
    return PyTypeNum_ISNUMBER(type) || type == NPY_BOOL;
}

static int run_kernel(PyArrayMethod_Context *context, char *const *data,
                      const npy_intp *dimensions, const npy_intp *strides,
                      NpyAuxData *aux)
{
    (void)context;
    char *args[] = {data[0], data[1]};
    ((const struct move *)aux)->kernel(args, dimensions, strides, NULL);
    return 0;
}

/* Returns the kernel that casts `from` to `to`.  NULL: NumPy's iterator casts, or there
 * is nothing to cast. */
static kernel_loop *kernel_for(PyArrayObject *from, PyArrayObject *to)
{
    return PyArray_ISBEHAVED_RO(from) && PyArray_ISBEHAVED(to) &&
                   !PyArray_EquivTypes(PyArray_DESCR(from), PyArray_DESCR(to))
               ? kernels_cast(PyArray_TYPE(from), PyArray_TYPE(to))
               : NULL;
}

static PyObject *cast_by_kernel(struct hook_call *hook, struct call *call,
                                kernel_loop *kernel)
{
    struct move aux = {.kernel = kernel};
    struct plan plan = {
        .loop = {.run = run_kernel, .aux = &aux.base},
        .fpe = true,
        .any_strides = true,
        .descrs =
            PyTuple_Pack(2, PyArray_DESCR(call->op[0]), PyArray_DESCR(call->op[1])),
    };
    PyObject *result = plan.descrs ? run(hook, call, &plan, false) : NULL;
    plan_clear(&plan);
    return result;
}

/* Returns whether the bits of a cast depend on strides.  NumPy's contiguous and strided
 * loops differ in what they make of floating-point numbers that do not fit an integer.
 */
static bool depends_on_strides(PyArrayObject *from, PyArrayObject *to)
{
    const bool contiguous =
        PyArray_IS_C_CONTIGUOUS(from) && PyArray_IS_C_CONTIGUOUS(to);
    return PyTypeNum_ISFLOAT(PyArray_TYPE(from)) &&
           PyTypeNum_ISINTEGER(PyArray_TYPE(to)) && !contiguous;
}

static int run_swap(PyArrayMethod_Context *context, char *const *data,
                    const npy_intp *dimensions, const npy_intp *strides,
                    NpyAuxData *aux)
{
    (void)context;
    const struct move *move = (const struct move *)aux;
    move->swap(data[0], strides[0], data[1], strides[1], dimensions[0], move->itemsize);
    return 0;
}

/* Returns the bytes of a part of an element whose order is the machine's. */
static npy_intp part_of(PyArray_Descr *descr)
{
    const npy_intp itemsize = PyDataType_ELSIZE(descr);
    return PyTypeNum_ISCOMPLEX(descr->type_num) ? itemsize / 2
           : descr->type_num == NPY_UNICODE     ? (npy_intp)sizeof(npy_ucs4)
                                                : itemsize;
}

bool move_can_swap(PyArray_Descr *descr)
{
    const int type = descr->type_num;
    return (is_number(type) || PyTypeNum_ISDATETIME(type) || type == NPY_UNICODE) &&
           width_of(part_of(descr)) < WIDTHS;
}

bool move_swapped(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from)
{
    struct call call;
    move_begin(&call, hook, 1);
    call.op[0] = (PyArrayObject *)Py_NewRef(from);
    call.op[1] = (PyArrayObject *)Py_NewRef(to);
    call.given[1] = true;
    call.pays_alone = PyArray_SIZE(from) >= LEAST_SWAPPED;
    const npy_intp part = part_of(PyArray_DESCR(from));
    struct move aux = {.swap = kernels_bytes()->swap[width_of(part)],
                       .itemsize = PyArray_ITEMSIZE(from) / part};
    struct plan plan = {
        .loop = {.run = run_swap, .aux = &aux.base},
        .any_strides = true,
        .descrs = PyTuple_Pack(2, PyArray_DESCR(from), PyArray_DESCR(to)),
    };
    PyObject *result = plan.descrs ? run(hook, &call, &plan, false) : NULL;
    plan_clear(&plan);
    call_clear(&call);
    Py_XDECREF(result);
    return result != NULL;
}

bool move_into(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from,
               PyArrayObject *mask)
{
    struct call call;
    bool done;
    if (mask == NULL && move_transposed(hook, to, from, &done)) {
        return done;
    }
    move_begin(&call, hook, 1);
    call.op[0] = (PyArrayObject *)Py_NewRef(from);
    call.op[1] = (PyArrayObject *)Py_NewRef(to);
    call.op[2] = (PyArrayObject *)Py_XNewRef(mask);
    call.given[1] = true;
    call.masked = mask != NULL;
    call.pays_alone = call.masked || is_copy_by_vectors(from); /* NumPy's has none */
    PyArray_Descr *descr = PyArray_DESCR(to);
    kernel_loop *kernel = kernel_for(from, to);
    if (kernel == NULL && depends_on_strides(from, to)) {
        hook->report.reason = reason_strided_cast_to_integers;
        call_clear(&call);
        return false;
    }
    PyObject *result = kernel ? cast_by_kernel(hook, &call, kernel)
                              : move_operands(hook, &call, copy_strided, descr);
    call_clear(&call);
    Py_XDECREF(result);
    return result != NULL;
}

/* Returns whether a real number is a normal number, zero, infinite or NaN in a type, so
 * that a cast raises no flag of overflow or underflow. */
static bool fits(double value, int type)
{
    const bool single = type == NPY_FLOAT || type == NPY_CFLOAT;
    const double size = fabs(value);
    return !isfinite(value) || value == 0 ||
           (type == NPY_HALF ? size <= 65504 && size >= 1
            : single         ? size <= (double)FLT_MAX && size >= (double)FLT_MIN
                             : true);
}

/* Returns whether NumPy stores a Python number in an element of this type as it would
 * convert it to an array, without a warning. */
static bool is_simple_number(PyObject *value, int type)
{
    if (PyBool_Check(value)) {
        return array_type_is_number(type);
    }
    const bool inexact = PyTypeNum_ISFLOAT(type) || PyTypeNum_ISCOMPLEX(type);
    if (PyLong_CheckExact(value) && PyTypeNum_ISINTEGER(type)) {
        return true;
    }
    if (!inexact || !(PyLong_CheckExact(value) || PyFloat_CheckExact(value))) {
        return false;
    }
    const double number = PyFloat_AsDouble(value);
    if (PyErr_Occurred()) {
        PyErr_Clear(); /* an integer beyond all floats */
        return false;
    }
    return fits(number, type);
}

/* A scalar of NumPy's, of the very dtype. */
static PyArrayObject *scalar_value(PyArray_Descr *descr, PyObject *value)
{
    PyArray_Descr *own = PyArray_DescrFromScalar(value);
    const bool fits = own && move_is_movable(own) && PyArray_EquivTypes(own, descr);
    PyObject *result = fits ? PyArray_FromScalar(value, NULL) : NULL;
    Py_XDECREF(own);
    PyErr_Clear(); /* NumPy raises */
    return (PyArrayObject *)result;
}

PyArrayObject *move_value(PyArrayObject *array, PyObject *value)
{
    PyArray_Descr *descr = PyArray_DESCR(array);
    if (PyArray_CheckExact(value)) {
        return move_is_plain(value) ? (PyArrayObject *)Py_NewRef(value) : NULL;
    }
    if (PyArray_IsScalar(value, Generic)) {
        return scalar_value(descr, value);
    }
    if (!is_simple_number(value, descr->type_num) || !PyArray_ISNBO(descr->byteorder)) {
        return NULL;
    }
    Py_INCREF(descr);
    PyObject *number = PyArray_FromAny(value, descr, 0, 0, 0, NULL);
    PyErr_Clear(); /* NumPy raises */
    return (PyArrayObject *)number;
}

bool move_is_movable(PyArray_Descr *descr)
{
    return !PyDataType_REFCHK(descr) && !PyDataType_HASFIELDS(descr) &&
           !PyDataType_HASSUBARRAY(descr) && descr->type_num != NPY_VSTRING &&
           PyDataType_ELSIZE(descr) > 0;
}

bool move_is_plain(PyObject *object)
{
    return PyArray_CheckExact(object) &&
           move_is_movable(PyArray_DESCR((PyArrayObject *)object));
}

bool move_is_alike(PyObject *object, PyArrayObject *first)
{
    PyArrayObject *array = (PyArrayObject *)object;
    return move_is_plain(object) && PyArray_IS_C_CONTIGUOUS(array) &&
           PyArray_DESCR(array) == PyArray_DESCR(first) &&
           !PyArray_ISBYTESWAPPED(array) &&
           PyDataType_METADATA(PyArray_DESCR(array)) == NULL;
}

const char *move_refuse_cast(PyArray_Descr *from, PyArray_Descr *to)
{
    if (PyArray_EquivTypes(from, to)) {
        return NULL;
    }
    if (!is_number(from->type_num) || !is_number(to->type_num)) {
        return reason_cast_of_no_numbers;
    }
    if (PyTypeNum_ISCOMPLEX(from->type_num) && !PyTypeNum_ISCOMPLEX(to->type_num) &&
        to->type_num != NPY_BOOL) {
        return reason_cast_discards_imaginary;
    }
    return NULL;
}
