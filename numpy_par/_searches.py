"""`find_first`, comparisons of arrays that end at the first difference, and searches in sorted arrays."""

from __future__ import annotations  # help() shows the names of types, not what is in them

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numpy_par import _engine
from numpy_par._drop_in import enabled
from numpy_par._functions import Function, engine_or_numpy

__all__ = ["allclose", "array_equal", "digitize", "find_first", "interp", "isclose", "searchsorted"]

_NONE: Any = np._NoValue  # its repr is good to read in a signature


def find_first(x: ArrayLike, predicate: np.ufunc, value: ArrayLike = _NONE) -> int:
    """Find the first element of an array at which a predicate is true.

    All threads stop at the first hit: what lies behind it is not looked at, and no array of
    truth values is made.

    Parameters
    ----------
    x : array_like of shape (...)
        Where to look. Elements that a masked array masks are never hits.
    predicate : numpy.ufunc
        NumPy's or ours, with a bool result: of one input, ``np.isnan``, or with `value` of
        two, ``np.greater``.
    value : array_like, optional
        The second input of the predicate: a number, or an array that broadcasts to the shape
        of `x`.

    Returns
    -------
    int
        The lowest index, in C order, of ``predicate(x)`` or ``predicate(x, value)`` being
        true; -1 if it is nowhere. For an array of several dimensions, `numpy.unravel_index`
        makes a tuple of it.

    Raises
    ------
    TypeError
        If the predicate is no ufunc, has another number of inputs, has several outputs or a
        result that is not bool, or has no loop for these dtypes.
    ValueError
        If `value` does not broadcast to the shape of `x`.

    See Also
    --------
    numpy.argmax : of an array of truth values that is there already.

    Notes
    -----
    Blocks of elements that fit into a core's first cache are compared, one after the other,
    by whichever thread is free. Numbers, times and strings take this way, also where NumPy
    casts one number to another; for other arrays, and where NumPy has a warning to give, all of
    ``predicate(x, value)`` is computed.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.arange(12.0).reshape(3, 4)
    >>> npp.find_first(x, np.greater, 5)
    6
    >>> [int(i) for i in np.unravel_index(6, x.shape)]
    [1, 2]
    >>> npp.find_first(x, np.isnan)
    -1
    """
    inputs = (1 if value is _NONE else 2) if isinstance(predicate, np.ufunc) else 0
    if not inputs:
        raise TypeError(f"find_first: predicate must be a ufunc, not {predicate!r} ({type(predicate).__name__})")
    if (predicate.nin, predicate.nout, predicate.signature) != (inputs, 1, None):
        raise TypeError(
            f"find_first: predicate must have {inputs} input{'s'[: inputs - 1]} "
            f"({'with' if inputs > 1 else 'without'} a value) and one output; {predicate.__name__} "
            f"has {predicate.nin} and {predicate.nout}"
        )
    x = np.asanyarray(x)
    operands = (x,) if inputs == 1 else (x, value)
    if type(value) not in (int, float) and inputs == 2:
        _check_shape(x, value)
    found = _engine.call("find_first", x, predicate, *operands[1:])
    return _find(predicate, operands) if found is NotImplemented else found


def _check_shape(x: NDArray[Any], value: ArrayLike) -> None:
    shape = np.shape(value)
    try:
        fits = np.broadcast_shapes(x.shape, shape) == x.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"find_first: value, of shape {shape}, must broadcast to the shape of x, {x.shape}")


def _find(predicate: np.ufunc, operands: tuple[Any, ...]) -> int:
    """Compute all truth values, and look for the first."""
    hits = np.ma.filled(predicate(*operands), False)
    if getattr(hits, "dtype", None) != np.dtype(bool):
        raise TypeError(
            f"find_first: predicate must have a bool result; {predicate.__name__} has "
            f"{getattr(hits, 'dtype', type(hits).__name__)} for x of {operands[0].dtype}"
        )
    hits = np.asarray(hits).ravel()
    first = int(hits.argmax()) if hits.size else 0
    return first if hits.size and hits[first] else -1


_DOC = """Do what `numpy.{name}` does, on several threads{how}.

    Parameters, result and errors are NumPy's.{more} {which} All else is done by NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_000)
    >>> {example}
    True
    """
_EARLY = "\n    Elements behind the first difference are not looked at, so NumPy's warnings of them are\n    not given."
_CLOSE = (
    "Arrays and scalars of which\n    NumPy's operations are all in float32, or all in float64,"
    " are done here, with tolerances that\n    are finite Python numbers."
)


def _like(numpys: Function, how: str, more: str, which: str, example: str) -> Function:
    doc = _DOC.format(name=numpys.__name__, how=how, more=more, which=which, example=example)
    return engine_or_numpy(numpys, __name__, doc)


array_equal = _like(
    np.array_equal,
    ", and end at the first difference",
    _EARLY,
    "Arrays\n    of one shape, of numbers, times or strings, are done here.",
    "npp.array_equal(x, x.copy())",
)
allclose = _like(np.allclose, ", and end at the first difference", _EARLY, _CLOSE, "npp.allclose(x, x + 1e-9)")
isclose = _like(np.isclose, " and in one pass", "", _CLOSE, "bool(npp.isclose(x, x + 1e-9).all())")

searchsorted = engine_or_numpy(
    np.searchsorted,
    __name__,
    """Find where elements belong in a sorted array, on several threads and many elements at once.

    Parameters, result and errors are NumPy's. Arrays of numbers, or of times of one unit, are
    done here, by a `sorter` of intp too; all else is done by NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_001)
    >>> npp.searchsorted(x, np.array([0.25, 0.5]), side="right")
    array([250001, 500001])
    """,
)


def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """Return the number of the bin of each element, on several threads.

    Parameters
    ----------
    x : array_like
        Elements of any dtype that has an order.
    bins : array_like, shape (n,)
        Edges, which ascend or descend.
    right : bool, optional
        Whether a bin has its right edge, instead of its left one.

    Returns
    -------
    ndarray of intp, of the shape of `x`, or a scalar
        What `numpy.digitize` returns.

    Raises
    ------
    ValueError
        If `bins` neither ascends nor descends, or has not one axis.
    TypeError
        If `x` is complex.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> npp.digitize(np.array([0.5, 1.0, 7.0]), [0, 1, 2])
    array([1, 2, 3])
    """
    with enabled(pool=False):
        return np.digitize(x, bins, right)


def interp(
    x: Any,
    xp: Any,
    fp: Any,
    left: float | None = None,
    right: float | None = None,
    period: float | None = None,
) -> Any:
    """Interpolate between points in straight lines, on several threads, with NumPy's bits.

    Parameters
    ----------
    x : array_like
        Where to interpolate.
    xp, fp : array_like, shape (n,)
        The points. `xp` ascends; of others NumPy makes what it makes of them. Complex `fp` are
        done by NumPy.
    left, right : float, optional
        What stands for elements before the first point, and behind the last; None: `fp` there.
    period : float, optional
        Of `xp`.

    Returns
    -------
    ndarray of float64 or complex128, of the shape of `x`, or a scalar
        What `numpy.interp` returns.

    Raises
    ------
    ValueError
        If there is no point, `xp` and `fp` are not of one length, or `period` is 0.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> npp.interp(np.array([0.5, 1.5]), [0, 1, 2], [0, 10, 30])
    array([ 5., 20.])
    """
    with enabled(pool=False):
        return np.interp(x, xp, fp, left, right, period)
