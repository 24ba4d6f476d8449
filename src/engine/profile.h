/*
 * profile.h - what was called, and what came of it.
 *
 * Each thread counts in a table of its own, without a lock; a reader adds the tables
 * up.  Counts only grow: a profile is the difference of two readings.  A table is never
 * freed, because somebody may be reading it.  When a thread ends, the next thread takes
 * its table: there are as many tables, of 64 KiB each, as threads that called at the
 * same time.
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

/* Marks that a call begins.  Returns the time, never 0; profile_call() must follow. */
int64_t profile_start(void);

/* Counts a call that began at `since`, with its arguments and its result or NULL.
 * `kind` is the kind of a call of ours, all zeros where nothing is learned of it; NULL:
 * NumPy ran the call. */
void profile_call(const char *name, PyObject *const *args, Py_ssize_t n,
                  PyObject *result, const struct report *report,
                  const struct choice_kind *kind, int64_t since);

/*
 * Returns a list of tuples, or NULL with an exception set.  A tuple has: name; dtype,
 * its name where it has no instance, or None; reason or None; threads; calls; elements;
 * bytes; ns; ns without the GIL; calls whose time with NumPy is known because it was
 * measured; others whose time is known from what an element costs; ns of both; ns that
 * NumPy is estimated to take for these; least and most ns of a call's element.
 *
 * The last two are not sums.  They are of the calls since a profile began that found no
 * other one; None if there are no such calls.
 */
PyObject *profile_rows(void);

/* Returns the number of tables, for tests. */
int profile_tables(void);

#endif
