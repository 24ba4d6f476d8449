/*
 * handler.h - the pool as NumPy's allocator (NEP 49), for a context or for everybody.
 *
 * NumPy asks a context variable for the allocator of a new array, and new threads find
 * its default there.  So a handler of ours in the variable is for one context.  For the
 * whole process, the four functions of NumPy's default handler, which is public, lead
 * here, whatever thread asks.  Small sizes go on to NumPy's own functions.
 */
#ifndef NPP_MEMORY_HANDLER_H
#define NPP_MEMORY_HANDLER_H

#include "python/state.h"

/* Reads where NumPy's functions are; changes nothing.  Returns 0, or -1 with an
 * exception set. */
int handler_init(struct state *state, PyObject *module);

/*
 * Switches the pool on or off for everybody's large arrays.  Returns NULL, or why that
 * has no effect on this NumPy; or NULL with an exception set.  When it is off and the
 * last array that came from the pool in this way is gone, NumPy's handler is as it was.
 */
const char *handler_use_everywhere(bool on);
bool handler_is_everywhere(void);

/* Returns a handler for a context, with the pool or without it, whatever everybody has:
 * a capsule; borrowed. */
PyObject *handler_for_context(bool pool);

/* Clear memory, or touch it for the first time, with the threads that this context may
 * use.  Called with the GIL held. */
void handler_clear(void *start, size_t bytes);
void handler_touch(void *start, size_t bytes);

#endif
