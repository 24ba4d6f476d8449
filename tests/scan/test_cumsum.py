"""npp.cumsum: blocked sums against NumPy's running sums of each block, and their errors against math.fsum."""

import math

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from reductions import THREADS, plain
from support import difference, outcome, run_python

BLOCK = 1000


def blocked_line(x):
    """What the docstring says, with one NumPy scalar after the other for the totals, and NumPy's running sums."""
    out, before = np.empty_like(x), None
    for i in range(0, len(x), BLOCK):
        sums = np.add.accumulate(x[i : i + BLOCK])
        out[i : i + BLOCK] = sums if before is None else before + sums
        before = sums[-1] if before is None else before + sums[-1]
    return out


def blocked(x, axis=-1):
    if x.dtype == np.float16:
        return blocked(x.astype("f"), axis).astype("e")
    if x.dtype.kind == "c":  # with the parts apart: NumPy's complex sums are those
        return blocked(x.real.copy(), axis) + 1j * blocked(x.imag.copy(), axis)
    return np.ascontiguousarray(np.apply_along_axis(blocked_line, axis, x))


def check(case, want, label, threads=THREADS):
    for n in threads:
        npp.set_num_threads(n)
        got = case()
        assert got.dtype == want.dtype and got.shape == want.shape, label
        assert np.ascontiguousarray(got).tobytes() == want.tobytes(), f"{label}, {n} threads"


@pytest.mark.parametrize("dtype", "efdFD")
def test_lines_of_any_length(dtype):
    for n in (1, 2, 999, 1000, 1001, 1999, 2000, 3999, 4000, 4001, 7999, 8000, 8001, 12_345, 100_000):
        x = plain(dtype, (n,))
        check(lambda: npp.cumsum(x, order="blocked"), blocked(x), f"{n}")
        if dtype != "e" and n <= BLOCK:
            assert blocked(x).tobytes() == np.cumsum(x).tobytes()


@pytest.mark.parametrize("dtype", "fdD")
@pytest.mark.parametrize("how", ARRANGE)
def test_axes_and_layouts(dtype, how):
    for shape in ((3, 9001), (9001, 3), (70, 1100), (1100, 70), (1010, 2, 70), (2, 1010, 3)):
        plain_x = plain(dtype, shape)
        x = ARRANGE[how](plain_x.copy())
        for axis in range(len(shape)):
            check(lambda: npp.cumsum(x, axis, order="blocked"), blocked(plain_x, axis), f"{shape} {axis}", (1, 3))
        check(lambda: npp.cumsum(x, order="blocked"), blocked(plain_x.ravel()), f"{shape}", (3,))


@pytest.mark.parametrize("dtype", "efd")
def test_error_is_within_its_bound(dtype):
    rng = np.random.default_rng(5)
    for x in (rng.random(40_000), rng.normal(size=40_000) * 10.0 ** rng.integers(-3, 3, 40_000), np.full(40_000, 0.1)):
        x = x.astype(dtype) if dtype != "e" else (x / 1000).astype(dtype)
        got, y = npp.cumsum(x, order="blocked"), x.astype("d")
        u = 2.0**-53 if dtype == "d" else 2.0**-24
        for k in (0, 1, 500, 999, 1000, 1001, 5000, 20_001, 39_000, 39_999):
            m = 999 + k // 1000
            bound = m * u / (1 - m * u) * math.fsum(abs(y[: k + 1]))
            exact = math.fsum(y[: k + 1])
            bound += abs(exact) * 2.0**-11 + 2.0**-25 if dtype == "e" else 0
            assert abs(float(got[k]) - exact) <= bound, k


def test_better_than_in_numpys_order():
    x = np.full(1_000_000, 0.1, "f")
    exact = 1e6 * float(x[0])
    assert abs(npp.cumsum(x, order="blocked")[-1] - exact) < abs(np.cumsum(x)[-1] - exact) / 100


@pytest.mark.parametrize("dtype", "fd")
def test_sums_do_not_fall(dtype):
    x = np.random.default_rng(6).random(100_000).astype(dtype) ** 20
    assert (np.diff(npp.cumsum(x, order="blocked")) >= 0).all()


@pytest.mark.parametrize("n", (10, 5000, 50_000))
def test_special_values_and_zeros(n):
    for values in ([-0.0], [-0.0, 0.0], [np.inf], [1, np.inf, 1], [1, np.nan, 1], [np.inf, 1, -np.inf], [1e308]):
        x = np.resize(np.array(values), n)
        want = outcome(lambda f: f(x), np.cumsum)
        for threads in (1, 3):
            with npp.threads(threads):
                got = outcome(lambda f: f(x, order="blocked"), npp.cumsum)
            assert not difference(want.result, got.result, any_nan=True), values
            assert [w[:2] for w in want.warnings] == [w[:2] for w in got.warnings], values


def test_nothing_and_little():
    for x in (np.zeros(0), np.zeros((0, 3)), np.zeros((3, 0)), np.float64(3), 3.5, [1.5, 2], np.ones((1, 1))):
        for axis in (None, 0, -1):
            want = np.cumsum(x, axis)
            assert not difference(want, npp.cumsum(x, axis, order="blocked"))


def test_out_and_dtype():
    x = plain("d", (3000, 5))
    want = blocked(x, 0)
    for out in (np.empty((3000, 5)), np.empty((5, 3000)).T, np.empty((6000, 5))[::2], np.empty((3000, 5), ">f8")):
        assert npp.cumsum(x, 0, out=out, order="blocked") is out
        assert (out == want).all()
    y = x.copy()
    npp.cumsum(y, 0, out=y, order="blocked")
    assert (y == want).all()
    assert not difference(blocked(x.astype("f"), 0), npp.cumsum(x, 0, "f", order="blocked"))
    assert not difference(want.astype("f"), npp.cumsum(x, 0, "d", np.empty((3000, 5), "f"), order="blocked"))
    assert npp.cumsum(np.arange(5000), dtype="d", order="blocked")[-1] == 12497500
    for dtype in "?bhilqBHILQ":
        assert not difference(np.cumsum(x.astype(dtype), 1), npp.cumsum(x.astype(dtype), 1, order="blocked"))


def test_what_is_wrong_is_said():
    x = np.ones((3, 4))
    for error, words, case in (
        (ValueError, "order must be 'numpy' or 'blocked', not 'any'", {"order": "any"}),
        (TypeError, "out must be an array or None, not 3", {"out": 3}),
        (ValueError, r"out has the shape \(3,\); it must be \(12,\)", {"out": np.ones(3)}),
        (ValueError, "read-only", {"out": np.broadcast_to(0.0, (12,))}),
        (np.exceptions.AxisError, "axis 2 is out of bounds", {"axis": 2}),
        (TypeError, "a is a MaskedArray", {"a": np.ma.ones(3)}),
        (TypeError, "dtype, or that of out, is int64, for elements of float64", {"dtype": "q"}),
        (TypeError, "is object", {"a": np.array([1, None])}),
        (TypeError, "longdouble|float128", {"a": np.ones(3, "g")}),
        (TypeError, "real numbers of complex", {"a": np.ones(3, "D"), "dtype": "d"}),
    ):
        with pytest.raises(error, match=words):
            npp.cumsum(**{"a": x, "order": "blocked", **case})


def test_numpys_cumsum():
    class Own:
        def __array_function__(self, function, types, args, kwargs):
            return function.__name__

    x = plain("d", (50, 60))
    assert npp.cumsum(Own()) == "cumsum"
    for case in (
        lambda f: f(x),
        lambda f: f(x, 0),
        lambda f: f(x.T, None, "f4"),
        lambda f: f(x, -1, None, np.zeros((50, 60))),
        lambda f: f(x[0].tolist()),
        lambda f: f(np.ma.masked_less(x, 0), 1),
        lambda f: f(np.matrix(x), 1),
        lambda f: f(x, 2),
        lambda f: f(x > 0, 1),
        lambda f: f(x[0, 0]),
        lambda f: f(np.array(1.5)),
        lambda f: f(np.array(["a"])),
        lambda f: f(x, out=np.zeros(3)),
    ):
        want, got = (outcome(case, f) for f in (np.cumsum, npp.cumsum))
        assert type(want.result) is type(got.result)
        assert isinstance(want.result, Exception) or not difference(want.result, got.result), got.result


def test_by_the_engine():
    for shape, axis in (((200_000,), 0), ((400, 500), 0), ((400, 500), 1), ((2, 90_000), 1)):
        npp.set_num_threads(2)
        before = npp._engine.counters()["regions"]
        npp.cumsum(plain("d", shape), axis, order="blocked")
        assert npp._engine.counters()["regions"] > before, f"{shape} {axis}"


@pytest.mark.parametrize("level", [name for name in ("baseline", "avx2") if npp._kernels.level in ("avx2", "avx512")])
def test_other_instruction_sets(level):
    code = """
        import hashlib
        import numpy as np
        import numpy_par as npp
        from reductions import plain
        for dtype in "efdFD":
            for shape in ((30_000,), (5, 5000), (3000, 70)):
                for axis in range(len(shape)):
                    sums = npp.cumsum(plain(dtype, shape), axis, order="blocked")
                    print(hashlib.sha256(np.ascontiguousarray(sums)).hexdigest())
    """
    assert run_python(code) == run_python(code, env={"NUMPY_PAR_ISA": level})
