/*
 * kernels.h - which kernels of ours (ops.def, kernels/) take the place of NumPy's
 * loops: those of one instruction set, chosen once for the process.
 *
 * They have the type of NumPy's classic loops.  So they are put into the table of a
 * copy of the ufunc, and NumPy's own machinery finds them there, for large calls and
 * small ones.
 */
#ifndef NPP_ENGINE_KERNELS_H
#define NPP_ENGINE_KERNELS_H

#include "kernels/blocks.h"
#include "kernels/exact.h"
#include "kernels/extremes.h"
#include "kernels/moments.h"
#include "kernels/prefixes.h"
#include "kernels/searches.h"
#include "kernels/sums.h"
#include "python/numpy_api.h"

/* As kernel_function (kernels/kernel.h); the last argument is NULL. */
typedef void kernel_loop(char **args, const npy_intp *n, const npy_intp *steps,
                         void *data);

/* Which rows: those with NumPy's bits, those at most 1.0 ULP from the true value as
 * well, or those at most 3.5. */
enum kernel_bits { KERNELS_SAME, KERNELS_CLOSE, KERNELS_FAST, KERNELS_KINDS };

/*
 * Choose the level by name, or by the CPU (NULL), and its rows: those that win there,
 * or `everything` to measure them.  0, or -1 with a ValueError: unknown, or this CPU
 * lacks it.  Once, before any ufunc is copied.
 */
int kernels_choose(const char *name, bool everything);
const char *kernels_level(void);

/* Whether a ufunc has rows of just these bits. */
bool kernels_has(const PyUFuncObject *ufunc, enum kernel_bits bits);

/* The types (a bit each, by NumPy's number) for which a ufunc of one input has rows
 * with other bits than NumPy's; all of them for other ufuncs with such rows. */
uint32_t kernels_own_types(const PyUFuncObject *ufunc);

/* The types of inputs of those loops for which there is a kernel of ours. */
uint32_t kernels_types(const PyUFuncObject *ufunc);

/* Tables for a copy of the ufunc, ours where we have them.  They stay for ever.  -1:
 * out of memory, exception set. */
struct kernel_tables {
    PyUFuncGenericFunction *functions;
    void **data;
};
int kernels_tables(const PyUFuncObject *ufunc, enum kernel_bits bits,
                   struct kernel_tables *tables);

/* A copy follows NumPy's table, where others may put loops of their own
 * (PyUFunc_ReplaceLoopBySignature), also in place of those that ours replace. */
void kernels_follow(PyUFuncObject *copy, const PyUFuncObject *ufunc);

/* The kernel for a cast from one of NumPy's types to another, or NULL. */
kernel_loop *kernels_cast(int from, int to);

/* The kernel that sums a row of one of NumPy's types, or NULL. */
sum_function *kernels_sum(int type, enum map map, enum sum_place place);

/* That which sums runs under a mask, or NULL. */
runs_function *kernels_runs(int type);

/* That which sums columns, or NULL. */
columns_function *kernels_columns(int type, enum map map);

/* The kernel that classifies zeros and NaNs of a type, or NULL; the one that finds
 * signalling NaNs. */
kinds_function *kernels_kinds(int type);
signalling_function *kernels_signalling(int type);

/* Which extreme a ufunc gives, or EXTREME_COUNT; the kernels for those of a row and of
 * columns, or NULL (kernels/extremes.h). */
enum extreme kernels_extreme_of(const char *ufunc);
void kernels_extreme(const char *ufunc, int type, extreme_function **row,
                     extreme_columns_function **columns);

/* That which accumulates a row by a ufunc (kernels/scans.h), or NULL. */
kernel_loop *kernels_scan(const char *ufunc, int type);

/* Of what has no loop of NumPy's to fall back to: those of the level, or of the least.
 * That which gathers elements of a type that is not complex as doubles, and that which
 * adds these exactly. */
gather_function *kernels_gather(int type);
exact_function *kernels_exact(void);
moments_function *kernels_moments(void);
/* Of NPY_FLOAT or NPY_DOUBLE. */
const struct prefix_kernels *kernels_prefixes(int type);

/* That which tells what is close to what (kernels/searches.h), or NULL. */
kernel_loop *kernels_close(int type);

/* That which counts truth values; there is one once a level is chosen. */
count_function *kernels_count(void);

/* Those that look at indices (kernels/select.h). */
const struct select_kernels *kernels_select(void);

/* [(ufunc, types, "same" | "close" | "fast", wins)] of the rows in use, or NULL with an
 * exception set.
 */
PyObject *kernels_list(void);

/* The name of the level if a loop is ours, else NULL. */
const char *kernels_whose(PyUFuncGenericFunction function);

#endif
