"""Print what sorts gain with the drop-in, against NumPy in the same run.

    python asv_bench/orders.py [--only REGEX] [--sizes N,N,...]      (make bench-order)

NumPy's paths differ by CPU: see also NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR".
"""

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH

SIZES = "10,100,1000,10000,100000,1000000"


def main():
    """Measure each case alternating, and print it as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="those whose name this regular expression finds")
    parser.add_argument("--sizes", default=SIZES, help=f"elements (default {SIZES})")
    options = parser.parse_args()
    from benchmarks.active import require_active
    from benchmarks.measure import machine
    from benchmarks.orders import CASES, compare

    require_active()
    sizes = [int(size) for size in options.sizes.split(",")]
    print(f"{machine()}\nNumPy's time over ours, one thread and all; in brackets NumPy's ns an element\n")
    print(f"{'call':28s}" + "".join(f"{size:>24,}" for size in sizes))
    for name in CASES:
        if re.search(options.only, name):
            figures = [(size, *compare(name, size)) for size in sizes]
            cells = [f"{n / one:6.2f} {n / both:6.2f} ({n * 1e9 / size:7.2f})" for size, n, one, both in figures]
            print(f"{name:28s}" + "".join(f"{cell:>24s}" for cell in cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
