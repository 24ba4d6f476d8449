"""Masks, indices and repeats: by the engine where it can (src/indexing/, src/movement/), else by NumPy."""

from __future__ import annotations  # help() shows the names of types, not what is in them

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numpy_par import _engine
from numpy_par._drop_in import enabled
from numpy_par._functions import Function, engine_or_numpy

__all__ = [
    "ascontiguousarray",
    "asfortranarray",
    "choose",
    "compress",
    "extract",
    "flatnonzero",
    "nan_to_num",
    "nonzero",
    "packbits",
    "partition_by",
    "place",
    "put",
    "put_along_axis",
    "putmask",
    "repeat",
    "select",
    "take",
    "unpackbits",
    "where",
]

_DOC = """Do what `numpy.{name}` does, on several threads and in vectors.

    Parameters, result, errors and warnings are NumPy's, and so are the bits of the result.
    {what}

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(-1, 1, 1_000_001)
    >>> {example}
    """


def _like(numpys: Function, what: str, example: str) -> Function:
    return engine_or_numpy(numpys, __name__, _DOC.format(name=numpys.__name__, what=what, example=example))


_PLAIN = "Plain arrays without references, in C order, are done here; all else is done by NumPy."

ascontiguousarray = _like(
    np.ascontiguousarray,
    "A transposed array is copied in tiles.",
    "npp.ascontiguousarray(x[:1_000_000].reshape(1000, 1000).T).flags.c_contiguous\n    True",
)
asfortranarray = _like(
    np.asfortranarray,
    "An array in C order is copied in tiles.",
    "npp.asfortranarray(x[:1_000_000].reshape(1000, 1000)).flags.f_contiguous\n    True",
)
where = _like(
    np.where,
    "Elements are blended in vectors, whatever the condition is: no branch depends on it.",
    "float(npp.where(x > 0, x, 0.0).min())\n    0.0",
)
nonzero = _like(np.nonzero, _PLAIN, "npp.nonzero(x == 0)\n    (array([500000]),)")
extract = _like(np.extract, _PLAIN, "npp.extract(x > 0.5, x).size\n    250000")
compress = _like(np.compress, _PLAIN, "npp.compress(x > 0.5, x).size\n    250000")
take = _like(
    np.take,
    "Indices are checked before they are used: an IndexError is NumPy's.",
    "npp.take(x, np.array([0, 500_000, -1]))\n    array([-1.,  0.,  1.])",
)
put = _like(
    np.put,
    "Indices are checked before anything is written, and the last of several values for one element stays.",
    "y = x.copy()\n    >>> npp.put(y, np.array([0, -1]), 7.0)\n    >>> y[[0, -1]]\n    array([7., 7.])",
)
place = _like(
    np.place,
    _PLAIN,
    "y = x.copy()\n    >>> npp.place(y, y < 0, np.array([0.0]))\n    >>> float(y.min())\n    0.0",
)
choose = _like(
    np.choose,
    _PLAIN,
    "float(npp.choose((x > 0).astype(int), [x, np.zeros_like(x)]).max())\n    0.0",
)
repeat = _like(
    np.repeat,
    "One count for all elements, or an array of a count for each: a negative one is NumPy's to refuse.",
    "npp.repeat(x, 2).size\n    2000002\n    >>> npp.repeat(np.array([3, 4]), np.array([2, 1]))\n    array([3, 3, 4])",
)
packbits = _like(
    np.packbits,
    "Arrays of bool or integers in C order are packed here, along any axis; all else is done by NumPy.",
    "npp.packbits(x > 0).size\n    125001\n"
    '    >>> npp.packbits(np.array([[1], [0], [1]]), axis=0, bitorder="little")\n    array([[5]], dtype=uint8)',
)
unpackbits = _like(
    np.unpackbits,
    "Arrays of uint8 in C order are unpacked here, along any axis; all else is done by NumPy.",
    'npp.unpackbits(np.array([5], "u1"), bitorder="little", count=4)\n    array([1, 0, 1, 0], dtype=uint8)',
)
nan_to_num = _like(
    np.nan_to_num,
    "Contiguous arrays of float32 or float64 are done here, in one pass; all else is done by NumPy.",
    "npp.nan_to_num(np.array([np.nan, 1.0]), nan=7.0)\n    array([7., 1.])",
)
putmask = _like(
    np.putmask,
    "One value, or as many as the array has, are stored here; all else is done by NumPy.",
    "y = x.copy()\n    >>> npp.putmask(y, y < 0, 0.0)\n    >>> float(y.min())\n    0.0",
)


def flatnonzero(a: ArrayLike) -> NDArray[np.intp]:
    """Return the indices, in C order, of the elements that are not zero, on several threads.

    Parameters
    ----------
    a : array_like
        Elements of any dtype that has truth values.

    Returns
    -------
    ndarray of intp, shape (n,)
        What `numpy.flatnonzero` returns.

    Examples
    --------
    >>> import numpy_par as npp
    >>> npp.flatnonzero([[0, 7], [8, 0]])
    array([1, 2])
    """
    places: NDArray[np.intp] = nonzero(np.ravel(a))[0]
    return places


def put_along_axis(arr: NDArray[Any], indices: NDArray[Any], values: ArrayLike, axis: int | None) -> None:
    """Store values in the elements at indices along an axis, on several threads.

    Parameters
    ----------
    arr : ndarray
        What is written to, of any dtype.
    indices : ndarray of integers
        With as many axes as `arr`; in bounds of its length along `axis`, from either end.
    values : array_like
        Broadcast to the shape of `indices`. The last of several values for one element stays.
    axis : int or None
        The axis of the indices; None: those of the flat array.

    Raises
    ------
    IndexError
        If an index is out of bounds; nothing is written then.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> a = np.array([[10, 30, 20], [60, 40, 50]])
    >>> npp.put_along_axis(a, a.argmax(axis=1, keepdims=True), 99, axis=1)
    >>> a
    array([[10, 99, 20],
           [99, 40, 50]])
    """
    with enabled(pool=False):
        np.put_along_axis(arr, indices, values, axis)


def select(condlist: Any, choicelist: Any, default: ArrayLike = 0) -> NDArray[Any]:
    """Return for each element the choice of the first condition that is true, on several threads.

    Parameters
    ----------
    condlist : list of ndarray of bool
        Conditions, broadcast against each other.
    choicelist : list of array_like
        As many choices, of any dtypes.
    default : array_like, optional
        For elements of which no condition is true.

    Returns
    -------
    ndarray
        What `numpy.select` returns.

    Raises
    ------
    ValueError
        If the lists are not of one length, or empty.
    TypeError
        If a condition is not of bool, or the dtypes have no common one.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.array([-2.0, 0.0, 3.0])
    >>> npp.select([x < 0, x > 1], [-x, x], 9.0)
    array([2., 9., 3.])
    """
    with enabled(pool=False):
        return np.select(condlist, choicelist, default)


def partition_by(mask: ArrayLike, a: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return ``a[mask]`` and ``a[~mask]``, of one pass over the mask, on several threads.

    Parameters
    ----------
    mask : array_like of bool
        With the first axes of `a`, or all of them.
    a : array_like
        Elements of any dtype.

    Returns
    -------
    selected, others : ndarray
        Each in the order in which `a` has them: the partition is stable.

    Raises
    ------
    TypeError
        If the mask is not of bool.
    IndexError
        If its shape is not that of the first axes of `a`.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.arange(6)
    >>> npp.partition_by(x % 2 == 0, x)
    (array([0, 2, 4]), array([1, 3, 5]))
    """
    mask, a = np.asarray(mask), np.asarray(a)
    if mask.dtype != bool:
        raise TypeError(f"partition_by: mask has elements of {mask.dtype}; they must be of bool")
    found: tuple[NDArray[Any], NDArray[Any]] = _engine.call("partition_by", mask, a)
    return (a[mask], a[~mask]) if found is NotImplemented else found
