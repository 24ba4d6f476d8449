"""Reductions, scans and searches: NumPy's own against the same calls with the drop-in."""

import functools

import numpy as np

import numpy_par as npp

from . import measure
from .active import require_active

SIZE = 1_000_000


@functools.cache
def _data():
    """Return the arrays of a million elements that `CASES` are about."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=SIZE)
    whole = rng.integers(0, 100, SIZE)
    gaps = x.copy()
    gaps[::10] = np.nan
    return {
        "x": x,
        "y": x.copy(),
        "f": x.astype("f"),
        "e": x.astype("e"),
        "D": x.astype("D"),
        "A": x.reshape(1000, 1000).copy(),
        "T": x.reshape(100, 100, 100).copy(),
        "rgb": rng.random((500, 667, 3)),
        "i": whole,
        "i4": whole.astype("i4"),
        "positive": np.maximum(x, 0),
        "gaps": gaps,
        "G": np.where(rng.random((1000, 1000)) < 0.1, np.nan, x.reshape(1000, 1000)),
        "none": x > 99,
        "late": np.arange(SIZE) == SIZE - 1,
        "full": x < 99,
        "some": x > 0,
    }


CASES = {
    "sum": ("x", np.sum),
    "max": ("x", np.max),
    "min": ("x", np.min),
    "min, of zeros": ("positive", np.min),
    "mean": ("x", np.mean),
    "sum, float32": ("f", np.sum),
    "sum, float16": ("e", np.sum),
    "sum, complex128": ("D", np.sum),
    "sum, int64": ("i", np.sum),
    "sum, int32": ("i4", np.sum),
    "mean, int64": ("i", np.mean),
    "prod, int64": ("i", np.prod),
    "A.sum(0)": ("A", lambda a: a.sum(0)),
    "A.sum(1)": ("A", lambda a: a.sum(1)),
    "A.max(0)": ("A", lambda a: a.max(0)),
    "A.max(1)": ("A", lambda a: a.max(1)),
    "T.sum((0, 2))": ("T", lambda a: a.sum((0, 2))),
    "T.sum((0, 1))": ("T", lambda a: a.sum((0, 1))),
    "rgb.mean((0, 1))": ("rgb", lambda a: a.mean((0, 1))),
    "A.prod(1)": ("A", lambda a: a.prod(1)),
    "var": ("x", np.var),
    "std, float32": ("f", np.std),
    "A.var(0)": ("A", lambda a: a.var(0)),
    "nansum": ("gaps", np.nansum),
    "nanmean": ("gaps", np.nanmean),
    "nanstd": ("gaps", np.nanstd),
    "nanmax": ("gaps", np.nanmax),
    "npp.var": ("x", npp.var),
    "npp.std, float32": ("f", npp.std),
    "npp.nansum": ("gaps", npp.nansum),
    "npp.nanmean": ("gaps", npp.nanmean),
    "npp.nanstd": ("gaps", npp.nanstd),
    "argmax": ("x", np.argmax),
    "A.argmax(0)": ("A", lambda a: a.argmax(0)),
    "A.argmax(1)": ("A", lambda a: a.argmax(1)),
    "cumsum": ("x", np.cumsum),
    "cumsum, int64": ("i", np.cumsum),
    "cumsum(A, 0)": ("A", lambda a: np.cumsum(a, 0)),
    "cumsum(A, 1)": ("A", lambda a: np.cumsum(a, 1)),
    "array_equal": ("x y", np.array_equal),
    "isclose": ("x y", np.isclose),
    "isclose, float32": ("f", lambda a: np.isclose(a, 0.5)),
    "allclose": ("x y", np.allclose),
    "count_nonzero": ("x", np.count_nonzero),
    "count_nonzero, bool": ("some", np.count_nonzero),
    "any, none": ("none", np.any),
    "any, at once": ("some", np.any),
    "any, of float64": ("x", np.any),
    # Functions that NumPy writes in Python, over these and elementwise calls.
    "average, weights": ("positive", lambda x: np.average(x, weights=x)),
    "ptp": ("x", np.ptp),
    "ptp(A, 1)": ("A", lambda a: np.ptp(a, 1)),
    "diff": ("x", np.diff),
    "diff(A, 0)": ("A", lambda a: np.diff(a, axis=0)),
    "trapezoid(y, x)": ("x y", np.trapezoid),
    "norm 1": ("x", lambda x: np.linalg.norm(x, 1)),
    "norm inf": ("x", lambda x: np.linalg.norm(x, np.inf)),
    "norm 3": ("x", lambda x: np.linalg.norm(x, 3)),
    "norm(A, axis=0)": ("A", lambda a: np.linalg.norm(a, axis=0)),
    "norm(A, axis=1)": ("A", lambda a: np.linalg.norm(a, axis=1)),
    "norm(A, 1)": ("A", lambda a: np.linalg.norm(a, 1)),
    "nanmin": ("gaps", np.nanmin),
    "nanmax(G, 1)": ("G", lambda a: np.nanmax(a, 1)),
    "nanargmax": ("gaps", np.nanargmax),
    "nanargmin(G, 1)": ("G", lambda a: np.nanargmin(a, 1)),
    "nanprod(G, 1)": ("G", lambda a: np.nanprod(a, 1)),
    "nancumsum": ("gaps", np.nancumsum),
    "nancumprod": ("gaps", np.nancumprod),
    "cumprod": ("x", np.cumprod),
    "cumprod(A, 0)": ("A", lambda a: np.cumprod(a, 0)),
    "maximum.accumulate": ("x", np.maximum.accumulate),
    "maximum.accumulate(A, 0)": ("A", lambda a: np.maximum.accumulate(a, 0)),
    "count_nonzero(A, 0)": ("A", lambda a: np.count_nonzero(a, 0)),
    "argmin": ("x", np.argmin),
    "all, full": ("full", np.all),
    "any, late": ("late", np.any),
}


def compare(name, seconds=0.5):
    """Return the shortest time of a case, in seconds: NumPy's, ours on one thread, on all."""
    names, function = CASES[name]
    numpys = getattr(np, function.__name__) if name.startswith("npp.") else function
    return measure.compare(name, function, [_data()[operand] for operand in names.split()], seconds, numpys)


class Reductions:
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
