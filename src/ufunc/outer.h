/* outer.h - ufunc.outer(a, b): the ufunc of a[..., None, None] and b. */
#ifndef NPP_UFUNC_OUTER_H
#define NPP_UFUNC_OUTER_H

#include "engine/hook_call.h"

hook_function outer_call;

#endif
