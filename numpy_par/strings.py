"""`numpy.strings`, its ufuncs on every core.

Every public name of `numpy.strings`, with the same signature. Fixed-width strings
(dtypes ``S`` and ``U``) run in parallel; `numpy.dtypes.StringDType` stays with NumPy,
whose loops hold the lock of its allocator.

Examples
--------
>>> import numpy as np
>>> import numpy_par as npp
>>> npp.strings.str_len(np.array(["a", "bcd"]))
array([1, 3])
"""

import numpy as _np

from numpy_par._mirror import mirror as _mirror

__all__ = _mirror(_np.strings, globals())
