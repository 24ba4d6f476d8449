/*
 * profile.h - what was called, and what came of it.
 *
 * Each thread counts in a table of its own, without a lock; a reader adds the tables
 * up. Counts only grow: a profile is the difference of two readings.  A table is never
 * freed, as somebody may read it, but the next thread takes the one that a thread has
 * left: there are as many, of 64 KiB, as threads that called at the same time.
 */
#ifndef NPP_ENGINE_PROFILE_H
#define NPP_ENGINE_PROFILE_H

#include "choice.h"
#include "execute.h"

/* Calls are counted while more profiles began than ended. */
void profile_begin(void);
void profile_end(void);
extern _Atomic int profile_users;

static inline bool profile_is_on(void)
{
    return __builtin_expect(profile_users > 0, 0);
}

/* The time, never 0: a call begins, and profile_call() must follow. */
int64_t profile_start(void);

/* Count a call that began at `since`: its arguments, and its result or NULL.  `kind` is
 * that of a call of ours, all zeros where nothing is learned of it; NULL: NumPy ran it.
 */
void profile_call(const char *name, PyObject *const *args, Py_ssize_t n,
                  PyObject *result, const struct report *report,
                  const struct choice_kind *kind, int64_t since);

/*
 * [(name, dtype, its name where it has no instance, or None, reason or None, threads,
 * calls, elements, bytes, ns, ns without the GIL, calls of which is known what NumPy
 * takes because it was measured, and others from what an element costs, ns of both, ns
 * that NumPy is estimated to take for these, least and most ns of a call's element)];
 * NULL: an exception is set.
 *
 * The last two, which are no sums, are of the calls since a profile began that found no
 * other one; None if there are none.
 */
PyObject *profile_rows(void);

/* How many tables there are, for tests. */
int profile_tables(void);

#endif
