"""Draw docs/gains.svg: the speed-ups in the tables of docs/figures.md.

    python asv_bench/draw.py
"""

import re
from pathlib import Path

import matplotlib.pyplot as plt

DOCS = Path(__file__).resolve().parent.parent / "docs"
SHOWN = {
    *("A + A", "A + row", "x[::2] + x[::2]", "float64 + float32 (cast)", "hypot", "float16 + float16", "string == string"),
    *("gcd", "sum", "sum, float32", "sum, float16", "mean", "max", "argmax", "var", "nansum", "nanstd", "A.sum(0)"),
    *("cumsum(A, 0)", "isclose", "count_nonzero"),
}


def main():
    """Read the tables, draw a bar for each call that is shown, the least gain on top."""
    gains = read_gains((DOCS / "figures.md").read_text())
    names = sorted(SHOWN, key=gains.__getitem__, reverse=True)
    plt.rcParams.update({"svg.hashsalt": "numpy_par", "svg.fonttype": "none"})  # the same file each time, and a small one
    figure, axes = plt.subplots(figsize=(8, 0.24 * len(names) + 0.9), layout="constrained")
    bars = axes.barh(names, [gains[name] for name in names], color="#4477aa")
    axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
    axes.axvline(1, color="#bb5566", linewidth=1)
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5, 10, 20], ["1: NumPy", "2", "5", "10", "20"])
    axes.set_xlim(0.9, 25)
    axes.set_title("Speed-up over NumPy, a million elements, two cores", fontsize=10)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(DOCS / "gains.svg", metadata={"Date": None})


def read_gains(text):
    """Return the speed-up in each row of the tables that have such a column."""
    gains, column = {}, None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if "speed-up" in cells:
            column = cells.index("speed-up")
        elif not line.startswith("|"):
            column = None
        elif column and re.fullmatch(r"[\d.]+", cells[column]):
            gains[cells[0]] = float(cells[column])
    return gains


if __name__ == "__main__":
    main()
