"""`sliding`: overlapping windows over a stream."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import errno
from collections.abc import Iterable, Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from numpy_par import _engine
from numpy_par._arguments import Readable, as_int


def sliding(
    stream: Readable | NDArray[Any] | Iterable[ArrayLike],
    window: int,
    step: int = 1,
    *,
    dtype: DTypeLike | None = None,
) -> Iterator[NDArray[Any]]:
    """Iterate over overlapping windows of a stream, without copying them.

    The stream goes through a ring whose memory is mapped twice, one copy after the other,
    so that each window is contiguous wherever it lies. The memory it takes depends on the
    window only, not on the length of the stream.

    Parameters
    ----------
    stream : binary file, array, or iterable of arrays
        Something with ``readinto``, of elements of type `dtype`; or chunks of any length
        that agree in dtype and in all dimensions but the first.
    window : int
        Elements (rows) of a window, at least 1.
    step : int
        From one window to the next, at least 1.
    dtype : dtype, optional
        Of the elements of a file, uint8 by default. Chunks have their own.

    Yields
    ------
    ndarray, read-only
        The next `window` elements. It is valid until the next one is asked for; copy what
        has to last. What is left over at the end of the stream, less than a window, is
        dropped.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind, or chunks do not agree.
    MemoryError
        If there is no room for a window.
    BlockingIOError
        If the file would block.

    Notes
    -----
    A child of a fork shares the ring's memory: only one of the two may go on.

    See Also
    --------
    numpy.lib.stride_tricks.sliding_window_view : the same for an array in memory.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> chunks = (np.arange(i, i + 4) for i in range(0, 12, 4))
    >>> [int(w.sum()) for w in npp.sliding(chunks, window=5, step=3)]
    [10, 25, 40]
    """
    window = as_int("sliding", "window", window, least=1, bools=True)
    step = as_int("sliding", "step", step, least=1, bools=True)
    if hasattr(stream, "readinto"):
        element = np.dtype(np.uint8 if dtype is None else dtype)
        return _windows(_from_file(cast(Readable, stream), element, window), window, step)
    if dtype is not None:
        raise TypeError("sliding: dtype= is for files; chunks have their own")
    chunks = [stream] if isinstance(stream, np.ndarray) else stream
    return _windows(_from_chunks(iter(chunks), window), window, step)


class _Ring:
    """Rows in a ring: `fill` adds at the end, `drop` takes from the beginning."""

    def __init__(self, window: int, row: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        if dtype.hasobject:
            raise TypeError(f"sliding: elements of dtype {dtype} have no memory of their own")
        self.row, self.dtype = row, dtype
        self.row_bytes = dtype.itemsize * int(np.prod(row, dtype=np.intp))
        if self.row_bytes == 0:
            raise ValueError(f"sliding: elements of shape {row} and dtype {dtype} have no bytes")
        # Half of it is read while the other half waits for the next chunk.
        nbytes = max(2 * window * self.row_bytes, 1 << 16)
        if nbytes > 1 << 45:
            raise MemoryError(f"sliding: a window of {window:,} needs a ring of {nbytes:,} bytes")
        ring = _engine.Ring(nbytes)
        self.bytes: NDArray[np.uint8] = np.frombuffer(ring, np.uint8)  # type: ignore[call-overload]  # a buffer
        self.size = len(self.bytes) // 2
        self.begin = self.filled = 0  # in bytes

    def room(self) -> NDArray[np.uint8]:
        end = self.begin + self.filled
        return self.bytes[end : self.begin + self.size]

    def rows(self, count: int) -> NDArray[Any]:
        part = self.bytes[self.begin : self.begin + count * self.row_bytes]
        array = part.view(self.dtype).reshape(count, *self.row)
        array.flags.writeable = False
        return array

    def drop(self, nbytes: int) -> None:
        self.begin = (self.begin + nbytes) % self.size
        self.filled -= nbytes


def _windows(rings: Iterator[_Ring], window: int, step: int) -> Iterator[NDArray[Any]]:
    """Yield windows; `rings` yields the ring each time that something was added to it."""
    skip = 0  # bytes, where the step is longer than what there is
    for ring in rings:
        while True:
            skipped = min(skip, ring.filled)
            ring.drop(skipped)
            skip -= skipped
            if skip or ring.filled < window * ring.row_bytes:
                break
            yield ring.rows(window)
            skip = step * ring.row_bytes


def _from_file(file: Readable, dtype: np.dtype[Any], window: int) -> Iterator[_Ring]:
    ring = _Ring(window, (), dtype)
    while True:
        with ring.room().data as room:
            count = file.readinto(room)
        if count is None:
            raise BlockingIOError(errno.EAGAIN, "sliding: the file has no data yet")
        if count == 0:
            return
        ring.filled += count
        yield ring


def _from_chunks(chunks: Iterator[ArrayLike], window: int) -> Iterator[_Ring]:
    ring = None
    for given in chunks:
        chunk = np.ascontiguousarray(given)
        if np.ndim(given) == 0:
            raise ValueError("sliding: a chunk must be an array of at least one dimension")
        if ring is None:
            ring = _Ring(window, chunk.shape[1:], chunk.dtype)
        if (chunk.shape[1:], chunk.dtype) != (ring.row, ring.dtype):
            raise ValueError(
                f"sliding: a chunk of {chunk.dtype} {chunk.shape} does not agree with the "
                f"first one, of {ring.dtype} (n, {', '.join(map(str, ring.row))})"
            )
        rest = chunk.reshape(-1).view(np.uint8)
        while len(rest):
            room = ring.room()
            count = min(len(room), len(rest))
            room[:count] = rest[:count]
            ring.filled += count
            rest = rest[count:]
            yield ring
