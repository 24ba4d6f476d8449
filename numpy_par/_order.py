"""sort and argsort: by the engine where it can (src/order/), else by NumPy."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import functools
from typing import Any

import numpy as np

from numpy_par._functions import Function, engine_or_numpy

__all__ = ["argsort", "sort"]

_DOC = """Do what `numpy.{name}` does, on several threads and in vectors.

    Parameters, result and errors are NumPy's: an array_like of any shape, `axis`, `kind`,
    `order` and `stable`. Plain arrays of bool, integers, floats of up to 64 bits, datetimes and
    timedeltas are done here; all else is done by NumPy.

    {what}

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.cos(np.arange(1_000_000.0))
    >>> {example}
    """


def _like(numpys: Function, what: str, example: str) -> Function:
    return engine_or_numpy(numpys, __name__, _DOC.format(name=numpys.__name__, what=what, example=example))


sort = _like(
    np.sort,
    "NaN and NaT are last, and keep their bits. A stable sort has NumPy's bits; else zeros of both\n"
    "    signs are in any order.",
    "bool((npp.sort(x) == np.sort(x)).all())\n    True",
)
_argsort = _like(
    np.argsort,
    "The result is that of a stable sort, whatever `kind` is: of equal elements the first one comes\n"
    "    first, on every machine and at any number of threads.",
    'bool((npp.argsort(x) == np.argsort(x, kind="stable")).all())\n    True',
)


@functools.wraps(_argsort)
def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    if stable is None and kind in (None, "quicksort", "heapsort"):
        kind = "stable"
    return _argsort(a, axis, kind, order, stable=stable)
