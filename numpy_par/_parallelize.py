"""`parallelize`: the parallel ufunc for a ufunc of anybody's."""

from typing import TypeVar

import numpy as np

from numpy_par import _engine

_Ufunc = TypeVar("_Ufunc", bound=np.ufunc)


def parallelize(ufunc: _Ufunc) -> _Ufunc:
    """Return a ufunc that does what `ufunc` does, large calls on several threads.

    Parameters
    ----------
    ufunc : numpy.ufunc
        Any ufunc or gufunc whose loops are compiled: NumPy's own, those of
        `scipy.special`, of Numba's ``@vectorize``, of a user dtype.

    Returns
    -------
    numpy.ufunc
        With the same name, types, signature, identity and docstring. The same
        object each time for the same `ufunc`; ``parallelize(np.add)`` is
        ``numpy_par.add``.

    Raises
    ------
    TypeError
        If `ufunc` is not a `numpy.ufunc`, or if all its loops take Python objects
        (`numpy.frompyfunc`, `numpy.vectorize`): these need the GIL for every
        element, so threads cannot help.

    Notes
    -----
    The loops of `ufunc` are run from several threads at once, each on its own range
    of elements. A loop that keeps state between elements outside its arguments is
    not fit for that; none of NumPy's or SciPy's does.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> npp.parallelize(np.add) is npp.add
    True
    >>> npp.parallelize(np.frompyfunc(abs, 1, 1))
    Traceback (most recent call last):
        ...
    TypeError: parallelize: <ufunc 'abs (vectorized)'> needs the GIL for every \
element (all its loops take objects), so threads cannot help it
    """
    return _engine.parallelize(ufunc)
