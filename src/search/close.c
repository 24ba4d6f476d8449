/*
 * close.c - isclose in one pass, and allclose, a search for the first elements that are
 * not close.
 *
 * NumPy computes |x - y| <= atol + rtol * |y| in the dtypes of its operations.  Here
 * all operations have one dtype, float32 or float64.  Other operands are cast to it
 * first, where NumPy's operations do so.
 */
#include <math.h>
#include <string.h>

#include "engine/hook_call.h"
#include "python/arguments.h"
#include "python/array.h"
#include "python/errstate.h"
#include "reasons/reasons.h"
#include "threads/fpu.h"

#include "find.h"

/* The flags that NumPy reports: it ignores FE_INVALID here. */
enum { REPORTED = FPU_FLAGS & ~FE_INVALID };

/* The aux of run_close. */
struct close {
    NpyAuxData base;
    kernel_loop *kernel;
    struct tolerance within;
};

static int run_close(PyArrayMethod_Context *context, char *const *data,
                     const npy_intp *count, const npy_intp *strides, NpyAuxData *aux)
{
    struct close *close = (struct close *)aux;
    char *args[] = {data[0], data[1], data[2]};
    close->kernel(args, count, strides, &close->within);
    return 0;
}

/* -- the arguments --------------------------------------------------------------- */

/* A Python number is *weak*: it takes the dtype of the other operands. */
struct operand {
    PyArrayObject *array; /* owned; NULL: a number */
    double value;
};

struct comparison {
    struct operand x, y;
    double relative, absolute;
    bool equal_nan;
    int type;
};

/* An int beyond has other neighbours than itself, by which NumPy goes. */
#define EXACT_INT 0x1p53

static bool take_number(PyObject *object, double *value)
{
    if (!PyFloat_CheckExact(object) && !PyLong_CheckExact(object)) {
        return false;
    }
    *value = PyFloat_AsDouble(object);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return PyFloat_CheckExact(object) || fabs(*value) <= EXACT_INT;
}

static bool take_operand(PyObject *object, struct operand *operand)
{
    if (object && array_is_plain_numbers(object)) {
        operand->array = (PyArrayObject *)Py_NewRef(object);
    } else if (object && PyArray_IsScalar(object, Number)) {
        operand->array = (PyArrayObject *)PyArray_FromScalar(object, NULL);
        PyErr_Clear();
    }
    return operand->array || (object && take_number(object, &operand->value));
}

static bool take_tolerance(PyObject *object, double usual, double *value)
{
    *value = usual;
    return object == NULL || (take_number(object, value) && isfinite(*value));
}

/* Returns the one type of all of NumPy's operations.  NPY_NOTYPE: they have several
 * types, or another one. */
static int common_type(const struct comparison *comparison)
{
    const int x = comparison->x.array ? PyArray_TYPE(comparison->x.array) : NPY_NOTYPE;
    const int y = comparison->y.array ? PyArray_TYPE(comparison->y.array) : x;
    const bool grows = PyTypeNum_ISBOOL(y) || PyTypeNum_ISINTEGER(y);
    if (y == NPY_FLOAT) {
        return x == NPY_FLOAT || !comparison->x.array ? NPY_FLOAT : NPY_NOTYPE;
    }
    return (y == NPY_DOUBLE || grows) && x != NPY_LONGDOUBLE && !PyTypeNum_ISCOMPLEX(x)
               ? NPY_DOUBLE
               : NPY_NOTYPE;
}

static bool fits(double value, int type)
{
    return type != NPY_FLOAT || !isfinite(value) || isfinite((float)value);
}

/* Make an array of `type` of an operand that is a number.  Returns false if the number
 * does not fit; NumPy warns of that. */
static bool make_array(struct operand *operand, int type)
{
    if (operand->array) {
        return true;
    }
    if (!fits(operand->value, type)) {
        return false;
    }
    operand->array = (PyArrayObject *)PyArray_SimpleNew(0, NULL, type);
    if (operand->array == NULL) {
        PyErr_Clear();
        return false;
    }
    if (type == NPY_FLOAT) {
        *(float *)PyArray_DATA(operand->array) = (float)operand->value;
    } else {
        *(double *)PyArray_DATA(operand->array) = operand->value;
    }
    return true;
}

static void comparison_clear(struct comparison *comparison)
{
    Py_CLEAR(comparison->x.array);
    Py_CLEAR(comparison->y.array);
}

/* Returns NULL, or the reason why NumPy runs the call. */
static const char *take_comparison(struct comparison *comparison,
                                   const struct state *state, PyObject *const *args,
                                   Py_ssize_t nargs, PyObject *kwnames)
{
    struct arguments arguments = {args, nargs, kwnames, 0};
    PyObject *x = arguments_find(&arguments, 0, "a");
    PyObject *y = arguments_find(&arguments, 1, "b");
    PyObject *relative = arguments_find(&arguments, 2, "rtol");
    PyObject *absolute = arguments_find(&arguments, 3, "atol");
    PyObject *equal_nan = arguments_find(&arguments, 4, "equal_nan");
    *comparison = (struct comparison){.equal_nan = equal_nan == Py_True};
    if (nargs > 5 || !arguments_known(&arguments) ||
        (equal_nan && !PyBool_Check(equal_nan))) {
        return reason_arguments_refused;
    }
    if (!take_tolerance(relative, 1e-5, &comparison->relative) ||
        !take_tolerance(absolute, 1e-8, &comparison->absolute)) {
        return reason_tolerance_not_finite;
    }
    if (!take_operand(x, &comparison->x) || !take_operand(y, &comparison->y)) {
        return reason_not_plain_numbers_or_number;
    }
    comparison->type = common_type(comparison);
    if (comparison->type == NPY_NOTYPE) {
        return reason_operations_of_other_dtypes;
    }
    if (call_promotes_by_value(state)) {
        return reason_numpy1_promotion;
    }
    if (!comparison->y.array) {
        /* If `y` is a Python number, NumPy computes the bound as Python does. */
        comparison->absolute += comparison->relative * fabs(comparison->y.value);
        comparison->relative = 0;
    }
    return fits(comparison->absolute, comparison->type) &&
                   fits(comparison->relative, comparison->type) &&
                   make_array(&comparison->x, comparison->type) &&
                   make_array(&comparison->y, comparison->type)
               ? NULL
               : reason_number_out_of_float32;
}

/* -- the calls ------------------------------------------------------------------- */

/* The operands, casts and loop that both calls need. */
struct closeness {
    struct comparison comparison;
    struct call call; /* owns nothing */
    struct close close;
    struct casting casting;
    struct job job;
};

static bool prepare(struct closeness *closeness, struct hook_call *hook,
                    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct comparison *comparison = &closeness->comparison;
    hook->report.reason =
        take_comparison(comparison, hook->state, args, nargs, kwnames);
    if (hook->report.reason) {
        return false;
    }
    struct call *call = &closeness->call;
    *call = (struct call){.state = hook->state,
                          .nin = FIND_INPUTS,
                          .nop = FIND_INPUTS,
                          .op = {comparison->x.array, comparison->y.array},
                          .pays_alone = true};
    call->size = call_broadcast_size(call);
    hook->report.elements = call->size;
    if (call->size < 0) {
        hook->report.reason = reason_shapes_refused;
        return false;
    }
    if (!hook_call_pays(hook, call, &closeness->job)) {
        return false;
    }
    closeness->close = (struct close){
        .kernel = kernels_close(comparison->type),
        .within = {comparison->relative, comparison->absolute, comparison->equal_nan}};
    if (closeness->close.kernel == NULL) {
        hook->report.reason = reason_no_kernel_chosen;
        return false;
    }
    const struct loop loop = {.run = run_close, .aux = &closeness->close.base};
    PyArray_Descr *descr = PyArray_DescrFromType(comparison->type);
    PyArray_Descr *descrs[] = {descr, descr};
    hook->report.reason =
        casting_make(&closeness->casting, &loop, FIND_INPUTS, call->op, descrs);
    Py_DECREF(descr);
    return !hook->report.reason;
}

PyObject *search_allclose(struct hook_call *hook, PyObject *self, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames)
{
    struct closeness closeness = {0};
    struct search search = {.wanted = false, .flags = REPORTED};
    npy_intp differs = -1;
    bool done = false;
    if (prepare(&closeness, hook, args, nargs, kwnames)) {
        search.plan.loop = casting_loop(&closeness.casting);
        hook->report.reason =
            nest_of_arrays(&search.nest, closeness.call.op, FIND_INPUTS, NPY_KEEPORDER);
        done =
            !hook->report.reason && search_run(&search, hook, &closeness.job, &differs);
    }
    if (done && differs >= 0 && errstate_raises(hook->state, REPORTED)) {
        hook->report.reason = reason_errstate_raises;
        done = false;
    }
    comparison_clear(&closeness.comparison);
    return done ? PyBool_FromLong(differs < 0) : NULL;
}

/*
 * Returns whether the result of NumPy's last operation lies like the result of its
 * first one, the difference.  Each operation has the order of its own operands.  An
 * operand of the whole shape in C order decides the order for all operations.  Operands
 * that lie alike leave no choice, and neither does a single operand.
 */
static bool has_one_order(PyArrayObject *x, PyArrayObject *y, npy_intp size)
{
    const bool contiguous = PyArray_IS_C_CONTIGUOUS(y) || PyArray_IS_F_CONTIGUOUS(y);
    if ((PyTypeNum_ISBOOL(PyArray_TYPE(y)) || PyTypeNum_ISINTEGER(PyArray_TYPE(y))) &&
        !contiguous) {
        return false; /* NumPy makes floats of it first, in an order of their own */
    }
    const bool whole[] = {PyArray_SIZE(x) == size, PyArray_SIZE(y) == size};
    if ((whole[0] && PyArray_IS_C_CONTIGUOUS(x)) ||
        (whole[1] && PyArray_IS_C_CONTIGUOUS(y)) ||
        (PyArray_NDIM(x) <= 1 && PyArray_NDIM(y) <= 1) || PyArray_NDIM(x) == 0 ||
        PyArray_NDIM(y) == 0) {
        return true;
    }
    return PyArray_SAMESHAPE(x, y) &&
           ((PyArray_IS_F_CONTIGUOUS(x) && PyArray_IS_F_CONTIGUOUS(y)) ||
            PyArray_CompareLists(PyArray_STRIDES(x), PyArray_STRIDES(y),
                                 PyArray_NDIM(x)));
}

/*
 * Returns `result` with the strides of NumPy's result.  The last of NumPy's operations
 * takes contiguous arrays as one line, and makes its result alike.  So the stride that
 * an iterator chose for an axis of length 1 is not seen.
 */
static PyObject *as_a_line(PyArrayObject *result)
{
    const bool fortran = !PyArray_IS_C_CONTIGUOUS(result);
    const int ndim = PyArray_NDIM(result);
    npy_intp stride = PyArray_ITEMSIZE(result);
    if (!fortran || PyArray_IS_F_CONTIGUOUS(result)) {
        for (int i = 0; i < ndim; i++) {
            const int axis = fortran ? i : ndim - 1 - i;
            PyArray_STRIDES(result)[axis] = stride;
            stride *= PyArray_DIM(result, axis);
        }
    }
    return Py_NewRef((PyObject *)result);
}

static PyObject *run_isclose(struct closeness *closeness, struct hook_call *hook)
{
    PyArrayObject *op[NPP_MAX_SLOTS] = {closeness->call.op[0], closeness->call.op[1]};
    const struct iterator_kind kind = {
        .nin = FIND_INPUTS, .nop = FIND_INPUTS + 1, .order = NPY_KEEPORDER};
    PyArray_Descr *descrs[NPP_MAX_SLOTS] = {NULL};
    struct plan plan = {.loop = casting_loop(&closeness->casting)};
    struct job *job = &closeness->job;
    struct nest nest;
    PyObject *result = NULL;
    int fpe = 0;
    if (!has_one_order(op[0], op[1], closeness->call.size)) {
        return decline(hook, reason_several_orders);
    }
    descrs[FIND_INPUTS] = PyArray_DescrFromType(NPY_BOOL);
    NpyIter *iter = iterator_new(&kind, op, descrs);
    Py_DECREF(descrs[FIND_INPUTS]);
    if (iter == NULL) {
        PyErr_Clear();
        return decline(hook, reason_iterator_refuses);
    }
    nest_from_iterator(&nest, iter);
    job->path = "direct";
    job->plan = &plan;
    job->nest = &nest;
    job->size = nest.size;
    job->split = split_anywhere();
    memcpy(job->strides, nest.stride[0], sizeof nest.stride[0]);
    if (execute(job, hook->explain, &fpe, &hook->report)) {
        if (errstate_reports(hook->state, fpe & REPORTED)) {
            hook->report.reason = reason_flags_reported;
        } else {
            result = as_a_line(NpyIter_GetOperandArray(iter)[FIND_INPUTS]);
        }
    }
    iterator_discard(iter);
    return result;
}

PyObject *search_isclose(struct hook_call *hook, PyObject *self, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames)
{
    struct closeness closeness = {0};
    PyObject *result = NULL;
    if (prepare(&closeness, hook, args, nargs, kwnames)) {
        result = run_isclose(&closeness, hook);
    }
    comparison_clear(&closeness.comparison);
    return result;
}
