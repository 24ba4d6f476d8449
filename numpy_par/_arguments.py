"""What public functions take: checks whose messages name the function and the argument, and types."""

import operator
from typing import Protocol


class Readable(Protocol):
    """A binary file to read from."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill a buffer; return how many bytes there were, None: none yet."""


class Writable(Protocol):
    """A binary file to write to."""

    def write(self, data: memoryview, /) -> int | None:
        """Return how many bytes were written, None: none now."""


def index(value: object, *, bools: bool = False) -> int | None:
    """Return an argument as an int, None where it is none: as bools are, but where they are 0 and 1."""
    if isinstance(value, bool) and not bools:
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]  # that is the question
    except TypeError:
        return None


def as_int(function: str, name: str, value: object, *, least: int, most: int | None = None, bools: bool = False) -> int:
    """Return an argument as an int within its limits.

    Raises
    ------
    TypeError
        If it is no int.
    ValueError
        If it is beyond a limit.
    """
    number = index(value, bools=bools)
    if number is None:
        raise TypeError(f"{function}: {name} must be an int, not {value!r} ({type(value).__name__})")
    if number < least or (most is not None and number > most):
        limits = f"at least {least}" if most is None else f"at least {least} and at most {most}"
        raise ValueError(f"{function}: {name} must be {limits}, not {number}")
    return number


def as_nbytes(function: str, value: object, *, least: int = 0) -> int:
    """Return a number of bytes; a MemoryError if there are not so many addresses."""
    nbytes = as_int(function, "the number of bytes", value, least=least)
    if nbytes > 1 << 47:
        raise MemoryError(f"{function}: {nbytes:,} bytes are more than there are addresses")
    return nbytes


def check_bools(function: str, **values: object) -> None:
    """Raise a TypeError if an argument is no bool."""
    for name, value in values.items():
        if not isinstance(value, bool):
            raise TypeError(f"{function}: {name} must be True or False, not {value!r} ({type(value).__name__})")
