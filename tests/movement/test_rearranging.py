"""repeat, ravel, flatten, stack, column_stack, ascontiguousarray, copies that transpose, where and copyto: NumPy's bits, strides, flags, bases."""

import itertools
from operator import setitem

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from layouts import ARRANGE
from moving import DENSITIES, DTYPES, LAYOUTS, MASKS, SHAPES, SIZES, changed, check, limited, mask, values
from support import difference, regions

SIZE, DENSITY, MASK, COUNT = (itertools.cycle(kinds) for kinds in (SIZES, DENSITIES, MASKS, range(7)))


def operand(dtype, shape, arrange, salt=0):
    return ARRANGE[arrange](values(dtype, shape, salt))


@pytest.mark.parametrize("dtype", DTYPES)
def test_repeat(dtype):
    repeats = itertools.cycle((1, 2, 3, 0, 5, 16, 17, -1, True, np.int64(2), [2], 1.0, 2**70))
    for shape, arrange in LAYOUTS * 2:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x, times = operand(dtype, shape, arrange), next(repeats)
        for axis in (None, *range(len(shape)), -1, 7):
            check(lambda: x.repeat(times, axis), f"{shape} {arrange} {times!r} times along {axis}")
            check(lambda: np.repeat(x, repeats=times, axis=axis), f"np.repeat {shape} {arrange} {times!r} times along {axis}")
        check(lambda: np.tile(x, 3), f"tile {shape} {arrange}")
        check(lambda: np.tile(x, (2, 1, 2)), f"tile {shape} {arrange}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_contiguous(dtype):
    for shape, arrange in LAYOUTS:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        whole = operand(dtype, shape, arrange)
        for x in (whole, whole.T, whole[None], np.broadcast_to(whole, (2, *shape))):
            for order in "CFAK":
                check(lambda: x.ravel(order), f"ravel {x.shape} {x.strides} {order}")
                check(lambda: x.flatten(order=order), f"flatten {x.shape} {x.strides} {order}")
                check(lambda: np.array(x, order=order), f"array {x.shape} {x.strides} {order}")
                check(lambda: x.copy(order), f"copy {x.shape} {x.strides} {order}")
            for function in (np.ravel, np.ascontiguousarray, np.asfortranarray, np.require, np.array):
                check(lambda: function(x), f"{function.__name__} {x.shape} {x.strides}")
            check(lambda: x.reshape(-1), f"reshape {x.shape} {x.strides}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_array(dtype):
    """array() and its like: of another dtype, in another order, or the very array that was given."""
    targets = [None, "f4", "d", "D", "i2", "?", "S5", "S", "O", ">f8", "V5", "i4,f8", float, object, np.int8, np.floating, "wrong", dtype]
    targets = itertools.cycle(targets + ["M8[s]"] * (np.dtype(dtype).kind != "S"))  # NumPy 2.4 crashes on some bytes as a date
    for shape, arrange in LAYOUTS * 2:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        given = values(dtype, shape)
        if dtype == "e":
            given[np.isnan(given)] = np.nan  # docs/limits.md: a cast makes signaling ones quiet
        x = ARRANGE[arrange](given)
        for order, copy in itertools.product(("C", "F", "A", "K", None), (True, None, False)):
            to = next(targets)
            check(lambda: np.array(x, to, copy=copy, order=order), f"array {shape} {arrange} {to!r} {copy} {order}")
            check(lambda: np.copy(x, order), f"copy {shape} {arrange} {order}")
        for function in (np.ascontiguousarray, np.asfortranarray):
            to = next(targets)
            check(lambda: function(x, to), f"{function.__name__} {shape} {arrange} {to!r}")
            check(lambda: function(x, dtype=to), f"{function.__name__} {shape} {arrange} {to!r}")
            check(lambda: function(x) is x, f"{function.__name__} {shape} {arrange}")
            check(lambda: function(a=x), f"{function.__name__} {shape} {arrange}, a=")
        check(lambda: np.array(x, subok=True), f"{shape} {arrange} subok")
        check(lambda: np.array(x, subok=1, ndmin=3), f"{shape} {arrange} ndmin")
        check(lambda: np.array(object=x), f"{shape} {arrange} object=")
        check(lambda: np.array([x, x]), f"{shape} {arrange} list")


@pytest.mark.parametrize("dtype", DTYPES)
def test_stack(dtype):
    for (shape, arrange), count in zip(LAYOUTS * 2, itertools.cycle((1, 2, 3, 5, 16, 17))):
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        arrays = [operand(dtype, shape, "plain", k) for k in range(count)]
        arrays[next(COUNT) % count] = operand(dtype, shape, arrange)
        label = f"{count} of {shape} {arrange}"
        for axis in (-1, len(shape), 0, 1, -2, 7):
            check(lambda: np.stack(arrays, axis), f"stack {label} along {axis}")
            check(lambda: np.stack(tuple(arrays), axis=axis), f"stack {label} along {axis}")
        for function in (np.column_stack, np.dstack, np.vstack, np.hstack):
            check(lambda: function(arrays), f"{function.__name__} {label}")


def test_stack_other_arguments():
    x, y = values("d", (5000,)), values("f", (5000,))
    lists = {
        "two dtypes": [x, y], "two shapes": [x, x[1:]], "none": [], "numbers": [1, 2], "lists": [x.tolist(), x.tolist()], "with a list": [x, x.tolist()], "masked arrays": [np.ma.array(x)] * 2,
        "an array": np.stack([x, x]), "one and two axes": [x, np.stack([x, x], 1)], "0-d": [x[:1].reshape(())] * 2, "byte orders": [x, x.astype(">f8")], "metadata": [x.astype(np.dtype("f8", metadata={"a": 1}))] * 2, "None": None, "views": [x[::2], x[1::2]], "the same": [x, x],
    }  # fmt: skip
    for name, arrays in lists.items():
        for kwargs in ({}, {"axis": -1}, {"axis": 1.0}, {"axis": None}, {"axis": -1, "out": np.zeros((5000, 2))}, {"axis": -1, "out": np.zeros(3)}, {"axis": -1, "dtype": "f4", "casting": "unsafe"}, {"wrong": 1}):
            check(lambda: np.stack(arrays, **kwargs), f"stack {name} {kwargs.keys()}")
        check(lambda: np.column_stack(arrays), f"column_stack {name}")
    check(lambda: np.stack(arrays for arrays in ([x, x],)), "a generator")
    check(lambda: np.column_stack(iter([x, x])), "a generator")


SIDES = ((1, 1), (15, 16), (16, 15), (16, 16), (17, 33), (64, 64), (65, 31), (200, 100), (3, 5000), (5000, 3), (257, 19), (1, 900))


@pytest.mark.parametrize("dtype", DTYPES)
def test_transposed_copies(dtype):
    for rows, columns in SIDES:
        for arrange in ("plain", "inner", "strided", "reversed", "misaligned"):
            x = operand(dtype, (rows, columns), arrange)
            check(lambda: x.T.copy(), f"{x.shape} {arrange}")
            check(lambda: changed(ARRANGE[arrange](np.zeros((columns, rows), dtype)), lambda to: np.copyto(to, x.T)), f"{x.shape} {arrange}, copyto")
            check(lambda: changed(np.zeros((columns + 2, rows + 3), dtype), lambda to: setitem(to, (slice(1, -1), slice(-3)), x.T)), f"{x.shape} {arrange}, to a part")
        for axes in itertools.permutations(range(3)):
            x = operand(dtype, (rows, 3, columns) if rows * columns < 9000 else (rows, 1, columns), "plain").transpose(axes)
            for order in "CF":
                check(lambda: x.copy(order), f"{x.shape} {axes} {order}")
    check(lambda: operand(dtype, (3, 4, 20, 17), "plain").transpose(2, 0, 3, 1).copy(), "four axes")
    check(lambda: np.swapaxes(operand(dtype, (20, 30, 40), "plain"), 0, 2).ravel(), "cube")


@pytest.mark.parametrize("dtype", DTYPES)
def test_where(dtype):
    for (shape, arrange), (_, other) in zip(LAYOUTS * 2, LAYOUTS[5:] + LAYOUTS * 2):
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x, y = operand(dtype, shape, arrange), operand(dtype, shape, other, 5)
        m = mask(shape, next(DENSITY), next(MASK) if shape else "plain")
        label = f"{shape} {arrange} {other} {m.strides}"
        check(lambda: np.where(m, x, y), label)
        check(lambda: np.where(m, x, values(dtype, (), 5)), f"{label}, y 0-d")
        check(lambda: np.where(m, values(dtype, (1,), 5), y), f"{label}, one x")
        check(lambda: np.where(m, x, y.reshape(-1)[:1][0] if y.size else 0), f"{label}, y an element")
        if shape:
            check(lambda: np.where(m[:1], x, y), f"{label}, a row of the mask")
            check(lambda: np.where(m, x[:1], y[..., :1]), f"{label}, broadcast")
            check(lambda: np.where(m, x[1:], y), f"{label}, no fit")
        if dtype in "?bBhHiIlLqQefdgFDG":
            for value in (0, 1.5, 2j, True, 300, 2**70, np.float32(1)):
                with np.errstate(all="ignore"):
                    check(lambda: np.where(m, x, value), f"{label}, {value!r}")


@pytest.fixture(scope="module")
def fences():
    return [Fence(1 << 19) for _ in range(3)]


@pytest.mark.parametrize("dtype", ["?", "h", "f", "d", "D", "V5"])
def test_transposing_stays_in_bounds(dtype, fences):
    for (rows, columns), at_end in itertools.product(SIDES, (True, False)):
        x = values(dtype, (rows, columns))
        placed = fences[0].hold(x, at_end)
        to = fences[1].place((columns, rows), x.dtype, at_end)
        want = x.T.copy()
        with npp.enabled():
            np.copyto(to, placed.T)
            got = placed.T.copy(), placed.T.flatten()
        assert not (text := difference((to, (want, want.reshape(-1))), (want, got))), f"{x.shape}: {text}"


LARGE = np.linspace(0, 1, 60_000)
IN_PARALLEL = {
    "repeat": lambda: LARGE.repeat(3),
    "repeat rows": lambda: LARGE.reshape(-1, 30).repeat(3, 0),
    "tile": lambda: np.tile(LARGE, 3),
    "ravel": lambda: LARGE[::2].ravel(),
    "ravel, transposed": lambda: LARGE.reshape(200, 300).T.ravel(),
    "flatten": lambda: LARGE.reshape(200, 300).flatten(),
    "transposed copy": lambda: LARGE.reshape(200, 300).T.copy(),
    "transposed assignment": lambda: setitem(np.empty((300, 200)), ..., LARGE.reshape(200, 300).T),
    "stack": lambda: np.stack([LARGE, LARGE], -1),
    "column_stack": lambda: np.column_stack([LARGE, LARGE]),
    "where": lambda: np.where(LARGE > 0.5, LARGE, 0.0),
}


@pytest.mark.parametrize("name", IN_PARALLEL)
def test_it_is_in_parallel(name):
    """Otherwise all of the above would show nothing."""
    with npp.enabled():
        assert regions(IN_PARALLEL[name]) >= 1
    check(IN_PARALLEL[name], name)
