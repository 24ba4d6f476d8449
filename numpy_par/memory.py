"""Memory that is used again: a pool behind NumPy's results, and pools of buffers.

The kernel clears every page that it hands out, so that a large fresh result costs as much
in page faults as in arithmetic. While the pool is on, blocks of 64 KiB and more that arrays
let go of are kept for the next ones. `numpy_par.enable` switches it on, `use_pool` alone.
"""

import os
import resource
import sys
import threading
import warnings
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from numpy_par import _allocator, _engine, _environment
from numpy_par._arguments import as_int, check_bools

__all__ = ["BufferPool", "Stats", "limit", "stats", "trim", "use_pool"]

_lock = threading.Lock()
_wishes: Counter[str] = Counter()  # who wants it for the whole process
_left_out: str | None = None  # why it has no effect


def _count_alone() -> int:
    """Return what getrefcount() says of an array that only a local variable refers to."""
    idle = deque([np.empty(0)])
    array = idle.popleft()
    return sys.getrefcount(array)


ALONE = _count_alone()  # it depends on the version of Python


class use_pool:
    """Let NumPy's large arrays come from the pool, or not.

    As a call it is for the whole process, whatever thread an array is made in, and until
    it is called with False. As a context manager it is for the block only, and for this
    thread or asyncio task (and those that it starts) only; where it ends does not matter:
    see `numpy_par.threads`.

    Arrays of 64 KiB and more are meant, however they are made. Their memory is aligned to
    64 bytes. Arrays outlive the block, and a call with False, without harm.

    Parameters
    ----------
    on : bool
        Use the pool, or NumPy's own allocator.

    Raises
    ------
    TypeError
        If `on` is not a bool.

    Warns
    -----
    RuntimeWarning
        If it has no effect for the process with this NumPy; the message says why.

    See Also
    --------
    numpy_par.enable : switches the pool on, too.
    limit : how much may lie idle.

    Notes
    -----
    Within the block NumPy's allocator (NEP 49) is a handler of ours, named
    ``numpy_par_pool``; a handler that another library has set before comes back at its
    end. For the process as a whole the functions of NumPy's default handler lead to the
    pool. They are as they were before when it is switched off and the last array that
    came from it is gone.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> with npp.memory.use_pool():
    ...     for _ in range(10):
    ...         x = np.ones(1_000_000)
    >>> npp.memory.stats().hits > 0
    True
    """

    def __init__(self, on: bool = True) -> None:
        check_bools("use_pool", on=on)
        self._on = on
        with _lock:  # until it turns out to be for a block, it is for the process
            self._before: dict[str, int] | None = {} if on else dict(_wishes)
            if on:
                _wishes["use_pool"] += 1
            else:
                _wishes.clear()
            _grant()
        if on and _left_out:
            warnings.warn(
                f"use_pool: no effect for the whole process: {_left_out}",
                RuntimeWarning,
                stacklevel=2,
            )

    def __enter__(self) -> "use_pool":
        """Begin the block: what the call did for the whole process is undone."""
        with _lock:
            if self._before is not None:  # entered for the first time
                if self._on:
                    _wishes["use_pool"] = max(0, _wishes["use_pool"] - 1)
                _wishes.update(self._before)
                self._before = None
                _grant()
        _allocator.enter(self, _engine.pool_handler if self._on else _engine.numpy_handler)
        return self

    def __exit__(self, *exception: object) -> None:
        """End the block."""
        _allocator.leave(self)


@dataclass(frozen=True)
class Stats:
    """What `stats` returns. Sizes are in bytes."""

    #: Blocks handed out again, and fresh ones.
    hits: int
    misses: int
    #: Blocks that lie idle; blocks that arrays have, now and at most so far (there what a
    #: thread keeps idle for itself, up to 2 MiB, counts as well).
    cached: int
    in_use: int
    peak: int
    #: Pages that the kernel did not have to clear once more.
    faults_saved: int
    #: Blocks given back to the system.
    returned: int
    #: What `limit` set.
    limit: int
    #: Whether the pool is on for the whole process.
    everywhere: bool

    def to_dict(self) -> dict[str, int | bool]:
        """Return the figures as a dictionary."""
        return asdict(self)

    def __str__(self) -> str:
        """Return a table."""

        def mib(nbytes: int) -> str:
            return f"{nbytes / 2**20:,.1f} MiB"

        taken = self.hits + self.misses
        share = f" ({self.hits / taken:.1%})" if taken else ""
        rows = {
            "on for the process": "yes" if self.everywhere else "no",
            "blocks used again": f"{self.hits:,} of {taken:,}{share}",
            "page faults saved": f"{self.faults_saved:,}",
            "in use": f"{mib(self.in_use)}, at most {mib(self.peak)}",
            "idle": f"{mib(self.cached)} of {mib(self.limit)} allowed",
            "given back": f"{self.returned:,} blocks",
        }
        return "\n".join(f"{name:20s}{value}" for name, value in rows.items())


def stats() -> Stats:
    """Return what the pool has done since numpy_par was imported.

    Returns
    -------
    Stats
        Print it for a table; its attributes are the numbers.

    Examples
    --------
    >>> import numpy_par as npp
    >>> npp.memory.stats().in_use >= 0
    True
    """
    return Stats(**_engine.pool_figures())


def trim() -> int:
    """Give all blocks that lie idle back to the system.

    This happens by itself to blocks that nobody takes for ten seconds, as soon as anybody
    comes to the pool.

    Returns
    -------
    int
        The bytes.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> with npp.memory.use_pool():
    ...     x = np.ones(1_000_000)
    ...     del x
    >>> npp.memory.trim() >= 8_000_000
    True
    """
    return _engine.trim_pool()


def limit(nbytes: int | None = None) -> int:
    """Set how many bytes may lie idle in the pool, or ask.

    At first it is an eighth of the memory that the process may use (what the machine has,
    its control group and ``ulimit`` allow), or what the environment variable
    NUMPY_PAR_POOL_BYTES says. 0 keeps nothing.

    Parameters
    ----------
    nbytes : int, optional
        At least 0. Without it nothing is changed.

    Returns
    -------
    int
        The limit that was valid before.

    Raises
    ------
    TypeError
        If `nbytes` is not an int.
    ValueError
        If it is negative, or more than there are addresses.

    Examples
    --------
    >>> import numpy_par as npp
    >>> before = npp.memory.limit(256 << 20)
    >>> npp.memory.limit()
    268435456
    >>> _ = npp.memory.limit(before)
    """
    if nbytes is None:
        return _engine.pool_figures()["limit"]
    return _engine.set_pool_limit(as_int("limit", "nbytes", nbytes, least=0, most=sys.maxsize))


class BufferPool:
    """Arrays of one shape and dtype, used again and again.

    Parameters
    ----------
    shape : int or tuple of ints
        The shape of each array.
    dtype : dtype, optional
        Its type; float64 by default.

    Raises
    ------
    TypeError, ValueError
        As `numpy.empty` raises them.

    Notes
    -----
    Any number of threads may acquire at once; each has an array of its own. Nobody is
    given what somebody can still see: an array comes back into use when the block has
    ended and the last reference to it is gone (its variable, a view, a memoryview). So a
    loop that keeps the name of its array from one turn to the next works on two of them,
    in turn.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> frames = npp.memory.BufferPool((480, 640), np.float32)
    >>> for _ in range(100):
    ...     with frames.acquire() as frame:
    ...         frame.fill(0)
    >>> frames.made
    2
    """

    def __init__(self, shape: int | Sequence[int], dtype: DTypeLike = float) -> None:
        first: NDArray[Any] = np.empty(shape, dtype)
        self._shape, self._dtype, self._made = first.shape, first.dtype, 1
        self._lock = threading.Lock()
        self._idle = deque([first])

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of each array."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of each array."""
        return self._dtype

    @property
    def made(self) -> int:
        """How many arrays it has made so far."""
        return self._made

    @contextmanager
    def acquire(self) -> Iterator[NDArray[Any]]:
        """Have an array for this block; what is in it is left from its last use."""
        array = self._take()
        try:
            yield array[...]
        finally:
            # Without the lock: the garbage collector may end a block in a thread that has it.
            self._idle.append(array)

    def _take(self) -> NDArray[Any]:
        with self._lock:
            for _ in range(len(self._idle)):
                array = self._idle.popleft()
                if sys.getrefcount(array) == ALONE:
                    return array
                self._idle.append(array)
            self._made += 1
        return np.empty(self._shape, self._dtype)

    def __repr__(self) -> str:
        """Return the shape, the dtype and how many were made."""
        return f"BufferPool({self._shape}, {self._dtype}): {self.made} made"


def use_pool_unless_another() -> AbstractContextManager[None]:
    """Use the pool in a block, if nobody has set another allocator for this context."""
    now = _allocator.variable.get()
    return _allocator.using(_engine.pool_handler if now is _engine.default_handler else now)


def wanted_by_enable(on: bool) -> None:
    """Switch the pool for the process, on behalf of `numpy_par.enable`."""
    with _lock:
        _wishes["enable"] = int(on)
        _grant()


def status() -> str:
    """Return "on", "off", or why the pool has no effect; for `show_config`."""
    return _left_out or ("on" if _wishes.total() else "off")


def configure() -> None:
    """Set the limit, and from which size on results are streamed; once, on import."""
    chosen = _environment.variable("NUMPY_PAR_POOL_BYTES", least=0)
    _engine.set_pool_limit(memory_allowed() // 8 if chosen is None else min(chosen, sys.maxsize))
    streamed = _environment.variable("NUMPY_PAR_STREAM_BYTES", least=-1)
    if streamed is None:
        # With operands as large as the result, three times as much is touched.
        streamed = (_environment.last_level_cache() or 32 << 20) // 2
    _engine.set_stream_threshold(min(streamed, sys.maxsize))


def memory_allowed() -> int:
    """Return the bytes that this process may use."""
    limits: list[int | None] = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    limits += [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    limits.append(_environment.cgroup_memory())
    return min(limit for limit in limits if limit is not None and limit > 0)


def _grant() -> None:
    """Switch the pool on or off for the process, as is wished; the lock is held."""
    global _left_out
    # NumPy's own setting (NUMPY_MADVISE_HUGEPAGE) holds for our pages too.
    _engine.set_pool_huge_pages(np._core.multiarray._get_madvise_hugepage())  # type: ignore[attr-defined]  # not public
    _left_out = _engine.use_pool_everywhere(_wishes.total() > 0)
