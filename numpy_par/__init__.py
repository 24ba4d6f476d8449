"""NumPy on every core, without copying an array and without changing an answer.

``import numpy_par as npp`` gives every ufunc of NumPy under its own name:
``npp.add``, ``npp.exp``, ``npp.hypot``, ... are `numpy.ufunc` objects that take what
NumPy's take and return what NumPy's return, and run large calls on several threads.
``npp.strings`` and ``npp.linalg`` do the same for `numpy.strings` and `numpy.linalg`.

Examples
--------
>>> import numpy as np
>>> import numpy_par as npp
>>> x = np.linspace(0, 1, 1_000_000)
>>> np.array_equal(npp.sqrt(x), np.sqrt(x))
True
"""

# First of all: it refuses a sub-interpreter with a sentence of its own, before NumPy
# gets to fail in its way.
try:
    import numpy_par._engine as _engine
except ModuleNotFoundError:
    import numpy_par._checkout  # isort: skip

    __path__.extend(numpy_par._checkout.find_installed(__path__[0]))
    import numpy_par._engine as _engine

import numpy as _np

from numpy_par import (
    _counting,
    _functions,
    _grouping,
    _kernels,
    _order,
    _order_statistics,
    _searches,
    _selections,
    _sets,
    _statistics,
    _sums,
    _threads,
    memory,
)
from numpy_par._arena import Arena
from numpy_par._config import show_config
from numpy_par._counting import *
from numpy_par._drop_in import disable, enable, enabled, is_enabled
from numpy_par._explain import Explanation, explain
from numpy_par._functions import *
from numpy_par._grouping import *
from numpy_par._ipython import (
    load_ipython_extension as load_ipython_extension,
    unload_ipython_extension as unload_ipython_extension,
)
from numpy_par._mirror import publish as _publish
from numpy_par._order import *
from numpy_par._order_statistics import *
from numpy_par._parallelize import parallelize
from numpy_par._precision import get_precision, precision, set_precision
from numpy_par._profile import Row, profile
from numpy_par._searches import *
from numpy_par._selections import *
from numpy_par._sets import *
from numpy_par._sliding import sliding
from numpy_par._statistics import *
from numpy_par._sums import *
from numpy_par._threads import get_num_threads, set_num_threads, threads

__version__ = _engine.version

_threads.configure()
_kernels.configure()
memory.configure()


def _add_ufuncs() -> list[str]:
    """Give this module NumPy's ufuncs, and return their names."""
    names = [name for name, value in vars(_np).items() if isinstance(value, _np.ufunc)]
    for name in names:
        globals()[name] = parallelize(getattr(_np, name))
        _publish(globals()[name], __name__)
    return names


_UFUNC_NAMES = _add_ufuncs()

from numpy_par import linalg, strings  # noqa: E402  (they are made of the ufuncs)

__all__ = [
    "Arena",
    "Explanation",
    "Row",
    "disable",
    "enable",
    "enabled",
    "explain",
    "get_num_threads",
    "get_precision",
    "is_enabled",
    "linalg",
    "memory",
    "parallelize",
    "precision",
    "profile",
    "set_num_threads",
    "set_precision",
    "show_config",
    "sliding",
    "strings",
    "threads",
    "__version__",
    *_counting.__all__,
    *_functions.__all__,
    *_grouping.__all__,
    *_order.__all__,
    *_searches.__all__,
    *_order_statistics.__all__,
    *_selections.__all__,
    *_sets.__all__,
    *_statistics.__all__,
    *_sums.__all__,
    *_UFUNC_NAMES,
]


def __dir__() -> list[str]:
    return sorted(__all__)
