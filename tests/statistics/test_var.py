"""npp.var, npp.std and the nan functions: bit for bit as NumPy's, and by the engine where they promise it."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from reductions import GRIDS, TURN, axes_of, plain
from support import difference, outcome
from values import sample

NAMES = ("var", "std", "nansum", "nanmean", "nanvar", "nanstd")
ENGINE = {(name, dtype) for name in NAMES for dtype in "fd"}


def with_gaps(dtype, shape, share=0.1):
    x = plain(dtype, shape)
    x[np.random.default_rng(1).random(shape) < share] = np.nan
    return x


def check(name, case, label, drop_in=True):
    """case(function) builds its operands itself; warnings compare by what they say, for a line of ours is between."""
    want, ours = (outcome(lambda _: case(getattr(module, name)), None) for module in (np, npp))
    ways = [("npp", ours)]
    if drop_in:
        with npp.enabled(pool=False):
            ways.append(("drop-in", outcome(lambda _: case(getattr(np, name)), None)))
    for way, got in ways:
        text = difference(want.result, got.result, any_nan=True)
        assert not text, f"{way} {name} {label}: {text}"
        assert [w[:2] for w in want.warnings] == [w[:2] for w in got.warnings], f"{way} {name} {label}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", "fd")
def test_every_axis(name, dtype):
    for shape, make in itertools.product([(1000,), (8193,), (100_003,), *GRIDS], (plain, with_gaps)):
        for how, axis in itertools.product(("plain", "fortran"), axes_of(shape)):
            check(name, lambda f: f(ARRANGE[how](make(dtype, shape)), axis), f"{shape} {how} {axis}", drop_in=False)


@pytest.mark.parametrize("name", NAMES)
def test_every_layout(name):
    for (how, arrange), axis in itertools.product(ARRANGE.items(), axes_of((30, 40, 50))):
        check(name, lambda f: f(arrange(with_gaps("d", (30, 40, 50))), axis), f"{how} {axis}")


@pytest.mark.parametrize("name", NAMES)
def test_other_arrays(name):
    for dtype in "?bilegFDG":
        make = plain if dtype in "?bil" else with_gaps
        check(name, lambda f: f(make(dtype, (40, 50)), axis=0), dtype)
    for make in (lambda x: x.tolist(), lambda x: x.astype(">f8"), lambda x: np.ma.masked_invalid(x).sum(), lambda x: x[:0], lambda x: x[0, 0]):
        check(name, lambda f: f(make(with_gaps("d", (40, 50)))), "")


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name):
    """Infinities, overflow, slices of NaNs only, all of one value, zeros of both signs."""
    for dtype, axis in itertools.product("fd", (None, 0, 1)):
        check(name, lambda f: f(sample(dtype, (50, 60)), axis), f"{dtype} {axis}")
        for value in (np.nan, np.inf, -0.0, 0.0, 1e-30, np.finfo(dtype).max):
            check(name, lambda f: f(np.full((50, 60), value, dtype), axis), f"{dtype} {axis} {value}")

        def case(f):
            x = with_gaps(dtype, (50, 60))
            x[3] = x[:, 7] = np.nan
            return f(x, axis)

        check(name, case, f"{dtype} {axis} a row of NaNs")


@pytest.mark.parametrize("name", ["var", "std", "nanvar", "nanstd"])
def test_ddof(name):
    for ddof, axis in itertools.product((0, 1, 2, 49, 50, 60, -1, 1.5, np.int64(1), "x"), (None, 0, 1)):
        check(name, lambda f: f(with_gaps("d", (50, 60)), axis, ddof=ddof), f"{ddof} {axis}")


@pytest.mark.parametrize("name", NAMES)
def test_other_arguments(name):
    for keywords in ({"keepdims": True}, {"keepdims": True, "axis": None}, {"keepdims": 1}, {"dtype": "f4"}, {"out": np.zeros(60)}, {"where": np.ones(60, bool)}, {"wrong": 1}, {"axis": 5}, {"axis": (0, 0)}, {"axis": "x"}):
        check(name, lambda f: f(with_gaps("d", (50, 60)), **{"axis": 0, **keywords}), str(keywords))
    check(name, lambda f: f(), "nothing")


@pytest.mark.parametrize("name, dtype", sorted(ENGINE))
def test_by_the_engine(name, dtype):
    for shape, axis in (((200_000,), None), ((400, 500), 0), ((400, 500), 1), ((20, 100, 100), (0, 2))):
        before = npp._engine.counters()["regions"]
        getattr(npp, name)(with_gaps(dtype, shape), axis)
        assert npp._engine.counters()["regions"] > before, f"{shape} {axis}"


@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize("dtype", "fd")
def test_methods_under_the_drop_in(name, dtype):
    x = plain(dtype, (60, 70))
    cases = [
        lambda: getattr(x, name)(),
        lambda: getattr(x, name)(0),
        lambda: getattr(x, name)((0, 1), None, None, 1, True),
        lambda: getattr(x.T, name)(axis=-1, ddof=2),
        lambda: getattr(x, name)(axis=0, where=x > 0),
        lambda: getattr(x, name)(axis=2),
        lambda: getattr(x.view(np.ma.MaskedArray), name)(0),
        lambda: getattr(np.matrix(x), name)(0),
    ]
    for i, case in enumerate(cases):
        want = outcome(lambda _: case(), None)  # noqa: B023
        with npp.enabled(pool=False):
            got = outcome(lambda _: case(), None)  # noqa: B023
        text = difference(want.result, got.result)
        assert not text, f"case {i}: {text}"


def test_explained():
    x = plain("d", (200_000,))
    for name in NAMES:
        assert npp.explain(getattr(np, name), x).path == npp.explain(getattr(npp, name), x).path == "reduction"
    assert npp.explain(x.var).ufunc == "ndarray.var"
    assert "judge" in npp.explain(np.var, x, dtype="f4").reason
    with pytest.raises(TypeError, match="trapezoid"):
        npp.explain(np.trapezoid, x)


@pytest.mark.parametrize("name", ["nanargmax", "nanargmin"])
@pytest.mark.parametrize("dtype", "fde")
def test_searches_without_nans(name, dtype):
    """The first of equals, infinities, lines of NaNs only (NumPy raises)."""
    for shape, share in itertools.product([(1000,), (70_000,), *GRIDS], (0, 0.1, 0.999, 1)):
        for (how, arrange), axis in itertools.product(ARRANGE.items(), (None, *range(-len(shape), len(shape)))):
            if next(TURN) % 9:
                continue  # for time

            def case(f):
                x = np.round(with_gaps(dtype, shape, share))  # noqa: B023
                x[..., 5:9] = np.inf if share < 0.1 else -np.inf  # noqa: B023
                return f(arrange(x), axis)  # noqa: B023

            check(name, case, f"{shape} {how} {axis} {share}")
    check(name, lambda f: f(with_gaps(dtype, (50, 60)), axis=0, keepdims=True), "keepdims")
    check(name, lambda f: f(with_gaps(dtype, (50, 60)), 0, np.zeros(60, np.intp)), "out")
    if dtype in "fd":
        assert npp.explain(getattr(np, name), with_gaps(dtype, (400, 500)), axis=0).path == "reduction"
