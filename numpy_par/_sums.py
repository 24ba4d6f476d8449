"""npp.sum and npp.cumsum: NumPy's, or the correctly rounded sum, or running sums in blocks."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import math
from typing import Any, Literal

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple
from numpy.typing import ArrayLike, DTypeLike, NDArray

from numpy_par import _engine
from numpy_par._parallelize import parallelize

__all__ = ["cumsum", "sum"]

Axis = int | tuple[int, ...] | None

_NONE: Any = np._NoValue  # its repr is good to read in a signature

_METHODS = ("numpy", "exact")
#: What float64, or complex128, holds exactly; of what an exact sum is the nearest number.
_HELD = "?bhiBHIefdFD"
_ROUNDED = "efdFD"


def _numpys(a: ArrayLike, axis: Axis, dtype: DTypeLike | None, out: NDArray[Any] | None, given: dict[str, Any]) -> Any:
    """Return what `numpy.sum` does: on the engine where that is `numpy.add.reduce`."""
    if type(a) is np.ndarray and (out is None or type(out) is np.ndarray):
        return parallelize(np.add).reduce(a, axis, dtype, out, **given)
    return np.sum(a, axis, dtype, out, **given)  # type: ignore[arg-type]  # its overloads take no unions


def _dtype_of_sum(a: NDArray[Any], dtype: DTypeLike | None, out: NDArray[Any] | None) -> np.dtype[Any] | None:
    """Return the dtype of an exact sum; None: NumPy's sum, of integers, is exact modulo 2**64."""
    if dtype is None:
        dtype = a.dtype if out is None else out.dtype
    dtype = np.dtype(dtype)
    if a.dtype.kind in "biu" and dtype.kind in "biu":
        return None
    if a.dtype.char not in _HELD:
        raise TypeError(
            f"sum: a has elements of {a.dtype}; method='exact' takes those that float64 or complex128 holds exactly"
        )
    if dtype.char not in _ROUNDED or (a.dtype.kind == "c" and dtype.kind != "c"):
        rule = (
            "complex64 or complex128"
            if a.dtype.kind == "c"
            else "a floating-point or complex type of up to 64 bits a part"
        )
        raise TypeError(f"sum: dtype, or that of out, is {dtype}; with method='exact' a sum of {a.dtype} is of {rule}")
    return dtype.newbyteorder("=")


def _masked(a: NDArray[Any], where: ArrayLike) -> NDArray[Any]:
    """Return a copy in which what the mask leaves out is 0."""
    where = np.asarray(where)
    if where.dtype != bool:
        raise TypeError(f"sum: where has elements of {where.dtype}; it must be of bool")
    try:
        where = np.broadcast_to(where, a.shape)
    except ValueError:
        raise ValueError(f"sum: where has the shape {where.shape}; it must broadcast to that of a, {a.shape}") from None
    return np.where(where, a, a.dtype.type(0))


def _as_lines(a: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
    """Return an array whose last axis has the elements of each sum: a view, where there is one."""
    kept = [k for k in range(a.ndim) if k not in axes]
    # In the order of memory, where several axes are often one: a sum has no order of its own.
    summed = sorted(axes, key=lambda k: -abs(a.strides[k]))
    n = math.prod(a.shape[k] for k in summed)
    return a.transpose(kept + summed).reshape(*(a.shape[k] for k in kept), n)


def _exact(
    a: ArrayLike,
    axis: Axis,
    dtype: DTypeLike | None,
    out: NDArray[Any] | None,
    keepdims: bool = False,
    initial: complex = 0,
    where: ArrayLike = True,
) -> Any:
    if out is not None and not isinstance(out, np.ndarray):
        raise TypeError(f"sum: out must be an array or None, not {out!r} ({type(out).__name__})")
    a = np.asanyarray(a)
    if type(a) not in (np.ndarray, np.memmap):
        raise TypeError(
            f"sum: a is a {type(a).__name__}; method='exact' takes plain arrays, as numpy.asarray(a) is one"
        )
    wanted = _dtype_of_sum(a, dtype, out)
    if wanted is None:
        return _numpys(a, axis, dtype, out, {"keepdims": keepdims, "initial": initial, "where": where})
    axes = tuple(range(a.ndim)) if axis is None else normalize_axis_tuple(axis, a.ndim, "axis")
    shape = tuple(1 if k in axes else n for k, n in enumerate(a.shape) if keepdims or k not in axes)
    if out is not None and out.shape != shape:
        raise ValueError(f"sum: out has the shape {out.shape}; it must be that of the sum, {shape}")
    start = np.full((), initial, wanted)
    if where is not True:
        a = _masked(a, where)
    a = np.require(a, a.dtype.newbyteorder("="), "A")
    # The sum of real elements is real, whatever it is wanted as.
    sums = np.full([n for k, n in enumerate(a.shape) if k not in axes], start if a.dtype.kind == "c" else start.real)
    _engine.exact_sum(_as_lines(a, axes), sums)
    sums = sums.reshape(shape)
    if sums.dtype != wanted:
        sums = sums + 1j * start.imag
    if out is None:
        return sums[()]
    np.copyto(out, sums, casting="same_kind")
    return out


def sum(
    a: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: NDArray[Any] | None = None,
    keepdims: bool = _NONE,
    initial: complex = _NONE,
    where: ArrayLike = True,
    *,
    method: Literal["numpy", "exact"] = "numpy",
) -> Any:
    """Sum of the elements over axes: as NumPy's, or correctly rounded; on several threads.

    Parameters
    ----------
    a : array_like
        Elements. For ``method="exact"`` of float16, float32, float64, complex64, complex128, integers or bool, in a
        plain array of any strides and byte order.
    axis : None, int or tuple of int, optional
        What to sum over; None: all axes.
    dtype : dtype, optional
        Of the sum. An exact one is rounded to it once; elements are not cast to it first, as NumPy casts them.
    out : ndarray, optional
        Where to put the result, of its shape. It is returned.
    keepdims : bool, optional
        Leave the axes summed over in the result, with one element each.
    initial : scalar, optional
        What to begin with, of the dtype of the sum. An exact sum takes it for one more element; 0 by default.
    where : array_like of bool, optional
        Which elements to sum. With ``method="exact"`` that makes a copy of `a`.
    method : {"numpy", "exact"}, optional
        ``"numpy"``: `numpy.sum`, with its bits, and for other objects than arrays whatever that does with them.

        ``"exact"``: the number nearest to the sum of real numbers that the elements stand for, of two such numbers the
        even one; of complex elements, each part of it. So it is the same for any order of the elements, number of
        threads and instruction set, and nothing overflows on the way. It takes about three times as long as NumPy's
        (five times for complex numbers, and for sizes that differ by more than 9 orders of magnitude within 2048
        elements; up to twenty for more than 35). Integers and bool are summed by NumPy, whose sums are exact modulo
        2**64 in any order (with a floating-point `dtype` those of up to 32 bits are summed exactly).

    Returns
    -------
    ndarray or scalar
        An exact sum that is 0 is +0.0. A NaN, or infinities of both signs, make it NaN, the latter with NumPy's warning
        (``invalid value encountered in reduce``); infinities of one sign make it that; a sum that rounds to more than
        the greatest number is infinite, with ``overflow encountered in reduce``. The rounding mode is to nearest, and
        subnormal numbers count, whatever the thread is set to.

    Raises
    ------
    ValueError
        If `method` is another, or an array's shape does not fit.
    TypeError
        If an exact sum is asked for of another dtype (longdouble, object, 64-bit integers as floats, a complex sum as a
        real one) or of a subclass of ndarray.
    numpy.exceptions.AxisError
        If `a` has no such axis.

    Notes
    -----
    Blocks of numbers are cut into slices whose sums are exact in float64, and these are added to a superaccumulator: 64
    integers of 128 bits, for the whole range of exponents. See R. M. Neal, "Fast exact summation using small and large
    superaccumulators", arXiv:1505.05571, and S. M. Rump, T. Ogita and S. Oishi, "Accurate floating-point summation part
    I", SIAM J. Sci. Comput. 31 (2008).

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.array([1e100, 1.0, -1e100, 1e-100] * 1000)
    >>> npp.sum(x, method="exact")
    np.float64(1000.0)
    >>> npp.sum(x) == np.sum(x)
    np.True_
    """
    if method not in _METHODS:
        raise ValueError(f"sum: method must be 'numpy' or 'exact', not {method!r}")
    named: dict[str, Any] = {"keepdims": keepdims, "initial": initial, "where": _NONE if where is True else where}
    given = {name: value for name, value in named.items() if value is not _NONE}
    if method == "numpy":
        return _numpys(a, axis, dtype, out, given)
    return _exact(a, axis, dtype, out, **given)


def _numpys_cumsum(a: ArrayLike, axis: int | None, dtype: DTypeLike | None, out: NDArray[Any] | None) -> NDArray[Any]:
    """Return what `numpy.cumsum` does: on the engine where that is `numpy.add.accumulate`."""
    if (
        type(a) is np.ndarray
        and a.ndim > 0
        and type(axis) in (int, type(None))
        and (out is None or type(out) is np.ndarray)
    ):
        return parallelize(np.add).accumulate(a.ravel() if axis is None else a, axis or 0, dtype, out)
    return np.cumsum(a, axis, dtype, out)  # type: ignore[arg-type]  # its overloads take no unions


def _blocked(a: ArrayLike, axis: int | None, dtype: DTypeLike | None, out: NDArray[Any] | None) -> NDArray[Any]:
    if out is not None and not isinstance(out, np.ndarray):
        raise TypeError(f"cumsum: out must be an array or None, not {out!r} ({type(out).__name__})")
    a = np.asanyarray(a)
    if type(a) not in (np.ndarray, np.memmap):
        raise TypeError(
            f"cumsum: a is a {type(a).__name__}; order='blocked' takes plain arrays, as numpy.asarray(a) is one"
        )
    wanted = np.dtype((a if out is None else out).dtype if dtype is None else dtype).newbyteorder("=")
    if a.dtype.kind in "biu" and wanted.kind in "biu":
        return _numpys_cumsum(a, axis, dtype, out)
    if wanted.char not in _ROUNDED or a.dtype.kind not in "biufc" or (a.dtype.kind == "c" and wanted.kind != "c"):
        raise TypeError(
            f"cumsum: dtype, or that of out, is {wanted}, for elements of {a.dtype}; order='blocked' takes "
            "float16, float32, float64, complex64 and complex128, and does not make real numbers of complex ones"
        )
    if axis is None or a.ndim == 0:
        a, axis = a.reshape(-1), 0 if axis is None else axis
    axis = normalize_axis_index(axis, a.ndim)
    if out is not None and out.shape != a.shape:
        raise ValueError(f"cumsum: out has the shape {out.shape}; it must be {a.shape}")
    work = np.dtype("f") if wanted.char == "e" else wanted
    a = np.require(a.astype(work, copy=False), work, "A")
    if out is not None and out.dtype == work and out.flags.behaved and not np.may_share_memory(a, out):
        sums = out
    else:
        sums = np.empty_like(a, subok=False)
    _engine.blocked_cumsum(np.moveaxis(a, axis, -1), np.moveaxis(sums, axis, -1))
    if out is None:
        return sums.astype(wanted, copy=False)
    if sums is not out:
        np.copyto(out, sums, casting="same_kind")
    return out


def cumsum(
    a: ArrayLike,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: NDArray[Any] | None = None,
    *,
    order: Literal["numpy", "blocked"] = "numpy",
) -> NDArray[Any]:
    """Sum all elements up to each one along an axis: in NumPy's order, or in blocks; on several threads.

    Parameters
    ----------
    a : array_like
        Elements. For ``order="blocked"`` of numbers of up to 64 bits a part, in a plain array of any strides and byte
        order.
    axis : None or int, optional
        Along which axis; None: of all elements, as `numpy.ravel` has them.
    dtype : dtype, optional
        Of the sums; elements are cast to it first.
    out : ndarray, optional
        Where to put the result, of its shape. It is returned.
    order : {"numpy", "blocked"}, optional
        ``"numpy"``: `numpy.cumsum`, with its bits. Of floats that is one addition after the other, so a single line is
        on one thread.

        ``"blocked"``: in each block of 1000 elements of a line a running sum that begins anew, one addition after the
        other; what the blocks before it add up to, one total after the other; and each result the sum of these two.
        That is so for any number of threads, lines and strides, and any instruction set, so the bits of a result depend
        on nothing but the elements up to it. Integers are summed by NumPy, for which all orders are one.

    Returns
    -------
    ndarray
        Of the shape of `a`, or of one axis.

    Raises
    ------
    ValueError
        If `order` is another, or the shape of `out` does not fit.
    TypeError
        If ``order="blocked"`` is asked for with another dtype (longdouble, object, real sums of complex elements) or of
        a subclass of ndarray.
    numpy.exceptions.AxisError
        If `a` has no such axis.

    Notes
    -----
    *Error.* Element j of the sum up to k takes part in at most 999 additions within its block, k // 1000 - 1 of totals,
    and a last one. So (Higham, "Accuracy and Stability of Numerical Algorithms", section 4.2) the error is at most
    ``m * u / (1 - m * u)`` times the sum of ``abs(a[:k + 1])``, where m is 999 + k // 1000 and u is 2**-53 (float64) or
    2**-24 (float32); for each part of complex numbers. In NumPy's order m is k. float16 is summed as float32, and
    rounded once more at the end.

    Each block ends with what the next one begins with. So sums of elements that are not negative do not fall, and those
    of up to 1000 elements have NumPy's bits (but for float16).

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.full(1_000_000, 0.1)
    >>> errors = [abs(npp.cumsum(x, order=order)[-1] - 1e5) for order in ("numpy", "blocked")]
    >>> bool(errors[1] < errors[0] / 100)
    True
    """
    if order not in ("numpy", "blocked"):
        raise ValueError(f"cumsum: order must be 'numpy' or 'blocked', not {order!r}")
    return (_numpys_cumsum if order == "numpy" else _blocked)(a, axis, dtype, out)
