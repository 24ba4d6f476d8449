"""x[index] = …, put, place, put_along_axis, and out= of take and compress: what is in the target afterwards is NumPy's to the last bit."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from moving import DTYPES, INDICES, LAYOUTS, SHAPES, SIZES, changed, check, index, limited, mask, values
from support import regions

SIZE, KIND, COUNT, PLACE = (itertools.cycle(kinds) for kinds in (SIZES, INDICES, range(7), ("plain", "plain", "strided", "misaligned", "fortran")))
TURN = itertools.count()
WRITABLE = [layout for layout in LAYOUTS if layout[1] != "read-only"]
MODES = ("raise", "wrap", "clip")


def put(target, key, value):
    target[key] = value


def maker(dtype, shape, arrange="plain"):
    """A target that lies like that; a fresh one each time."""
    return lambda: ARRANGE[arrange](values(dtype, shape))


def spread(how, length, n):
    """Indices that are spread in ways that the strategies tell apart."""
    rng = np.random.default_rng([length, n])
    return {
        "random": lambda: index(length, (n,)),
        "permutation": lambda: rng.permutation(length)[:n],
        "sorted": lambda: np.sort(rng.integers(0, length, n)),
        "falling": lambda: np.sort(rng.integers(-length, length, n))[::-1].copy(),
        "negative": lambda: rng.integers(-length, 0, n),
        "few elements": lambda: rng.integers(0, min(3, length), n),
        "mostly one": lambda: np.where(rng.random(n) < 0.9, length // 2, rng.integers(0, length, n)),
        "skewed": lambda: np.minimum(rng.geometric(0.001, n), length) - 1,
        "both ends": lambda: np.where(rng.random(n) < 0.5, 0, -1),
        "runs": lambda: np.repeat(rng.integers(0, length, n // 700 + 1), 700)[:n],
    }[how]()


SPREADS = ("random", "permutation", "sorted", "falling", "negative", "few elements", "mostly one", "skewed", "both ends", "runs")


def check_set(make, change, label):
    check(lambda: changed(make(), change), label)


@pytest.mark.parametrize("dtype", DTYPES)
def test_first_axis(dtype):
    """Targets of every layout, indices of one axis and of several, values of every shape that broadcasts."""
    for shape, arrange in WRITABLE:
        n = limited(dtype, next(SIZE))
        shape = SHAPES[shape](n)
        make = maker(dtype, shape, arrange)
        length, rows = (shape[0], shape[1:]) if shape else (1, ())
        if not length:
            continue
        n = min(n, 20_000 // max(int(np.prod(rows)), 1))
        for sides in ((n,), (n // 3, 2), (2, 0), (1,)):
            i = index(length, sides, next(KIND), next(COUNT))
            full = values(dtype, (*sides, *rows), 3)
            shapes = (full, ARRANGE[arrange](full), full[:1], full[..., :1], values(dtype, rows), values(dtype, (1,)), values(dtype, ()), full[None], np.ones(sides[-1:], "i2"))
            for given in (full, shapes[next(TURN) % 9], shapes[next(TURN) % 9]):
                check_set(make, lambda x: put(x, i, given), f"{shape} {arrange}[{i.dtype} {i.shape}] = {given.dtype} {given.shape}")


@pytest.mark.parametrize("how", SPREADS)
def test_the_last_value_stays(how):
    """Whichever thread has it, and however many there are."""
    for length, n in itertools.product((1, 5, 600, 100_000), (1, 511, 513, 20_000)):
        i = spread(how, length, n)
        for dtype in "Bhfd":
            given = values(dtype, (len(i),), 5)
            check_set(maker(dtype, (length,)), lambda x: put(x, i, given), f"{dtype} {length} {n}")
            check_set(maker(dtype, (length,)), lambda x: put(x, i, given[:1]), f"{dtype} {length} {n}, one value")
        for dtype in ("D", "S3", "V5", "S32", "S100"):
            given = values(dtype, (len(i),), 5)
            check_set(maker(dtype, (length,), "strided"), lambda x: put(x, i.astype("i"), given), f"{dtype} {length} {n}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_several_axes(dtype):
    for arrange in ("plain", "strided", "fortran", "inner", "reversed", "misaligned"):
        n = limited(dtype, next(SIZE)) // 10
        make = maker(dtype, (10, n + 1, 2), arrange)
        i, j, k = (index(length, (n, 3), "l", salt) for salt, length in enumerate((10, n + 1, 2)))
        for key in ((i, j, k), (i, j), (i,), (i, j[:, :1], k), (i[:1], j, k[:, :1]), (i, j.astype("i")), (i[:, :1], j[:1, :]), (i, 0), (i, slice(None), k), (i, np.zeros(1, "l"))):
            shape = np.shape(np.zeros((10, n + 1, 2), "?")[key])
            full = values(dtype, shape, 3)
            for given in (full, full[:1], full[..., :1], values(dtype, ())):
                check_set(make, lambda x: put(x, key, given), f"{arrange} {n} {len(key)} {given.shape}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_put(dtype):
    for shape, arrange in WRITABLE:
        n = limited(dtype, next(SIZE))
        shape = SHAPES[shape](n)
        make = maker(dtype, shape, arrange)
        length = int(np.prod(shape, dtype=int))
        for mode, far in zip(MODES, (1, 4, 4)):
            i = index(max(length * far, 1), (n,), next(KIND), next(COUNT))
            for count in (0, 1, 3, n, (max(n - 1, 0), n + 2, 2)[next(TURN) % 3]):
                given = values(dtype, (count,), 5)
                check_set(make, lambda x: x.put(i, given, mode), f"{shape} {arrange} {i.dtype} {mode} {count}")
            check_set(make, lambda x: np.put(x, i.reshape(-1, 1), values(dtype, (3, 2)), mode=mode), f"{shape} {arrange} {mode}, of two axes")
            check_set(make, lambda x: x.put(i, values(dtype, (7,))[::-3], mode), f"{shape} {arrange} {mode}, strided")


@pytest.mark.parametrize("dtype", DTYPES)
def test_place(dtype):
    for shape, arrange in WRITABLE:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        make = maker(dtype, shape, arrange)
        for density in ("half", ("none", "all", "few")[next(TURN) % 3]):
            m = mask(shape, density)
            for count in (0, 1, 5, m.size, m.size + 1):
                given = values(dtype, (count,), 5)
                check_set(make, lambda x: np.place(x, m, given), f"{shape} {arrange} {density} {count}")
                check_set(make, lambda x: np.place(x, m.reshape(-1), given[::-1]), f"{shape} {arrange} {density} {count}, flat")


@pytest.mark.parametrize("dtype", DTYPES)
def test_put_along_axis(dtype):
    n = limited(dtype, 3000)
    for shape, axis in itertools.product(((n, 3), (3, n), (5, n // 5, 4)), (0, 1, -1, None)):
        i = index(shape[axis] if axis is not None else n, shape if axis is not None else (n,), "l", next(COUNT))
        given = values(dtype, i.shape, 3)
        for value in (given, given[:1], given[..., :1], values(dtype, ())):
            check_set(maker(dtype, shape), lambda x: np.put_along_axis(x, i, value, axis), f"{shape} {axis} {value.shape}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_out(dtype):
    """What is returned, too: out= itself."""
    for shape, arrange in WRITABLE:
        n = limited(dtype, next(SIZE))
        shape = SHAPES[shape](n)
        x = ARRANGE[arrange](values(dtype, shape))
        for axis, mode in itertools.product((None, 0, -1), MODES):
            if not shape or not x.size:
                continue
            length = x.size if axis is None else shape[axis]
            most = min(n, 20_000 // max(x.size // length, 1))
            i = index(length * (1 if mode == "raise" else 3), (most // 2, 2), next(KIND), next(COUNT))
            want = np.take(x, i, axis, mode=mode)
            check_set(maker(want.dtype, want.shape, how := next(PLACE)), lambda o: x.take(i, axis, o, mode) is o, f"{shape} {arrange} {axis} {mode} {how}")
            check(lambda: x.take(i, axis, mode=mode), f"{shape} {arrange} {axis} {mode}")
        m = mask((x.size,), "half")
        for few in (0, 1):
            check_set(maker(dtype, (np.count_nonzero(m) + few,)), lambda o: x.compress(m, out=o) is o, f"compress {shape} {arrange} {few}")


NUMBERS = (0, True, -1, 2.5, 300, 2**70, np.nan, 1j, np.float64(0.1), np.float32(3), np.int8(-1), np.int64(2**40), np.bool_(1), "7", b"x", None, [1], np.array(3))


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers(dtype):
    for value in NUMBERS:
        n = limited(dtype, 5000)
        make, i = maker(dtype, (n,)), index(n, (n,), next(KIND))
        with np.errstate(all=("warn", "ignore", "raise")[next(COUNT) % 3]):
            check_set(make, lambda x: put(x, i, value), f"{value!r}")
            check_set(make, lambda x: x.put(i, value), f"put {value!r}")
            check_set(make, lambda x: np.place(x, mask((n,), "half"), value), f"place {value!r}")
            check_set(make, lambda x: put(x.reshape(-1, 1), i, value), f"{value!r} in rows")


@pytest.mark.parametrize("source, target", [*itertools.permutations("?bBhHiIlLefdFD", 2)])
def test_casts(source, target):
    i, m = index(3000, (3000,)), mask((3000,), "half")
    with np.errstate(all="ignore"):
        given = values(source, (3000,), 5)
        for change in (lambda x: put(x, i, given), lambda x: put(x, i, given[:1]), lambda x: put(x, m, given[m]), lambda x: put(x, m, given[:1]), lambda x: x.put(i, given[:7]), lambda x: np.place(x, m, given[:7])):
            check_set(maker(target, (3000,)), change, "")


OVERLAPS = {
    "values": lambda x, i: put(x, i, x[::-1]),
    "values, the same": lambda x, i: put(x, i, x),
    "values, one on": lambda x, i: put(x[1:], i[1:] % (len(i) - 1), x[:-1]),
    "an element": lambda x, i: put(x, i, x[3:4]),
    "put": lambda x, i: x.put(i, x[::-1]),
    "put, repeated": lambda x, i: x.put(i, x[1:4]),
    "place": lambda x, i: np.place(x, i % 2 == 0, x[::-1]),
    "take": lambda x, i: x[1:].take(i[1:] % (len(i) - 1), out=x[:-1]),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_operands_that_overlap(name):
    for dtype, n in itertools.product(("d", "h", "D", "V5"), (5, 65, 4097, 10_007)):
        i = index(n, (n,))
        check_set(maker(dtype, (n,)), lambda x: OVERLAPS[name](x, i), f"{dtype} {n}")
        check_set(maker(dtype, (n,), "strided"), lambda x: OVERLAPS[name](x, i), f"strided {dtype} {n}")


def test_an_index_into_itself():
    for n in (5, 600, 10_007):
        make = lambda: index(n, (n,))  # noqa: E731
        for change in (lambda i: put(i, i, 3), lambda i: put(i, i, i[::-1]), lambda i: put(i[1:], i[:-1] % (n - 1), 0), lambda i: i.put(i, [1, 2]), lambda i: i.take(i, out=i), lambda i: put(i.reshape(-1, 1), (i, i * 0), 2)):
            check_set(make, change, f"{n}")


def test_nothing_is_written_if_an_index_is_out_of_bounds():
    for n, at, wrong in itertools.product((600, 70_000), (0, 511, 512, -1), (1, -1)):
        i = index(n, (n,))
        i[at] = n if wrong > 0 else -n - 1
        for change in (lambda x: put(x, i, np.ones(n)), lambda x: put(x, i, 1.0), lambda x: put(x, i.astype("i"), 1.0), lambda x: put(x.reshape(-1, 1), (i, i * 0), 1.0), lambda x: np.arange(1.0 * n).take(i, out=x)):
            check_set(lambda: np.zeros(n), change, f"{n} {at} {wrong}")
            with npp.enabled():
                x = np.zeros(n)
                assert changed(x, change)[0] is IndexError and not x.any()


def test_targets_that_overlap_themselves():
    for strides in ((8, 8), (0, 8), (16, 4)):
        make = lambda: np.lib.stride_tricks.as_strided(np.zeros(9000), (60, 40), strides)  # noqa: E731
        i, j = index(60, (3000,)), index(40, (3000,), seed=1)
        check_set(make, lambda x: put(x, (i, j), np.arange(3000.0)), f"{strides}")
        check_set(make, lambda x: put(x[:, 0], i, np.arange(3000.0)), f"{strides}, a column")


BIG, FEW, PLACES = np.arange(60_000.0), np.arange(600.0), index(60_000, (60_000,))
IN_PARALLEL = {
    "x[index] = number": lambda x: put(x, PLACES, 3.0),
    "x[index] = scalar": lambda x: put(x, PLACES, np.float64(3)),
    "x[index] = values": lambda x: put(x, PLACES, BIG),
    "x[index] = integers": lambda x: put(x, PLACES, PLACES),
    "x[int32] = values": lambda x: put(x, PLACES.astype("i"), BIG),
    "x[::-2][index] = values": lambda x: put(x[::-2], PLACES // 2, BIG[::-1]),
    "rows": lambda x: put(x.reshape(-1, 3), PLACES // 3, np.ones(3)),
    "rows = number": lambda x: put(x.reshape(-1, 3), PLACES // 3, 1.0),
    "x[rows, columns] = values": lambda x: put(x.reshape(-1, 3), (PLACES // 3, PLACES % 3), BIG),
    "put": lambda x: x.put(PLACES, BIG),
    "put, repeated": lambda x: np.put(x, PLACES, FEW, "wrap"),
    "put_along_axis": lambda x: np.put_along_axis(x.reshape(-1, 300), PLACES.reshape(-1, 300) % 300, 1.0, 1),
    "place": lambda x: np.place(x, BIG % 2 == 0, FEW),
    "take": lambda x: BIG.take(PLACES, out=x),
    "take, wrapped": lambda x: BIG.take(PLACES * 5, out=x, mode="wrap"),
    "compress": lambda x: BIG.compress(BIG % 2 == 0, out=x[:30_000]),
}


@pytest.mark.parametrize("name", IN_PARALLEL)
def test_it_is_in_parallel(name):
    """Otherwise all of the above would show nothing."""
    x = np.zeros(60_000)
    with npp.enabled():
        assert regions(lambda: IN_PARALLEL[name](x)) >= 1
    check_set(lambda: np.zeros(60_000), IN_PARALLEL[name], name)
