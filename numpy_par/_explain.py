"""`explain`: what a call would do, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numpy_par import _engine


@dataclass(frozen=True)
class Explanation:
    """What a call of a parallel ufunc would do; see `explain`.

    Attributes
    ----------
    ufunc : str
        The name of the ufunc or function, or of the method: ``"add.reduce"``.
    parallel : bool
        Whether several threads would run it.
    reason : str or None
        Why not, if not.
    path : str
        ``"direct"``: one inner loop straight on the operands' memory; ``"fused"``: the same with casts in
        between, block by block; ``"streamed"``: with a result that goes past the caches, being too large for
        them; ``"iterator"``: NumPy's iterator over several axes; ``"buffered"``: its buffers, because an operand
        needs a cast, a byte swap or an aligned copy; ``"gufunc"``: the loop dimensions of a gufunc;
        ``"reduction"``: parts of the results, or of the elements of one; ``"indexing"``: elements by a mask or by
        indices; ``"transposed"``, ``"repeated"``, ``"interleaved"``: copies that our kernels make; ``"numpy"``:
        NumPy's own call, untouched.
    loop : str or None
        The dtypes of the loop that NumPy chooses, ``"float64, float64 -> float64"``.
    kernel : str or None
        The instruction set of numpy_par's own kernel, if the loop is one; None: NumPy's.
    elements, pieces, threads : int
        Elements (core problems of a gufunc), pieces they are cut into, threads that
        would share these.
    ns_per_element : float or None
        What an element costs one thread, as measured on this machine; None: not known yet.
    ns_source : {"first piece", "calls"} or None
        Where that is from: from a first piece that was run just now, or from what was
        measured so far. Slower measurements are believed bit by bit only.
    numpy_seconds, our_seconds : float or None
        What a call of this kind takes with NumPy's code (with a kernel of numpy_par's in
        it, where there is one) and with ours on several threads: the median of several,
        measured in turn while such calls were made. A kind is a function, the
        types and layouts of its arguments and the order of size. None: not known yet.
    """

    ufunc: str
    parallel: bool
    reason: str | None
    path: str
    loop: str | None
    kernel: str | None
    elements: int
    pieces: int
    threads: int
    ns_per_element: float | None
    ns_source: str | None
    numpy_seconds: float | None
    our_seconds: float | None

    def __str__(self) -> str:
        how = f"parallel, {self.threads} threads, {self.pieces} pieces" if self.parallel else f"serial: {self.reason}"
        rows = [
            ("loop", self.loop or "none"),
            *([("kernel", f"numpy_par's, {self.kernel}")] if self.kernel else []),
            ("path", self.path),
            ("elements", f"{self.elements:,}"),
        ]
        if self.ns_per_element is not None:
            source = "a first piece just now" if self.ns_source == "first piece" else "as learned so far"
            rows.append(("cost", f"{self.ns_per_element:.3g} ns an element ({source})"))
        if self.numpy_seconds is not None and self.our_seconds is not None:
            times = f"NumPy's code {1e3 * self.numpy_seconds:.3g} ms a call, ours {1e3 * self.our_seconds:.3g} ms"
            rows.append(("measured", times))
        elif self.parallel:
            if self.ns_per_element is None:
                rows.append(("cost", "not known yet"))
            rows.append(("measured", "not known yet, against NumPy's code"))
        return "\n".join([f"{self.ufunc}: {how}", *(f"  {name:9s} {value}" for name, value in rows)])


def explain(ufunc: Callable[..., Any], *args: Any, **kwargs: Any) -> Explanation:
    """Say what ``ufunc(*args, **kwargs)`` would do if `ufunc` were parallel, and why.

    Parameters
    ----------
    ufunc : numpy.ufunc, method or function
        NumPy's (``np.add``), ours (``npp.add``) or anybody's that `parallelize` takes; or
        one of the methods `reduce`, `accumulate`, `reduceat` and `at` of one
        (``np.add.reduce``), or a method of an array that the engine has as a whole
        (``x.argmax``, ``x.take``, ``x.__getitem__`` for ``x[key]``); or a function of NumPy's that
        the engine has as a whole (``np.var``, ``np.nansum``, ...).
    *args, **kwargs
        The arguments of the call. Nothing is written to an ``out=``.

    Returns
    -------
    Explanation
        Printed, it reads as a few lines of text.

    Raises
    ------
    TypeError
        If `ufunc` is not a ufunc that can be parallelized, nor such a method or function.

    Notes
    -----
    What an element costs is measured when a call of its kind is first made. Where
    that was not yet, and there is no ``out=``, a first piece is run to find out.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> print(npp.explain(np.add, np.arange(3), 1.5))  # doctest: +NORMALIZE_WHITESPACE
    add: serial: small: too few elements for any loop to gain
      loop      float64, float64 -> float64
      path      numpy
      elements  3
    """
    owner = getattr(ufunc, "__self__", None)
    if isinstance(owner, np.ufunc | np.ndarray):
        report = _engine.explain_method(owner, ufunc.__name__, *args, **kwargs)
        loop = _loop_of_method(owner, ufunc.__name__, args, kwargs)
        name = f"{getattr(owner, '__name__', 'ndarray')}.{ufunc.__name__}"
    elif not isinstance(ufunc, np.ufunc) and hasattr(np, getattr(ufunc, "__name__", "")):
        report = _engine.explain_method(None, ufunc.__name__, *args, **kwargs)
        loop = f"{_dtype(args[0])}" if args else None
        name = ufunc.__name__
    else:
        report = _engine.explain(ufunc, *args, **kwargs)
        assert isinstance(ufunc, np.ufunc)  # else that was an error
        loop = _loop(ufunc, args, kwargs)
        name = ufunc.__name__
    return Explanation(
        ufunc=name,
        parallel=report["reason"] is None and report["threads"] > 1,
        reason=report["reason"],
        path=report["path"],
        loop=loop,
        kernel=report["kernel"],
        elements=report["elements"],
        pieces=report["pieces"],
        threads=report["threads"],
        ns_per_element=_known(report["ns"]),
        ns_source=None if report["ns"] <= 0 else "first piece" if report["probed"] else "calls",
        numpy_seconds=_known(report["numpys"], 1e-9),
        our_seconds=_known(report["ours"], 1e-9),
    )


def _known(value: float, unit: float = 1.0) -> float | None:
    return value * unit if value > 0 else None


def _loop(ufunc: np.ufunc, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Return the dtypes that NumPy resolves for a call, or None if it refuses."""
    nin, nout = ufunc.nin, ufunc.nout
    outputs = kwargs.get("out")
    if outputs is None:
        outputs = args[nin:]
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    outputs = (outputs + (None,) * nout)[:nout]
    signature = kwargs.get("signature", kwargs.get("sig"))
    if kwargs.get("dtype") is not None:
        signature = (None,) * nin + (kwargs["dtype"],) * nout
    try:
        dtypes = ufunc.resolve_dtypes(
            tuple(map(_dtype, args[:nin])) + tuple(getattr(out, "dtype", None) for out in outputs),
            casting=kwargs.get("casting", "same_kind"),
            **({} if signature is None else {"signature": signature}),
        )
    except (TypeError, ValueError):
        return None
    return f"{', '.join(map(str, dtypes[:nin]))} -> {', '.join(map(str, dtypes[nin:]))}"


def _loop_of_method(
    owner: np.ufunc | NDArray[Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str | None:
    """Return the dtypes that NumPy resolves for a reduction of the first argument; those of an array."""
    if isinstance(owner, np.ndarray):
        return f"{owner.dtype} -> {np.dtype(np.intp)}" if name.startswith("arg") else f"{owner.dtype}"
    dtype = kwargs.get("dtype", args[2] if len(args) > 2 else None)
    source = _dtype(args[0]) if args else None
    widens = dtype is None and owner.__name__ in ("add", "multiply")
    if widens and isinstance(source, np.dtype) and source.kind in "biu" and source.itemsize < 8:
        dtype = np.dtype(np.uintp if source.kind == "u" else np.intp)
    try:
        dtypes = owner.resolve_dtypes(
            (None, source, None), signature=(dtype, None, None), casting="unsafe", reduction=True
        )
    except (TypeError, ValueError):
        return None
    return f"{dtypes[1]} -> {dtypes[2]}"


def _dtype(operand: object) -> np.dtype[Any] | type[Any]:
    if type(operand) in (int, float, complex):
        return type(operand)
    return np.asarray(operand).dtype
