"""Print what each kernel of ours gains at each instruction set, NumPy held to the same.

    python asv_bench/kernels.py           the rows of ops.def that are used (make bench-kernels)
    python asv_bench/kernels.py --all     all, and whether the table says of each what is so (make tune)
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH

DISABLED = {
    "baseline": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "avx2": "X86_V4 AVX512_ICL AVX512_SPR",
    "avx512": "",
} if platform.machine() == "x86_64" else {"neon": ""}
DOMAINS = {
    "arccosh": (1, 1000), "arcsin": (-1, 1), "arccos": (-1, 1), "arctanh": (-1, 1),
    "log": (0.001, 1000), "log2": (0.001, 1000), "log10": (0.001, 1000), "log1p": (-0.9, 1000),
    "sqrt": (0, 1000), "power": (0.1, 20), "float_power": (0.1, 20),
}  # fmt: skip
SCALAR = {"maximum", "minimum"}  # of integers: ours only with a scalar
SIZE = 1_000_000


def main():
    """Measure each level in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="also kernels that the table leaves out")
    parser.add_argument("--level", choices=DISABLED, help="measure this one here")
    parser.add_argument("--only", default="", help="those whose name and types this regular expression finds")
    options = parser.parse_args()
    if options.level:
        print(json.dumps(measure(options.only)))
        return 0
    wrong = 0
    for level, disabled in DISABLED.items():
        command = [sys.executable, __file__, "--level", level, "--only", options.only]
        env = {**os.environ, "NUMPY_PAR_ISA": level, "NPY_DISABLE_CPU_FEATURES": disabled}
        if options.all:
            env["NUMPY_PAR_TUNE"] = "1"
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        if done.returncode:
            print(f"\n{level}: {done.stderr.strip().splitlines()[-1]}")
            continue
        wrong += show(level, json.loads(done.stdout.splitlines()[-1]))
    return 1 if wrong and options.all else 0


def numbers(rng, low, high, code):
    """Return numbers between two; complex ones in both parts."""
    x = rng.uniform(low, high, SIZE)
    return (x + 1j * rng.permutation(x)).astype(code) if code in "FD" else x.astype(code)


def measure(only=""):
    """Return [name, types, wins in the table, ns of NumPy, of ours on one thread, on two]."""
    import numpy_par as npp
    from benchmarks.measure import alternate

    results = []
    for name, types, bits, wins in npp._engine.kernels():
        npp.set_precision("fast" if bits == "fast" else "close")
        if not re.search(only, f"{name} {types}"):
            continue
        codes, outs = types.split("->")
        rng = np.random.default_rng(0)
        low, high = DOMAINS.get(name, (-20, 20))
        inputs = [numbers(rng, low, high, code) for code in codes]
        if name in SCALAR and np.dtype(codes[0]).kind in "iu":
            inputs[1] = inputs[1][0]
        out = tuple(np.empty(SIZE, code) for code in outs)
        numpy = getattr(np._core.umath, name)
        ours = npp.parallelize(numpy)

        def alone(*args, out, ours=ours):
            with npp.threads(1):
                ours(*args, out=out)

        with np.errstate(all="ignore"):
            times = alternate((numpy, alone, ours), inputs, seconds=0.3, out=out)
        results.append([name, types + " fast" * (bits == "fast"), wins, *(1e9 * t / SIZE for t in times)])
    return results


def show(level, results):
    """Print a level's table; return how many rows are not as they should be."""
    print(f"\n### {level}\n")
    print("| kernel | NumPy, ns | one thread, ns | gain | two threads, gain | |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    wrong = 0
    for name, types, wins, numpy, one, two in results:
        gain = numpy / one
        verdict = "" if wins == (gain >= 0.98) else "should be used" if gain > 1.1 else ""
        verdict = "loses" if wins and gain < 0.98 else verdict
        wrong += bool(verdict)
        label = f"{name} {types}" + ("" if wins else " (not used)")
        print(f"| {label} | {numpy:.2f} | {one:.2f} | {gain:.1f} | {numpy / two:.1f} | {verdict} |")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
