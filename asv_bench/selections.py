"""Print what functions that select and move gain with the drop-in, against NumPy in the same run.

    python asv_bench/selections.py [--only REGEX]      (make bench-select)
"""

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH


def main():
    """Measure each case alternating, and print it as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="those whose name this regular expression finds")
    options = parser.parse_args()
    from benchmarks.active import require_active
    from benchmarks.measure import machine
    from benchmarks.selections import CASES, compare

    require_active()
    print(f"{machine()}\na million elements each, masks random unless said\n")
    print(f"{'call':28s} {'NumPy, us':>10s} {'ours, us':>10s} {'one thread':>11s} {'all':>6s}")
    for name in CASES:
        if re.search(options.only, name):
            numpys, one, both = compare(name)
            times = f"{numpys * 1e6:10.1f} {both * 1e6:10.1f}"
            print(f"{name:28s} {times} {numpys / one:10.2f}x {numpys / both:5.2f}x", flush=True)


if __name__ == "__main__":
    sys.exit(main())
