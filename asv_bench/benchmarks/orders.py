"""Sorts of each dtype, pattern and kind: NumPy's own against the same calls with the drop-in."""

import functools

import numpy as np

from . import measure
from .active import require_active

DTYPES = "f8 i8 f4 i4 i2 i1 f2 M8[s]".split()
PATTERNS = {
    "random": lambda n, r: r.permutation(n),
    "sorted": lambda n, r: np.arange(n),
    "reversed": lambda n, r: np.arange(n)[::-1],
    "all equal": lambda n, r: np.full(n, 7),
    "two values": lambda n, r: r.integers(0, 2, n),
    "few distinct": lambda n, r: r.integers(0, 16, n),
    "saw-tooth": lambda n, r: np.arange(n) % 100,
    "organ pipe": lambda n, r: np.minimum(np.arange(n), np.arange(n)[::-1]),
    "almost sorted": lambda n, r: np.where(np.arange(n) % 97, np.arange(n), r.integers(0, n, n)),
}
CALLS = {
    "sort": np.sort,
    "stable": functools.partial(np.sort, kind="stable"),
    "argsort": np.argsort,
    "unique": np.unique,
}
CASES = {
    f"{call} {dtype} {pattern}": (CALLS[call], dtype, PATTERNS[pattern])
    for call in CALLS
    for dtype in DTYPES
    for pattern in PATTERNS
    if pattern == "random" or (call == "sort" and dtype in ("f8", "i8", "f4", "i4", "i2"))
}


def compare(name, size, seconds=0.3):
    """Return the shortest time of a case, in seconds: NumPy's, ours on one thread, on all."""
    call, dtype, pattern = CASES[name]
    values = pattern(size, np.random.default_rng(0)).astype("i8").astype(dtype)
    return measure.compare(name, call, [values], seconds)


class Orders:
    """Ratios to NumPy of a million elements, one thread and all."""

    params = (list(CASES), ["one thread", "all"])
    param_names = ("case", "threads")
    timeout = 120

    def setup(self, case, threads):
        """Refuse to measure NumPy under another name."""
        require_active()

    def track_speedup(self, case, threads):
        """NumPy's time over ours."""
        numpys, one, all_threads = compare(case, 1_000_000)
        return numpys / (one if threads == "one thread" else all_threads)

    track_speedup.unit = "times NumPy"
