/*
 * stage.h - a loop over blocks that stay in the first-level cache: inputs are cast into
 * them, a result is cast or streamed out of them (stream.h).
 *
 * NumPy casts 8192 elements at a time, which are gone from that cache before the loop
 * comes to them, and has an iterator that does it.  The bits are the same: a block is a
 * multiple of what NumPy's loops take at a time (partition.h).
 */
#ifndef NPP_ENGINE_STAGE_H
#define NPP_ENGINE_STAGE_H

#include <stdatomic.h>

#include "kernels.h"
#include "partition.h"

enum { STAGE_MOST = 4 };

/* Of contiguous elements. */
struct cast {
    kernel_loop *run;
    npy_intp steps[2];
};

struct stage {
    int nin, nop;
    bool is_cast[STAGE_MOST];
    struct cast casts[STAGE_MOST];
    npy_intp itemsize[STAGE_MOST]; /* of what the loop sees */
    bool streamed;
    _Atomic int fpe; /* what casts of results raised */
};

/* The kernel for a cast; false: there is none. */
bool cast_find(struct cast *cast, PyArray_Descr *from, PyArray_Descr *to);

/*
 * Whether the casts of a call can be done so: there is a kernel for each, and each
 * operand lies in one piece, so that NumPy's iterator would show a loop the same
 * strides.
 */
bool stage_casts(struct stage *stage, PyArrayObject *const *op, const struct call *call,
                 const struct plan *plan);

/* Whether the result in a nest is one for stream.h; and that it is to be. */
bool stage_may_stream(const struct nest *nest, PyArrayObject *const *op,
                      const struct call *call, const struct stage *stage);
void stage_stream(struct stage *stage, const struct call *call,
                  const struct plan *plan);

/* As loop_run(). */
int stage_run(struct stage *stage, const struct loop *loop, char *const *data,
              npy_intp n, const npy_intp *strides);

#endif
