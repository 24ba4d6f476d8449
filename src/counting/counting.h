/*
 * counting.h - shared by the files of this folder: histograms of one axis and of
 * several.
 *
 * NumPy counts with edges by searching for them, and with a number of bins by a formula
 * whose result it corrects by the edges on both sides.  Either way an element is in the
 * bin between whose edges it lies.  (Edges for which the formula would be off by more
 * are left to NumPy.)  So there is one way here: a guess if the bins are of about the
 * same width, else a search; and each member of the team has counts of its own, which
 * are added up.
 */
#ifndef NPP_COUNTING_COUNTING_H
#define NPP_COUNTING_COUNTING_H

#include "engine/hook_call.h"
#include "kernels/bins.h"
#include "search/ranking.h"

enum { COUNTING_AXES = 8 };

/* One axis of a histogram: elements, which are compared as float64, and bins. */
struct axis {
    PyArrayObject *edges; /* owned; contiguous float64 */
    struct binning bins;
    double *ends;           /* owned; NULL: the bins are ranked */
    struct source source;   /* of elements, if they are not ranked */
    struct ranking ranking; /* of the elements among the edges */
};

/* Returns NULL, or the reason why NumPy runs the call; or NULL with an exception set.
 * `formula`: NumPy computes the bins of these elements by its formula.  Clear it either
 * way. */
const char *axis_make(struct axis *axis, PyArrayObject *elements, PyArrayObject *edges,
                      bool formula);
void axis_clear(struct axis *axis);

/* Returns whether these can be the elements of an axis. */
bool axis_is_plain(PyObject *elements);

/* Stores what elements [0, size) of all axes are counted as: a new array of counts, in
 * C order, with a slot before the first bin and behind the last bin of each axis; NULL
 * as a hook does. */
PyArrayObject *counting_run(struct hook_call *hook, struct job *job,
                            const struct axis *axes, int naxes, npy_intp size);

/* Store new references to the least and the greatest element; or to what range= is, if
 * that is two finite Python numbers.  Return false, maybe with an exception set, if
 * there are none. */
bool counting_extremes(struct hook_call *hook, PyArrayObject *elements,
                       PyObject **least, PyObject **greatest);
bool counting_take_range(PyObject *range, PyObject **least, PyObject **greatest);

/* Stores bins= if it is a number of bins. */
bool counting_take_bins(PyObject *object, Py_ssize_t *bins);

/* Returns the edges that NumPy's histogramdd makes for a number of bins; NULL, maybe
 * with an exception set: NumPy has to. */
PyObject *counting_edges(struct hook_call *hook, PyArrayObject *elements,
                         PyObject *range, Py_ssize_t bins);

/* Returns a function of numpy's, called on `args`; NULL with an exception set. */
PyObject *counting_numpy(const struct state *state, const char *name,
                         PyObject *const *args, size_t nargs);

#endif
