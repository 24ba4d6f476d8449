/* profit.h - is a call worth the engine?  What is asked before NumPy is asked for a
 * loop. */
#ifndef NPP_ENGINE_PROFIT_H
#define NPP_ENGINE_PROFIT_H

#include "call.h"
#include "cost.h"

struct profit {
    uint32_t key; /* of the call's cost */
    int limit;    /* threads it may use */
    bool asked;   /* whether helpers that sleep are to be woken for it */
};

/*
 * NULL: go on (or an exception is set, which is the end), else the reason why NumPy is
 * to run the call.  To explain one, only the reasons that do not depend on costs.
 */
const char *profit_check(struct profit *profit, const struct call *call,
                         const struct cost_table *costs, bool explain);

#endif
