"""argmax and argmin on the engine: as NumPy's, at every number of threads."""

import itertools

import numpy as np
import pytest
from layouts import ARRANGE
from reductions import GRIDS, NUMBERS, SIZES, check, outcomes, plain
from values import sample


@pytest.mark.parametrize("dtype", NUMBERS)
def test_every_size(dtype):
    for n in (n for n in SIZES if n > 290 or n % 30 == 3):
        check(lambda: (plain(dtype, n).argmax(), plain(dtype, n)[::3].argmin()), f"{n}")


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_where_the_extreme_is(name, dtype):
    """The first of equals, and the first NaN."""
    values = (plain, sample, lambda dtype, shape: plain(dtype, shape).astype(bool).astype(dtype))
    for (shape, (how, arrange)), values in zip(itertools.product(GRIDS, ARRANGE.items()), itertools.cycle(values)):
        for axis in (None, *range(len(shape))):
            check(lambda: getattr(arrange(values(dtype, shape)), name)(axis), f"{how} {shape} {axis}")


@pytest.mark.parametrize("hit", [0, 1, 20_000, 70_000, 99_999, None])
def test_the_first_truth(hit):
    def case():
        x = np.zeros(100_000, bool)
        if hit is not None:
            x[hit:] = True
        return x.argmax(), x.argmin(), np.argmax(~x)

    check(case, f"{hit}")


def test_keywords_of_argmax():
    for keywords in ({"keepdims": True}, {"out": np.zeros(300, int)}, {"axis": 5}, {"axis": "x"}, {"wrong": 1}, {"axis": (0, 1)}):
        check(lambda: plain("d", (90, 300)).argmax(**{"axis": 0, **keywords}), str(keywords))


def test_they_run_in_parallel():
    grid = plain("d", (400, 500))
    for axis in (None, 0, 1):
        assert outcomes(lambda: grid.argmax(axis), "ndarray.argmax") == outcomes(lambda: np.argmin(grid, axis), "ndarray.argmin").union({"parallel"}) == {"parallel"}
