"""Histograms: by the engine where it can (src/counting/), else by NumPy."""

from __future__ import annotations  # help() shows the names of types, not what is in them

from typing import Any

import numpy as np
from numpy.typing import NDArray

from numpy_par._drop_in import enabled
from numpy_par._functions import Function, engine_or_numpy

__all__ = ["histogram", "histogram2d", "histogramdd"]

_DOC = """Do what `numpy.{name}` does, on several threads and in one pass over the elements.

    Parameters, result, warnings and errors are NumPy's, and so is each count. Plain arrays of
    integers, float32 or float64 without `weights`{without} are done here; all else is done by NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_000, endpoint=False)
    >>> {example}
    """


def _like(numpys: Function, without: str, example: str) -> Function:
    return engine_or_numpy(numpys, __name__, _DOC.format(name=numpys.__name__, without=without, example=example))


histogram = _like(np.histogram, "", "npp.histogram(x, 4)[0]\n    array([250000, 250000, 250000, 250000])")
histogramdd = _like(np.histogramdd, " or `density`", "float(npp.histogramdd([x, x], 10)[0].sum())\n    1000000.0")


def histogram2d(
    x: Any,
    y: Any,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Any = None,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Count points in the cells of a grid, on several threads.

    Parameters
    ----------
    x, y : array_like, shape (N,)
        Coordinates of the points, of any dtype that `numpy.histogram2d` takes.
    bins : int, array_like or a pair of these, optional
        The number of bins, or their edges, of both axes or of each.
    range : pair of pairs of float, optional
        The outermost edges of each axis; None: those of the points.
    density : bool, optional
        Return the density of the points instead of their number.
    weights : array_like, shape (N,), optional
        What each point counts. NumPy does such calls, and those with `density`.

    Returns
    -------
    counts, x_edges, y_edges : ndarray, shapes (nx, ny), (nx + 1,) and (ny + 1,)
        What `numpy.histogram2d` returns.

    Raises
    ------
    ValueError
        If `x` and `y` are not of one length, or the bins are not to be had.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_000, endpoint=False)
    >>> npp.histogram2d(x, x, 2)[0]
    array([[500000.,      0.],
           [     0., 500000.]])
    """
    with enabled(pool=False):
        return np.histogram2d(x, y, bins, range, density, weights)
