/* glance.c - see glance.h. */
#include "glance.h"

#include "cost.h"

_Atomic int64_t glance_gate;
PyTypeObject *glance_ndarray;

void glance_set(bool everything)
{
    glance_ndarray = &PyArray_Type;
    atomic_store(&glance_gate, everything ? 0 : cost_first_look());
}
