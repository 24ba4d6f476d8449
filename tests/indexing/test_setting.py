"""x[mask] = …, x[slices] = …, putmask, fill and copyto on the engine: what is in the target afterwards is NumPy's to the last bit."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from moving import DENSITIES, DTYPES, LAYOUTS, MASKS, SHAPES, SIZES, changed, check, limited, mask, values
from support import regions

SIZE, DENSITY, MASK, COUNT = (itertools.cycle(kinds) for kinds in (SIZES, DENSITIES, MASKS, range(7)))
WRITABLE = [layout for layout in LAYOUTS if layout[1] != "read-only"]
NUMBERS = (0, 1, True, -1, 2.5, 1e300, 300, 2**70, -(2**63), np.nan, 1j, np.float32(3), np.int8(-1), np.float64(0.1), "7", b"x", None, [1], [[2]])
KEYS = (
    *(slice(None), slice(1, None), slice(None, None, -1), slice(0, -1, 2), slice(5, 5), ..., None, 0, -1),
    *((..., 0), (slice(1), ...), (None, slice(None)), (slice(None), slice(2)), (slice(None, None, 2), slice(None, None, -1)), (0, 0), (..., None)),
)


def put(target, key, value):
    target[key] = value


def check_set(make, change, label):
    check(lambda: changed(make(), change), label)


def maker(dtype, shape, arrange):
    """A target that lies like that; a fresh one each time."""
    return lambda: ARRANGE[arrange](values(dtype, shape))


@pytest.mark.parametrize("dtype", DTYPES)
def test_one_value_by_mask(dtype):
    for shape, arrange in WRITABLE * 2:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        make, density, how = maker(dtype, shape, arrange), next(DENSITY), next(MASK)
        one = values(dtype, (3,), 5)
        for axes in range(len(shape) + 1):
            m = mask(shape[:axes], density, how if axes else "plain", next(COUNT))
            for value in (one[1], one[:1], one[1:2].reshape(()), one[:1].reshape(1, 1)):
                check_set(make, lambda x: put(x, m, value), f"{shape} {arrange}, {density} {how} of {axes} axes, {value!r}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_by_mask(dtype):
    for shape, arrange in WRITABLE * 3:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        if not shape:
            continue
        make, density, how = maker(dtype, shape, arrange), next(DENSITY), next(MASK)
        m = mask(shape, density, how, next(COUNT))
        count = int(np.count_nonzero(m))
        for few in (0, 1, -1):
            part = values(dtype, (max(count + few, 0),), 7)
            for given in (part, ARRANGE[arrange](part)):
                check_set(make, lambda x: put(x, m, given), f"{shape} {arrange}, {density} {how}, {count + few} values of {count}")
        check_set(make, lambda x: put(x, m, np.zeros(count, "i2")), f"{shape} {arrange}, {density} {how}, of another dtype")
        rows = mask(shape[:1], density)
        many = int(np.count_nonzero(rows))
        check_set(make, lambda x: put(x, rows, values(dtype, (many, *shape[1:]))), f"{shape} {arrange}, rows")
        check_set(make, lambda x: put(x, rows, values(dtype, shape[1:])), f"{shape} {arrange}, a row for all")


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers(dtype):
    for value in NUMBERS:
        for n in (0, 1, 65, limited(dtype, 5000)):
            make, m = maker(dtype, (n,), "plain"), mask((n,), next(DENSITY))
            label = f"{value!r} in {n}"
            with np.errstate(all=("warn", "ignore", "raise")[next(COUNT) % 3]):
                check_set(make, lambda x: put(x, m, value), f"{label} by mask")
                check_set(make, lambda x: put(x, slice(1, None), value), f"{label} in a slice")
                check_set(make, lambda x: put(x, slice(2, 2), value), f"{label} in an empty slice")
                check_set(make, lambda x: put(x, (slice(5), None, 3), value), f"{label} in no place")
                check_set(make, lambda x: x.fill(value), f"{label} by fill")
                check_set(make, lambda x: np.putmask(x, m, value), f"{label} by putmask")
                for casting in ("same_kind", "unsafe", "safe", "equiv", "no"):
                    check_set(make, lambda x: np.copyto(x, value, casting), f"{label} by copyto, {casting}")
                    check_set(make, lambda x: np.copyto(x, value, casting, m), f"{label} by copyto, {casting}, under a mask")


@pytest.mark.parametrize("dtype", DTYPES)
def test_slices(dtype):
    for (shape, arrange), key in zip(WRITABLE * 3, itertools.cycle(KEYS)):
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        make = maker(dtype, shape, arrange)
        try:
            part = np.asarray(make()[key])
        except IndexError:
            part = np.zeros(3)
        for other in (dtype, "f" if dtype in "?bBhHiIlLqQefdgFDG" else dtype):
            full = values(other, part.shape) if other == dtype else np.ones(part.shape, other)
            for value in (full, ARRANGE[arrange](full), full[None], full[..., :1] if full.ndim else full, full[:0] if full.ndim else full, full.reshape(-1)[:1].reshape(()) if full.size else full):
                check_set(make, lambda x: put(x, key, value), f"{shape} {arrange} {key} = {value.dtype} {value.shape}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_putmask(dtype):
    for shape, arrange in WRITABLE:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        make, m = maker(dtype, shape, arrange), mask(shape, next(DENSITY), next(MASK) if shape else "plain")
        full = values(dtype, shape, 3)
        for given in (full, ARRANGE[arrange](full), full.reshape(-1), values(dtype, (3,)), values(dtype, ()), np.ones(shape, "i2"), full[:0] if shape else full):
            check_set(make, lambda x: np.putmask(x, m, given), f"{shape} {arrange} = {given.dtype} {given.shape}")
        check_set(make, lambda x: np.putmask(x, m.reshape(-1), full), f"{shape} {arrange}, a flat mask")
        check_set(make, lambda x: np.putmask(x, m, mask=m), "wrong arguments")


@pytest.mark.parametrize("dtype", DTYPES)
def test_fill(dtype):
    for shape, arrange in WRITABLE:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        for value in (values(dtype, (2,), 9)[1], values(dtype, ()), values(dtype, (1,)), values(dtype, (2,))):
            check_set(maker(dtype, shape, arrange), lambda x: x.fill(value), f"{shape} {arrange} {value!r}")


OVERLAPS = {
    "forward": lambda x, m: put(x, slice(1, None), x[:-1]),
    "backward": lambda x, m: put(x, slice(None, -1), x[1:]),
    "reversed": lambda x, m: put(x, slice(None), x[::-1]),
    "itself": lambda x, m: put(x, ..., x),
    "halves": lambda x, m: put(x, slice(None, None, 2), x[: len(x[::2])]),
    "by mask": lambda x, m: put(x, m, x[: np.count_nonzero(m)]),
    "by mask, reversed": lambda x, m: put(x, m, x[::-1][: np.count_nonzero(m)]),
    "all of it by mask": lambda x, m: put(x, m, x),
    "one of its own": lambda x, m: put(x, m, x[-1:]),
    "one of its own, 0-d": lambda x, m: put(x, m, x[-1:].reshape(x.shape[1:])),
    "selected": lambda x, m: put(x, m, x[m]),
    "putmask": lambda x, m: np.putmask(x, m, x[::-1]),
    "copyto": lambda x, m: np.copyto(x[1:], x[:-1]),
    "copyto under a mask": lambda x, m: np.copyto(x[1:], x[:-1], where=m[1:]),
    "columns": lambda x, m: put(x.reshape(-1)[: x.size // 2 * 2].reshape(-1, 2), (slice(None), 0), x.reshape(-1)[: x.size // 2]),
    "transposed": lambda x, m: put(square := x.reshape(-1)[: int(x.size**0.5) ** 2].reshape((int(x.size**0.5),) * 2), ..., square.T),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_overlaps(name):
    for dtype, n, density in itertools.product(("?", "h", "f", "d", "D", "V5"), (2, 65, 4097, 10_007), ("half", "few", "all")):
        m = mask((n,), density)
        check_set(maker(dtype, (n,), "plain"), lambda x: OVERLAPS[name](x, m), f"{dtype} {n} {density}")
        check_set(maker(dtype, (n,), "strided"), lambda x: OVERLAPS[name](x, m), f"strided {dtype} {n} {density}")


def test_a_mask_of_its_own():
    for n, density in itertools.product((64, 5000), DENSITIES):
        make = lambda: mask((n,), density)  # noqa: E731
        for value in (False, True, np.zeros(1, bool)):
            check_set(make, lambda m: put(m, m, value), f"{n} {density} {value}")
            check_set(make, lambda m: put(m[1:], m[:-1], value), f"{n} {density} {value}, one on")
            check_set(make, lambda m: np.putmask(m, m, value), f"{n} {density} {value}, putmask")
            check_set(make, lambda m: np.copyto(m[:-1], value, where=m[1:]), f"{n} {density} {value}, copyto")
        check_set(make, lambda m: put(m, m, m[m][::-1]), f"{n} {density}")
        check(lambda: (m := make())[m], f"{n} {density}")
        check(lambda: (i := np.arange(n)[::-1])[i], f"{n}")
        check(lambda: (i := np.arange(n))[1:][i[:-1]], f"{n}")
        check(lambda: (i := np.arange(n)).take(i[::-1]), f"{n}")


def test_targets_that_overlap_themselves():
    """Which of two writes to one place is the last one depends on NumPy's order."""
    for strides, dtype in itertools.product(((8, 8), (0, 8), (16, 4), (8, 0)), ("f8", "f4")):
        source = np.arange(2400, dtype=dtype).reshape(60, 40)
        make = lambda: np.lib.stride_tricks.as_strided(np.zeros(9000, dtype), (60, 40), strides)  # noqa: E731
        m = mask((60, 40), "half")
        for change in (lambda x: put(x, ..., source), lambda x: put(x, m, source[m]), lambda x: put(x, m, 3.0), lambda x: np.putmask(x, m, source), lambda x: x.fill(2.0)):
            check_set(make, change, f"{strides} {dtype}")


def test_signalling_nans():
    """Copies keep them; casts do to them what NumPy's do, but those of float16 make them quiet (docs/limits.md)."""
    codes = {"e": (0x7D55, "u2"), "f": (0x7FA5_5555, "u4"), "d": (0x7FF5_5555_5555_5555, "u8")}
    m = mask((640,), "half")
    for source, target in itertools.product(codes, "efd"):
        if (source == "e") != (target == "e"):
            continue
        given = np.full(640, *codes[source]).view(source)
        make = lambda: np.zeros(640, target)  # noqa: E731
        for change in (lambda x: put(x, ..., given), lambda x: put(x, m, given[m]), lambda x: put(x, m, given[:1]), lambda x: np.copyto(x, given, "unsafe", m), lambda x: np.putmask(x, m, given)):
            check_set(make, change, f"{source} to {target}")
        check(lambda: given.astype(target), f"{source} to {target}")
        for x, y in ((given, make()), (make(), given), (given, given)):
            check(lambda: np.where(m, x, y), f"where {source} {target}")


IN_PARALLEL = {
    "x[mask] = number": lambda x, m: put(x, m, 3.0),
    "x[mask of rows] = number": lambda x, m: put(x.reshape(-1, 3), m[:20_000], 3.0),
    "x[mask] = element": lambda x, m: put(x, m, np.ones(1)),
    "x[mask] = values": lambda x, m: put(x, m, np.ones(np.count_nonzero(m))),
    "strided x[mask] = number": lambda x, m: put(x[::2], m[::2], 3.0),
    "x[slice] = number": lambda x, m: put(x, slice(10, -10), 3.0),
    "x[slice] = values": lambda x, m: put(x, slice(10, -10, 2), np.ones(29_990)),
    "x[slices] = row": lambda x, m: put(x.reshape(-1, 300), (slice(2, None), slice(0, 200)), np.ones(200)),
    "x[...] = of another dtype": lambda x, m: put(x, ..., np.ones(60_000, "f4")),
    "putmask": lambda x, m: np.putmask(x, m, np.ones(60_000)),
    "putmask of a number": lambda x, m: np.putmask(x, m, 3.0),
    "fill": lambda x, m: x.fill(3.0),
    "copyto of a number": lambda x, m: np.copyto(x, 3.0),
    "copyto of a number under a mask": lambda x, m: np.copyto(x, 3.0, where=m),
}


@pytest.mark.parametrize("name", IN_PARALLEL)
def test_it_is_in_parallel(name):
    """Otherwise all of the above would show nothing."""
    x, m = np.zeros(60_000), mask((60_000,), "half")
    with npp.enabled():
        assert regions(lambda: IN_PARALLEL[name](x, m)) >= 1
    check_set(lambda: np.zeros(60_000), lambda x: IN_PARALLEL[name](x, m), name)
