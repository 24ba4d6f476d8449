/* slot.h - function pointers in NumPy's and CPython's tables, which other threads read
 * without a lock while we exchange them. */
#ifndef NPP_PYTHON_SLOT_H
#define NPP_PYTHON_SLOT_H

#define SLOT_LOAD(slot) __atomic_load_n(&(slot), __ATOMIC_ACQUIRE)
#define SLOT_STORE(slot, value) __atomic_store_n(&(slot), value, __ATOMIC_RELEASE)

#endif
