"""`profile`: what went through numpy_par, what it gained, and why the rest did not."""

from collections import Counter
from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from numpy_par import _engine


@dataclass(frozen=True)
class Row:
    """All calls of one kind: of one function, for one dtype, with one outcome.

    Attributes
    ----------
    call : str
        The ufunc, or the method or function of NumPy.
    dtype : str or None
        The dtype of the first array among the arguments.
    outcome : str
        "parallel", or why it was serial.
    threads : int
        The threads that took part, the caller included: the mean of the calls, rounded.
    calls, elements : int
        How many calls, and of how many elements in all.
    bytes : int
        Of all arrays among the arguments and results, each once.
    seconds : float
        Time in the calls.
    gil : float or None
        The share of that time during which the GIL was held; None where NumPy ran them.
    numpy_seconds : float
        What NumPy would have taken, from the cost of an element on one thread; where it
        was NumPy, what it took.

    Examples
    --------
    >>> import numpy_par as npp
    >>> with npp.profile() as p:
    ...     y = npp.add([1, 2], 3)
    >>> p.rows[0].calls, p.rows[0].outcome
    (1, 'small: too few elements for any loop to gain')
    """

    call: str
    dtype: str | None
    outcome: str
    threads: int
    calls: int
    elements: int
    bytes: int
    seconds: float
    gil: float | None
    numpy_seconds: float

    @property
    def saved(self) -> float:
        """Seconds that numpy_par saved."""
        return self.numpy_seconds - self.seconds

    @property
    def gb_per_s(self) -> float:
        """Bytes read or written in a nanosecond."""
        return self.bytes / self.seconds / 1e9 if self.seconds else 0.0

    def to_dict(self) -> dict:
        """Return all of this by name."""
        names = [field.name for field in fields(self)] + ["saved", "gb_per_s"]
        return {name: getattr(self, name) for name in names}


class profile:  # noqa: N801  (used as a function: with npp.profile() as p)
    """Record what goes through numpy_par in a block, in all threads.

    That is the calls of ``npp.*``, and with `enable` those of NumPy's own functions
    and operators. Outside of such blocks nothing is recorded, at no cost. As it is for all
    threads, the block may end in another one than it began in.

    Attributes
    ----------
    rows : list of Row
        One for each kind of calls, the longest time first. Within the block: so far.

    See Also
    --------
    explain : what one call would do, and why.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> x = np.linspace(0, 1, 1_000_000)
    >>> with npp.profile() as p:
    ...     y = npp.exp(x)
    >>> p.rows[0].call, p.rows[0].calls
    ('exp', 1)
    >>> print(p)  # doctest: +SKIP
    """

    def __init__(self):
        self._before = self._counts = None

    def __enter__(self) -> "profile":
        if self._before is not None:
            raise RuntimeError("profile: this profile was used already: make another one")
        self._before = _read()
        _engine.begin_profile()
        return self

    def __exit__(self, *exception):
        if self._before is None or self._counts is not None:
            return  # not entered, or left before
        _engine.end_profile()
        self._counts = self._so_far()
        self._before = {}

    @property
    def rows(self) -> list[Row]:
        """The kinds of calls, the longest time first."""
        if self._before is None:
            return []
        counts = self._so_far() if self._counts is None else self._counts
        rows = [_row(kind, new) for kind, new in counts.items()]
        return sorted(rows, key=lambda row: row.seconds, reverse=True)

    def _so_far(self) -> dict[tuple, Counter]:
        """Return what was counted since it began, of kinds of which there were calls."""
        counts = _read()
        for kind, before in self._before.items():
            counts[kind].subtract(before)
        return {kind: new for kind, new in counts.items() if new["calls"]}

    def to_dict(self) -> list[dict]:
        """Return the rows as dictionaries."""
        return [row.to_dict() for row in self.rows]

    def to_pandas(self):
        """Return the rows as a `pandas.DataFrame`.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        import pandas

        return pandas.DataFrame(self.to_dict(), columns=list(_EMPTY.to_dict()))

    def plot(self, ax=None, most: int = 12):
        """Draw the time of the longest kinds of calls, and what NumPy would have taken.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where; a new figure by default.
        most : int
            How many kinds at most.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        from matplotlib import pyplot

        rows = self.rows[:most][::-1]
        if ax is None:
            _, ax = pyplot.subplots(figsize=(9, 1.2 + 0.45 * max(1, len(rows))))
        places = range(len(rows))
        ax.barh(places, [1e3 * row.numpy_seconds for row in rows], 0.8, color="#d0d4da", label="NumPy (estimate)")
        for parallel, color in ((True, "#2a78b5"), (False, "#c7683b")):
            chosen = [(at, row) for at, row in enumerate(rows) if (row.outcome == "parallel") == parallel]
            if chosen:
                ax.barh(
                    [at for at, _ in chosen],
                    [1e3 * row.seconds for _, row in chosen],
                    0.45,
                    color=color,
                    label="numpy_par, parallel" if parallel else "serial",
                )
        ax.set_yticks(places, [f"{row.call} {row.dtype or ''}" for row in rows])
        ax.set_xlabel("milliseconds")
        ax.spines[["top", "right"]].set_visible(False)
        if rows:
            ax.legend(frameon=False, loc="lower right")
        return ax

    def __str__(self) -> str:
        return table(self.rows)

    def _repr_pretty_(self, printer, cycle):
        printer.text(str(self))


def table(rows: list[Row], most: int = 30) -> str:
    """Return rows as a text for the terminal."""
    if not rows:
        return "numpy_par: no call was recorded (is it enabled?)"
    head = ["call", "dtype", "calls", "elements", "ms", "GB/s", "threads", "GIL", "saved, ms", "outcome"]
    cells = [head]
    for row in rows[:most]:
        cells.append(
            [
                row.call,
                row.dtype or "",
                f"{row.calls:,}",
                f"{row.elements:,}",
                f"{1e3 * row.seconds:.2f}",
                f"{row.gb_per_s:.1f}",
                str(row.threads),
                "" if row.gil is None else f"{row.gil:.1%}",
                f"{1e3 * row.saved:.2f}" if row.outcome == "parallel" else "",
                row.outcome,
            ]
        )
    widths = [max(map(len, column)) for column in zip(*cells)]
    left = {0, 1, len(head) - 1}
    lines = [
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths))
        ).rstrip()
        for line in cells
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    if len(rows) > most:
        lines.append(f"... and {len(rows) - most} kinds of calls more")
    return "\n".join([*lines, "", summary(rows)])


def summary(rows: list[Row]) -> str:
    """Return in a sentence what it came to."""
    seconds = sum(row.seconds for row in rows)
    numpy = sum(row.numpy_seconds for row in rows)
    parallel = sum(row.seconds for row in rows if row.outcome == "parallel")
    ratio = numpy / seconds if seconds else 1.0
    return (
        f"{sum(row.calls for row in rows):,} calls took {seconds:.3f} s, {parallel:.3f} s of it in parallel; "
        f"NumPy: {numpy:.3f} s (estimate), {ratio:.2f} times as long"
    )


_COUNTS = ("threads", "calls", "elements", "bytes", "ns", "without_gil_ns", "numpy_ns")
_EMPTY = Row("", None, "", 1, 0, 0, 0, 0.0, None, 0.0)


def _read() -> dict[tuple, Counter]:
    """Return the counts of all threads so far, by call, dtype and reason."""
    counts: dict[tuple, Counter] = {}
    for name, dtype, reason, *numbers in _engine.read_profile():
        kind = counts.setdefault((name, _name(dtype), reason), Counter())
        kind.update(dict(zip(_COUNTS, numbers)))
    return counts


@cache  # NumPy makes the name anew each time; those that are counted live for ever
def _name(dtype: np.dtype | str | None) -> str | None:
    return dtype.name if isinstance(dtype, np.dtype) else dtype


def _row(kind: tuple, new: Counter) -> Row:
    name, dtype, reason = kind
    held = None
    if new["without_gil_ns"]:
        held = max(0.0, 1 - new["without_gil_ns"] / new["ns"])
    return Row(
        call=name,
        dtype=dtype,
        outcome=reason or "parallel",
        threads=round(new["threads"] / new["calls"]),
        calls=new["calls"],
        elements=new["elements"],
        bytes=new["bytes"],
        seconds=new["ns"] / 1e9,
        gil=held,
        numpy_seconds=new["numpy_ns"] / 1e9,
    )
