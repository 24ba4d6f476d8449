/* move.c - see move.h. */
#include "move.h"

#include <string.h>

#include "../elementwise.h"
#include "../worth.h"

/* What the strided loop of a movement needs to know. */
struct move {
    NpyAuxData base;
    move_loop *loop;
    npy_intp itemsize;
    PyArray_VectorUnaryFunc *cast;
    PyArrayObject *from, *to; /* of the cast */
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

static int run_cast(PyArrayMethod_Context *context, char *const *data,
                    const npy_intp *dimensions, const npy_intp *strides,
                    NpyAuxData *aux)
{
    (void)context, (void)strides; /* contiguous: cast_directly() */
    const struct move *move = (const struct move *)aux;
    move->cast(data[0], data[1], dimensions[0], move->from, move->to);
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
    call->casting = NPY_UNSAFE_CASTING; /* judged before */
    call->return_arrays = true;
}

/* Run a plan on operands that are in place. */
static PyObject *run(struct hook_call *hook, struct call *call, const struct plan *plan)
{
    struct worth worth;
    call->size = call_broadcast_size(call);
    hook->report.reason = call->size < 0
                              ? "shapes that NumPy refuses"
                              : worth_consider(&worth, call, hook->costs, false);
    if (hook->report.reason || PyErr_Occurred()) {
        return NULL;
    }
    struct drive job = {.plan = plan,
                        .costs = hook->costs,
                        .key = worth.key,
                        .limit = worth.limit,
                        .given = call->given[call->nin]};
    return elementwise_run(call, plan, &job, false, &hook->report);
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
    PyObject *result = run(hook, call, &plan);
    plan_clear(&plan);
    return result;
}

static bool is_number(int type)
{
    return PyTypeNum_ISNUMBER(type) || type == NPY_BOOL;
}

/* NumPy's loop from one built-in type of numbers to another, without a buffer in
 * between, where both arrays are one block in the same order.  Else NULL. */
static PyArray_VectorUnaryFunc *direct_cast(PyArrayObject *from, PyArrayObject *to)
{
    const bool c = PyArray_IS_C_CONTIGUOUS(from) && PyArray_IS_C_CONTIGUOUS(to);
    const bool f = PyArray_IS_F_CONTIGUOUS(from) && PyArray_IS_F_CONTIGUOUS(to);
    if (!(c || f) || !PyArray_SAMESHAPE(from, to) || PyArray_NDIM(from) == 0 ||
        !PyArray_ISBEHAVED_RO(from) || !PyArray_ISBEHAVED(to) ||
        !is_number(PyArray_TYPE(from)) || !is_number(PyArray_TYPE(to)) ||
        PyArray_TYPE(from) == PyArray_TYPE(to)) {
        return NULL;
    }
    if (PyArray_TYPE(to) >= NPY_NTYPES_ABI_COMPATIBLE) {
        return NULL; /* float16: NumPy's table has no place for it */
    }
    return PyDataType_GetArrFuncs(PyArray_DESCR(from))->cast[PyArray_TYPE(to)];
}

static PyObject *cast_directly(struct hook_call *hook, struct call *call,
                               PyArray_VectorUnaryFunc *cast)
{
    struct move aux = {.cast = cast, .from = call->op[0], .to = call->op[1]};
    struct plan plan = {
        .loop = {.run = run_cast, .aux = &aux.base},
        .fpe = true,
        .descrs =
            PyTuple_Pack(2, PyArray_DESCR(call->op[0]), PyArray_DESCR(call->op[1])),
    };
    PyObject *result = plan.descrs ? run(hook, call, &plan) : NULL;
    plan_clear(&plan);
    return result;
}

bool move_into(struct hook_call *hook, PyArrayObject *to, PyArrayObject *from,
               PyArrayObject *mask)
{
    struct call call;
    move_begin(&call, hook, 1);
    call.op[0] = (PyArrayObject *)Py_NewRef(from);
    call.op[1] = (PyArrayObject *)Py_NewRef(to);
    call.op[2] = (PyArrayObject *)Py_XNewRef(mask);
    call.given[1] = true;
    call.masked = mask != NULL;
    PyArray_Descr *descr = PyArray_DESCR(to);
    PyArray_VectorUnaryFunc *cast = mask ? NULL : direct_cast(from, to);
    PyObject *result =
        cast ? cast_directly(hook, &call, cast)
             : move_operands(hook, &call, move_copy(PyDataType_ELSIZE(descr)), descr);
    call_clear(&call);
    Py_XDECREF(result);
    return result != NULL;
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

const char *move_refuse_cast(PyArray_Descr *from, PyArray_Descr *to)
{
    if (PyArray_EquivTypes(from, to)) {
        return NULL;
    }
    if (!is_number(from->type_num) || !is_number(to->type_num)) {
        return "a cast between other types than numbers";
    }
    if (PyTypeNum_ISCOMPLEX(from->type_num) && !PyTypeNum_ISCOMPLEX(to->type_num) &&
        to->type_num != NPY_BOOL) {
        return "a cast that discards imaginary parts: NumPy warns";
    }
    return NULL;
}
