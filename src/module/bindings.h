/* bindings.h - the functions of numpy_par._engine, by subject.  Only for the files of
 * this folder. */
#ifndef NPP_MODULE_BINDINGS_H
#define NPP_MODULE_BINDINGS_H

#include "python/state.h"

extern PyMethodDef bindings_calls[], bindings_threads[], bindings_drop_in[],
    bindings_memory[], bindings_settings[];

static inline struct state *module_state(PyObject *module)
{
    return PyModule_GetState(module);
}

#endif
