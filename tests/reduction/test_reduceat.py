"""ufunc.reduceat on the engine: bit for bit as NumPy, at every number of threads."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from reductions import GRIDS, NUMBERS, TURN, check, outcomes, plain
from values import sample

UFUNCS = [u for u in map(np.__dict__.get, sorted(dir(np))) if isinstance(u, np.ufunc) and (u.nin, u.nout, u.signature) == (2, 1, None)]


def increasing(n, count):
    return np.sort(np.random.default_rng(count).integers(0, n, count))


# What indices may be, of an axis of n elements.
INDICES = {
    "some": lambda n: increasing(n, max(n // 5, 1)),
    "few": lambda n: increasing(n, 3),
    "every": np.arange,
    "unsorted": lambda n: np.random.default_rng(n).integers(0, n, n // 2 + 1),
    "backwards": lambda n: np.arange(n)[::-1],
    "not the first": lambda n: np.arange(n // 2, n, 7),
    "int8": lambda n: np.arange(0, min(n, 100), 3, dtype=np.int8),
    "list": lambda n: [0, n // 3, n // 2, n // 4],
    "none": lambda n: np.arange(0),
    "beyond": lambda n: np.append(np.arange(n), n),
    "negative": lambda n: np.append(np.arange(n), -1),
    "floats": lambda n: np.arange(0.0, n),
    "uint64": lambda n: np.arange(n, dtype=np.uint64),
    "grid": lambda n: np.zeros((2, 2), int),
    "no array": lambda n: 0,
}


@pytest.mark.parametrize("dtype", NUMBERS)
def test_segments_of_every_length(dtype):
    lengths = [1, 2, 3, 7, 8, 9, 10, 16, 17, 127, 128, 129, 130, 137, 1000, 5000]
    rng = np.random.default_rng(3)
    indices = np.cumsum([0, *rng.permutation(lengths * 3)])
    for name in ("add", "maximum", "multiply"):
        check(lambda: getattr(np, name).reduceat(plain(dtype, indices[-1]), indices[:-1]), name, any_nan=True)
        check(lambda: getattr(np, name).reduceat(plain(dtype, 2 * indices[-1])[::-2], indices[:-1]), f"{name} strided", any_nan=True)


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_every_ufunc_and_dtype(ufunc):
    grids, kinds = itertools.cycle([(20_000,), *GRIDS]), itertools.cycle(list(INDICES)[:8])
    for dtype, (how, arrange) in zip(itertools.cycle(NUMBERS), list(ARRANGE.items())):
        shape, kind = next(grids), INDICES[next(kinds)]
        axis = next(TURN) % len(shape)

        def case():
            x = arrange(plain(dtype, shape))
            return ufunc.reduceat(x, kind(x.shape[axis]), axis=axis)

        check(case, f"{dtype} {how} {shape} {axis}", any_nan=True)


@pytest.mark.parametrize("kind", INDICES)
@pytest.mark.parametrize("shape", [(10_000,), *GRIDS[4:]], ids=str)
def test_every_axis_and_indices(shape, kind):
    for call, axis in itertools.product(("add d", "add e", "maximum f", "add b", "bitwise_xor l", "subtract i"), range(-1, len(shape))):
        name, dtype = call.split()
        check(lambda: getattr(np, name).reduceat(plain(dtype, shape), INDICES[kind](shape[axis]), axis), f"{call} {axis}")


@pytest.mark.parametrize("dtype", "efdgFD")
def test_special_values(dtype):
    for name, salt in itertools.product(("add", "maximum", "fmin", "multiply"), range(3)):
        for shape, axis in (((40_000,), 0), ((90, 300), 0), ((300, 90), 1)):
            check(lambda: getattr(np, name).reduceat(sample(dtype, shape, salt=salt), increasing(90, 20), axis), f"{name} {shape}", any_nan=True)


def test_overflow_is_told():
    big = np.full((50, 900), np.finfo("f").max, "f")
    for state in ("warn", "raise"):
        with np.errstate(all=state):
            check(lambda: np.add.reduceat(big, [0, 400], axis=1), state)
            check(lambda: np.multiply.reduceat(big, [0, 10, 40]), state)
            check(lambda: np.add.reduceat(big.astype("d") * 2, [0, 400], axis=1, dtype="f"), f"{state} in the cast")


def test_arguments():
    for dtype, target, axis in itertools.product("?ildf", (None, "d", "l", "f", "D", "S3"), (0, 1, -1, 2, None, "x", (0,), (0, 1), 1.0)):
        check(lambda: np.add.reduceat(plain(dtype, (90, 300)), [0, 20, 70], axis, target), f"{dtype} {target} {axis}")
    for to, shape in itertools.product("ildf", ((90, 3), (90, 4), (3, 300))):

        def case():
            out = np.zeros(shape, to)
            return np.add.reduceat(plain("l", (90, 300)), [0, 70, 20], axis=1, out=out) is out, out

        check(case, f"out {to} {shape}")

    def in_place(shift):
        x = plain("d", 50_000)
        return np.add.reduceat(x[shift:], np.arange(len(x) - shift), out=x[: len(x) - shift])

    for shift in (0, 1, 100):
        check(lambda: in_place(shift), f"in place {shift}")
    for arguments in ((), ([0],), ([0, 1], 0, None, None, None)):
        check(lambda: np.add.reduceat(plain("d", 50), *arguments), f"{arguments}")
    check(lambda: np.add.reduceat(plain("d", 5000), [0, 3], indices=[0]), "twice")
    check(lambda: np.add.reduceat(plain("d", (0, 50)), [0, 20], 1), "no lines")


def test_it_runs_in_parallel():
    grid, line = plain("d", (400, 500)), plain("d", 200_000)
    for case in (
        lambda: np.add.reduceat(line, np.arange(0, 200_000, 10)),
        lambda: np.add.reduceat(line, [0, 40_000, 90_000]),
        lambda: np.add.reduceat(grid, [0, 100, 399]),
        lambda: np.maximum.reduceat(grid, np.arange(0, 500, 3), 1),
        lambda: np.add.reduceat(grid.astype("i"), [0, 10], 1),
    ):
        assert outcomes(case, "ufunc.reduceat") == {"parallel"}
    assert outcomes(lambda: np.add.reduceat(line, [0, 199_000]), "ufunc.reduceat") == {"one segment has most of the elements"}


def test_our_own():
    x, indices = plain("f", 100_000), increasing(100_000, 5000)
    assert npp.add.reduceat(x, indices).tobytes() == np.add.reduceat(x, indices).tobytes()
    assert npp.explain(np.add.reduceat, x, indices).parallel
    with pytest.raises(IndexError, match="out-of-bounds"):
        npp.add.reduceat(x, [0, 100_000])
