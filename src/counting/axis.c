/* axis.c - the bins of one axis: are they of about the same width? */
#include <math.h>

#include "counting.h"

#include "memory/pool.h"
#include "python/array.h"
#include "reasons/reasons.h"

/* MARGIN: what rounding adds to how far an edge may be off; WORST: see bins.h. */
#define MARGIN 1e-9
#define WORST 0.25

/* Integers of 64 bits beyond have no float64 of their own. */
#define EXACT_INT 0x1p53

/* More bins have no slot, or no room beside each other. */
enum { MOST_BINS = 1 << 28 };

bool axis_is_plain(PyObject *elements)
{
    if (!array_is_plain_numbers(elements)) {
        return false;
    }
    const int type = PyArray_TYPE((PyArrayObject *)elements);
    return PyTypeNum_ISINTEGER(type) || type == NPY_FLOAT || type == NPY_DOUBLE;
}

/* Returns how far the guess is off at an edge, at most; more than WORST: too far. */
static double how_near(const double *edges, npy_intp bins, double scale)
{
    double near = 0;
    for (npy_intp i = 0; i <= bins && near <= WORST; i++) {
        const double off = fabs((edges[i] - edges[0]) * scale - (double)i);
        near = off <= near ? near : off <= WORST ? off : 1; /* NaN is too far */
    }
    return near;
}

/* Returns whether NumPy's formula is right to the next bin.  For float32 its steps may
 * be of float32 or of float64, which depends on what range= is; it is tried both
 * ways. */
static bool formula_holds(const double *edges, npy_intp bins, bool is_float)
{
    const double first = edges[0], width = edges[bins] - first;
    const double narrow = (double)(float)width;
    double off = 0;
    for (npy_intp i = 0; i <= bins && off <= WORST; i++) {
        const double from = edges[i] - first, narrow_from = (double)(float)from;
        const float part = (float)(narrow_from / narrow) * (float)bins;
        const double wide =
            fabs((is_float ? narrow_from : from) / width * (double)bins - (double)i);
        const double other = is_float ? fabs((double)part - (double)i) : 0;
        off = wide <= WORST && other <= WORST ? off : 1;
    }
    return off <= WORST;
}

static double *make_ends(const double *edges, npy_intp bins)
{
    double *ends = pool_take_any((size_t)(bins + 1) * sizeof *ends);
    for (npy_intp i = 0; ends && i <= bins; i++) {
        ends[i] = i < bins ? edges[i] : nextafter(edges[i], HUGE_VAL);
    }
    return ends;
}

static bool is_wide_integer(PyArrayObject *array)
{
    return PyTypeNum_ISINTEGER(PyArray_TYPE(array)) && PyArray_ITEMSIZE(array) > 4;
}

const char *axis_make(struct axis *axis, PyArrayObject *elements, PyArrayObject *edges,
                      bool formula)
{
    *axis = (struct axis){0};
    if (!axis_is_plain((PyObject *)edges) || PyArray_NDIM(edges) != 1 ||
        PyArray_SIZE(edges) < 2 || PyArray_SIZE(edges) > MOST_BINS) {
        return reason_edges_refused;
    }
    axis->edges = (PyArrayObject *)PyArray_FROM_OTF((PyObject *)edges, NPY_DOUBLE,
                                                    NPY_ARRAY_CARRAY_RO);
    if (axis->edges == NULL) {
        return NULL;
    }
    const double *values = PyArray_DATA(axis->edges);
    struct binning *bins = &axis->bins;
    bins->edges = PyArray_SIZE(edges);
    bins->count = bins->edges - 1;
    bins->first = values[0];
    bins->last = values[bins->count];
    const bool is_float = PyArray_TYPE(edges) == NPY_FLOAT;
    if (!kernels_interpolation()->ascends(values, bins->edges) ||
        ((is_wide_integer(elements) || is_wide_integer(edges)) &&
         !(fabs(bins->first) < EXACT_INT && fabs(bins->last) < EXACT_INT)) ||
        (formula && !formula_holds(values, bins->count, is_float))) {
        return reason_edges_refused;
    }
    bins->scale = (double)bins->count / (bins->last - bins->first);
    bins->near = how_near(values, bins->count, bins->scale) + MARGIN;
    if (bins->near > WORST) {
        return ranking_make(&axis->ranking, axis->edges, elements, NPY_DOUBLE, true);
    }
    axis->ends = make_ends(values, bins->count);
    bins->ends = axis->ends;
    return axis->ends ? source_make(&axis->source, elements, NPY_DOUBLE)
                      : reason_out_of_memory;
}

void axis_clear(struct axis *axis)
{
    ranking_clear(&axis->ranking);
    pool_give_any(axis->ends);
    Py_CLEAR(axis->edges);
    axis->ends = NULL;
}
