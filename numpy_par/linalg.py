"""`numpy.linalg` on stacks of matrices, the stack shared out to every core.

Every public name of `numpy.linalg`, with the same signature. A stack of small
matrices is split over its loop dimensions; one large matrix stays with LAPACK and
BLAS, which have threads of their own.

Examples
--------
>>> import numpy as np
>>> import numpy_par as npp
>>> stack = np.eye(3) * np.arange(1.0, 5.0)[:, None, None]
>>> npp.linalg.det(stack)
array([ 1.,  8., 27., 64.])
"""

import numpy as _np

from numpy_par._mirror import mirror as _mirror

__all__ = _mirror(_np.linalg, globals())
