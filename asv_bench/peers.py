"""Print how long reductions take with the drop-in, beside bottleneck, numexpr and numba on as many threads.

    python asv_bench/peers.py [--only REGEX]      (make bench-peers)

A result that is not close to NumPy's ends it before anything is timed. bottleneck has one thread, and numexpr uses one
for a reduction; numba is there with loops as they are, and with those for which it may change the order of all that is
added (numba_loops.py). That NumPy's bits come out is asked of nobody else.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Callable, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH

import numpy_par as npp

THREADS = str(npp.get_num_threads())
os.environ |= {f"{peer}_THREADS": THREADS for peer in ("NUMBA_NUM", "NUMEXPR_MAX", "NUMEXPR_NUM")}  # read at import

import bottleneck as bn
import numba
import numba_loops
import numexpr

from benchmarks.active import require_active
from benchmarks.measure import Enabled, alternate, machine

SIZES = (1_000_000, 10_000_000)
REST = 0.02  # seconds after which the threads of all of them sleep
CLOSE = {"f4": 2e-2, "f8": 1e-9}  # of ten million float32 that it adds one by one numexpr loses a hundredth
PEERS = ("bottleneck", "numexpr", "numba")
LOOPS = {"numba": numba_loops.compiled(fastmath=False), "fastmath": numba_loops.compiled(fastmath=True)}


def expression(text):
    """Return numexpr's function of the operands a and b."""
    return lambda *operands: numexpr.evaluate(text, dict(zip("ab", operands)))


class Case(NamedTuple):
    """The names of its operands, and what each library has for it; ours is `numpy` with the drop-in, unless given."""

    operands: str
    numpy: Callable
    ours: Callable | None = None
    bottleneck: Callable | None = None
    numexpr: Callable | None = None
    numba: str | None = None  # in numba_loops.py


CASES = {
    "sum": Case("x", np.sum, numexpr=expression("sum(a)"), numba="total"),
    "mean": Case("x", np.mean, numba="mean"),
    "var": Case("x", np.var, npp.var, numba="var"),
    "prod": Case("x", np.prod, numexpr=expression("prod(a)"), numba="prod"),
    "max": Case("x", np.max, numexpr=expression("max(a)"), numba="largest"),
    "min": Case("x", np.min, numexpr=expression("min(a)"), numba="smallest"),
    "argmax": Case("x", np.argmax, numba="argmax"),
    "cumsum": Case("x", np.cumsum, numba="cumsum"),
    "sum(A, 0)": Case("A", lambda a: a.sum(0), numexpr=expression("sum(a, axis=0)"), numba="columns"),
    "sum(A, 1)": Case("A", lambda a: a.sum(1), numexpr=expression("sum(a, axis=1)"), numba="rows"),
    "sum(x * y)": Case("xy", lambda x, y: np.sum(x * y), numexpr=expression("sum(a * b)"), numba="dot"),
    "sum((x - y)**2)": Case(
        "xy", lambda x, y: np.sum((x - y) ** 2), numexpr=expression("sum((a - b)**2)"), numba="squares_apart"
    ),
    "nansum": Case("g", np.nansum, npp.nansum, bn.nansum, numba="nansum"),
    "nanmean": Case("g", np.nanmean, npp.nanmean, bn.nanmean, numba="nanmean"),
    "nanvar": Case("g", np.nanvar, npp.nanvar, bn.nanvar, numba="nanvar"),
    "nanstd": Case("g", np.nanstd, npp.nanstd, bn.nanstd, numba="nanstd"),
    "nanmin": Case("g", np.nanmin, None, bn.nanmin, numba="nanmin"),
    "nanmax": Case("g", np.nanmax, None, bn.nanmax, numba="nanmax"),
    "nanargmin": Case("g", np.nanargmin, None, bn.nanargmin),
    "nanargmax": Case("g", np.nanargmax, None, bn.nanargmax),
    "nansum(G, 0)": Case("G", lambda a: np.nansum(a, 0), lambda a: npp.nansum(a, 0), lambda a: bn.nansum(a, 0)),
    "nansum(G, 1)": Case("G", lambda a: np.nansum(a, 1), lambda a: npp.nansum(a, 1), lambda a: bn.nansum(a, 1)),
    "nanmean(G, 0)": Case("G", lambda a: np.nanmean(a, 0), lambda a: npp.nanmean(a, 0), lambda a: bn.nanmean(a, 0)),
    "nanmean(G, 1)": Case("G", lambda a: np.nanmean(a, 1), lambda a: npp.nanmean(a, 1), lambda a: bn.nanmean(a, 1)),
}


def data(dtype, size):
    """Return the operands by name: numbers around 1 whose product stays near 1, the same in rows, and with gaps."""
    rng = np.random.default_rng(0)
    x, y = (np.exp(rng.normal(scale=0.01, size=size)) for _ in range(2))
    x /= np.exp(np.log(x).mean())
    g = np.where(rng.random(size) < 0.1, np.nan, x)
    arrays = {"x": x, "y": y, "A": x.reshape(1000, -1), "g": g, "G": g.reshape(1000, -1)}
    return {name: array.astype(dtype) for name, array in arrays.items()}


def compare(case, operands, dtype):
    """Return the shortest time of each in seconds, by name."""
    ours = Enabled(case.ours or case.numpy)
    try:
        functions = {"numpy": case.numpy, "ours": ours.call}
        functions |= {peer: getattr(case, peer) for peer in ("bottleneck", "numexpr") if getattr(case, peer)}
        functions |= {name: getattr(loops, case.numba) for name, loops in LOOPS.items() if case.numba}
        expected = case.numpy(*operands)
        for name, function in functions.items():  # compiles what numba has
            np.testing.assert_allclose(function(*operands), expected, CLOSE[dtype], err_msg=name)
        return dict(zip(functions, alternate(functions.values(), operands, rounds=15, rest=REST)))
    finally:
        ours.close()


def main():
    """Measure each case alternating, and print it as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="those whose name this regular expression finds")
    options = parser.parse_args()
    require_active()
    LOOPS["numba"].total(np.ones(10))
    versions = ", ".join(f"{peer.__name__} {peer.__version__}" for peer in (bn, numexpr, numba))
    print(f"{machine()}\n{versions} ({numba.threading_layer()}), {THREADS} threads each; times in us")
    ratios, reordered = [], []
    for dtype in CLOSE:
        for size in SIZES:
            head = ("NumPy", "ours", *PEERS, "best/ours", "fastmath", "/ours")
            print(f"\n{f'{dtype}, {size:,}':18s}" + "".join(f"{name:>11s}" for name in head))
            operands = data(dtype, size)
            for name, case in CASES.items():
                if not re.search(options.only, name):
                    continue
                times = compare(case, [operands[operand] for operand in case.operands], dtype)
                ratios.append(min(times[peer] for peer in PEERS if peer in times) / times["ours"])
                cells = [f"{1e6 * times[key]:.0f}" if key in times else "" for key in ("numpy", "ours", *PEERS)]
                line = f"{name:18s}{''.join(f'{cell:>11s}' for cell in cells)}{ratios[-1]:10.2f}x"
                if case.numba:
                    reordered.append(times["fastmath"] / times["ours"])
                    line += f"{1e6 * times['fastmath']:11.0f}{reordered[-1]:10.2f}x"
                print(line, flush=True)
    print(f"\nahead of the best of them in {sum(ratio > 1 for ratio in ratios)} of {len(ratios)} cases,")
    print(f"of numba's loops in another order in {sum(ratio > 1 for ratio in reordered)} of {len(reordered)}")


if __name__ == "__main__":
    sys.exit(main())
