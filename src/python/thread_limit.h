/* thread_limit.h - how many threads a call may use here and now. */
#ifndef NPP_PYTHON_THREAD_LIMIT_H
#define NPP_PYTHON_THREAD_LIMIT_H

#include "state.h"

/* Returns the least of three: the cap of the process, the block of `threads()` around
 * the call, OpenMP's limit.  Returns -1 with an exception set. */
int thread_limit(const struct state *state);

#endif
