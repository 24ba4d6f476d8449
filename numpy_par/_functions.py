"""var, std, the nan functions and minmax: by the engine where it can (src/reduction/methods.c), else by NumPy."""

import functools

import numpy as np

from numpy_par import _engine

_DOC = """Do what `numpy.{name}` does, on several threads, without the arrays that NumPy makes on the way.

    Parameters, result, warnings and errors are NumPy's, and so are the bits of the result.
    Contiguous arrays of float32 or float64, with no arguments but {taken}, are done here; all else
    is done by NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_000)
    >>> bool(npp.{name}(x) == np.{name}(x))
    True
    """


def _like(numpys, taken="`axis` and `keepdims`"):
    """Return a function with the parameters of NumPy's that asks the engine first."""

    @functools.wraps(numpys)
    def function(a, *args, **kwargs):
        found = _engine.call(numpys.__name__, a, *args, **kwargs)
        return numpys(a, *args, **kwargs) if found is NotImplemented else found

    function.__module__ = __name__
    function.__doc__ = _DOC.format(name=numpys.__name__, taken=taken)
    return function


_OF_VAR = "`axis`, `ddof` and `keepdims`"
var = _like(np.var, _OF_VAR)
std = _like(np.std, _OF_VAR)
nansum = _like(np.nansum)
nanmean = _like(np.nanmean)
nanvar = _like(np.nanvar, _OF_VAR)
nanstd = _like(np.nanstd, _OF_VAR)
nanargmax = _like(np.nanargmax, "`axis`")
nanargmin = _like(np.nanargmin, "`axis`")


def minmax(a, axis=None, *, keepdims=False):
    """Return the least and the greatest elements, in one pass over the array, on several threads.

    Parameters
    ----------
    a : array_like
        Elements of any dtype that has an order.
    axis : None, int or tuple of int, optional
        Over which axes; None: over all.
    keepdims : bool, optional
        Leave these axes in the results, with one element each.

    Returns
    -------
    least, greatest : ndarray or scalar
        What `numpy.min` and `numpy.max` return, with the same bits: a NaN if there is one.

    Raises
    ------
    ValueError
        If there is no element.
    numpy.exceptions.AxisError
        If `a` has no such axis.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(-1, 1, 1_000_001)
    >>> npp.minmax(x)
    (np.float64(-1.0), np.float64(1.0))
    """
    found = _engine.call("minmax", a, axis, None, None, keepdims)
    return (np.min(a, axis, keepdims=keepdims), np.max(a, axis, keepdims=keepdims)) if found is NotImplemented else found
