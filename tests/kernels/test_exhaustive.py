"""Every float32 number through every close kernel of one input; in CI one in 1,009.

`make test-exhaustive` takes all 2**32, a few minutes for each function and instruction set. (All of float16 are in
test_kernel_accuracy.py.) And NumPy's own validation set, which was made with MPFR.
"""

import os
from pathlib import Path

import numpy as np
import numpy_par as npp
import pytest
from accuracy import MOST, ulps
from kernel_values import npps, numpys

pytestmark = pytest.mark.usefixtures("own_kernels")

ROWS = [row[:3] for row in npp._engine.kernels() if row[2] != "same"]
STRIDE = 1 if "NUMPY_PAR_EXHAUSTIVE" in os.environ else 1009
CHUNK = 1 << 22
VALIDATION = Path(np._core.__file__).parent / "tests" / "data"


@pytest.mark.parametrize("name, types, bits", [row for row in ROWS if row[1] == "f->f"])
def test_every_float32(name, types, bits):
    """At most so far from float64's result, which is that much more precise; and infinite, NaN and signed as that."""
    worst = 0.0
    for begin in range(0, 1 << 32, CHUNK * STRIDE):
        if STRIDE == 1:
            print(f"\r{name} {bits}: {begin / (1 << 32):4.0%}, worst {worst:.3f} ULP", end="", flush=True)
        bits_of = np.arange(begin, min(begin + CHUNK * STRIDE, 1 << 32), STRIDE, dtype=np.uint64)
        x = bits_of.astype(np.uint32).view("f")
        with np.errstate(all="ignore"):
            got, true = npps(name)(x), numpys(name)(x.astype("d"))
            rounded = true.astype("f")
        error = ulps(got, true, np.dtype("f"))
        worst = max(worst, error.max())
        wrong = (error > MOST[bits]) | (np.isnan(got) != np.isnan(true)) | (np.signbit(got) != np.signbit(true)) & ~np.isnan(true)
        # Near the largest number an error of less than a unit may be what makes it infinite.
        wrong |= (np.isinf(got) != np.isinf(rounded)) & (np.abs(true) < np.finfo("f").max * (1 - 2.0**-23) )
        assert not wrong.any(), [(repr(x[i]), repr(got[i]), repr(true[i])) for i in np.flatnonzero(wrong)[:5]]
    if STRIDE == 1:
        print(f"\r{name} {bits}: all, worst {worst:.3f} ULP")


def validation():
    """Rows for which NumPy has a set of inputs and results."""
    files = {path.stem.removeprefix("umath-validation-set-"): path for path in VALIDATION.glob("umath-validation-set-*.csv")}
    return [(name, types, bits, files[name]) for name, types, bits in ROWS if name in files and types in ("f->f", "d->d")]


@pytest.mark.parametrize("name, types, bits, file", validation())
def test_validation_set(name, types, bits, file):
    """Within a unit of the rounded result (three of the fast ones), which is itself half a unit off at most."""
    code, kind, mark = ("f", np.uint32, "np.float32") if types[0] == "f" else ("d", np.uint64, "np.float64")
    lines = [line.split(",") for line in file.read_text().splitlines() if line.startswith(mark)]
    assert lines
    x, want = (np.array([int(line[k], 16) for line in lines], kind).view(code) for k in (1, 2))
    with np.errstate(all="ignore"):
        got = npps(name)(x)
    assert np.array_equal(np.isnan(got), np.isnan(want)) and np.array_equal(np.isinf(got), np.isinf(want))
    finite = np.isfinite(want) & (np.abs(want) >= np.finfo(code).tiny)
    off = np.abs(got[finite].view(kind).astype(object) - want[finite].view(kind).astype(object))
    assert max(off, default=0) <= int(MOST[bits] + 0.5), x[finite][off.argmax()]
