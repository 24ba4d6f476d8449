"""`explain`: what a call would do, and why."""

from dataclasses import dataclass

import numpy as np

from numpy_par import _engine


@dataclass(frozen=True)
class Explanation:
    """What a call of a parallel ufunc would do; see `explain`.

    Attributes
    ----------
    ufunc : str
        The name of the ufunc.
    parallel : bool
        Whether several threads would run it.
    reason : str or None
        Why not, if not.
    path : {"direct", "fused", "streamed", "iterator", "buffered", "gufunc", "numpy"}
        One inner loop straight on the operands' memory; the same with casts in between,
        block by block; with a result that goes past the caches, being too large for
        them; NumPy's iterator over
        several axes; its buffers, because an operand needs a cast, a byte swap or an
        aligned copy; the loop dimensions of a gufunc; or NumPy's own call, untouched.
    loop : str or None
        The dtypes of the loop that NumPy chooses, ``"float64, float64 -> float64"``.
    kernel : str or None
        The instruction set of numpy_par's own kernel, if the loop is one; None: NumPy's.
    elements, pieces, threads : int
        Elements (core problems of a gufunc), pieces they are cut into, threads that
        would share these.
    ns_per_element : float or None
        What an element costs one thread, as measured on this machine.
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

    def __str__(self) -> str:
        how = (
            f"parallel, {self.threads} threads, {self.pieces} pieces"
            if self.parallel
            else f"serial: {self.reason}"
        )
        rows = [
            ("loop", self.loop or "none"),
            *([("kernel", f"numpy_par's, {self.kernel}")] if self.kernel else []),
            ("path", self.path),
            ("elements", f"{self.elements:,}"),
        ]
        if self.ns_per_element is not None:
            rows.append(("cost", f"{self.ns_per_element:.3g} ns an element"))
        return "\n".join(
            [f"{self.ufunc}: {how}", *(f"  {name:9s} {value}" for name, value in rows)]
        )


def explain(ufunc: np.ufunc, *args, **kwargs) -> Explanation:
    """Say what ``ufunc(*args, **kwargs)`` would do if `ufunc` were parallel, and why.

    Parameters
    ----------
    ufunc : numpy.ufunc
        NumPy's (``np.add``), ours (``npp.add``) or anybody's that `parallelize` takes.
    *args, **kwargs
        The arguments of the call. Nothing is written to an ``out=``.

    Returns
    -------
    Explanation
        Printed, it reads as a few lines of text.

    Raises
    ------
    TypeError
        If `ufunc` is not a ufunc that can be parallelized.

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
    report = _engine.explain(ufunc, *args, **kwargs)
    return Explanation(
        ufunc=ufunc.__name__,
        parallel=report["reason"] is None and report["threads"] > 1,
        reason=report["reason"],
        path=report["path"],
        loop=_loop(ufunc, args, kwargs),
        kernel=report["kernel"],
        elements=report["elements"],
        pieces=report["pieces"],
        threads=report["threads"],
        ns_per_element=report["ns"] if report["ns"] > 0 else None,
    )


def _loop(ufunc: np.ufunc, args: tuple, kwargs: dict) -> str | None:
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


def _dtype(operand) -> np.dtype | type:
    if type(operand) in (int, float, complex):
        return type(operand)
    return np.asarray(operand).dtype
