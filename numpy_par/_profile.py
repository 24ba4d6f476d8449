"""`profile`: what went through numpy_par, what it gained, and why the rest did not."""

import resource
from collections import Counter
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from numpy_par import _engine

if TYPE_CHECKING:
    from IPython.lib.pretty import PrettyPrinter
    from matplotlib.axes import Axes
    from pandas import DataFrame

#: A call, its dtype, and why it was serial.
Kind = tuple[str, str | None, str | None]


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
    numpy_seconds : float or None
        What NumPy would have taken for those of the calls of which that is known. Never
        more than its code was measured to take for such calls, in turn with ours, where
        it was; else from what an element costs one thread; where NumPy ran them, what it
        took. None where nothing is known yet.
    known_seconds : float
        Time in these calls.
    measured, modelled : int
        How many of the calls are known by measurements of NumPy's code, and how many by
        what an element costs.
    least_ns, most_ns : float or None
        Nanoseconds an element of the fastest and of the slowest call: the wider apart for
        calls of one size, the more is noise. In a block within another one's time these
        include the calls since that began; None where no call had elements.

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
    numpy_seconds: float | None
    known_seconds: float
    measured: int
    modelled: int
    least_ns: float | None
    most_ns: float | None

    @property
    def estimate(self) -> Literal["measured", "modelled", "not known"]:
        """Where `numpy_seconds` is from: "measured", for some calls "modelled", or "not known"."""
        return "modelled" if self.modelled else "measured" if self.measured else "not known"

    @property
    def saved(self) -> float | None:
        """Seconds that numpy_par saved in the calls of which that is known, or None."""
        return None if self.numpy_seconds is None else self.numpy_seconds - self.known_seconds

    @property
    def gb_per_s(self) -> float:
        """Bytes read or written in a nanosecond."""
        return self.bytes / self.seconds / 1e9 if self.seconds else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return all of this by name."""
        names = [field.name for field in fields(self)] + ["estimate", "saved", "gb_per_s"]
        return {name: getattr(self, name) for name in names}


@dataclass
class Counts:
    """What was counted of one kind of calls; nanoseconds an element of the fastest and the slowest."""

    sums: Counter[str]
    least_ns: float | None = None
    most_ns: float | None = None


class profile:  # used as a function: with npp.profile() as p
    """Record what goes through numpy_par in a block, in all threads.

    That is the calls of ``npp.*``, and with `enable` those of NumPy's own functions
    and operators. Outside of such blocks nothing is recorded, at no cost. As it is for all
    threads, the block may end in another one than it began in.

    Attributes
    ----------
    rows : list of Row
        One for each kind of calls, the longest time first. Within the block: so far.
    busy : bool
        Whether the CPUs were busy with something else too, so that times are those of a
        share of them. Within the block: so far.

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

    def __init__(self) -> None:
        self._before: dict[Kind, Counts] | None = None
        self._counts: dict[Kind, Counts] | None = None
        self._strain = (0, 0, 0.0)

    def __enter__(self) -> "profile":
        if self._before is not None:
            raise RuntimeError("profile: this profile was used already: make another one")
        self._before, self._strain = _read(), _strain()
        _engine.begin_profile()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._before is None or self._counts is not None:
            return  # not entered, or left before
        _engine.end_profile()
        self._counts = self._so_far()
        self._before, self._strain = {}, _more(self._strain)

    @property
    def rows(self) -> list[Row]:
        """The kinds of calls, the longest time first."""
        if self._before is None:
            return []
        counts = self._so_far() if self._counts is None else self._counts
        rows = [_row(kind, new) for kind, new in counts.items()]
        return sorted(rows, key=lambda row: row.seconds, reverse=True)

    @property
    def busy(self) -> bool:
        """Whether the CPUs were busy with something else too.

        That is if a helper waited for its CPU so long that the engine gave it up, or if
        threads of the process were taken off their CPUs, once in 10 ms of CPU time or more
        often: Linux gives competing threads about 3 ms in turn, and an idle machine takes a
        CPU away some ten times a second. Fewer than three times are chance.
        """
        if self._before is None:
            return False
        cpus_lost, switches, seconds = self._strain if self._counts is not None else _more(self._strain)
        return cpus_lost > 0 or switches >= max(3, 100 * seconds)

    def _so_far(self) -> dict[Kind, Counts]:
        """Return what was counted since it began, of kinds of which there were calls."""
        counts = _read()
        for kind, before in (self._before or {}).items():
            counts[kind].sums.subtract(before.sums)
        return {kind: new for kind, new in counts.items() if new.sums["calls"]}

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [row.to_dict() for row in self.rows]

    def to_pandas(self) -> "DataFrame":
        """Return the rows as a `pandas.DataFrame`.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        import pandas

        return pandas.DataFrame(self.to_dict(), columns=list(_EMPTY.to_dict()))

    def plot(self, ax: "Axes | None" = None, most: int = 12) -> "Axes":
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
        numpy = [1e3 * (row.numpy_seconds or 0) for row in rows]
        ax.barh(places, numpy, 0.8, color="#d0d4da", label="NumPy (estimate, where known)")
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
        return table(self.rows) + (f"\n{_BUSY}" if self.busy else "")

    def _repr_pretty_(self, printer: "PrettyPrinter", cycle: bool) -> None:
        printer.text(str(self))


def table(rows: list[Row], most: int = 30) -> str:
    """Return rows as a text for the terminal."""
    if not rows:
        return "numpy_par: no call was recorded (is it enabled?)"
    head = ["call", "dtype", "calls", "elements", "ms", "GB/s", "ns/element", "threads", "GIL", "saved, ms", "outcome"]
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
                _spread(row),
                str(row.threads),
                "" if row.gil is None else f"{row.gil:.1%}",
                _saved(row),
                row.outcome,
            ]
        )
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    left = {0, 1, len(head) - 1}
    lines = [
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    if len(rows) > most:
        lines.append(f"... and {len(rows) - most} kinds of calls more")
    return "\n".join([*lines, "", summary(rows)])


def _spread(row: Row) -> str:
    if row.least_ns is None or row.most_ns is None:
        return ""
    least, most = (f"{ns:.2g}" if ns < 99 else f"{ns:,.0f}" for ns in (row.least_ns, row.most_ns))
    return least if least == most else f"{least}-{most}"


def _saved(row: Row) -> str:
    if row.saved is None:
        return "-"
    if row.outcome != "parallel" and row.saved == 0:
        return ""  # NumPy's own call, or as good as that
    return f"{'~' if row.modelled else ''}{1e3 * row.saved:.2f}"


def summary(rows: list[Row]) -> str:
    """Return in a sentence what it came to."""
    seconds = sum(row.seconds for row in rows)
    known = sum(row.known_seconds for row in rows)
    numpy = sum(row.numpy_seconds or 0 for row in rows)
    parallel = sum(row.seconds for row in rows if row.outcome == "parallel")
    part = f" for {known:.3f} s of that" if known < seconds else ""
    return f"{sum(row.calls for row in rows):,} calls took {seconds:.3f} s, {parallel:.3f} s of it in parallel; " + (
        f"NumPy: {numpy:.3f} s (estimate){part}, {numpy / known:.2f} times as long" if known else "NumPy: not known yet"
    )


_BUSY = "The CPUs were busy with something else too: times are longer than on an idle machine, and gains are smaller."
_SUMS = (
    *("threads", "calls", "elements", "bytes", "ns", "without_gil_ns"),
    *("measured", "modelled", "known_ns", "numpy_ns"),
)
_EMPTY = Row("", None, "", 1, 0, 0, 0, 0.0, None, None, 0.0, 0, 0, None, None)


def _strain() -> tuple[int, int, float]:
    """Return how often CPUs were lost and taken away from threads, and the CPU time, so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return _engine.counters()["cpus_lost"], usage.ru_nivcsw, usage.ru_utime + usage.ru_stime


def _more(before: tuple[int, int, float]) -> tuple[int, int, float]:
    now = _strain()
    return now[0] - before[0], now[1] - before[1], now[2] - before[2]


def _read() -> dict[Kind, Counts]:
    """Return the counts of all threads so far."""
    counts: dict[Kind, Counts] = {}
    for name, dtype, reason, *sums, least, most in _engine.read_profile():
        kind = counts.setdefault((name, _name(dtype), reason), Counts(Counter()))
        kind.sums.update(dict(zip(_SUMS, sums, strict=True)))
        if least is not None and most is not None:
            kind.least_ns = least if kind.least_ns is None else min(least, kind.least_ns)
            kind.most_ns = most if kind.most_ns is None else max(most, kind.most_ns)
    return counts


@cache  # NumPy makes the name anew each time; those that are counted live for ever
def _name(dtype: np.dtype[Any] | str | None) -> str | None:
    return dtype.name if isinstance(dtype, np.dtype) else dtype


def _row(kind: Kind, counts: Counts) -> Row:
    name, dtype, reason = kind
    new, held = counts.sums, None
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
        numpy_seconds=new["numpy_ns"] / 1e9 if new["measured"] + new["modelled"] else None,
        known_seconds=new["known_ns"] / 1e9,
        measured=new["measured"],
        modelled=new["modelled"],
        least_ns=counts.least_ns,
        most_ns=counts.most_ns,
    )
