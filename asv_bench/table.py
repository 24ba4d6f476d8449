"""Print the figures that the documentation shows, as Markdown, measured on this machine."""

import argparse
import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH

import numpy_par as npp
from numpy_par._engine import counters

from benchmarks import memory, peak
from benchmarks.measure import alternate, identical, machine
from gil import held
from layouts import layouts


def main():
    """Print every table; return 1 if an answer was not NumPy's, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2, help="threads of numpy_par (default 2)")
    parser.add_argument("--seconds", type=float, default=0.4, help="time for each row")
    options = parser.parse_args()
    with npp.threads(options.threads):
        print(
            f"{machine()}.\n\nEach time is the shortest of calls of NumPy and numpy_par in "
            "turn, in one process; every call makes a new result."
        )
        same = print_layouts(options.seconds)
        print_sizes(options.seconds)
        print_overhead(options.seconds)
        print_gil(options.seconds)
        print_memory(options.threads)
        print_pool(options.seconds)
    return 0 if same else 1


def print_layouts(seconds):
    """Print the layouts and types at 1e6 elements; return whether all results are NumPy's."""
    rows, everything = [], True
    for label, name, inputs in layouts():
        pair = both(name)
        same = identical(*(function(*inputs) for function in pair))
        rows.append([label, *times(pair, inputs, seconds), "yes" if same else "NO"])
        everything = everything and same
    head = ["1e6 elements", "NumPy, ms", "numpy_par, ms", "speed-up", "same bits and strides"]
    print_table("Layouts and types", head, rows)
    return everything


def print_sizes(seconds):
    """Print how the speed-up grows with the size."""
    rows = []
    for name in ("add", "exp"):
        for size in (30_000, 50_000, 100_000, 1_000_000):
            inputs = [np.random.default_rng(0).uniform(-1, 1, size)] * getattr(np, name).nin
            rows.append([f"{name}, {size:,}", *times(both(name), inputs, seconds)])
    print_table("Sizes", ["float64", "NumPy, ms", "numpy_par, ms", "speed-up"], rows)


def print_overhead(seconds):
    """Print what a call costs that is too small to be split."""
    rows = []
    for name in ("add", "less", "sqrt", "exp"):
        inputs = [np.linspace(1, 2, 10)] * getattr(np, name).nin
        numpy, ours = (1e9 * t for t in alternate(both(name), inputs, seconds, rounds=500))
        rows.append([name, f"{numpy:.0f}", f"{ours:.0f}", f"{ours - numpy:+.0f}"])
    print_table("Small arrays", ["10 elements", "NumPy, ns", "numpy_par, ns", "more, ns"], rows)


def print_gil(seconds):
    """Print how long a large call keeps other Python threads waiting."""
    large = np.random.default_rng(0).uniform(-1, 1, 10_000_000)
    objects = large[:300_000].astype(object)
    rows = []
    for label, function, inputs in (
        ("numpy_par add, 1e7", npp.add, (large, large)),
        ("numpy_par exp, 1e7", npp.exp, (large,)),
        ("NumPy add, 1e7", np.add, (large, large)),
        ("NumPy add of objects, all of it with the GIL", np.add, (objects, objects)),
    ):
        shares = [outside_regions(function, inputs) for _ in range(20)]
        clocked = f"{statistics.median(shares):.2%}" if min(shares) < 1 else "-"
        alone = alternate((function,), inputs, seconds)[0]
        waits = [held(lambda: function(*inputs)) for _ in range(5)]
        seen = "-" if None in waits else f"{statistics.median(waits) / alone:.1%}"
        rows.append([label, f"{1e3 * alone:.2f}", clocked, seen])
    head = ["call", "takes, ms", "by the engine's clock", "as another thread sees it"]
    print_table("Holding the GIL: share of a call's time", head, rows)
    print("\nThe last two rows show what the second method finds where nothing, or all, is held.")


def outside_regions(function, inputs):
    """Return the share of one call that is not spent in regions, which run without the GIL."""
    before = counters()["region_ns"]
    start = time.perf_counter_ns()
    result = function(*inputs)
    took = time.perf_counter_ns() - start
    del result  # only now: freeing it is not the call
    return 1 - (counters()["region_ns"] - before) / took


def print_memory(threads):
    """Print the peak memory of a call, its result included."""
    rows = []
    for kind in peak.OPERANDS:
        numpy, ours = (peak.peak(who, kind, threads) / 1e6 for who in ("numpy", "numpy_par"))
        rows.append([kind, f"{numpy:.1f}", f"{ours:.1f}", f"{ours - numpy:+.1f}"])
    head = ["add, 3000 × 3000, 72 MB result", "NumPy, MB", "numpy_par, MB", "more, MB"]
    print_table("Peak memory of a call", head, rows)


def print_pool(seconds):
    """Print what the pool gains, alone and with the engine."""
    rows = []
    for expression in memory.EXPRESSIONS:
        for size in (10**exponent for exponent in range(1, 9)):
            if expression == "x + y" or size < 10**8:
                best = memory.compare(expression, size, seconds)
                numpy, *others = best.values()
                cells = [f"{1e6 * t:,.2f}" for t in best.values()]
                gains = [f"{numpy / t:.2f}" for t in others]
                rows.append([f"{expression}, 1e{len(str(size)) - 1}", *cells, *gains])
    head = ["float64", "NumPy, us", "pool, us", "and engine", "gain", "and engine"]
    print_table("Fresh results, with the pool on one thread, and with the engine", head, rows)


def both(name):
    """Return NumPy's ufunc of a name and numpy_par's."""
    place = np if hasattr(np, name) else np.strings
    ours = npp if hasattr(npp, name) else npp.strings
    return getattr(place, name), getattr(ours, name)


def times(pair, inputs, seconds):
    """Return the cells of a row: milliseconds of both, and the speed-up."""
    numpy, ours = alternate(pair, inputs, seconds)
    return f"{1e3 * numpy:.3f}", f"{1e3 * ours:.3f}", f"{numpy / ours:.2f}"


def print_table(title, head, rows):
    """Print a Markdown table, aligned to be read as plain text too."""
    widths = [max(map(len, column)) for column in zip(head, *rows)]

    def line(cells):
        first, *others = zip(cells, widths)
        padded = [first[0].ljust(first[1])] + [cell.rjust(width) for cell, width in others]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    print(f"\n### {title}\n")
    print("\n".join(line(cells) for cells in (head, rule, *rows)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
