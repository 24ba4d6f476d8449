/* movement.h - what moves elements without computing: copy, astype, where, copyto,
 * concatenate, on the engine. */
#ifndef NPP_MOVEMENT_MOVEMENT_H
#define NPP_MOVEMENT_MOVEMENT_H

#include "engine/hook_call.h"

/* 0, or -1 with an exception set. */
int movement_init(struct state *state);

hook_function movement_copy, movement_astype, movement_where, movement_copyto,
    movement_concatenate;

#endif
