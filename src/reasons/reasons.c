/* reasons.c - see reasons.h. */
#include "reasons.h"

#define REASON(name, text) const char reason_##name[] = text;
#include "reasons.def"
