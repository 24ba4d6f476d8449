"""Functions that search and count: NumPy's own against the same calls with the drop-in."""

import functools

import numpy as np

from . import measure
from .active import require_active

SIZE = 1_000_000


@functools.cache
def _data():
    """Return the arrays that `CASES` are about."""
    rng = np.random.default_rng(0)
    x, y = rng.random((2, SIZE))
    edges = np.linspace(0, 1, 101)
    return {
        "x": x,
        "y": y,
        "ordered": np.sort(x),
        "order": np.argsort(y),
        "same": np.full(SIZE, 0.5),
        "a": np.sort(rng.random(SIZE)),
        "a3": np.sort(rng.random(1000)),
        "a7": np.sort(rng.random(10 * SIZE)),
        "f": x.astype("f"),
        "af": np.sort(rng.random(SIZE)).astype("f"),
        "i": rng.integers(0, 10 * SIZE, SIZE),
        "ai": np.sort(rng.integers(0, 10 * SIZE, SIZE)),
        "b": rng.integers(0, 256, SIZE, dtype=np.uint8),
        "few": x[:1000].copy(),
        "edges": edges,
        "uneven": edges**2,
        "xp": np.sort(rng.random(1000)),
        "fp": rng.random(1000),
        "fp6": rng.random(SIZE),
    }


CASES = {
    "searchsorted(a, x)": ("a x", np.searchsorted),
    "searchsorted(a, x, 'right')": ("a x", lambda a, x: np.searchsorted(a, x, "right")),
    "searchsorted(y, x, sorter=)": ("y x order", lambda y, x, order: np.searchsorted(y, x, sorter=order)),
    "searchsorted(a, x), x sorted": ("a ordered", np.searchsorted),
    "searchsorted(1e3, x)": ("a3 x", np.searchsorted),
    "searchsorted(1e7, x)": ("a7 x", np.searchsorted),
    "searchsorted(a, 1e3 keys)": ("a few", np.searchsorted),
    "searchsorted, float32": ("af f", np.searchsorted),
    "searchsorted, int64": ("ai i", np.searchsorted),
    "digitize(x, edges)": ("x edges", np.digitize),
    "digitize, descending": ("x edges", lambda x, edges: np.digitize(x, edges[::-1])),
    "interp(x, xp, fp)": ("x xp fp", np.interp),
    "interp, 1e6 points": ("x a fp6", np.interp),
    "interp, x sorted": ("ordered xp fp", np.interp),
    "histogram(x, 100)": ("x", lambda x: np.histogram(x, 100)),
    "histogram(x, 100, (0, 1))": ("x", lambda x: np.histogram(x, 100, (0, 1))),
    "histogram, equal elements": ("same", lambda x: np.histogram(x, 100, (0, 1))),
    "histogram, float32": ("f", lambda x: np.histogram(x, 100)),
    "histogram, uint8": ("b", lambda x: np.histogram(x, 256, (0, 256))),
    "histogram(x, edges)": ("x edges", np.histogram),
    "histogram(x, uneven edges)": ("x uneven", np.histogram),
    "histogram2d(x, y, 100)": ("x y", lambda x, y: np.histogram2d(x, y, 100)),
    "histogram2d(x, y, edges)": ("x y edges", np.histogram2d),
}


def compare(name, seconds=0.3):
    """Return the shortest time of a case, in seconds: NumPy's, ours on one thread, on all."""
    names, function = CASES[name]
    return measure.compare(name, function, [_data()[operand] for operand in names.split()], seconds)


class Searches:
    """Ratios to NumPy, one thread and all."""

    params = (list(CASES), ["one thread", "all"])
    param_names = ("case", "threads")
    timeout = 120

    def setup(self, case, threads):
        """Refuse to measure NumPy under another name."""
        require_active()

    def track_speedup(self, case, threads):
        """NumPy's time over ours."""
        numpys, one, all_threads = compare(case)
        return numpys / (one if threads == "one thread" else all_threads)

    track_speedup.unit = "times NumPy"
