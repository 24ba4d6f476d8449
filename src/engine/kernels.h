/*
 * kernels.h - the kernels (ops.def, kernels/) that take the place of NumPy's loops:
 * those of one instruction set, chosen once for the process.
 *
 * Kernels have the type of NumPy's classic loops.  So they are put into the table of a
 * copy of the ufunc, and NumPy's own machinery finds them there, for large calls and
 * small ones.
 */
#ifndef NPP_ENGINE_KERNELS_H
#define NPP_ENGINE_KERNELS_H

#include "kernels/bins.h"
#include "kernels/blocks.h"
#include "kernels/bytes.h"
#include "kernels/exact.h"
#include "kernels/extremes.h"
#include "kernels/interpolation.h"
#include "kernels/masks.h"
#include "kernels/moments.h"
#include "kernels/prefixes.h"
#include "kernels/ranks.h"
#include "kernels/rearrange.h"
#include "kernels/searches.h"
#include "kernels/sorts.h"
#include "kernels/sums.h"
#include "python/numpy_api.h"

/* As kernel_function (kernels/kernel.h); the last argument is NULL. */
typedef void kernel_loop(char **args, const npy_intp *n, const npy_intp *steps,
                         void *data);

/* Which rows are used: those with NumPy's bits; those at most 1.0 ULP from the true
 * value as well; or those at most 3.5 ULP from it. */
enum kernel_bits { KERNELS_SAME, KERNELS_CLOSE, KERNELS_FAST, KERNELS_KINDS };

/*
 * Chooses the level by name, or by the CPU if `name` is NULL, and its rows: those that
 * win there, or with `everything` all of them, to measure them.  Returns 0, or -1 with
 * a ValueError if the level is unknown or this CPU lacks it.  Call it once, before any
 * ufunc is copied.
 */
int kernels_choose(const char *name, bool everything);
const char *kernels_level(void);

/* Returns whether `ufunc` has rows with exactly these bits. */
bool kernels_has(const PyUFuncObject *ufunc, enum kernel_bits bits);

/* Returns the types (a bit each, by NumPy's number) for which a ufunc of one input has
 * rows with other bits than NumPy's; all types for other ufuncs with such rows. */
uint32_t kernels_own_types(const PyUFuncObject *ufunc);

/* Returns the input types of those loops for which there is a kernel of ours. */
uint32_t kernels_types(const PyUFuncObject *ufunc);

/* Tables of loops for a copy of a ufunc, with our kernels where we have them.  They are
 * never freed.  kernels_tables() returns 0, or -1 with an exception set: out of
 * memory. */
struct kernel_tables {
    PyUFuncGenericFunction *functions;
    void **data;
};
int kernels_tables(const PyUFuncObject *ufunc, enum kernel_bits bits,
                   struct kernel_tables *tables);

/* Updates a copy from NumPy's table, where others may put loops of their own
 * (PyUFunc_ReplaceLoopBySignature), also in place of loops that ours replace. */
void kernels_follow(PyUFuncObject *copy, const PyUFuncObject *ufunc);

/* Returns the kernel that casts one of NumPy's types to another, or NULL. */
kernel_loop *kernels_cast(int from, int to);

/* Returns the kernel that sums a row of one of NumPy's types, or NULL. */
sum_function *kernels_sum(int type, enum map map, enum sum_place place);

/* Returns the kernel that sums runs under a mask, or NULL. */
runs_function *kernels_runs(int type);

/* Returns the kernel that sums columns, or NULL. */
columns_function *kernels_columns(int type, enum map map);

/* Return the kernel that classifies zeros and NaNs of a type, or NULL; and the one that
 * finds signalling NaNs. */
kinds_function *kernels_kinds(int type);
signalling_function *kernels_signalling(int type);

/* kernels_extreme_of() returns which extreme `ufunc` gives, or EXTREME_COUNT.
 * kernels_extreme() stores the kernels for the extremes of a row and of columns, or
 * NULL (kernels/extremes.h). */
enum extreme kernels_extreme_of(const char *ufunc);
void kernels_extreme(const char *ufunc, int type, extreme_function **row,
                     extreme_columns_function **columns);

/* Returns the kernel that accumulates a row by `ufunc` (kernels/scans.h), or NULL. */
kernel_loop *kernels_scan(const char *ufunc, int type);

/* These have no loop of NumPy's to fall back to, so they return the kernels of the
 * chosen level, or of the least.  kernels_gather() returns the kernel that gathers
 * elements of a type that is not complex as doubles, kernels_exact() the one that adds
 * these exactly. */
gather_function *kernels_gather(int type);
exact_function *kernels_exact(void);
moments_function *kernels_moments(void);
/* `type` is NPY_FLOAT or NPY_DOUBLE. */
const struct prefix_kernels *kernels_prefixes(int type);

/* Returns the kernel that tells which elements are close (kernels/searches.h), or
 * NULL. */
kernel_loop *kernels_close(int type);

/* Returns the kernel that ranks keys of a type (kernels/ranks.h), or NULL. */
rank_function *kernels_rank(int type, bool right);

/* Returns the kernels that interpolate (kernels/interpolation.h). */
const struct interpolation_kernels *kernels_interpolation(void);

/* Returns the kernels that count elements in bins (kernels/bins.h). */
const struct bin_kernels *kernels_bins(void);

/* Returns the kernel that counts truth values; there is one once a level is chosen. */
count_function *kernels_count(void);

/* Return the kernels that move by a mask (kernels/masks.h), to other places
 * (kernels/rearrange.h), and that move bits and bytes (kernels/bytes.h). */
const struct mask_kernels *kernels_masks(void);
const struct rearrange_kernels *kernels_rearrange(void);
const struct byte_kernels *kernels_bytes(void);

/* Returns the kernels that place elements by bounds (kernels/places.h), or NULL. */
const struct place_kernels *kernels_places(int type);

/* Return the kernels that sort (kernels/sorts.h), and those that make keys and words to
 * be sorted (kernels/words.h). */
const struct sort_kernels *kernels_sorts(void);
const struct word_kernels *kernels_words(void);

/* Return the kernels that look at indices (kernels/select.h), and that store elements
 * by them (kernels/assign.h). */
const struct select_kernels *kernels_select(void);
const struct assign_kernels *kernels_assign(void);

/* Returns [(ufunc, types, "same" | "close" | "fast", wins)] of the rows in use, or NULL
 * with an exception set. */
PyObject *kernels_list(void);

/* Returns the name of the level if `function` is a kernel of ours, else NULL. */
const char *kernels_whose(PyUFuncGenericFunction function);

#endif
