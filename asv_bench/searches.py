"""Print what functions that search and count gain with the drop-in, against NumPy in the same run.

    python asv_bench/searches.py [--only REGEX]      (make bench-search)
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH


def main():
    """Measure each case alternating, and print it as soon as it is known."""
    from benchmarks.measure import print_cases
    from benchmarks.searches import CASES, compare

    print_cases(__doc__, "a million elements each", CASES, compare)


if __name__ == "__main__":
    sys.exit(main())
