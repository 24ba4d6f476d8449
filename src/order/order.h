/*
 * order.h - sorting: np.sort, ndarray.sort, np.argsort, ndarray.argsort.
 *
 * What NumPy's answer is here: stable kinds, bit for bit.  The default kind, by value:
 * NumPy itself gives NaNs other bits, and puts equal zeros of both signs in an order
 * that depends on the CPU; here they keep their bits.  An argsort is always the stable
 * one, the same at each number of threads, level and machine; unless exact=True asks
 * for NumPy's own order of equal elements.
 *
 * Keys (keys.h) are what the kernels sort; lines of them are sorted on one thread
 * (line.c), or one long line in buckets on all threads (buckets.c); numbers of 8 and 16
 * bits by counting (counting.c).
 */
#ifndef NPP_ORDER_ORDER_H
#define NPP_ORDER_ORDER_H

#include "engine/hook_call.h"

#include "keys.h"
#include "words.h"

/* Returns whether a call of this function of ours on an array is ours whatever trials
 * say: else equal elements would come in the stable order at one time, and in NumPy's
 * at another.  It is for arrays so large that ours is the faster one on any CPU. */
bool order_is_settled(hook_function *ours, PyObject *array);

/* Sorts `n` contiguous numbers from `from` to `to`, which may be the same, on several
 * threads.  `job` is what hook_pays() gave.  Returns false as execute() does; `to` then
 * has the numbers of `from` in any order, if it is the same.  `words`: the numbers are
 * words of an argsort, and `to` gets their indices; else NULL. */
bool order_in_buckets(struct hook_call *hook, struct job *job, enum key_kind kind,
                      const char *from, char *to, npy_intp n,
                      const struct words *words);

/* Does the same for numbers of 8 and 16 bits, by counting. */
bool order_by_counting(struct hook_call *hook, struct job *job, int type,
                       const char *from, char *to, npy_intp n);

/* Returns whether `n` keys from 0 to `greatest` are to be counted; two are equal then.
 */
bool order_argsort_counts(npy_intp n, uint64_t greatest);

/* Stores the indices of elements whose keys are from words->least to `greatest` more,
 * in the stable order.  Returns false as execute() does. */
bool order_argsort_by_counting(struct hook_call *hook, struct job *job,
                               const struct words *words, uint64_t greatest,
                               int64_t *to);

/* Sorts each line of `array`, along an axis, to `to`, which may be the same array. */
bool order_lines(struct hook_call *hook, struct job *job, enum key_kind kind,
                 PyArrayObject *array, PyArrayObject *to, int axis);

#endif
