/* thread_limit.c - see thread_limit.h. */
#include "thread_limit.h"

#include "threads/team.h"

#include "context.h"

int thread_limit(const struct state *state)
{
    int limit = team_cap();
    const int openmp = team_openmp_limit();
    PyObject *value = context_value(state->limit_variable);
    if (value != NULL) {
        const long own = PyLong_AsLong(value);
        Py_DECREF(value);
        if (own == -1 && PyErr_Occurred()) {
            return -1;
        }
        limit = own < limit ? (int)own : limit;
    }
    return openmp < limit ? openmp : limit;
}
