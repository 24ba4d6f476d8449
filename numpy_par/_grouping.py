"""Rows with equal keys: `group_reduce` and `factorize`, by the engine (src/grouping/)."""

from __future__ import annotations  # help() shows the names of types, not what is in them

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numpy_par import _engine

__all__ = ["Factors", "Groups", "factorize", "group_reduce"]

# As `enum group_op` in src/grouping/grouping.h has them.
_COUNT, _SUM, _PROD, _MIN, _MAX, _MOMENTS, _LAST = 0, 1, 3, 5, 7, 9, 10
_SIGN = np.uint64(1 << 63)
_OPS = ("sum", "mean", "var", "std", "min", "max", "count", "first", "last", "prod", "any", "all")


class Groups(NamedTuple):
    """What `group_reduce` returns: the key of each group (a tuple of them for several columns), and its result.

    Examples
    --------
    >>> import numpy_par as npp
    >>> keys, result = npp.group_reduce([7, 5, 7], [1, 2, 3], "sum")
    >>> keys, result
    (array([5, 7]), array([2, 4]))
    """

    groups: Any
    result: NDArray[Any]


class Factors(NamedTuple):
    """What `factorize` returns: the number of each row's group, and the key of each group.

    Examples
    --------
    >>> import numpy_par as npp
    >>> npp.factorize([7, 5, 7]).codes
    array([0, 1, 0])
    """

    codes: NDArray[np.intp]
    groups: Any


class _Table(NamedTuple):
    """Groups in the order of their keys: first rows, counts, what was accumulated, numbers of the rows."""

    first: NDArray[np.intp]
    counts: NDArray[np.intp]
    a: NDArray[Any]
    b: NDArray[Any]
    codes: NDArray[np.intp]


def _column(keys: ArrayLike, function: str) -> NDArray[Any]:
    """Return a line of keys, of any dtype that has an order."""
    keys = np.asarray(keys)
    if keys.ndim != 1:
        raise ValueError(f"{function}: keys have shape {keys.shape}; they must have one axis")
    if keys.dtype.kind not in "biufmMSU" or keys.dtype.char == "g":
        raise TypeError(
            f"{function}: keys are of {keys.dtype}; they must be numbers, times, or strings of a fixed width"
        )
    return keys


def _words(keys: NDArray[Any]) -> NDArray[Any]:
    """Return keys in the same order, of a dtype that the engine knows."""
    if keys.dtype.kind == "S" and 0 < keys.dtype.itemsize <= 8:
        return keys.astype("S8").view(">u8").astype("u8")
    if keys.dtype.kind in "SU":
        return np.unique(keys, return_inverse=True)[1]
    if keys.dtype.char == "e":
        return keys.astype(np.float32)
    return np.ascontiguousarray(keys, keys.dtype.newbyteorder("="))


def _packed(columns: list[NDArray[Any]]) -> NDArray[Any]:
    """Return one key a row for several columns: the numbers of their groups, in order."""
    packed = _words(columns[0])
    for column in columns[1:]:
        left, right = _table(packed, None, _COUNT, True), _table(_words(column), None, _COUNT, True)
        packed = left.codes * len(right.first) + right.codes
    return packed


def _table(keys: NDArray[Any], values: NDArray[Any] | None, op: int, codes: bool = False) -> _Table:
    found = _engine.call("group_table", keys, values, op, codes)
    if found is NotImplemented:
        raise ValueError(f"group_reduce: {len(keys)} rows; there may be no more than 2**31 - 1")
    return _Table(*found)


def _columns(keys: Any, function: str) -> list[NDArray[Any]]:
    """Return one column or, of a tuple or a list of arrays, several."""
    several = isinstance(keys, tuple) or (isinstance(keys, list) and bool(keys) and isinstance(keys[0], np.ndarray))
    columns = [_column(each, function) for each in (keys if several else (keys,))]
    if not columns or len({len(column) for column in columns}) > 1:
        raise ValueError(f"{function}: keys of {[len(column) for column in columns]} rows; all must have as many")
    return columns


def _appearance(table: _Table) -> NDArray[np.intp]:
    return np.argsort(table.first, kind="stable")


def _group_keys(keys: Any, columns: list[NDArray[Any]], first: NDArray[np.intp]) -> Any:
    return (
        tuple(column[first] for column in columns) if len(columns) > 1 or isinstance(keys, tuple) else columns[0][first]
    )


def factorize(keys: Any, sort: bool = False) -> Factors:
    """Give the number of its group to each row, on several threads.

    Parameters
    ----------
    keys : array_like of shape (n,), or tuple or list of such arrays
        Integers, floating-point numbers, bools, times, bytes or strings of a fixed width; several arrays are the
        columns of one key. All NaNs (NaTs) are one group, the last; zeros of both signs are one group.
    sort : bool, optional
        Whether groups are numbered in the order of their keys; else in the order in which they appear.

    Returns
    -------
    Factors
        A named tuple: ``codes``, an array of intp of shape (n,), and ``groups``, the key of each group, as its first
        row has it: an array of the dtype of the keys, or a tuple of arrays, one for each column.

    Raises
    ------
    TypeError
        If the keys are of another dtype.
    ValueError
        If they do not have one axis, or columns not as many rows.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> npp.factorize(np.array([30, 10, 30, 20]))
    Factors(codes=array([0, 1, 0, 2]), groups=array([30, 10, 20]))
    >>> npp.factorize(np.array([30, 10, 30, 20]), sort=True)
    Factors(codes=array([2, 0, 2, 1]), groups=array([10, 20, 30]))
    """
    columns = _columns(keys, "factorize")
    table = _table(_packed(columns), None, _COUNT, True)
    codes, first = table.codes, table.first
    if not sort:
        order = _appearance(table)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        codes, first = rank[codes], first[order]
    return Factors(codes, _group_keys(keys, columns, first))


def group_reduce(
    keys: Any, values: ArrayLike | None = None, op: str = "count", *, sort: bool = True, ddof: float = 0
) -> Groups:
    """Reduce the values of all rows that have equal keys, on several threads.

    Parameters
    ----------
    keys : array_like of shape (n,), or tuple or list of such arrays
        As in `factorize`: integers, floating-point numbers, bools, times, bytes or strings of a fixed width, in one
        column or several. All NaNs (NaTs) are one group, the last; zeros of both signs are one group.
    values : array_like of shape (n,)
        Bools, integers or floating-point numbers; for first and last, anything; for min and max also times. For
        count they may be left out.
    op : {'sum', 'mean', 'var', 'std', 'min', 'max', 'count', 'first', 'last', 'prod', 'any', 'all'}
        What becomes of the values of a group.
    sort : bool, optional
        Whether groups are in the order of their keys; else in the order in which they appear.
    ddof : float, optional
        For var and std: the sum of squares is divided by ``count - ddof``.

    Returns
    -------
    Groups
        A named tuple: ``groups``, the key of each group as its first row has it (a tuple of arrays for several
        columns), and ``result``, an array with a dtype as NumPy's reductions have them: sums and products of bools and
        integers are int64 or uint64, means and variances of them float64, of floating-point numbers their own.

    Raises
    ------
    TypeError
        If keys or values are of another dtype.
    ValueError
        If they do not have one axis, or not as many rows, or there is no such `op`.

    Notes
    -----
    Results are the same, bit by bit, at any number of threads. Sums of floating-point numbers are in float64. Where
    there are few groups they are made for each 65,536 consecutive rows in the order of the rows, and then added up
    in order; where there are many groups, in the order of the rows. Which of both it is depends on the keys alone.
    Variances are of two passes: the mean of a group is known before the deviations from it are squared; groups are put
    together as in T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing
    sample variances" (1979).

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> keys = np.array([2, 1, 2, 1, 3])
    >>> npp.group_reduce(keys, np.array([1.0, 2.0, 3.0, 4.0, 5.0]), "mean")
    Groups(groups=array([1, 2, 3]), result=array([3., 2., 5.]))
    >>> npp.group_reduce((keys > 1, keys % 2)).groups
    (array([False,  True,  True]), array([1, 0, 1]))
    """
    columns = _columns(keys, "group_reduce")
    if op not in _OPS:
        raise ValueError(f"group_reduce: op must be one of {', '.join(_OPS)}; not {op!r}")
    if values is None and op != "count":
        raise TypeError(f"group_reduce: op {op!r} takes values")
    given = None if values is None else np.asarray(values)
    if given is not None and given.shape != columns[0].shape:
        raise ValueError(f"group_reduce: values have shape {given.shape}; keys have shape {columns[0].shape}")
    table, result = _reduce(_packed(columns), given, op, ddof)
    first = table.first
    if not sort:
        order = _appearance(table)
        first, result = first[order], result[order]
    return Groups(_group_keys(keys, columns, first), result)


def _reduce(words: NDArray[Any], values: NDArray[Any] | None, op: str, ddof: float) -> tuple[_Table, NDArray[Any]]:
    """Return the table, and the result of each group."""
    if op == "count" or values is None:
        table = _table(words, None, _COUNT)
        return table, table.counts
    if op in ("first", "last"):
        table = _table(words, None, _COUNT if op == "first" else _LAST)
        return table, values[table.first if op == "first" else table.a]
    kind = values.dtype.kind
    if not (kind in "biuf" and values.dtype.char != "g") and not (kind in "mM" and op in ("min", "max")):
        raise TypeError(f"group_reduce: {op} is not of values of {values.dtype}")
    if op in ("any", "all"):
        table = _table(words, (values != 0).astype(np.int64), _MAX + 1 if op == "any" else _MIN + 1)
        return table, table.a != 0
    if op in ("mean", "var", "std"):
        return _moments(words, values, op, ddof)
    if op in ("min", "max"):
        return _extremes(words, values, op)
    code = _SUM if op == "sum" else _PROD
    if kind == "f":
        table = _table(words, _line(values, np.float64), code)
        with np.errstate(over="ignore"):
            return table, table.a.astype(values.dtype.newbyteorder("="), copy=False)
    unsigned = kind == "u"
    table = _table(words, _line(values, np.uint64 if unsigned else np.int64), code + 1)
    return table, table.a.view(np.uint64) if unsigned else table.a


def _line(values: NDArray[Any], dtype: Any) -> NDArray[Any]:
    return np.ascontiguousarray(values.astype(dtype, copy=False))


def _moments(words: NDArray[Any], values: NDArray[Any], op: str, ddof: float) -> tuple[_Table, NDArray[Any]]:
    table = _table(words, _line(values, np.float64), _SUM if op == "mean" else _MOMENTS)
    with np.errstate(all="ignore"):
        if op == "mean":
            result = table.a / table.counts
        else:
            result = table.b / np.maximum(table.counts - ddof, 0)
            result = np.sqrt(result) if op == "std" else result
        return table, result.astype(
            values.dtype.newbyteorder("=") if values.dtype.kind == "f" else np.float64, copy=False
        )


def _extremes(words: NDArray[Any], values: NDArray[Any], op: str) -> tuple[_Table, NDArray[Any]]:
    code = _MIN if op == "min" else _MAX
    dtype = values.dtype.newbyteorder("=")
    if dtype.kind == "f":
        table = _table(words, _line(values, np.float64), code)
        return table, table.a.astype(dtype, copy=False)
    if dtype.kind in "mM":  # NaT wins: it is the least integer, or the greatest of those less one
        shift = np.int64(1 if op == "max" else 0)
        table = _table(words, _line(values, dtype).view(np.int64) - shift, code + 1)
        return table, (table.a + shift).view(dtype)
    if dtype == np.uint64:
        table = _table(words, (_line(values, dtype) ^ _SIGN).view(np.int64), code + 1)
        return table, table.a.view(np.uint64) ^ _SIGN
    table = _table(words, _line(values, np.int64), code + 1)
    return table, table.a.astype(dtype)
