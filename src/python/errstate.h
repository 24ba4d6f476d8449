/* errstate.h - what np.errstate says of floating-point flags. */
#ifndef NPP_PYTHON_ERRSTATE_H
#define NPP_PYTHON_ERRSTATE_H

#include "state.h"

/* Whether NumPy warns of any of the flags (FE_*) here and now, or raises; or raises. */
bool errstate_reports(const struct state *state, int fpe);
bool errstate_raises(const struct state *state, int fpe);

#endif
