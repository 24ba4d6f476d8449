/* reasons.h - each reason of reasons.def, as a text that is told apart by its address.
 */
#ifndef NPP_REASONS_REASONS_H
#define NPP_REASONS_REASONS_H

#define REASON(name, text) extern const char reason_##name[];
#include "reasons.def"

#endif
