"""var, std, the nan functions and minmax: by the engine where it can (src/reduction/methods.c), else by NumPy."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike

from numpy_par import _engine

__all__ = ["minmax", "nanargmax", "nanargmin", "nanmean", "nanstd", "nansum", "nanvar", "std", "var"]

Function = TypeVar("Function", bound=Callable[..., Any])

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


def engine_or_numpy(numpys: Function, module: str, doc: str) -> Function:
    """Return a function with the parameters of NumPy's that asks the engine first.

    Parameters
    ----------
    numpys : function
        NumPy's. The engine knows it by its name.
    module : str
        The module of the new function.
    doc : str
        Its docstring.
    """
    name = numpys.__name__

    @functools.wraps(numpys)
    def function(*args: Any, **kwargs: Any) -> Any:
        named = dict(kwargs)
        # The engine takes the array of a method by its position.
        placed = (named.pop("a"),) if not args and "a" in named else args
        found = _engine.call(name, *placed, **named)
        return numpys(*args, **kwargs) if found is NotImplemented else found

    function.__module__ = module
    function.__doc__ = doc
    return cast(Function, function)


def _like(numpys: Function, taken: str = "`axis` and `keepdims`") -> Function:
    return engine_or_numpy(numpys, __name__, _DOC.format(name=numpys.__name__, taken=taken))


_OF_VAR = "`axis`, `ddof` and `keepdims`"
var = _like(np.var, _OF_VAR)
std = _like(np.std, _OF_VAR)
nansum = _like(np.nansum)
nanmean = _like(np.nanmean)
nanvar = _like(np.nanvar, _OF_VAR)
nanstd = _like(np.nanstd, _OF_VAR)
nanargmax = _like(np.nanargmax, "`axis`")
nanargmin = _like(np.nanargmin, "`axis`")


def minmax(a: ArrayLike, axis: int | tuple[int, ...] | None = None, *, keepdims: bool = False) -> tuple[Any, Any]:
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
    found: tuple[Any, Any] = _engine.call("minmax", a, axis, None, None, keepdims)
    if found is NotImplemented:
        return np.min(a, axis, keepdims=keepdims), np.max(a, axis, keepdims=keepdims)
    return found
