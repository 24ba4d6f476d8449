/*
 * region_gate.h - the one word by which helpers come into a region and the caller
 * closes it: members at work, members that came so far, the most that may come, whether
 * it is open, and the number of the region.
 */
#ifndef NPP_THREADS_REGION_GATE_H
#define NPP_THREADS_REGION_GATE_H

#include <stdint.h>

enum { ACTIVE_SHIFT = 0, JOINED_SHIFT = 12, LIMIT_SHIFT = 24 };
#define FIELD UINT64_C(0xfff)
#define ONE_ACTIVE (UINT64_C(1) << ACTIVE_SHIFT)
#define ONE_JOINED (UINT64_C(1) << JOINED_SHIFT)
#define OPEN (UINT64_C(1) << 36)
#define GENERATION_SHIFT 37

static inline unsigned gate_active(uint64_t gate)
{
    return (unsigned)(gate >> ACTIVE_SHIFT & FIELD);
}
static inline unsigned gate_joined(uint64_t gate)
{
    return (unsigned)(gate >> JOINED_SHIFT & FIELD);
}
static inline unsigned gate_limit(uint64_t gate)
{
    return (unsigned)(gate >> LIMIT_SHIFT & FIELD);
}
static inline uint64_t gate_generation(uint64_t gate)
{
    return gate >> GENERATION_SHIFT;
}

#endif
