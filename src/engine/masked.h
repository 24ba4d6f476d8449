/* masked.h - runs a loop where a mask (where=) is true. */
#ifndef NPP_ENGINE_MASKED_H
#define NPP_ENGINE_MASKED_H

#include "plan.h"

/* More operands than this are run stretch by stretch. */
enum { MASKED_MOST = 6 };

/* What the operands of a masked call are. */
struct masking {
    bool copies; /* the loop does nothing but copy its one input */
    bool whole;  /* blocks may be computed as a whole, and stored under the mask */
    bool fpe;    /* the loop may raise floating-point flags */
    bool tries;  /* the loop cannot fail, whatever it is given */
    int nin, nop;
    npy_intp block;                   /* elements that are computed as a whole */
    unsigned char width[MASKED_MOST]; /* of the operands: logarithms of bytes */
};

/* Fills it in for a call under a mask.  `copies`: the loop does nothing but copy. */
void masked_prepare(struct masking *masked, const struct plan *plan,
                    const struct call *call, bool copies);

/* Returns whether a result depends on where a stretch of the mask begins and ends, so
 * that no piece may end within it. */
bool masked_goes_by_place(const struct plan *plan, const struct call *call);

/* Runs `n` elements; the mask is the last of the operands in `data`.  Returns what the
 * loop returns.  Errors and flags are those of the selected elements. */
int masked_run(const struct masking *masked, const struct loop *loop, char *const *data,
               npy_intp n, const npy_intp *strides);

#endif
