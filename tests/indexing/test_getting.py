"""x[mask], x[index], compress, extract, take, nonzero, where and choose on the engine: NumPy's bits, strides, flags and bases."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from moving import DENSITIES, DTYPES, INDICES, LAYOUTS, MASKS, SHAPES, SIZES, check, index, limited, mask, values
from support import regions

# Each (dtype, layout) takes the next size, density, mask and kind of index: their numbers have no common factor.
SIZE, DENSITY, MASK, INDEX, COUNT = (itertools.cycle(kinds) for kinds in (SIZES, DENSITIES, MASKS, INDICES, range(7)))
INDEX_SHAPES = itertools.cycle(((50,), (0,), (1,), (3000,), (10, 20), (7, 1, 3), (2, 0, 3), (65,), ()))


def operand(dtype, shape, arrange):
    return ARRANGE[arrange](values(dtype, shape))


@pytest.mark.parametrize("dtype", [*DTYPES, np.dtypes.StringDType()], ids=str)
def test_by_mask(dtype):
    for shape, arrange in LAYOUTS * 2:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x = operand(dtype, shape, arrange)
        density, how, seed = next(DENSITY), next(MASK), next(COUNT)
        label = f"{shape} {arrange}, mask {density} {how}"
        for axes in range(len(shape) + 1):
            m = mask(shape[:axes], density, how if axes else "plain", seed)
            check(lambda: x[m], f"{label}, of {axes} axes")
            check(lambda: x[m.copy()], f"{label}, of {axes} axes")
        check(lambda: np.extract(m, x), f"extract {label}")
        for length in {x.size, x.size // 2, x.size + 3, shape[0] if shape else 1}:
            m1 = mask((length,), density, how, seed)
            check(lambda: x.compress(m1), f"compress {label}, {length}")
            check(lambda: x.compress(m1, axis=0), f"compress along axis 0 {label}, {length}")
            check(lambda: np.compress(m1, x, -1), f"compress along axis -1 {label}, {length}")


@pytest.mark.parametrize("dtype", [*DTYPES, np.dtypes.StringDType()], ids=str)
def test_nonzero(dtype):
    for shape, arrange in LAYOUTS * 2:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x = operand(dtype, shape, arrange)
        m = mask(shape, next(DENSITY), next(MASK) if shape else "plain")
        zeros = x.copy("K")
        if x.dtype.kind not in "VT":
            zeros[~m] = 0
        for a in (x, m, zeros):
            for function in (np.nonzero, np.where, np.flatnonzero, np.argwhere):
                check(lambda: function(a), f"{function.__name__} {a.dtype} {shape} {arrange}")


@pytest.mark.parametrize("dtype", [*DTYPES, np.dtypes.StringDType()], ids=str)
def test_by_index(dtype):
    for shape, arrange in LAYOUTS * 2:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x = operand(dtype, shape, arrange)
        sides, kind, seed = next(INDEX_SHAPES), next(INDEX), next(COUNT)
        label = f"{shape} {arrange}, index {kind} {sides}"
        for axis in (None, *range(len(shape)), -1, 7):
            length = x.size if axis is None else (*shape, 3)[axis if axis < len(shape) else -1]
            if x.size * np.prod(sides) > limited(dtype, 100) * 30_000:
                continue
            i = index(length, sides, kind, seed)
            check(lambda: x.take(i, axis), f"take {label} along {axis}")
            check(lambda: np.take(x, i, axis=axis), f"np.take {label} along {axis}")
            for mode in ("wrap", "clip") if x.size else ():  # NumPy never comes back from wrapping around nothing
                check(lambda: x.take(i, axis, mode=mode), f"take {label} along {axis} {mode}")
        if shape and x.size * np.prod(sides) < limited(dtype, 100) * 30_000:
            i = ARRANGE[arrange](index(shape[0], sides, kind, seed))
            check(lambda: x[i], label)


@pytest.mark.parametrize("dtype", DTYPES)
def test_by_several_indices(dtype):
    sides = [((60,), (60,)), ((10, 20), (10, 20)), ((20,), (10, 20)), ((10, 1), (1, 20)), ((1,), (65,)), ((0,), (1,)), ((), (30,)), ((1,), ()), ((4, 1, 3), (5, 3)), ((3,), (4,))]
    for (shape, arrange), pair in zip(LAYOUTS * 4, itertools.cycle(sides)):
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x = operand(dtype, shape, arrange)
        kind, seed = next(INDEX), next(COUNT)
        for kinds in ("ll", (kind, "l")):
            key = tuple(index(n, side, k, seed) for n, side, k in zip(shape, pair, kinds))
            check(lambda: x[key], f"{shape} {arrange} {pair} {kinds}")
        key = tuple(index(n, (50,), "l", seed) for n in shape)
        check(lambda: x[key], f"{shape} {arrange}, an index for each axis")
        check(lambda: x[tuple(i[::-2] for i in key)], f"{shape} {arrange}, strided indices")


@pytest.mark.parametrize("dtype", DTYPES)
def test_choose(dtype):
    for (shape, arrange), count in zip(LAYOUTS, itertools.cycle((1, 2, 3, 5, 32, 33))):
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        choices = [values(dtype, (shape, (), shape, shape[-1:])[k % 4] if next(COUNT) == 3 else shape, k) for k in range(count)]
        choices[0] = ARRANGE[arrange](choices[0])
        for kind in "lib":
            number = values("B", shape).astype("l") % count
            i = number.astype(kind)
            check(lambda: i.choose(choices), f"{shape} {arrange} {kind} {count}")
            check(lambda: np.choose(i, tuple(choices)), f"{shape} {arrange} {kind} {count}")
            check(lambda: (i + 1).choose(choices, mode="wrap"), f"{shape} {arrange} {kind} {count}, wrap")
            check(lambda: (i + 1).choose(choices, mode="clip"), f"{shape} {arrange} {kind} {count}, clip")
            check(lambda: (i + 1).choose(choices), f"{shape} {arrange} {kind} {count}, out of bounds")


@pytest.mark.parametrize("density", DENSITIES)
def test_each_size(density):
    """Sizes around those of words, chunks and blocks, and every number of bits in the last word."""
    for n in (*range(1, 140), *(64 * 64 + d for d in range(-2, 3)), *(2**k + d for k in (13, 14, 16, 18) for d in (-1, 0, 1))):
        x, m = values("d", (n,)), mask((n,), density, seed=n)
        small = x.view("B")[:n].copy()
        for case in (lambda: x[m], lambda: small[m], lambda: m.nonzero(), lambda: x.reshape(-1, 1)[m], lambda: values("V3", (n,))[m]):
            check(case, f"{n}")


def test_metadata():
    known = np.dtype("f8", metadata={"a": 1})
    x, m, i = np.zeros(900, known), mask((900,), "half"), index(900, (70,))
    for case in (lambda: x[m], lambda: x[i], lambda: x[i, None], lambda: x[(i,)], lambda: x.take(i), lambda: x.compress(m), lambda: np.extract(m, x), lambda: (i % 2).choose([x[:70], x[:70]])):
        check(case, "metadata")


LARGE = values("l", (60_000,)).astype("d")
HALF, FEW = mask((60_000,), "half"), mask((60_000,), "few")
PLACES = index(60_000, (50_000,))
IN_PARALLEL = {
    "x[mask]": lambda: LARGE[HALF],
    "x[sparse mask]": lambda: LARGE[FEW],
    "strided x[mask]": lambda: LARGE[::2][HALF[:30_000]],
    "x[strided mask]": lambda: LARGE[:30_000][HALF[::2]],
    "x[mask of rows]": lambda: LARGE.reshape(-1, 3)[HALF[:20_000]],
    "x[mask of a grid]": lambda: LARGE.reshape(-1, 3)[HALF.reshape(-1, 3)],
    "x[index]": lambda: LARGE[PLACES],
    "x[int32]": lambda: LARGE[PLACES.astype("i")],
    "x[index of rows]": lambda: LARGE.reshape(-1, 3)[PLACES % 20_000],
    "x[rows, columns]": lambda: LARGE.reshape(-1, 3)[PLACES % 20_000, PLACES % 3],
    "compress": lambda: LARGE.compress(HALF),
    "extract": lambda: np.extract(HALF, LARGE),
    "take": lambda: LARGE.take(PLACES),
    "take along the last axis": lambda: LARGE.reshape(3, -1).take(PLACES % 20_000, -1),
    "nonzero": lambda: LARGE.nonzero(),
    "nonzero of a grid": lambda: HALF.reshape(-1, 3).nonzero(),
    "where": lambda: np.where(HALF),
    "choose": lambda: HALF.astype("l").choose([LARGE, LARGE + 1]),
}


@pytest.mark.parametrize("name", IN_PARALLEL)
def test_it_is_in_parallel(name):
    """Otherwise all of the above would show nothing."""
    with npp.enabled():
        assert regions(IN_PARALLEL[name]) >= 1
    check(IN_PARALLEL[name], name)
