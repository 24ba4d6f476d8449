/* profit.h - is a call worth the engine?  Asked before NumPy is asked for a loop. */
#ifndef NPP_ENGINE_PROFIT_H
#define NPP_ENGINE_PROFIT_H

#include "call.h"
#include "cost.h"

struct profit {
    uint32_t key; /* of the call's cost */
    int limit;    /* threads it may use */
    bool asked;   /* it was asked whether to wake sleeping helpers for it */
};

/*
 * Returns NULL to go on (or with an exception set, which ends the call), else the
 * reason why NumPy must run the call.  With `explain`, only reasons that do not depend
 * on costs.
 */
const char *profit_check(struct profit *profit, const struct call *call,
                         const struct cost_table *costs, bool explain);

#endif
