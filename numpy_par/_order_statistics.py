"""median, percentile, quantile: by the engine where it can (src/order/), else by NumPy."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import numpy as np

from numpy_par._functions import Function, engine_or_numpy

__all__ = ["median", "percentile", "quantile"]

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


def _like(numpys: Function, arguments: str) -> Function:
    return engine_or_numpy(numpys, __name__, _DOC.format(name=numpys.__name__, arguments=arguments))


median = _like(np.median, "x")
percentile = _like(np.percentile, "x, 50")
quantile = _like(np.quantile, "x, 0.5")
