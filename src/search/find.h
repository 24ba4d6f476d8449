/*
 * find.h - the first element at which a predicate is true, or is not.
 *
 * The predicate is a loop with a bool result.  It runs over blocks, whose results stay
 * in the first-level cache.  The members take the blocks in order.  So at the first hit
 * all blocks before it are done or at work, and no member takes another one.
 */
#ifndef NPP_SEARCH_FIND_H
#define NPP_SEARCH_FIND_H

#include <stdatomic.h>

#include "engine/execute.h"
#include "engine/hook_call.h"

enum { FIND_BLOCK = 4096, FIND_INPUTS = 2 };

/* A call of a predicate: one of NumPy's ufuncs, of one or two inputs. */
struct predicate {
    struct call call;
    struct plan plan;
};

/* Take apart a call of `ufunc` on `operands`.  Returns NULL, or the reason why NumPy
 * runs the call; then there is nothing to clear. */
const char *predicate_take(struct predicate *predicate, const struct state *state,
                           PyObject *ufunc, PyObject *const *operands);

/* Take apart x != 0; predicate_plan_nonzero() gets its loop, which casts nothing. */
const char *predicate_take_nonzero(struct predicate *predicate,
                                   const struct state *state, PyArrayObject *array);
const char *predicate_plan_nonzero(struct predicate *predicate);

/* Get the loop of the predicate, once the call is known to be worth it.  Returns NULL,
 * or the reason why NumPy runs the call. */
const char *predicate_plan(struct predicate *predicate);
void predicate_clear(struct predicate *predicate);

/* A loop over blocks of inputs which are cast to what it takes.  It is the `aux` of
 * casting_run, of an inner loop that has no other. */
struct casting {
    NpyAuxData base;
    struct loop inner;
    int nin;
    bool is_needed, is_cast[FIND_INPUTS];
    struct cast casts[FIND_INPUTS];
};

/* Find the casts of the operands to what the inner loop takes.  Returns NULL, or the
 * reason why NumPy runs the call. */
const char *casting_make(struct casting *casting, const struct loop *inner, int nin,
                         PyArrayObject *const *op, PyArray_Descr *const *descrs);
struct loop casting_loop(struct casting *casting);

struct search {
    struct plan plan; /* execute() sees its loop */
    bool wanted;      /* the truth value that is searched for */
    struct nest nest; /* of the inputs */
    int flags;        /* FE_* that NumPy may report */
    _Atomic(npy_intp) next, found;
    _Atomic(npy_intp) flagged; /* the first block that raised any flags */
    _Atomic int raised;
    _Atomic bool failed; /* a loop failed */
};

/* Prepare the loop and the operands of a predicate that has its plan.  Returns NULL,
 * or the reason why NumPy runs the call. */
const char *search_prepare(struct search *search, struct casting *casting,
                           const struct predicate *predicate, NPY_ORDER order);

/* Set `found` to the first hit, or -1.  Returns false without an answer if an
 * exception is set, or if NumPy runs the call for the reason in the report. */
bool search_run(struct search *search, struct hook_call *hook, struct job *job,
                npy_intp *found);

#endif
