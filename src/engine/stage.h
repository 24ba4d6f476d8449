/*
 * stage.h - runs a loop over blocks that stay in the first-level cache.  Inputs are
 * cast into them, a result is cast or streamed out of them (stream.h).
 *
 * NumPy's iterator casts 8192 elements at a time, which are gone from that cache before
 * the loop comes to them.  The bits are the same: a block is a multiple of what NumPy's
 * loops take at a time (partition.h).
 */
#ifndef NPP_ENGINE_STAGE_H
#define NPP_ENGINE_STAGE_H

#include <stdatomic.h>

#include "kernels.h"
#include "partition.h"

enum { STAGE_MOST = 4 };

/* A cast of contiguous elements. */
struct cast {
    kernel_loop *run;
    npy_intp steps[2];
};

struct stage {
    int nin, nop;
    bool is_cast[STAGE_MOST];
    struct cast casts[STAGE_MOST];
    npy_intp itemsize[STAGE_MOST]; /* of the elements that the loop sees */
    bool streamed;
    _Atomic int fpe; /* flags that casts of results raised */
};

/* Finds the kernel for a cast; false: there is none. */
bool cast_find(struct cast *cast, PyArray_Descr *from, PyArray_Descr *to);

/*
 * Returns whether the casts of a call can be done in blocks: there is a kernel for
 * each, and each operand is contiguous, so that NumPy's iterator would show a loop the
 * same strides.
 */
bool stage_casts(struct stage *stage, PyArrayObject *const *op, const struct call *call,
                 const struct plan *plan);

/* stage_may_stream() returns whether the result in `nest` may be streamed (stream.h);
 * stage_stream() has it streamed. */
bool stage_may_stream(const struct nest *nest, PyArrayObject *const *op,
                      const struct call *call, const struct stage *stage);
void stage_stream(struct stage *stage, const struct call *call,
                  const struct plan *plan);

/* Runs `loop` in blocks, otherwise as loop_run() does. */
int stage_run(struct stage *stage, const struct loop *loop, char *const *data,
              npy_intp n, const npy_intp *strides);

#endif
