"""npp.moments: mean, variance, skewness and kurtosis in one pass over memory."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import operator
import warnings
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import ArrayLike, NDArray

from numpy_par import _engine
from numpy_par._parallelize import parallelize

__all__ = ["Moments", "moments"]


class Moments(NamedTuple):
    """What `moments` returns: the number of elements, and float64 numbers, or arrays of them.

    Examples
    --------
    >>> import numpy_par as npp
    >>> count, mean, variance, *_ = npp.moments([1, 2, 3, 4])
    >>> count, float(mean), float(variance)
    (4, 2.5, 1.25)
    """

    count: int  # type: ignore[assignment]  # it takes the place of tuple.count
    mean: Any
    variance: Any
    skewness: Any
    kurtosis: Any


def _as_lines(x: ArrayLike, axis: SupportsIndex | None) -> NDArray[Any]:
    """Return a real array in this machine's byte order, whose last axis has the elements of each result."""
    x = np.asanyarray(x)
    if type(x) not in (np.ndarray, np.memmap):
        raise TypeError(f"moments: x is a {type(x).__name__}; it must be a plain array, as numpy.asarray(x) is one")
    if x.dtype.kind not in "biuf":
        raise TypeError(f"moments: x has elements of {x.dtype}; they must be real numbers")
    if x.dtype.char == "g":
        x = x.astype(float)
    if axis is None:
        x = x.reshape(-1)
    else:
        try:
            axis = operator.index(axis)
        except TypeError:
            raise TypeError(f"moments: axis must be an int or None, not {axis!r} ({type(axis).__name__})") from None
        x = np.moveaxis(x, normalize_axis_index(axis, x.ndim), -1)
    return np.require(x, x.dtype.newbyteorder("="), "A")


def moments(x: ArrayLike, axis: SupportsIndex | None = None, *, ddof: float = 0) -> Moments:
    """Count, mean, variance, skewness and excess kurtosis, in one pass over memory, on several threads.

    Parameters
    ----------
    x : array_like
        Real numbers (bool, integers, floating-point numbers) in a plain array. They are taken as float64, to which
        longdouble and integers of 64 bits are rounded.
    axis : None or int, optional
        Along which axis; None: of all elements, in the order of `numpy.ravel`.
    ddof : float, optional
        The variance is the sum of squares divided by ``count - ddof``. The others are of the whole population (biased).

    Returns
    -------
    Moments
        A named tuple: ``count`` (an int: elements of each result), ``mean``, ``variance``, ``skewness``
        (``m3 / m2**1.5``) and ``kurtosis`` (``m4 / m2**2 - 3``), where mk is the mean of the k-th powers of the
        deviations from the mean: float64 numbers, or arrays without that axis. They are the same at any number of
        threads and instruction set.

        A NaN makes all of them NaN. Infinities make the mean what IEEE makes it, and the others NaN, with a warning
        (``invalid value encountered in moments``). Where all elements are the same, variance is 0, skewness and
        kurtosis are NaN, as SciPy has them. Without elements all are NaN.

    Raises
    ------
    TypeError
        If `x` is of another dtype or a subclass of ndarray, `axis` is no int, or `ddof` no number.
    numpy.exceptions.AxisError
        If `x` has no such axis.

    Warns
    -----
    RuntimeWarning
        If `ddof` is not less than the count: the variance is then infinite or NaN, as NumPy's.

    Notes
    -----
    Blocks of 1024 elements have their mean, and the sums of powers of the deviations, from sweeps in the first-level
    cache. Blocks are put together two by two in a fixed tree: T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating
    formulae and a pairwise algorithm for computing sample variances" (1979); P. Pebay, "Formulas for robust, one-pass
    parallel computation of covariances and arbitrary-order statistical moments", SAND2008-6212. Means are carried with
    what their rounding leaves, so that deviations of neighbours are right where the mean is much larger than they.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> m = npp.moments(np.arange(1_000_001) + 1e9)
    >>> m.count, float(m.mean), float(m.variance)
    (1000001, 1000500000.0, 83333500000.0)
    >>> round(float(m.skewness), 9), round(float(m.kurtosis), 9)
    (0.0, -1.2)
    """
    if isinstance(ddof, bool) or not isinstance(ddof, (int, float, np.integer, np.floating)):
        raise TypeError(f"moments: ddof must be a number, not {ddof!r} ({type(ddof).__name__})")
    lines = _as_lines(x, axis)
    n = lines.shape[-1]
    sums = np.full((*lines.shape[:-1], 4), np.nan)
    if n > 0:
        _engine.moments(lines, sums)
    if n <= ddof:
        warnings.warn(
            f"moments: ddof is {ddof}; for a variance it must be less than the count, {n}", RuntimeWarning, stacklevel=2
        )
    mean, squares, cubes, fourths = np.moveaxis(sums, -1, 0)
    with np.errstate(all="ignore"):
        if n > 0 and np.isnan(mean).any():  # deviations from infinity are NaN; the mean need not be
            mean = np.where(np.isnan(mean), parallelize(np.add).reduce(lines, -1, float) / n, mean)
        variance = squares / max(n - ddof, 0)
        population = squares / max(n, 1)
        skewness = cubes / max(n, 1) / (population * np.sqrt(population))
        kurtosis = fourths / max(n, 1) / (population * population) - 3
    return Moments(n, *(np.asarray(each)[()] for each in (mean, variance, skewness, kurtosis)))
