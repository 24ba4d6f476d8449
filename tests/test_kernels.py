"""Kernels of ours (src/ops.def), at each instruction set: bits, accuracy, flags, places, and which are chosen."""

import itertools
import re
import warnings

import mpmath
import numpy as np
import numpy_par as npp
import pytest
from support import run_python

LEVELS = ["baseline", "avx2", "avx512"]
LEVEL = npp.show_config("dicts")["cpu"]["kernels"]
HAS = LEVELS[: LEVELS.index(LEVEL) + 1]


@pytest.fixture(autouse=True)
def own_kernels():
    """The tests of all else ask for NumPy's bits (conftest.py)."""
    before = npp._engine.set_exact(False)
    yield
    npp._engine.set_exact(before)


def rows():
    """(ufunc, types, bits) of each loop that is ours at this level."""
    return [row[:3] for row in npp._engine.kernels()]


def own(bits):
    return [pytest.param(name, types, id=f"{name}-{types}") for name, types, kind in rows() if kind == bits]


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, 3.0, 10.0, 0.1, -0.1, np.pi, -np.pi / 2, 1e-5, 700.0, 710.0, -745.0, 88.0, -104.0, 1e10, -1e10, 0.9999, 1.0001, np.inf, -np.inf, np.nan]


def special(code):
    """Values at the edges of what a type has, and in between."""
    dtype = np.dtype(code)
    info = np.finfo(dtype)
    edges = [info.max, info.tiny, info.smallest_subnormal, info.eps, info.max / 2, info.tiny * 1.5]
    with np.errstate(all="ignore"):
        values = np.array([*SPECIAL, *edges, *(-x for x in edges), *(2.0**n for n in range(-30, 31, 6))]).astype(dtype)
    return np.unique(values.view(f"u{dtype.itemsize}")).view(dtype)


def any_bits(code, size, seed=0):
    """Numbers of every order of magnitude, NaNs and infinities among them."""
    dtype = np.dtype(code)
    raw = np.random.default_rng(seed).integers(0, 256, size * dtype.itemsize, np.uint8)
    return raw.view(dtype).copy()


def inputs(types):
    """Arrays for all inputs: special values with each other, then any bits, then ordinary numbers."""
    codes = types.split("->")[0]
    rng = np.random.default_rng(1)
    cross = list(itertools.product(*(special(code) for code in codes)))
    arrays = [[np.array([pair[k] for pair in cross], code)] for k, code in enumerate(codes)]
    for k, code in enumerate(codes):
        if code == "e" and len(codes) == 1:
            arrays[k].append(np.arange(65536, dtype=np.uint16).view("e"))
        arrays[k].append(any_bits(code, 60_000, k))
        with np.errstate(all="ignore"):
            arrays[k].append(rng.normal(0, 100, 60_000).astype(code))
            arrays[k].append((rng.integers(-50, 50, 20_000) * np.float64(0.25)).astype(code))
    return [np.concatenate(parts) for parts in arrays]


def as_bits(result):
    """Bytes of a result or of several; all NaNs alike."""
    results = result if isinstance(result, tuple) else (result,)
    parts = []
    for array in results:
        array = np.array(array)
        if array.dtype.kind == "f":
            array[np.isnan(array)] = np.nan
        parts.append(array.reshape(-1).view(np.uint8).reshape(array.size, -1))
    return np.hstack(parts)


def numpys(name):
    return getattr(np, name)


@pytest.mark.parametrize("name, types", own("same"))
def test_same_bits(name, types):
    given = inputs(types)
    with np.errstate(all="ignore"):
        want, got = as_bits(numpys(name)(*given)), as_bits(getattr(npp, name)(*given))
    wrong = np.flatnonzero((want != got).any(1))
    assert not len(wrong), [[repr(x[i]) for x in given] for i in wrong[:5]]


def raised(function, *args):
    """Which floating-point errors a call reports."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
        warnings.simplefilter("always")
        function(*args)
    return sorted({str(w.message).split(" encountered")[0] for w in caught})


@pytest.mark.parametrize("name, types", own("same"))
def test_same_flags(name, types):
    """For each pair of special values alone, and for none of many ordinary ones."""
    codes = types.split("->")[0]
    for pair in itertools.product(*(special(code) for code in codes)):
        arrays = [np.full(3, x, code) for x, code in zip(pair, codes)]
        want, got = raised(numpys(name), *arrays), raised(getattr(npp, name), *arrays)
        assert want == got, (pair, want, got)
    ordinary = [np.random.default_rng(k).uniform(1, 100, 10_000).astype(code) for k, code in enumerate(codes)]
    assert raised(getattr(npp, name), *ordinary) == []


# -- accuracy ------------------------------------------------------------------------------------

EXACT = {
    "exp2": lambda x: mpmath.power(2, x),
    "log2": lambda x: mpmath.log(x, 2),
    "arcsin": mpmath.asin, "arccos": mpmath.acos, "arctan": mpmath.atan,
    "arcsinh": mpmath.asinh, "arccosh": mpmath.acosh, "arctanh": mpmath.atanh,
    "arctan2": lambda y, x: None if y == x == 0 or (y == 0 and x < 0) else mpmath.atan2(y, x),  # mpmath has no -0 "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
}  # fmt: skip


def exact(name):
    return EXACT.get(name) or getattr(mpmath, name)


def probes(name, code, rng):
    """Finite numbers where a function is defined: over its domain, all magnitudes, and where it is hard."""
    dtype = np.dtype(code)
    wide = any_bits(code, 3000, 7)
    parts = [special(code), wide, rng.uniform(-1, 1, 2000), rng.uniform(-30, 30, 2000), rng.uniform(-700, 700, 1000), 1 + rng.normal(0, 1e-3, 1000), rng.normal(0, 1e-6, 500)]
    multiples = np.arange(1, 400) * (np.pi / 2)
    with np.errstate(all="ignore"):
        parts.append(np.concatenate([np.nextafter(multiples.astype(dtype), side).astype(float) for side in (dtype.type(0), dtype.type(1e4))]))
        return np.concatenate([np.asarray(part, dtype) for part in parts])


def ulps(got, true, dtype):
    """How far a result is from the true value, in units in its last place."""
    info = np.finfo(dtype)
    if true == 0:
        return 0 if got == 0 else float("inf")
    exponent = max(mpmath.frexp(true)[1] - 1, info.minexp)
    return abs(mpmath.mpf(float(got)) - true) / mpmath.ldexp(1, exponent - info.nmant)


@pytest.mark.parametrize("name, types", own("close"))
def test_accuracy(name, types):
    """At most 1.0 ULP from the true value wherever it is finite and normal enough to have one."""
    codes, dtype = types.split("->")[0], np.dtype(types[-1])
    rng = np.random.default_rng(3)
    given = [rng.permutation(probes(name, code, rng)) for code in codes]
    with np.errstate(all="ignore"):
        ours, theirs = getattr(npp, name)(*given), numpys(name)(*given)
    finite = np.isfinite(theirs) & np.isfinite(ours) & np.logical_and.reduce([np.isfinite(x) for x in given])
    assert np.array_equal(np.isnan(ours), np.isnan(theirs)) and np.array_equal(np.isinf(ours), np.isinf(theirs))
    function, worst = exact(name), (0, None)
    with mpmath.workprec(220 + 1100 * (name in ("sin", "cos", "tan"))):
        for i in np.flatnonzero(finite):
            true = function(*(mpmath.mpf(float(x[i])) for x in given))
            if true is None or isinstance(true, mpmath.mpc) or abs(true) < np.finfo(dtype).tiny or abs(true) > np.finfo(dtype).max:
                continue
            worst = max(worst, (float(ulps(ours[i], true, dtype)), tuple(float(x[i]) for x in given)), key=lambda pair: pair[0])
    assert worst[0] <= 1.0, worst


@pytest.mark.parametrize("name, types", own("close"))
def test_special_values(name, types):
    """Zeros with their signs, infinities and NaNs are NumPy's."""
    codes = types.split("->")[0]
    cross = list(itertools.product(*(special(code) for code in codes)))
    given = [np.array([pair[k] for pair in cross], code) for k, code in enumerate(codes)]
    with np.errstate(all="ignore"):
        want, got = numpys(name)(*given), getattr(npp, name)(*given)
    exact_ones = ~np.isfinite(want) | (want == 0)
    assert np.array_equal(as_bits(want[exact_ones]), as_bits(got[exact_ones])), [pair for pair, ok in zip(cross, exact_ones) if ok]
    assert np.array_equal(np.signbit(want) & ~np.isnan(want), np.signbit(got) & ~np.isnan(got))


@pytest.mark.parametrize("name, types", own("close"))
def test_flags(name, types):
    """Invalid, pole and overflow as NumPy has them; nothing from ordinary numbers. (Of underflow NumPy's own loops differ.)"""
    codes = types.split("->")[0]
    for pair in itertools.product(*(special(code) for code in codes)):
        arrays = [np.full(3, x, code) for x, code in zip(pair, codes)]
        want, got = (set(raised(f, *arrays)) - {"underflow"} for f in (numpys(name), getattr(npp, name)))
        assert want == got, (pair, want, got)
    ordinary = [np.random.default_rng(k).uniform(1 if name == "arccosh" else 0.1, 2 if name == "arccosh" else 0.9, 10_000).astype(code) for k, code in enumerate(codes)]
    assert raised(getattr(npp, name), *ordinary) == []


# -- places ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, types", own("same") + own("close"))
def test_every_place(name, types):
    """f(x)[i] == f(x[i:i+1]), at every offset, stride and length, in place, as a scalar, and at every number of threads."""
    codes = types.split("->")[0]
    ours = getattr(npp, name)
    with np.errstate(all="ignore"):
        given = [np.concatenate([special(code), np.random.default_rng(k).normal(0, 3, 1300).astype(code)])[:1200] for k, code in enumerate(codes)]
        whole = as_bits(ours(*given))
        for begin, end, step in [(0, 1, 1), (1, 18, 1), (3, 700, 1), (0, 1200, 2), (5, 1100, 7), (1199, None, -1), (600, 0, -3)]:
            part = [x[begin:end:step] for x in given]
            assert np.array_equal(as_bits(ours(*part)), whole[begin:end:step]), (begin, end, step)
        for i in (0, 7, 33, 1199):
            assert np.array_equal(as_bits(ours(*(x[i : i + 1] for x in given))), whole[i : i + 1])
            assert np.array_equal(as_bits(ours(*(x[i] for x in given))), whole[i : i + 1])
        buffers = [x.copy() for x in given]
        outs = buffers[: 1] + [np.empty_like(buffers[0]) for _ in types.split("->")[1][1:]]
        if types.split("->")[1][0] == codes[0]:
            ours(*buffers, out=tuple(outs))
            assert np.array_equal(as_bits(tuple(outs)), whole), "in place"
        unaligned = []
        for x in given:
            raw = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype)
            raw[:] = x
            unaligned.append(raw)
        assert np.array_equal(as_bits(ours(*unaligned)), whole)
        large = [np.tile(x, 100) for x in given]
        for threads in (1, 2, 3, 7):
            npp.set_num_threads(threads)
            assert np.array_equal(as_bits(ours(*large)), np.tile(whole, (100, 1))), threads
        with npp.enabled():
            assert np.array_equal(as_bits(numpys(name)(*given)), whole)
            assert np.array_equal(as_bits(numpys(name)(*(x[7:8] for x in given))), whole[7:8])
            assert np.array_equal(as_bits(numpys(name)(*(x[7] for x in given))), whole[7:8])


@pytest.mark.parametrize("name, types", own("same") + own("close"))
def test_exact(name, types):
    """With exact=True no bit is other than NumPy's, large or small."""
    codes = types.split("->")[0]
    with np.errstate(all="ignore"):
        given = [np.random.default_rng(k).normal(0, 3, 50_000).astype(code) for k, code in enumerate(codes)]
        want = as_bits(numpys(name)(*given))
        with npp.enabled(exact=True):
            assert np.array_equal(as_bits(numpys(name)(*given)), want)
            assert np.array_equal(as_bits(numpys(name)(*(x[:5] for x in given))), want[:5])


def test_reductions_and_accumulations():
    """The same loop is called with its output as its input."""
    x = np.random.default_rng(0).uniform(1, 2, 5000)
    for ours, theirs in ((npp.hypot, np.hypot), (npp.fmod, np.fmod)):
        assert np.allclose(ours.reduce(x), theirs.reduce(x), rtol=1e-12)
        assert np.allclose(ours.accumulate(x), theirs.accumulate(x), rtol=1e-12)
    with npp.enabled():
        steps = list(itertools.accumulate(x[:50], np.hypot))
        assert np.array_equal(np.hypot.accumulate(x[:50]), steps) and np.hypot.reduce(x[:50]) == steps[-1]
        assert np.array_equal(np.hypot.accumulate(x)[-1], np.hypot.reduce(x))
        assert np.array_equal(np.hypot.outer(x[:30], x[:20]), np.hypot(x[:30, None], x[:20]))
        assert np.array_equal(np.fmod.accumulate(x), np.array(list(itertools.accumulate(x, np.fmod))))
    out = x.copy()
    npp.fmod(out[:-1], out[1:], out=out[1:])
    want = x.copy()
    np.fmod(want[:-1], want[1:], out=want[1:])
    assert np.array_equal(out, want)


# -- which ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", HAS)
def test_levels(level):
    """All of the above at a level that is forced, NumPy held to the same."""
    if level == LEVEL:
        pytest.skip("the tests above are at this one")
    disabled = {"avx512": "", "avx2": "X86_V4 AVX512_ICL AVX512_SPR", "baseline": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}[level]
    text = run_python(
        f"""
        import sys, pytest
        sys.exit(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-k", "not levels and not choice", {__file__!r}]))
        """,
        timeout=900,
        env={"NUMPY_PAR_ISA": level, "NPY_DISABLE_CPU_FEATURES": disabled},
    )
    assert "failed" not in text and re.search(r"\d|\.", text), text


@pytest.mark.parametrize("level, text", [("avx1024", "it must be baseline, avx2 or avx512"), *((level, "this CPU has no") for level in LEVELS if level not in HAS)])
def test_a_choice_that_cannot_be(level, text):
    with pytest.raises(AssertionError, match=f"ImportError.*NUMPY_PAR_ISA is '{level}': {text}"):
        run_python("import numpy_par", env={"NUMPY_PAR_ISA": level})


def test_the_choice_is_told():
    x = np.ones(100_000, "e")
    assert npp.explain(np.add, x, x).kernel == (None if LEVEL == "baseline" else LEVEL)
    assert npp.explain(np.less, x, x).kernel == LEVEL
    assert npp.explain(np.add, x.astype("f8"), x.astype("f8")).kernel is None
