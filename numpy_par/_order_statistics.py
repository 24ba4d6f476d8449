"""median, percentile, quantile, and those without NaNs: by the engine where it can (src/order/), else by NumPy."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import numpy as np

from numpy_par._functions import Function, engine_or_numpy

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]

_DOC = """Do what `numpy.{name}` does, on several threads, and without a copy of the array.

    Parameters, result, errors and warnings are NumPy's. Whole arrays (`axis=None`, or one axis) of integers, float32 or
    float64, contiguous, without weights, are done here; all else is done by NumPy. With `overwrite_input` the array
    stays as it is.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_001)
    >>> float(npp.{name}({arguments}))
    0.5
    """


_DOC_OF_LINES = """Do what `numpy.{name}` does, on several threads, and without a call of Python for each line.

    Parameters, result, errors and warnings are NumPy's, and so are the results' values. Lines along one of several
    axes, of float64{types}, at most 65,536 long, {taken}are done here; all else is done by NumPy, and so is
    an array of which a result is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.arange(1_000_000.0).reshape(1000, 1000)
    >>> x[:, 0] = np.nan
    >>> npp.{name}({arguments})[:3]
    array([ 500., 1500., 2500.])
    """


def _like(numpys: Function, arguments: str) -> Function:
    return engine_or_numpy(numpys, __name__, _DOC.format(name=numpys.__name__, arguments=arguments))


def _like_of_lines(numpys: Function, arguments: str, types: str, taken: str) -> Function:
    return engine_or_numpy(
        numpys, __name__, _DOC_OF_LINES.format(name=numpys.__name__, arguments=arguments, types=types, taken=taken)
    )


median = _like(np.median, "x")
percentile = _like(np.percentile, "x, 50")
quantile = _like(np.quantile, "x, 0.5")
nanmedian = _like_of_lines(np.nanmedian, "x, 1", " or float32", "")
nanpercentile = _like_of_lines(np.nanpercentile, "x, 50, 1", "", 'with the method "linear", ')
nanquantile = _like_of_lines(np.nanquantile, "x, 0.5, 1", "", 'with the method "linear", ')
