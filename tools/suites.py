"""Run other projects' tests under ``python -m numpy_par``, and tell which fail for it.

    python tools/suites.py numpy            NumPy's own, every threshold
    python tools/suites.py numpy-arena      the same with all its arrays in an Arena
    python tools/suites.py scipy pandas     parts of SciPy's and pandas'

What fails is run once more without numpy_par: only what passes then is held against us.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

SUITES = {
    "numpy": ["numpy"],
    "numpy-arena": ["numpy"],
    # what a change of the engine breaks first; a few minutes
    "numpy-core": [f"numpy._core.tests.test_{name}" for name in ("umath", "ufunc", "numeric", "strings", "half", "datetime", "array_coercion", "casting_unittests", "mem_overlap", "errstate", "nep50_promotions")],
    "scipy": ["scipy.special", "scipy.stats", "scipy.ndimage", "scipy.signal"],
    "pandas": ["pandas.tests.arithmetic", "pandas.tests.reductions", "pandas.tests.groupby"],
}
DROP_IN = ["-m", "numpy_par", "--threads", "2", "-m"]
IN_ARENA = """
import runpy, sys
import numpy_par
with numpy_par.Arena(64 << 20, grow=True):
    sys.argv = sys.argv[1:]
    runpy.run_module("pytest", run_name="__main__")
"""
# Every call in parallel, and as users have it.
THRESHOLDS = {"1": "1", "default": None}


def main():
    """Run the suites; return 1 if a test fails only under numpy_par, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="+", choices=SUITES)
    parser.add_argument("--threshold", choices=THRESHOLDS, help="only this one")
    options = parser.parse_args()
    guilty = []
    with tempfile.TemporaryDirectory() as folder:
        for suite in options.suites:
            thresholds = {"default": None} if suite == "numpy-arena" else THRESHOLDS
            for name, threshold in thresholds.items():
                if options.threshold in (None, name):
                    guilty += run(suite, name, threshold, folder)
    return 1 if guilty else 0


def run(suite, name, threshold, folder):
    """Run a suite at one threshold; print what came of it; return what fails only with us."""
    start = time.monotonic()
    how = ["-c", IN_ARENA] if suite == "numpy-arena" else DROP_IN
    code, failed, summary = pytest(how, SUITES[suite], threshold, folder)
    print(f"{suite}, threshold {name}: {summary} ({time.monotonic() - start:.0f} s)", flush=True)
    if code not in (0, 1):
        print(f"  pytest ended with {code}")
        return [suite]
    if not failed:
        return []
    _, also_without, _ = pytest(["-m"], SUITES[suite], None, folder, only=failed)
    guilty = sorted(failed - also_without)
    print(f"  {len(failed - set(guilty))} of {len(failed)} fail without numpy_par too")
    for test in guilty:
        print(f"  only with numpy_par: {test}")
    return guilty


def pytest(how, modules, threshold, folder, only=None):
    """Return pytest's exit code, the ids of what failed, and its last line."""
    environment = {**os.environ, "PYTHONSAFEPATH": "1"}
    environment.pop("NUMPY_PAR_MIN_ELEMENTS", None)
    if threshold is not None:
        environment["NUMPY_PAR_MIN_ELEMENTS"] = threshold
    command = [sys.executable, *how, "pytest", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider", "-m", "not slow"]
    command += ["--pyargs", *modules]
    if only:
        names = {re.sub(r".*::", "", re.sub(r"\[.*", "", test)) for test in only}
        command += ["-k", " or ".join(sorted(names))]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    failed = {line.split(" ", 1)[1].split(" - ")[0] for line in lines if line.startswith(("FAILED ", "ERROR "))}
    summary = next((line for line in reversed(lines) if re.search(r"\d (passed|failed|error)", line)), "no result")
    if done.returncode not in (0, 1):
        print(done.stdout[-3000:], done.stderr[-3000:], sep="\n")
    return done.returncode, failed, summary.strip("= ")


if __name__ == "__main__":
    sys.exit(main())
