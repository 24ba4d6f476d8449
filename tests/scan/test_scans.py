"""ufunc.accumulate on the engine: bit for bit as NumPy, at every number of threads."""

import itertools

import numpy as np
import pytest
from layouts import ARRANGE
from reductions import GRIDS, NUMBERS, SIZES, check, outcomes, plain
from values import sample

SCANS = ["add", "multiply", "subtract", "maximum", "minimum", "fmax", "fmin", "logical_or", "logical_and", "bitwise_xor", "gcd"]


@pytest.mark.parametrize("dtype", NUMBERS)
def test_every_size(dtype):
    for n, name in itertools.product([n for n in SIZES if n > 290 or n % 30 == 3], SCANS[:4]):
        ufunc = getattr(np, name)
        check(lambda: ufunc.accumulate(plain(dtype, n)), f"{name} {n}", any_nan=True)
        check(lambda: ufunc.accumulate(plain(dtype, n)[::-2]), f"{name} {n} strided", any_nan=True)


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("shape", GRIDS, ids=str)
def test_every_axis(name, shape):
    ufunc = getattr(np, name)
    for dtype, (how, arrange), axis in itertools.product("ildeD", ARRANGE.items(), range(len(shape))):
        check(lambda: ufunc.accumulate(arrange(plain(dtype, shape)), axis=axis), f"{dtype} {how} {axis}", any_nan=True)


@pytest.mark.parametrize("dtype", "efdgFD")
def test_special_values(dtype):
    for name, salt in itertools.product(SCANS[:7], range(3)):
        for shape, axis in (((40_000,), 0), ((90, 300), 0), ((300, 90), 1)):
            check(lambda: getattr(np, name).accumulate(sample(dtype, shape, salt=salt), axis=axis), f"{name} {shape} {axis}", any_nan=True)


@pytest.mark.parametrize("dtype", "?bBhHiIlLqQ")
def test_a_line_in_blocks(dtype):
    """Also of what is cast first: a cumulative sum of truth values or of short integers is one of int64."""
    for n, name, target in itertools.product((16_384 * 2 + 1, 100_003, 500_000), ("add", "multiply", "maximum", "bitwise_xor"), (None, "l", "Q")):
        check(lambda: getattr(np, name).accumulate(plain(dtype, n), dtype=target), f"{name} {n} {target}")
        check(lambda: getattr(np, name).accumulate(plain(dtype, 2 * n)[::-2], dtype=target), f"{name} {n} {target} strided")


def test_overflow_is_told():
    for state in ("warn", "raise"):
        with np.errstate(all=state):
            for dtype in "efd":
                big = np.full(50_000, np.finfo(dtype).max, dtype)
                check(lambda: np.add.accumulate(big), dtype)
                check(lambda: np.multiply.accumulate(big.reshape(100, 500), axis=0), dtype)
            check(lambda: np.add.accumulate(np.full(50_000, 1e300), dtype="f"), "in the cast")


def test_arguments():
    for dtype, target, axis in itertools.product("?ildf", (None, "d", "l", "f", "D", "S3"), (0, 1, -1, 2, None, "x", (0, 1), 1.0)):
        check(lambda: np.add.accumulate(plain(dtype, (90, 300)), axis, target), f"{dtype} {target} {axis}")
        check(lambda: np.cumsum(plain(dtype, (90, 300)), axis if axis != (0, 1) else None, target), f"{dtype} {target} {axis}")
    for to in "ildf":

        def case():
            x, out = plain("l", (90, 300)), np.zeros((90, 300), to)
            return np.add.accumulate(x, axis=1, out=out) is out, out

        check(case, f"out {to}")

    def in_place(shift):
        x = plain("d", 50_000)
        return np.add.accumulate(x[shift:], out=x[: len(x) - shift])

    for shift in (0, 1, 100):
        check(lambda: in_place(shift), f"in place {shift}")


def test_they_run_in_parallel():
    grid = plain("d", (400, 500))
    for case in (lambda: np.cumsum(grid, 0), lambda: np.cumsum(grid, 1), lambda: np.cumsum(plain("l", 200_000)), lambda: np.cumsum(plain("?", 200_000)), lambda: grid.cumprod(axis=1)):
        assert outcomes(case, "ufunc.accumulate") == {"parallel"}
