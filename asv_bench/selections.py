"""Print what functions that select and move gain with the drop-in, against NumPy in the same run.

    python asv_bench/selections.py [--only REGEX]      (make bench-select)
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH


def main():
    """Measure each case alternating, and print it as soon as it is known."""
    from benchmarks.measure import print_cases
    from benchmarks.selections import CASES, compare

    print_cases(__doc__, "a million elements each, masks random unless said", CASES, compare)


if __name__ == "__main__":
    sys.exit(main())
