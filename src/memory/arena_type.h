/* arena_type.h - the Python type around an arena: its buffer, its NEP 49 handler. */
#ifndef NPP_MEMORY_ARENA_TYPE_H
#define NPP_MEMORY_ARENA_TYPE_H

#include "python/state.h"

/* Add the types Arena and Ring to the module.  Return 0, or -1 with an exception
 * set. */
int arena_type_init(PyObject *module);
int ring_type_init(PyObject *module);

#endif
