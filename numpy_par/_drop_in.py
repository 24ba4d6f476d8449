"""The drop-in: NumPy's own functions and operators on the engine."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import numpy as np

from numpy_par import _engine, memory
from numpy_par._arguments import check_bools
from numpy_par._context import Variable

#: The versions of NumPy with which the hooks are tested.
TESTED = (2, 0), (2, 5)

# The garbage collector may close a generator, and so end a block, in a thread that has it.
_lock = threading.RLock()
_warned = False

_here = Variable(_engine.enabled_here, copies_keep=False)  # blocks are counted


def enable(*, exact: bool = False, pool: bool = True) -> None:
    """Let NumPy's own functions and operators run on all cores, for the whole process.

    From now on ``np.exp(x)``, ``x + y``, ``x += 1``, ``x.astype("f4")`` and so on go
    through numpy_par, in every thread, whoever calls them and however long ago they
    imported or stored the function. What numpy_par cannot do better runs as before.
    Enabling twice is the same as once.

    Parameters
    ----------
    exact : bool
        Only ever use loops that give NumPy's own bits. Otherwise some transcendental
        functions are our own, at most 1.0 ULP from the true value.
    pool : bool
        Let large arrays come from the pool too, as `numpy_par.memory.use_pool` does.

    Raises
    ------
    TypeError
        If `exact` or `pool` is not a bool.

    Warns
    -----
    RuntimeWarning
        Once, if this NumPy is of a version that numpy_par was not tested with. Each
        hook is tested in any case; `show_config` tells which ones are left out.

    See Also
    --------
    disable, enabled, is_enabled

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> npp.enable()
    >>> x = np.linspace(0, 1, 1_000_000)
    >>> y = np.sqrt(x * x + 1)  # in parallel
    >>> npp.disable()
    """
    check_bools("enable", exact=exact, pool=pool)
    with _lock, _hooks(stacklevel=5):
        _engine.enable_everywhere("exact" if exact else True)
        memory.wanted_by_enable(pool)


def disable() -> None:
    """Undo `enable`: all of NumPy's slots are as they were before.

    Calls that are under way end as they began. A slot that another library has filled
    in the meantime is left to it. Blocks of `enabled` in other threads keep their say.
    The functions with which NumPy frees an array's memory are its own again when the last
    array that came from the pool is gone.

    Examples
    --------
    >>> import numpy_par as npp
    >>> npp.enable()
    >>> npp.disable()
    >>> npp.is_enabled()
    False
    """
    with _lock:
        _engine.enable_everywhere(False)
        _engine.remove_unused_hooks()
        memory.wanted_by_enable(False)


@contextmanager
def enabled(*, exact: bool = False, pool: bool = True) -> Iterator[None]:
    """Enable in this block only, for this thread or asyncio task only.

    Other threads, and tasks that were not started in the block, are not affected;
    they may compute meanwhile. Where the block ends does not matter: see `threads`.

    Parameters
    ----------
    exact, pool : bool
        As for `enable`. An allocator that another library has set for this context stays.

    Raises
    ------
    TypeError
        If `exact` or `pool` is not a bool.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> with npp.enabled():
    ...     y = np.exp(np.zeros(1_000_000))  # in parallel
    >>> npp.is_enabled()
    False
    """
    check_bools("enabled", exact=exact, pool=pool)
    with (
        _hooks(stacklevel=6),
        _here.begin("exact" if exact else True),
        memory.use_pool_unless_another() if pool else nullcontext(),
    ):
        yield


def is_enabled() -> bool:
    """Return whether NumPy's functions go through numpy_par, here and now.

    Examples
    --------
    >>> import numpy_par as npp
    >>> with npp.enabled():
    ...     npp.is_enabled()
    True
    """
    return _engine.is_enabled()


def status() -> dict[str, str]:
    """Return for each hook "on", "off", or why it is left out; for `show_config`."""
    return dict(_engine.hooks())


@contextmanager
def _hooks(stacklevel: int) -> Iterator[None]:
    """Have NumPy's slots filled in this block."""
    with _lock:
        _engine.count_contexts(1)  # first, so that nobody whose block ends meanwhile empties them
    try:
        with _lock:
            _install(stacklevel)
        yield
    finally:
        with _lock:
            _engine.count_contexts(-1)
            _engine.remove_unused_hooks()


def _install(stacklevel: int) -> None:
    """Fill NumPy's slots; the lock is held."""
    global _warned
    version = tuple(int(part) for part in np.__version__.split(".")[:2])
    if not TESTED[0] <= version <= TESTED[1] and not _warned:
        _warned = True
        warnings.warn(
            f"numpy_par is tested with NumPy {'.'.join(map(str, TESTED[0]))} to "
            f"{'.'.join(map(str, TESTED[1]))}, and this is {np.__version__}: each hook is "
            "tested now, and left out if it has no effect (see numpy_par.show_config())",
            RuntimeWarning,
            stacklevel=stacklevel,
        )
    _engine.install_hooks()
