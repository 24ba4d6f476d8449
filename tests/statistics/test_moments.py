"""npp.moments against fractions: what the moments of the elements are, and that neither threads nor strides change a bit."""

import math
from fractions import Fraction

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from reductions import NUMBERS, THREADS, plain
from support import run_python


def true_moments(x, ddof=0):
    """Mean, variance, skewness, kurtosis, of numbers, rounded at the end only."""
    numbers = [Fraction(value) for value in np.ravel(x).astype(float).tolist()]
    n = len(numbers)
    mean = sum(numbers) / n
    deviations = [value - mean for value in numbers]
    m2, m3, m4 = (sum(d**k for d in deviations) / n for k in (2, 3, 4))
    if m2 == 0:
        return float(mean), 0.0, math.nan, math.nan
    skewness = math.copysign(math.sqrt(m3**2 / m2**3), m3)
    return float(mean), float(m2 * n / (n - ddof)), skewness, float(m4 / m2**2 - 3)


def check(x, got, want, rel=1e-13):
    assert got.mean == pytest.approx(want[0], rel=1e-15, abs=5e-15 * math.sqrt(want[1]))
    assert got.variance == pytest.approx(want[1], rel=rel)
    for a, b in zip(got[3:], want[2:]):
        assert a == pytest.approx(b, rel=rel, abs=rel, nan_ok=True)


def same_bits(case, label=""):
    results = []
    for n in THREADS:
        with npp.threads(n):
            got = case()
        results.append([np.asarray(each).tobytes() for each in got])
    assert all(each == results[0] for each in results), label
    return got


@pytest.mark.parametrize("dtype", [dtype for dtype in NUMBERS if dtype not in "FDG"])
def test_every_dtype(dtype):
    for n in (1, 2, 7, 8, 9, 1023, 1024, 1025, 3000):
        x = plain(dtype, (n,))
        with np.errstate(all="ignore"):
            got = same_bits(lambda: npp.moments(x))
        assert got.count == n and type(got.mean) is np.float64
        if np.isfinite(x).all():
            check(x, got, true_moments(x), 1e-12)


def test_many_elements():
    """More than fractions are good for: extended precision, in several passes."""
    rng = np.random.default_rng(7)
    for n in (65_535, 65_536, 131_071, 131_072, 131_073, 200_001):
        x = rng.gamma(2.0, size=n)
        mean = np.mean(x.astype("g"))
        m2, m3, m4 = (np.mean((x - mean) ** k) for k in (2, 3, 4))
        check(x, same_bits(lambda: npp.moments(x), n), [float(each) for each in (mean, m2, m3 / m2**1.5, m4 / m2**2 - 3)])


@pytest.mark.parametrize("offset", (1e3, 1e9, -1e12))
def test_ill_conditioned(offset):
    """The numbers as they are, rounded beside an offset that is much larger: their moments are still right."""
    rng = np.random.default_rng(8)
    for x in (offset + rng.exponential(size=10_000), offset + np.sort(rng.normal(size=10_000)), np.where(np.arange(10_000) % 3, offset, -offset)):
        check(x, npp.moments(x), true_moments(x), 1e-12)


@pytest.mark.parametrize("value", (0.0, 0.1, -1e300, 5e-324, 1 / 3))
def test_all_the_same(value):
    for n in (1, 5, 1000, 5000, 200_000):
        got = npp.moments(np.full(n, value))
        assert (got.mean, got.variance) == (value, 0) and np.isnan(got.skewness) and np.isnan(got.kurtosis)


@pytest.mark.parametrize("how", ARRANGE)
def test_axes_and_layouts(how):
    """Each line is summed as if it were alone."""
    for dtype, shape in (("d", (5, 3001)), ("f", (3001, 5)), ("h", (70, 1100)), ("e", (1100, 70)), ("d", (20, 9, 30)), ("d", (2, 131_072))):
        plain_x = plain(dtype, shape)
        x = ARRANGE[how](plain_x.copy())
        for axis in range(-1, len(shape)):
            got = npp.moments(x, axis)
            lines = np.moveaxis(plain_x, axis, -1).reshape(-1, shape[axis])
            for k in range(0, len(lines), len(lines) // 7 + 1):
                want = npp.moments(lines[k].copy())
                assert [np.ravel(each)[k].tobytes() for each in got[1:]] == [each.tobytes() for each in want[1:]]
        assert got.mean.shape == np.mean(plain_x, axis).shape and got.count == shape[axis]
        assert npp.moments(x) == npp.moments(plain_x.ravel())


def test_axes_by_any_thread():
    for shape in ((3, 70_000), (70_000, 3), (300, 400), (2, 131_072)):
        x = plain("d", shape)
        for axis in (None, 0, 1):
            same_bits(lambda: npp.moments(x, axis), f"{shape} {axis}")


@pytest.mark.filterwarnings("ignore:invalid value")
def test_nan_and_infinities():
    for n in (5, 5000, 200_000):
        x = np.ones(n)
        x[n // 2] = np.nan
        assert all(np.isnan(each) for each in npp.moments(x)[1:])
        x[n // 2] = np.inf
        got = npp.moments(x)
        assert got.mean == np.inf and all(np.isnan(each) for each in got[2:])
        x[0] = -np.inf
        assert np.isnan(npp.moments(x).mean)
    x = np.ones((3, 4))
    x[1, 1] = np.nan
    assert np.isnan(npp.moments(x, 1).variance).tolist() == [False, True, False]


def test_warnings():
    with pytest.warns(RuntimeWarning, match="invalid value encountered in moments"):
        npp.moments([np.inf, 1])
    with np.errstate(invalid="ignore"), pytest.warns(RuntimeWarning, match="overflow encountered in moments"):
        npp.moments([1e200, -1e200])
    with pytest.warns(RuntimeWarning, match="ddof is 2; for a variance it must be less than the count, 2"):
        assert npp.moments([1, 2], ddof=2).variance == np.inf
    with np.errstate(all="raise"):
        npp.moments([0.0, 0.0])


def test_ddof():
    x = plain("d", (50, 60))
    got = npp.moments(x, 0, ddof=1)
    assert got.variance == pytest.approx(np.var(x, 0, ddof=1), rel=1e-13)
    assert got.kurtosis.tolist() == npp.moments(x, 0).kurtosis.tolist()
    check(x[0], npp.moments(x[0], ddof=1.5), true_moments(x[0], Fraction(3, 2)))


@pytest.mark.filterwarnings("ignore:moments. ddof")
def test_nothing():
    for x, axis, shape in ((np.zeros(0), None, ()), (np.zeros((0, 3)), 0, (3,)), (np.zeros((3, 0)), 1, (3,))):
        got = npp.moments(x, axis)
        assert got.count == 0 and all(np.isnan(each).all() and each.shape == shape for each in got[1:])
    assert npp.moments(np.zeros((0, 3)), 1).mean.shape == (0,)


def test_what_is_wrong_is_said():
    for error, words, case in (
        (TypeError, "x has elements of complex128; they must be real", {"x": np.ones(3, "D")}),
        (TypeError, "x has elements of object", {"x": [None]}),
        (TypeError, "x is a MaskedArray", {"x": np.ma.ones(3)}),
        (TypeError, r"axis must be an int or None, not \(0, 1\) \(tuple\)", {"axis": (0, 1)}),
        (np.exceptions.AxisError, "axis 3 is out of bounds", {"axis": 3}),
        (TypeError, "ddof must be a number, not 'x'", {"ddof": "x"}),
    ):
        with pytest.raises(error, match=words):
            npp.moments(**{"x": np.ones((3, 4)), **case})


def test_by_the_engine():
    for shape, axis in (((200_000,), None), ((400, 500), 0), ((400, 500), 1)):
        npp.set_num_threads(2)
        before = npp._engine.counters()["regions"]
        npp.moments(plain("d", shape), axis)
        assert npp._engine.counters()["regions"] > before, f"{shape} {axis}"


@pytest.mark.parametrize("level", [name for name in ("baseline", "avx2") if npp._kernels.level in ("avx2", "avx512")])
def test_other_instruction_sets(level):
    code = """
        import numpy as np
        import numpy_par as npp
        from reductions import plain
        for dtype in "?hqefd":
            for shape in ((70_003,), (5, 1030), (1030, 70)):
                for axis in range(len(shape)):
                    print([np.asarray(each).tobytes().hex()[:99] for each in npp.moments(plain(dtype, shape), axis)])
    """
    assert run_python(code) == run_python(code, env={"NUMPY_PAR_ISA": level})
