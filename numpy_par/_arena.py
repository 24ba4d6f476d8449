"""`Arena`: one mapping of memory, arrays that live in it."""

from __future__ import annotations  # help() shows the names of types, not what is in them

import errno
import fcntl
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NoReturn, ParamSpec, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from numpy_par import _allocator, _engine
from numpy_par._arguments import Readable, Writable, as_nbytes, index

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike, StrOrBytesPath

Shape = int | Sequence[int]
Order = Literal["C", "F"]
OrderOfCopy = Literal["K", "A", "C", "F"]

_P = ParamSpec("_P")

#: From this size on a mapping asks for huge pages by itself, as NumPy's results do.
HUGE_LEAST = 4 << 20

#: Bytes that are read from a file of unknown length at first.
READ_AT_FIRST = 1 << 16

ADVICE = {
    "normal": mmap.MADV_NORMAL,
    "sequential": mmap.MADV_SEQUENTIAL,
    "random": mmap.MADV_RANDOM,
    "willneed": mmap.MADV_WILLNEED,
    "dontneed": mmap.MADV_DONTNEED,
}


class Arena(_engine.Arena):
    r"""Memory of our own, in which arrays live side by side.

    One mapping (never of the heap), from which blocks are taken in order. What is freed
    can be used again at once; `release`, `scope` and `reset` make sure that a whole stretch
    is. It speaks the buffer protocol: ``memoryview(arena)`` and ``np.frombuffer(arena)``
    are its bytes, without a copy.

    Parameters
    ----------
    nbytes : int, optional
        Its size, at least 1. May be left out with `file`: then the file's size.
    alignment : int
        Of each array, in bytes: a power of two, 1 ... 2 MiB.
    hugepages : {"auto", True, False}
        Whether the kernel may use pages of 2 MiB: by default from 4 MiB on. Not for
        files.
    zero : bool
        Clear all memory that is handed out. (Fresh memory is zero in any case.)
    grow : bool
        Become larger when it is full; it stays where it is, and so do its arrays.
    file : path or int, optional
        A file to map, or its descriptor. It is created, or made larger, as needed; the
        arrays in it are then what is in the file.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind; the message names it.
    MemoryError
        If the system does not let us have so much.
    OSError
        If the file cannot be opened, extended or mapped.

    See Also
    --------
    numpy_par.memory.use_pool : memory used again, with nothing to write for it.

    Notes
    -----
    An array keeps its memory alive, whatever becomes of the Arena object: `reset`,
    `release` and `close` refuse with a BufferError while arrays or buffers use what they
    would take back.

    Its memory is touched, by all threads, when it is first handed out, but for `zeros`.

    All threads may use an arena at once. A child of a fork has a copy of its own, but
    shares the pages of a file. Modules that are imported in a ``with arena:`` block may
    leave arrays in it that live as long as they do; import them before.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> arena = npp.Arena(1 << 20)
    >>> x = arena.zeros(1000)
    >>> with arena:
    ...     y = x + 1  # NumPy's results come from it as well
    >>> arena.arrays
    2
    >>> bytes(memoryview(arena)[:8])  # the first element of x
    b'\x00\x00\x00\x00\x00\x00\x00\x00'
    >>> del x, y
    >>> arena.close()
    """

    __slots__ = ()

    def __new__(
        cls,
        nbytes: int | None = None,
        *,
        alignment: int = 64,
        hugepages: bool | Literal["auto"] = "auto",
        zero: bool = False,
        grow: bool = False,
        file: FileDescriptorLike | StrOrBytesPath | None = None,
    ) -> Self:
        """Map the memory."""
        for name, value in (("zero", zero), ("grow", grow)):
            if not isinstance(value, bool):
                raise TypeError(f"Arena: {name} must be True or False, not {value!r}")
        _check_alignment(alignment)
        if hugepages not in ("auto", True, False):
            raise ValueError(f"Arena: hugepages must be 'auto', True or False, not {hugepages!r}")
        if nbytes is not None:
            nbytes = as_nbytes("Arena", nbytes, least=1)
        elif file is None:
            raise TypeError("Arena: nbytes is missing (it may be left out with file= only)")
        if file is not None and hugepages is True:
            raise ValueError("Arena: hugepages=True is for memory, and file= maps a file")
        with _opened(file) as fd:
            if nbytes is None:
                nbytes = os.fstat(fd).st_size
                if nbytes == 0:
                    raise ValueError("Arena: nbytes is missing, and the file is empty")
            huge = nbytes >= HUGE_LEAST if hugepages == "auto" else hugepages
            return super().__new__(cls, nbytes, alignment, huge and fd < 0, zero, grow, fd)

    # -- arrays ------------------------------------------------------------------------

    def empty(self, shape: Shape, dtype: DTypeLike = float, order: Order = "C") -> NDArray[Any]:
        """Return a new array in the arena, its contents left from before.

        Parameters
        ----------
        shape, dtype, order
            As for `numpy.empty`.

        Raises
        ------
        MemoryError
            If it does not fit; the message tells the sizes.
        ValueError
            If the arena is closed.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).empty((2, 3)).shape
        (2, 3)
        """
        return self._make("empty", np.empty, shape, dtype, order)

    def zeros(self, shape: Shape, dtype: DTypeLike = float, order: Order = "C") -> NDArray[Any]:
        """Return a new array of zeros in the arena; see `empty`.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).zeros(3)
        array([0., 0., 0.])
        """
        return self._make("zeros", np.zeros, shape, dtype, order)

    def full(
        self,
        shape: Shape,
        fill_value: ArrayLike,
        dtype: DTypeLike | None = None,
        order: Order = "C",
    ) -> NDArray[Any]:
        """Return a new array in the arena, filled; see `empty` and `numpy.full`.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).full(3, 7)
        array([7, 7, 7])
        """
        dtype = np.asarray(fill_value).dtype if dtype is None else dtype
        array = self._make("full", np.empty, shape, dtype, order)
        array[...] = fill_value
        return array

    def empty_like(
        self,
        prototype: ArrayLike,
        dtype: DTypeLike | None = None,
        order: OrderOfCopy = "K",
        shape: Shape | None = None,
    ) -> NDArray[Any]:
        """Return a new array in the arena like another; see `empty` and `numpy.empty_like`.

        The result is a plain array, whatever the class of `prototype`.

        Examples
        --------
        >>> import numpy as np
        >>> import numpy_par as npp
        >>> npp.Arena(4096).empty_like(np.ones((2, 2), "f4")).dtype
        dtype('float32')
        """
        return self._make("empty_like", np.empty_like, prototype, dtype, order, False, shape)

    def array(
        self,
        object: ArrayLike,
        dtype: DTypeLike | None = None,
        order: OrderOfCopy = "K",
    ) -> NDArray[Any]:
        """Return a copy of an array, or of what can be made one, in the arena.

        See `empty` and `numpy.array`.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).array([[1, 2], [3, 4]]).tolist()
        [[1, 2], [3, 4]]
        """
        given = np.asanyarray(object, dtype)  # what it takes on the way is not the arena's
        return self._make("array", lambda: np.array(given, order=order))

    def _make(
        self, function: str, make: Callable[_P, NDArray[Any]], *args: _P.args, **kwargs: _P.kwargs
    ) -> NDArray[Any]:
        try:
            with _allocator.using(self._handler):
                return make(*args, **kwargs)
        except MemoryError as error:
            figures = self._figures()
            if figures["closed"]:
                raise ValueError(f"Arena.{function}: the arena is closed") from None
            raise MemoryError(
                f"Arena.{function}: {error}; {figures['nbytes'] - figures['used']:,} of "
                f"{figures['nbytes']:,} bytes are free"
                + (f", and it cannot grow: {figures['error']}" if figures["error"] else "")
            ) from None

    # -- NumPy's own allocations ----------------------------------------------------------

    def __enter__(self) -> Arena:
        """Let NumPy's new arrays live here, for this thread or asyncio task only.

        Where the block ends does not matter: see `threads`.
        """
        if self.closed:
            raise ValueError("Arena: it is closed")
        _allocator.enter(self, self._handler)
        return self

    def __exit__(self, *exception: object) -> None:
        _allocator.leave(self)

    # -- having memory back: what is freed can be used at once, these make sure that it was --

    def mark(self) -> int:
        """Return where the arena is now, for `release`.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).mark()
        0
        """
        return self.used

    def release(self, mark: int) -> None:
        """Make sure that all memory that was taken since `mark` is free again.

        Parameters
        ----------
        mark : int
            What `mark` returned.

        Raises
        ------
        BufferError
            If an array there, or a buffer of the arena, is alive.

        Examples
        --------
        >>> import numpy_par as npp
        >>> arena = npp.Arena(4096)
        >>> mark = arena.mark()
        >>> x = arena.empty(100)
        >>> del x
        >>> arena.release(mark)
        """
        self._release(mark)

    def reset(self) -> None:
        """Make sure that all of it is free; as ``release(0)``.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).reset()
        """
        self._release(0)

    @contextmanager
    def scope(self) -> Iterator[Arena]:
        """Make sure at the end of the block that what was taken in it is free again.

        Scopes may be nested.

        Raises
        ------
        BufferError
            At the end, if an array or buffer of the block is still alive: delete the
            variables that hold it. (Not if the block ends with an exception, whose
            traceback holds them: then it stays taken until they go.)

        Examples
        --------
        >>> import numpy_par as npp
        >>> arena = npp.Arena(4096)
        >>> for _ in range(1000):
        ...     with arena.scope():
        ...         x = arena.zeros(100)
        ...         del x
        >>> arena.used
        0
        """
        mark = self.mark()
        yield self
        self._release(mark)

    def close(self) -> None:
        """Unmap it. Closing twice is the same as once.

        Raises
        ------
        BufferError
            If arrays or buffers of it are alive.

        Examples
        --------
        >>> import numpy_par as npp
        >>> arena = npp.Arena(4096)
        >>> arena.close()
        >>> arena.closed
        True
        """
        self._close()

    # -- files --------------------------------------------------------------------------------

    def readinto(self, file: Readable, nbytes: int | None = None) -> NDArray[np.uint8]:
        """Read from a file into the arena.

        Parameters
        ----------
        file : binary file
            Anything with ``readinto``.
        nbytes : int, optional
            Read so many, or up to the end. By default as many as there is room for, which
            with ``grow=True`` is all that there is.

        Returns
        -------
        ndarray of uint8
            What was read, in the arena; use ``.view(dtype)``. Empty at the end of the
            file.

        Raises
        ------
        MemoryError
            If there is no room for it.
        BlockingIOError
            If the file would block.

        Examples
        --------
        >>> import io
        >>> import numpy_par as npp
        >>> npp.Arena(4096).readinto(io.BytesIO(b"abcd"), 3).tobytes()
        b'abc'
        """
        if nbytes is not None:
            array = self.empty(as_nbytes("readinto", nbytes), np.uint8)
            filled = _fill(file, array, 0)
        else:
            # By and by, so that memory is not touched for nothing.
            array = self.empty(max(1, min(READ_AT_FIRST, self._room())), np.uint8)
            filled = _fill(file, array, 0)
            while filled == len(array) and self._extend(array):
                filled = _fill(file, array, filled)
        try:
            array.resize(filled)
        except ValueError:  # the file has kept a view of it
            return array[:filled]
        return array

    def _room(self) -> int:
        """Return how many bytes a new array could have without growth."""
        figures = self._figures()
        unit = figures["alignment"]
        return max(0, figures["nbytes"] - (figures["used"] + unit - 1) // unit * unit)

    def _extend(self, array: NDArray[np.uint8]) -> bool:
        """Double an array, or make it as large as there is room; False: there is none."""
        more = min(len(array), self.nbytes - self.used) or len(array)
        try:
            array.resize(len(array) + more, refcheck=False)
        except MemoryError:
            return False
        return True

    def write_to(self, file: Writable, start: int = 0) -> int:
        """Write the arena to a file, from `start` to what is used.

        Parameters
        ----------
        file : binary file
            Anything with ``write``.
        start : int
            Where to begin: 0, or what `mark` returned.

        Returns
        -------
        int
            The bytes written.

        Raises
        ------
        BlockingIOError
            If the file would block; its ``characters_written`` were written.

        Examples
        --------
        >>> import io
        >>> import numpy_par as npp
        >>> arena, file = npp.Arena(4096), io.BytesIO()
        >>> x = arena.full(3, 65, "u1")
        >>> arena.write_to(file), file.getvalue()
        (3, b'AAA')
        """
        with memoryview(self) as whole, whole[as_nbytes("write_to", start) : self.used] as used:
            written = 0
            while written < len(used):
                with used[written:] as rest:
                    count = file.write(rest)
                if not count:
                    raise BlockingIOError(errno.EAGAIN, "Arena.write_to: the file takes no more", written)
                written += count
            return written

    def flush(self) -> None:
        """Write what was changed to the file, and wait for that; no-op without a file.

        Raises
        ------
        OSError
            If the system cannot.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).flush()
        """
        self._flush()

    def advise(self, advice: str, offset: int = 0, nbytes: int | None = None) -> None:
        """Tell the kernel how the memory will be used (madvise), which matters for files.

        Parameters
        ----------
        advice : {"normal", "sequential", "random", "willneed", "dontneed"}
            "sequential" reads far ahead, "random" does not, "willneed" reads now.
            "dontneed" is for files only: the pages are read again when they are used.
        offset, nbytes : int
            Which part; by default all.

        Examples
        --------
        >>> import numpy_par as npp
        >>> npp.Arena(4096).advise("sequential")
        """
        if advice not in ADVICE:
            raise ValueError(f"advise: advice must be one of {', '.join(ADVICE)}, not {advice!r}")
        whole = self.nbytes
        offset = as_nbytes("advise", offset)
        nbytes = whole - offset if nbytes is None else as_nbytes("advise", nbytes)
        if offset + nbytes > whole:
            raise ValueError(f"advise: offset + nbytes must be at most {whole}, not {offset + nbytes}")
        if advice == "dontneed" and not self._figures()["file"]:
            raise ValueError("advise: 'dontneed' would clear memory that is not a file's")
        self._advise(offset, nbytes, ADVICE[advice])

    # -- figures ------------------------------------------------------------------------------

    @property
    def nbytes(self) -> int:
        """Its size in bytes."""
        return self._figures()["nbytes"]

    @property
    def used(self) -> int:
        """How many bytes, from the start, arrays have."""
        return self._figures()["used"]

    @property
    def peak(self) -> int:
        """The most that `used` has been."""
        return self._figures()["peak"]

    @property
    def arrays(self) -> int:
        """How many arrays live in it."""
        return self._figures()["arrays"]

    @property
    def exports(self) -> int:
        """How many things use its memory: arrays, and buffers of the whole."""
        figures = self._figures()
        return figures["arrays"] + figures["buffers"]

    @property
    def closed(self) -> bool:
        """Whether `close` has unmapped it."""
        return self._figures()["closed"]

    @property
    def hugepages(self) -> bool:
        """Whether the kernel may use huge pages for it."""
        return self._figures()["hugepages"]

    def __repr__(self) -> str:
        figures = self._figures()
        if figures["closed"]:
            return "<numpy_par.Arena, closed>"
        return (
            f"<numpy_par.Arena, {figures['used']:,} of {figures['nbytes']:,} bytes used, "
            f"{figures['arrays']} arrays, {figures['buffers']} buffers>"
        )

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self.nbytes

    def __reduce__(self) -> NoReturn:
        raise TypeError("Arena: it cannot be pickled; its arrays can")


def _fill(file: Readable, array: NDArray[np.uint8], filled: int) -> int:
    """Read into an array from there on, until it is full or the file ends; return where."""
    with array.data as view:
        while filled < len(view):
            with view[filled:] as rest:
                count = file.readinto(rest)
            if count is None:
                raise BlockingIOError(errno.EAGAIN, "Arena.readinto: the file has no data yet")
            if count == 0:
                break
            filled += count
    return filled


@contextmanager
def _opened(file: FileDescriptorLike | StrOrBytesPath | None) -> Iterator[int]:
    """Yield a descriptor for what `file` is, -1 for None."""
    if file is None:
        yield -1
    elif hasattr(file, "fileno") or (isinstance(file, int) and not isinstance(file, bool)):
        fd = file if isinstance(file, int) else file.fileno()
        if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDWR:
            raise ValueError("Arena: file must be open for reading and writing")
        yield fd
    else:
        path = os.fspath(file)  # type: ignore[arg-type]  # it refuses a bool
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            yield fd
        finally:
            os.close(fd)


def _check_alignment(alignment: object) -> None:
    number = index(alignment)
    if number is None:
        raise TypeError(f"Arena: alignment must be an int, not {alignment!r}")
    if not 1 <= number <= 2 << 20 or number & (number - 1):
        raise ValueError(f"Arena: alignment must be a power of two, 1 ... {2 << 20}, not {number}")
