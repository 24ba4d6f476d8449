/* errstate.h - what np.errstate says of floating-point flags. */
#ifndef NPP_PYTHON_ERRSTATE_H
#define NPP_PYTHON_ERRSTATE_H

#include "state.h"

/* errstate_reports() returns whether NumPy warns about any of the flags (FE_*) here and
 * now, or raises; errstate_raises() returns whether it raises. */
bool errstate_reports(const struct state *state, int fpe);
bool errstate_raises(const struct state *state, int fpe);

#endif
