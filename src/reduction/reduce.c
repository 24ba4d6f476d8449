/* reduce.c - a call of ufunc.reduce. */
#include "reduction.h"
#include "request.h"

#include <string.h>

#include "../fpu.h"

int reduction_init(struct state *state)
{
    PyObject *umath = PyImport_ImportModule("numpy._core.umath");
    state->get_extobj =
        umath ? PyObject_GetAttrString(umath, "_get_extobj_dict") : NULL;
    Py_XDECREF(umath);
    if (state->get_extobj == NULL) {
        PyErr_Clear(); /* then what depends on it is left to NumPy */
    }
    state->numpy_module = PyImport_ImportModule("numpy");
    state->no_value = state->numpy_module
                          ? PyObject_GetAttrString(state->numpy_module, "_NoValue")
                          : NULL;
    if (state->no_value) {
        state->equal = PyObject_GetAttrString(state->numpy_module, "equal");
        state->not_equal = PyObject_GetAttrString(state->numpy_module, "not_equal");
        state->isnan = PyObject_GetAttrString(state->numpy_module, "isnan");
    }
    return state->equal && state->not_equal && state->isnan ? 0 : -1;
}

/* -- what the ufunc is ---------------------------------------------------------- */

static bool is_any_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

enum order reduction_order(const char *ufunc, int type)
{
    static const char *const free_ones[] = {
        "add",        "multiply",    "bitwise_and", "bitwise_or", "bitwise_xor",
        "logical_or", "logical_and", "logical_xor", "gcd",        NULL};
    static const char *const extremes[] = {"maximum", "minimum", "fmax", "fmin", NULL};
    const bool exact = PyTypeNum_ISINTEGER(type) || PyTypeNum_ISBOOL(type);
    const bool real = type == NPY_HALF || type == NPY_FLOAT || type == NPY_DOUBLE;
    if (is_any_of(ufunc, extremes)) {
        return exact ? ORDER_FREE : real ? ORDER_EXTREME : ORDER_FIXED;
    }
    return exact && is_any_of(ufunc, free_ones) ? ORDER_FREE
           : !exact && strcmp(ufunc, "add") == 0 && kernels_sum(type, MAP_PLAIN)
               ? ORDER_TREE
               : ORDER_FIXED;
}

bool reduction_has_numpys_bits(const char *ufunc)
{
    return reduction_order(ufunc, NPY_LONG) == ORDER_FREE ||
           strcmp(ufunc, "subtract") == 0;
}

/* In which several axes may be taken at once; NumPy keeps it for each ufunc. */
static bool is_reorderable(const PyUFuncObject *ufunc)
{
    return ufunc->identity != PyUFunc_None;
}

/* A value as a number of the result's dtype, in an array without axes. */
static PyArrayObject *make_number(PyArray_Descr *descr, PyObject *value)
{
    Py_INCREF(descr);
    PyArrayObject *number = (PyArrayObject *)PyArray_NewFromDescr(
        &PyArray_Type, descr, 0, NULL, NULL, NULL, 0, NULL);
    if (number && PyArray_SETITEM(number, PyArray_BYTES(number), value) < 0) {
        Py_CLEAR(number);
    }
    return number;
}

/* The ufunc's identity; NULL without an exception: it has none. */
static PyArrayObject *make_identity(const PyUFuncObject *ufunc, PyArray_Descr *descr)
{
    PyObject *value = PyObject_GetAttrString((PyObject *)ufunc, "identity");
    PyArrayObject *number = NULL;
    if (value && PyLong_Check(value) && PyTypeNum_ISUNSIGNED(descr->type_num) &&
        PyObject_RichCompareBool(value, Py_False, Py_LT) == 1) {
        /* -1 stands for all bits. */
        Py_SETREF(value, PyLong_FromLong(0));
        number = value ? make_number(descr, value) : NULL;
        if (number) {
            memset(PyArray_BYTES(number), -1, (size_t)PyArray_ITEMSIZE(number));
        }
    } else if (value && value != Py_None) {
        number = make_number(descr, value);
    }
    Py_XDECREF(value);
    return number;
}

/* -- the loop ------------------------------------------------------------------- */

/* The loop, the order, and whether NumPy's rows can be had.  NULL, or a reason. */
static const char *choose_loop(struct reduction *reduction,
                               const struct request *request)
{
    const int from = PyArray_TYPE(request->array);
    reduction->type = plan_descr(&reduction->plan, 1)->type_num;
    reduction->itemsize = PyDataType_ELSIZE(plan_descr(&reduction->plan, 0));
    reduction->cast_size = PyDataType_ELSIZE(plan_descr(&reduction->plan, 1));
    reduction->ufunc = request->ufunc->name;
    reduction->order = reduction_order(reduction->ufunc, reduction->type);
    if (!request_is_plain_number(reduction->type) ||
        plan_descr(&reduction->plan, 0)->type_num != reduction->type) {
        return "a loop whose result is of another type";
    }
    if (strcmp(reduction->ufunc, "power") == 0 &&
        PyTypeNum_ISINTEGER(reduction->type)) {
        return "integer powers: NumPy raises for negative exponents";
    }
    if (from != reduction->type) {
        reduction->cast = kernels_cast(from, reduction->type);
        if (reduction->cast == NULL) {
            return "a cast that is NumPy's";
        }
    }
    reduction->sum = reduction->order == ORDER_TREE
                         ? kernels_sum(reduction->type, reduction->map)
                         : NULL;
    reduction->runs = reduction->sum && request->mask && !reduction->cast
                          ? kernels_runs(reduction->type)
                          : NULL;
    reduction->columns = strcmp(reduction->ufunc, "add") == 0 && !reduction->cast
                             ? kernels_columns(reduction->type, reduction->map)
                             : NULL;
    return NULL;
}

/* -- the call ------------------------------------------------------------------- */

/* Of a call that is worth it and laid out.  True: the result is complete. */
static bool run(struct hook_call *hook, struct reduction *reduction, struct drive *job,
                bool has_initial)
{
    int fpe = 0;
    if (reduction_prepare(reduction, job) < 0) {
        hook->report.reason = "no room for partial results";
        return false;
    }
    if (!drive(job, hook->explain, &fpe, &hook->report)) {
        return false;
    }
    if (job->run == reduction_run_split) {
        fpu_clear_flags();
        const bool clear = reduction_combine(reduction, has_initial);
        fpe |= fpu_get_flags();
        fpu_clear_flags();
        if (!clear) {
            hook->report.reason =
                "zeros, or NaNs, of several kinds: NumPy's order decides which it is";
            return false;
        }
    }
    if (reduction->is_part && (fpe & FPU_FLAGS)) {
        hook->report.reason = "a floating-point error: NumPy names the call it is of";
        return false;
    }
    return !reduction->plan.fpe || drive_give_fpe("reduce", fpe) == 0;
}

/* What results and partial results begin with; NULL where it is their first element. */
struct beginnings {
    PyArrayObject *identity, *initial; /* owned; that of the ufunc, the caller's */
};

/* Whether it becomes one of these numbers without a warning: what is no number, or may
 * not fit, is NumPy's to judge. */
static bool fits(PyObject *value, PyArray_Descr *descr)
{
    const double least = -60000, most = 60000; /* float16 holds them */
    const double number =
        PyLong_CheckExact(value) || PyFloat_CheckExact(value) || PyBool_Check(value)
            ? PyFloat_AsDouble(value)
            : most;
    PyErr_Clear();
    if (Py_TYPE(value) == descr->typeobj) {
        return true;
    }
    const bool whole = PyTypeNum_ISINTEGER(descr->type_num);
    return least < number && number < most && !(whole && PyFloat_CheckExact(value));
}

static const char *take_beginnings(struct beginnings *beginnings,
                                   const struct request *request, PyArray_Descr *descr)
{
    if (request->initial && !fits(request->initial, descr)) {
        return "an initial value that may not fit";
    }
    beginnings->identity = make_identity(request->ufunc, descr);
    if (request->initial && !PyErr_Occurred()) {
        beginnings->initial = make_number(descr, request->initial);
    }
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return "an initial value that does not fit";
    }
    return NULL;
}

/* Before a run: what is known of the beginnings, which ways differ in.  -1: an
 * exception is set. */
static int begin(struct reduction *reduction, const struct beginnings *beginnings,
                 bool split, PyArrayObject *out)
{
    PyArrayObject *identity = beginnings->identity;
    PyArrayObject *value = beginnings->initial ? beginnings->initial : identity;
    if (reduction->mask && !identity) {
        identity = value; /* of an extreme, which may come in several times */
    }
    reduction->copies_first = split ? !identity : !value;
    if (identity && PyArray_ITEMSIZE(identity) <= (npy_intp)sizeof reduction->neutral) {
        memcpy(reduction->neutral.bytes, PyArray_BYTES(identity),
               (size_t)PyArray_ITEMSIZE(identity));
    }
    reduction->has_end =
        reduction->type == NPY_BOOL && (strcmp(reduction->ufunc, "logical_or") == 0 ||
                                        strcmp(reduction->ufunc, "logical_and") == 0);
    return value && out ? PyArray_CopyInto(out, value) : 0;
}

/* NULL, or why NumPy is to run it; no exception is set. */
static const char *prepare_loop(struct reduction *reduction, struct request *request,
                                struct beginnings *beginnings, PyArrayObject **out)
{
    if (!is_reorderable(request->ufunc) && request->naxes > 1) {
        return "several axes of a ufunc that takes one: NumPy raises";
    }
    const char *reason =
        plan_make_reduction(&reduction->plan, reduction->state, request->ufunc,
                            request->array, request->dtype);
    reason = reason ? reason : choose_loop(reduction, request);
    if (reason) {
        return reason;
    }
    PyArray_Descr *descr = plan_descr(&reduction->plan, 0);
    if (request->out && !PyArray_EquivTypes(PyArray_DESCR(request->out), descr)) {
        return "an out= of another dtype than the result's";
    }
    reason = take_beginnings(beginnings, request, descr);
    if (reason) {
        return reason;
    }
    if (request->mask && !beginnings->identity && !beginnings->initial) {
        return "a where= mask without an initial value: NumPy raises";
    }
    if (!beginnings->identity && reduction->cast) {
        return "a cast of the elements that results begin with";
    }
    *out = (PyArrayObject *)Py_XNewRef((PyObject *)request->out);
    if (reduction_lay_out(reduction, request, out) < 0) {
        PyErr_Clear();
        return "operands that NumPy's iterator refuses: NumPy raises";
    }
    return NULL;
}

static bool is_alike(PyArrayObject *a, PyArrayObject *b)
{
    return PyArray_CheckExact(a) && PyArray_TYPE(a) == PyArray_TYPE(b) &&
           PyArray_ISBEHAVED_RO(a) && PyArray_SAMESHAPE(a, b) &&
           memcmp(PyArray_STRIDES(a), PyArray_STRIDES(b),
                  sizeof(npy_intp) * (size_t)PyArray_NDIM(a)) == 0;
}

/* NULL, or why the sum of what is made of the elements is not to be had here. */
static const char *refuse_map(const struct reduction *reduction, PyArrayObject *centers)
{
    if (reduction->map == MAP_PLAIN) {
        return NULL;
    }
    const bool columns = reduction->ndim > 1 && reduction->reduced[1] &&
                         reduction->from[0] == reduction->itemsize &&
                         reduction->to[0] == reduction->itemsize;
    return reduction->sum && reduction->columns && !reduction->cast &&
                   (reduction->reduced[0] || columns)
               ? NULL
               : "elements or an order that a kernel does not have";
}

/* Of a call that is more than a reduction: var, say. */
struct part {
    enum map map;
    PyArrayObject *centers; /* borrowed, or NULL */
};

/* NumPy makes arrays for the other parts of such a call, and sums float16 one by one.
 */
static bool pays_alone(const struct request *request, const struct part *part)
{
    return part || (PyArray_TYPE(request->array) == NPY_HALF &&
                    strcmp(request->ufunc->name, "add") == 0);
}

static PyObject *reduce(struct hook_call *hook, PyObject *self, PyObject *const *args,
                        Py_ssize_t nargs, PyObject *kwnames, const struct part *part)
{
    PyArrayObject *centers = part ? part->centers : NULL;
    const enum map map = part ? part->map : MAP_PLAIN;
    struct request request;
    struct reduction reduction = {
        .state = hook->state, .map = map, .is_part = part != NULL};
    struct beginnings beginnings = {0};
    struct drive job;
    PyObject *result = NULL;
    PyArrayObject *out = NULL;

    hook->report.reason =
        request_take(&request, hook->state, self, args, nargs, kwnames, false);
    if (hook->report.reason) {
        goto finish;
    }
    if (!request_is_worth(hook, request.array, request_key(&request, (uint32_t)map),
                          pays_alone(&request, part), &job)) {
        goto finish;
    }
    hook->report.reason = prepare_loop(&reduction, &request, &beginnings, &out);
    if (!hook->report.reason) {
        hook->report.reason = refuse_map(&reduction, centers);
    }
    if (hook->report.reason) {
        goto finish;
    }
    if (centers) {
        if (!is_alike(centers, out)) {
            hook->report.reason = "means that do not lie as the results do";
            goto finish;
        }
        reduction.centers = PyArray_BYTES(centers);
    }
    job.plan = &reduction.plan;
    job.context = &reduction;
    job.given = request.out != NULL;
    hook->report.reason = reduction_choose(&reduction, &job);
    const bool has_value = beginnings.initial || beginnings.identity;
    if (!hook->report.reason &&
        begin(&reduction, &beginnings, job.run == reduction_run_split,
              hook->explain && request.out ? NULL : out) == 0 &&
        run(hook, &reduction, &job, has_value)) {
        result = request.out || part
                     ? Py_NewRef((PyObject *)out)
                     : PyArray_Return((PyArrayObject *)Py_NewRef((PyObject *)out));
    }

finish:
    hook->report.elements = request.array ? PyArray_SIZE(request.array) : 0;
    Py_XDECREF((PyObject *)out);
    Py_XDECREF((PyObject *)beginnings.initial);
    Py_XDECREF((PyObject *)beginnings.identity);
    Py_XDECREF((PyObject *)request.dtype);
    reduction_clear(&reduction);
    return result;
}

PyObject *reduction_reduce(struct hook_call *hook, PyObject *self,
                           PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    return reduce(hook, self, args, nargs, kwnames, NULL);
}

PyArrayObject *reduction_map_sum(struct hook_call *hook, enum map map,
                                 PyArrayObject *array, PyObject *axis,
                                 PyObject *keepdims, PyArrayObject *centers)
{
    PyObject *args[] = {(PyObject *)array, axis, Py_None, Py_None, keepdims};
    const struct part part = {map, centers};
    return (PyArrayObject *)reduce(hook, hook->state->add, args, 5, NULL, &part);
}
