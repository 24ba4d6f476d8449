"""How far from the true value results may be: of the process, and of a context."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from numpy_par import _engine
from numpy_par._context import Variable

Level = Literal["exact", "close", "fast"]
#: By their numbers in the engine.
LEVELS: tuple[Level, ...] = get_args(Level)

_here = Variable(_engine.precision_here, copies_keep=False)  # blocks are counted


def get_precision() -> Level:
    """Return the level that holds here and now: ``"exact"``, ``"close"`` or ``"fast"``.

    Examples
    --------
    >>> import numpy_par as npp
    >>> with npp.precision("exact"):
    ...     npp.get_precision()
    'exact'
    """
    return LEVELS[_engine.get_precision()]


def set_precision(level: Level) -> None:
    """Set the level of the whole process.

    Parameters
    ----------
    level : {"exact", "close", "fast"}
        As for `precision`.

    Raises
    ------
    ValueError
        If `level` is none of the three.

    Examples
    --------
    >>> import numpy_par as npp
    >>> npp.set_precision("exact")
    >>> npp.set_precision("close")
    """
    _engine.set_precision(_number("set_precision", level))


@contextmanager
def precision(level: Level) -> Iterator[None]:
    """Choose in this block how far from the true value results may be.

    It holds for numpy_par's ufuncs and, where the drop-in is enabled, for NumPy's, in this
    thread or asyncio task. Arithmetic is as NumPy's at every level; what differs are
    transcendental functions (``npp.explain(np.sin, x).kernel`` tells which). Where the block
    ends does not matter: see `threads`.

    Parameters
    ----------
    level : {"exact", "close", "fast"}
        ``"exact"``: NumPy's own bits. ``"close"``, which is the default: at most 1.0 units
        in the last place from the true value. ``"fast"``: at most 3.5.
        ``enable(exact=True)`` is as strict as ever, whatever is said here.

    Raises
    ------
    ValueError
        If `level` is none of the three.

    See Also
    --------
    set_precision, get_precision

    Notes
    -----
    Special values, signs of zeros and floating-point errors are NumPy's at every level.
    The bounds are those that SLEEF states for its functions of the suffixes u10 and u35
    [1]_, tested on every instruction set.

    References
    ----------
    .. [1] N. Shibata and F. Petrogalli, "SLEEF: A Portable Vectorized Library of C Standard
       Mathematical Functions", IEEE Transactions on Parallel and Distributed Systems 31,
       2020, https://doi.org/10.1109/TPDS.2019.2960333

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 100, 1_000_000)
    >>> with npp.precision("fast"):
    ...     y = npp.sin(x)
    >>> float(abs(y - np.sin(x)).max()) < 1e-15
    True
    """
    number = _number("precision", level)
    _engine.count_precisions(1)
    try:
        with _here.begin(number):
            yield
    finally:
        _engine.count_precisions(-1)


def _number(function: str, level: object) -> int:
    if level not in LEVELS:
        raise ValueError(f"{function}: level must be 'exact', 'close' or 'fast', not {level!r}")
    return LEVELS.index(level)
