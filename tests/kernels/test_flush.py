"""Subnormals that count as zeros: what a caller with DAZ or FTZ set (a library built with -ffast-math does that) gets of NumPy.

All of it at each instruction set: test_kernels.py, test_levels.
"""

import itertools

import numpy as np
import numpy_par as npp
import pytest
import support_fpu as fpu
from hook_calls import CALLS, UFUNCS
from kernel_values import as_bits, npps, numpys
from support import difference, raised_flags

pytestmark = [
    pytest.mark.skipif(not fpu.X86, reason="knows the control words of x86 only"),
    pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning"),
]
FLUSHES = [fpu.DAZ, fpu.FTZ, fpu.DAZ | fpu.FTZ]
modes = pytest.mark.parametrize("flush", FLUSHES, ids=["DAZ", "FTZ", "both"])
ROWS = [row[:2] for row in npp._engine.kernels() if set(row[1]) & set("efdFD")]
FLOATS = "efdFD"


@pytest.fixture(autouse=True)
def own_kernels():
    before = npp.get_precision()
    npp.set_precision("fast")
    npp.set_num_threads(2)
    yield
    npp.set_precision(before)


def subnormals(code, shape, salt=0):
    """Many of them, their neighbours, and ordinary numbers, of both signs; of integers, small ones."""
    dtype = np.dtype(code)
    rng = np.random.default_rng(salt)
    if dtype.kind in "biu":
        return rng.integers(0, 2 if code == "?" else 5, shape).astype(dtype)
    part = np.empty(0, dtype).real.dtype
    info = np.finfo(part)
    small = rng.integers(1, 1 << info.nmant, 60).astype(f"u{part.itemsize}").view(part)
    others = [info.tiny, info.tiny * 2, info.tiny * 1.5, info.tiny**0.5 / 2, 1, 2, 0.5, 1e-3, np.inf, 0]
    some = np.concatenate([small, np.array(others, part)])
    some = np.concatenate([some, -some])
    if dtype.kind == "c":
        return rng.choice(some, (*np.atleast_1d(shape), 2)).view(dtype)[..., 0]
    return rng.choice(some, shape)


def check(case, flush, label):
    """The same result, and the same flags raised."""
    results, flags = [], []
    for context in (npp.precision(npp.get_precision()), npp.enabled()):
        with context, fpu.changed(flush=flush), np.errstate(all="ignore"):
            results.append(case())
            flags.append(raised_flags(case))
    text = difference(*results, any_nan=True)
    assert not text, f"{label}: {text}"
    assert flags[0] == flags[1], f"{label}: flags {flags[1]}, NumPy raises {flags[0]}"


@modes
@pytest.mark.parametrize("name, types", ROWS)
def test_kernels(name, types, flush):
    """Every row of ops.def, our ufuncs and NumPy's: its bits, also where a row is close to the true value only."""
    whole = [subnormals(code, 3000, k) for k, code in enumerate(types.split("->")[0])]
    for part in (slice(0, 1), slice(0, 7), slice(None), slice(None, None, -3)):
        arrays = [x[part] for x in whole]
        with fpu.changed(flush=flush), np.errstate(all="ignore"):
            want, got = numpys(name)(*arrays), npps(name)(*arrays)
            assert np.array_equal(as_bits(want), as_bits(got)), part
            assert raised_flags(numpys(name), *arrays) == raised_flags(npps(name), *arrays), part
        check(lambda: numpys(name)(*arrays), flush, part)
    if len(whole) == 2:
        for scalar in whole[1][:4]:
            check(lambda: numpys(name)(whole[0], scalar), flush, repr(scalar))


@modes
@pytest.mark.parametrize("name", [*CALLS, *UFUNCS])
def test_hooks(name, flush):
    """Every function of functions.def, each dtype in one of these: few elements that are all small, many of all kinds, rows and columns."""
    shapes = itertools.cycle([(60,), (3000,), (50, 60)])
    for _ in range(FLUSHES.index(flush)):
        next(shapes)
    for code, shape in zip(FLOATS, shapes):
        x, y = subnormals(code, shape, 1), subnormals(code, shape, 2)
        if shape == (60,):
            x[np.abs(x) > 1e-3] = 0
        if any(part in name for part in ("copyto", "nan", "var", "std")):
            x[~np.isfinite(x)] = 1
        check(lambda: (CALLS | UFUNCS)[name](x, y), flush, (code, shape))


@modes
def test_a_loop_of_numpys_is_told(flush):
    """And that of whole numbers stays ours."""
    x = np.ones(100_000)
    assert npp.explain(np.spacing, x).kernel is not None
    with fpu.changed(flush=flush):
        assert npp.explain(np.spacing, x).kernel is None
        assert npp.explain(np.gcd, x.astype(int), 3).kernel is not None
