/*
 * precision.h - how far results may be from the true value, and so which of our kernels
 * take part.  A setting of the process; contexts may have their own.
 */
#ifndef NPP_ENGINE_PRECISION_H
#define NPP_ENGINE_PRECISION_H

#include "python/state.h"

#include "kernels.h"

/* 0, or -1 with an exception set. */
int precision_init(struct state *state);

/* Sets the precision of the process.  Returns the previous one. */
enum kernel_bits precision_set_everywhere(enum kernel_bits bits);

/* Adds `more` to the number of contexts that have a precision of their own.  The
 * context variable holds it as a number of enum kernel_bits. */
void precision_count_contexts(int more);

enum kernel_bits precision_now(const struct state *state);

#endif
