/*
 * precision.h - how far from the true value results may be, here and now: which of our
 * kernels take part.  A setting of the process, and of contexts that have their own.
 */
#ifndef NPP_ENGINE_PRECISION_H
#define NPP_ENGINE_PRECISION_H

#include "python/state.h"

#include "kernels.h"

/* 0, or -1 with an exception set. */
int precision_init(struct state *state);

/* Returns what it was. */
enum kernel_bits precision_set_everywhere(enum kernel_bits bits);

/* How many contexts have a say of their own, by the context variable: a number of enum
 * kernel_bits. */
void precision_count_contexts(int more);

enum kernel_bits precision_now(const struct state *state);

#endif
