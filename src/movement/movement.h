/* movement.h - functions that move elements without computing, on the engine: copy,
 * astype, where, copyto, concatenate. */
#ifndef NPP_MOVEMENT_MOVEMENT_H
#define NPP_MOVEMENT_MOVEMENT_H

#include "engine/hook_call.h"

/* Returns 0, or -1 with an exception set. */
int movement_init(struct state *state);

/* where(condition, x, y). */
hook_function movement_where;

#endif
