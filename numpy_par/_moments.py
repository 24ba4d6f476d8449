"""var, std and the nan functions: each sum in one pass over the array, with NumPy's bits.

NumPy makes arrays of the deviations, of their squares, and of what is left when NaN is 0. Here a kernel makes them of each
element while it is summed, in the order in which NumPy sums such an array.
"""

import functools
import math

import numpy as np

from numpy_par import _engine

PLAIN, NUMBER, IS_NUMBER, SQUARE, NUMBER_SQUARE = range(5)  # enum map in kernels/sums.h
#: So many ones a sum in these types counts exactly.
EXACT = {np.dtype("f4"): 2**24, np.dtype("f8"): 2**53}
#: Fewer elements are not worth a look.
SMALL = 1000


def _elements(a, axis):
    """Return how many elements each result has; 0 where NumPy is to do it."""
    if type(a) is not np.ndarray or a.dtype not in EXACT or a.size < SMALL:
        return 0
    # A copy, as NumPy makes it, has the order of a contiguous array only.
    if not (a.flags.c_contiguous or a.flags.f_contiguous):
        return 0
    if axis is None:
        return a.size
    axes = axis if type(axis) is tuple else (axis,)
    if not all(type(k) is int and -a.ndim <= k < a.ndim for k in axes):
        return 0
    return math.prod(a.shape[k] for k in axes)


def _sum(a, what, axis, centers=None):
    """Return the sum of what is made of each element, or NotImplemented."""
    return _engine.map_sum(a, what, axis, centers)


def _divide(a, b):
    """Divide as NumPy's nan functions do: in place, silently, by a count."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if isinstance(a, np.ndarray):
            return np.divide(a, b, out=a, casting="unsafe")
        return a.dtype.type(a / b)


def _var(a, axis, ddof):
    n = _elements(a, axis)
    if not n or type(ddof) is not int or ddof >= n:
        return NotImplemented
    means = _sum(a, PLAIN, axis)
    if means is NotImplemented:
        return NotImplemented
    means = np.asarray(means)
    np.true_divide(means, np.intp(n), out=means, casting="unsafe")
    squares = _sum(a, SQUARE, axis, means)
    if squares is NotImplemented:
        return NotImplemented
    n = np.intp(n - ddof)
    if isinstance(squares, np.ndarray):
        return np.true_divide(squares, n, out=squares, casting="unsafe")
    return squares.dtype.type(squares / n)


def _numbers(a, axis):
    """Return how many of the elements of each result are not NaN, or NotImplemented."""
    n = _elements(a, axis)
    if not n or n >= EXACT[a.dtype]:
        return NotImplemented
    counts = _sum(a, IS_NUMBER, axis)
    return counts if counts is NotImplemented else counts.astype(np.intp)


def _nansum(a, axis):
    """Return NotImplemented, as the others do, where NumPy is to do it."""
    return _sum(a, NUMBER, axis) if _elements(a, axis) else NotImplemented


def _nanmean(a, axis):
    counts = _numbers(a, axis)
    if counts is NotImplemented or not np.all(counts):
        return NotImplemented
    total = _sum(a, NUMBER, axis)
    return total if total is NotImplemented else _divide(total, counts)


def _nanvar(a, axis, ddof):
    counts = _numbers(a, axis)
    if counts is NotImplemented or type(ddof) is not int or np.any(counts <= max(ddof, 0)):
        return NotImplemented
    means = _sum(a, NUMBER, axis)
    if means is NotImplemented:
        return NotImplemented
    squares = _sum(a, NUMBER_SQUARE, axis, np.asarray(_divide(means, counts)))
    return squares if squares is NotImplemented else _divide(squares, counts - ddof)


def _root(x):
    """Return the square root, in place."""
    if x is NotImplemented:
        return x
    return np.sqrt(x, out=x) if isinstance(x, np.ndarray) else x.dtype.type(np.sqrt(x))


_DOC = """Do what `numpy.{name}` does, on several threads, each sum in one pass.

    Parameters, result, warnings and errors are NumPy's, and so are the bits of the result.
    Contiguous arrays of float32 or float64, with no argument but `axis`{ddof}, are done here;
    all else is done by NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_000)
    >>> bool(npp.{name}(x) == np.{name}(x))
    True
    """


def _like(numpys, fast, *extra):
    """Return a function with the parameters of NumPy's that asks `fast` first."""

    @functools.wraps(numpys)
    def function(a, axis=None, *args, **kwargs):
        if not args and not kwargs.keys() - set(extra):
            found = fast(a, axis, *(kwargs.get(name, 0) for name in extra))
            if found is not NotImplemented:
                return found
        return numpys(a, axis, *args, **kwargs)

    function.__module__ = __name__
    function.__doc__ = _DOC.format(name=numpys.__name__, ddof=" and `ddof`" if extra else "")
    return function


var = _like(np.var, _var, "ddof")
std = _like(np.std, lambda *args: _root(_var(*args)), "ddof")
nansum = _like(np.nansum, _nansum)
nanmean = _like(np.nanmean, _nanmean)
nanvar = _like(np.nanvar, _nanvar, "ddof")
nanstd = _like(np.nanstd, lambda *args: _root(_nanvar(*args)), "ddof")
