"""Print what the drop-in adds to calls that are too small to gain: each hooked function, and some ufuncs.

    python asv_bench/overhead.py [--only REGEX] [--sizes 10,100,1000]      (make bench-overhead)

Nanoseconds more than NumPy, with NumPy's own in brackets; less than none where the call gains.
"""

import argparse
import operator
import re
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH

import numpy_par as npp

SIZES = "10,100,1000,3000,8000,30000"


def main():
    """Print a row for each call, as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="calls whose name this regular expression finds")
    parser.add_argument("--sizes", default=SIZES, help=f"elements (default {SIZES})")
    parser.add_argument("--seconds", type=float, default=0.3, help="for each figure (default 0.3)")
    options = parser.parse_args()
    from benchmarks.active import require_active
    from benchmarks.measure import machine

    require_active()
    require_all(calls(100))
    sizes = [int(size) for size in options.sizes.split(",")]
    print(f"{machine()}\n\n{'call':22s}" + "".join(f"{size:>20,}" for size in sizes))
    for name in calls(100):
        if re.search(options.only, name):
            figures = [compare(calls(size)[name], options.seconds) for size in sizes]
            print(f"{name:22s}" + "".join(f"{ours - numpy:+10.0f} ({numpy:7.0f})" for numpy, ours in figures), flush=True)


def calls(n):
    """Return a call for each function in src/engine/functions.def, under its name there, and for ufuncs as they are written."""
    r = np.random.default_rng(0)
    x, y, out = r.random(n) + 0.5, r.random(n) + 0.5, np.zeros(n)
    mask, index = x > 1, np.arange(n)
    counts, octets = index % 4, index.astype("B")
    rows = r.random((max(1, n // 50), min(n, 50)))
    column = r.random((len(rows), 1))
    k = int(n**0.5)
    square = r.random((k, k))
    return {
        "x + y": lambda: x + y,
        "x * 2.5": lambda: x * 2.5,
        "x * np.float64(2.5)": lambda: x * np.float64(2.5),
        "x**2": lambda: x**2,
        "x < y": lambda: x < y,
        "-x": lambda: -x,
        "np.sqrt(x)": lambda: np.sqrt(x),
        "np.exp(x)": lambda: np.exp(x),
        "np.sin(x)": lambda: np.sin(x),
        "np.add(x, y, out=o)": lambda: np.add(x, y, out=out),
        "A + column": lambda: rows + column,
        "A + A": lambda: square + square,
        "A @ A.T": lambda: square @ square.T,
        "x @ y": lambda: x @ y,
        "x.sum()": lambda: x.sum(),
        "x.mean()": lambda: x.mean(),
        "A.mean(1)": lambda: rows.mean(1),
        "x.max()": lambda: x.max(),
        "mask.any()": lambda: mask.any(),
        "np.clip": lambda: np.clip(x, 0.6, 0.9),
        "np.linalg.norm": lambda: np.linalg.norm(x),
        "ndarray.astype": lambda: x.astype("f4"),
        "ndarray.copy": lambda: x.copy(),
        "function.array": lambda: np.array(x),
        "function.ascontiguousarray": lambda: np.ascontiguousarray(square.T),
        "function.asfortranarray": lambda: np.asfortranarray(square),
        "np.array([1.0, 2.0])": lambda: np.array([1.0, 2.0]),
        "ndarray.__getitem__": lambda: x[mask],
        "x[3]": lambda: x[3],
        "x[2:5]": lambda: x[2:5],
        "ndarray.__setitem__": lambda: operator.setitem(out, mask, 0.0),
        "ndarray.compress": lambda: x.compress(mask),
        "ndarray.nonzero": lambda: mask.nonzero(),
        "ndarray.take": lambda: x.take(index),
        "o[i] = v": lambda: operator.setitem(out, index, y),
        "o[3] = 1": lambda: operator.setitem(out, 3, 1.0),
        "ndarray.put": lambda: out.put(index, y),
        "ndarray.choose": lambda: (index & 1).choose([x, y]),
        "ndarray.fill": lambda: out.fill(1.0),
        "ndarray.flatten": lambda: square.flatten(),
        "ndarray.ravel": lambda: square.T.ravel(),
        "ndarray.repeat": lambda: x.repeat(2),
        "x.repeat(counts)": lambda: x.repeat(counts),
        "ndarray.byteswap": lambda: x.byteswap(),
        "function.packbits": lambda: np.packbits(mask),
        "function.unpackbits": lambda: np.unpackbits(octets),
        "function.extract": lambda: np.extract(mask, x),
        "function.place": lambda: np.place(out, mask, y),
        "function.putmask": lambda: np.putmask(out, mask, 0.0),
        "function.stack": lambda: np.stack([x, y], 1),
        "function.column_stack": lambda: np.column_stack([x, y]),
        "function.nan_to_num": lambda: np.nan_to_num(x),
        "function.median": lambda: np.median(x),
        "function.percentile": lambda: np.percentile(x, 30),
        "function.quantile": lambda: np.quantile(x, 0.3),
        "function.nanmedian": lambda: np.nanmedian(rows, 1),
        "function.nanpercentile": lambda: np.nanpercentile(rows, 30, 1),
        "function.nanquantile": lambda: np.nanquantile(rows, 0.3, 1),
        "function.unique": lambda: np.unique(x),
        "ndarray.argmax": lambda: x.argmax(),
        "ndarray.argmin": lambda: x.argmin(),
        "ndarray.sort": lambda: out.sort(),
        "ndarray.argsort": lambda: x.argsort(),
        "function.sort": lambda: np.sort(x),
        "function.argsort": lambda: np.argsort(x),
        "ndarray.searchsorted": lambda: x.searchsorted(y),
        "function.interp": lambda: np.interp(x, y, out),
        "function.histogram": lambda: np.histogram(x, 10),
        "function.histogramdd": lambda: np.histogram2d(x, y, 10),
        "ndarray.var": lambda: x.var(),
        "ndarray.std": lambda: x.std(),
        "function.where": lambda: np.where(mask, x, y),
        "function.copyto": lambda: np.copyto(out, x),
        "function.bincount": lambda: np.bincount(index),
        "function.concatenate": lambda: np.concatenate([x, y]),
        "function.var": lambda: np.var(x),
        "function.std": lambda: np.std(x),
        "function.nansum": lambda: np.nansum(x),
        "function.nanmean": lambda: np.nanmean(x),
        "function.nanvar": lambda: np.nanvar(x),
        "function.nanstd": lambda: np.nanstd(x),
        "function.nanargmax": lambda: np.nanargmax(x),
        "function.nanargmin": lambda: np.nanargmin(x),
        "function.count_nonzero": lambda: np.count_nonzero(x),
        "function.array_equal": lambda: np.array_equal(x, y),
        "function.isclose": lambda: np.isclose(x, y),
        "ufunc.outer": lambda: np.multiply.outer(x[:k], y[:k]),
        "ufunc.reduce": lambda: np.add.reduce(x),
        "ufunc.accumulate": lambda: np.add.accumulate(x),
        "ufunc.reduceat": lambda: np.add.reduceat(x, index[::8]),
        "ufunc.at": lambda: np.add.at(out, index, 1.0),
    }


def require_all(measured):
    """Raise `RuntimeError` if a function that the drop-in hooks is not among those measured."""
    npp.enable()
    hooked = [name for name, _ in npp._engine.hooks() if "." in name]
    npp.disable()
    missing = sorted(set(hooked) - set(measured))
    if missing:
        raise RuntimeError(f"asv_bench/overhead.py measures no call of {', '.join(missing)}")


def compare(function, seconds):
    """Return the least time of a call with NumPy and with the drop-in, in turn, in nanoseconds."""
    start = time.perf_counter()
    for _ in range(3):
        function()
    number = max(3, min(1000, int(3e-4 / max((time.perf_counter() - start) / 3, 1e-7))))
    best = [float("inf")] * 2
    npp.enable()
    for _ in range(40 * number):  # what a kind of calls is to be learned of
        function()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for i, switch in enumerate((npp.disable, npp.enable)):
            switch()
            once(function, number)
            best[i] = min(best[i], once(function, number), once(function, number))
    npp.disable()
    return best


def once(function, number):
    """Return the mean time of so many calls, in nanoseconds."""
    start = time.perf_counter_ns()
    for _ in range(number):
        function()
    return (time.perf_counter_ns() - start) / number


if __name__ == "__main__":
    sys.exit(main())
