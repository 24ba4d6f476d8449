"""Print what reductions, scans and searches gain with the drop-in, against NumPy in the same run.

    python asv_bench/reductions.py [--only REGEX]      (make bench-reductions)
"""

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH


def main():
    """Measure each case alternating, and print it as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="those whose name this regular expression finds (bandwidth is one)")
    options = parser.parse_args()
    import bandwidth
    from benchmarks.active import require_active
    from benchmarks.measure import machine
    from benchmarks.reductions import CASES, compare

    require_active()
    print(f"{machine()}\na million elements each\n")
    print(f"{'call':24s} {'NumPy, us':>10s} {'one thread':>11s} {'all':>6s}")
    for name in CASES:
        if re.search(options.only, name):
            numpys, one, all_threads = compare(name)
            print(f"{name:24s} {numpys * 1e6:10.1f} {numpys / one:10.2f}x {numpys / all_threads:5.2f}x", flush=True)
    if re.search(options.only, "bandwidth"):
        bandwidth.show()


if __name__ == "__main__":
    sys.exit(main())
