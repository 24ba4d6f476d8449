/* search.h - functions that look for elements: entry points for hooks and methods. */
#ifndef NPP_SEARCH_SEARCH_H
#define NPP_SEARCH_SEARCH_H

#include "engine/hook_call.h"

/* Methods of an array (`self`). */
hook_function search_argmax, search_argmin;

/* Functions of arrays, which are their first arguments. */
hook_function search_nanargmax, search_nanargmin, search_find_first, search_array_equal,
    search_allclose, search_isclose, search_count_nonzero;

#endif
