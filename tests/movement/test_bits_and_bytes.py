"""repeat with counts, packbits, unpackbits, byteswap, asfortranarray, copies of every other element or backwards: NumPy's results, errors, flags; and nothing beyond the ends is touched."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from layouts import ARRANGE
from moving import DTYPES, LAYOUTS, SHAPES, SIZES, check, limited, values
from support import difference, regions, run_python

SIZE = itertools.cycle(SIZES)
COUNTS = ("l", "l", "?", "b", "h", "i", "q", "B", "H", "I", "L", "d", ">i8")
INTEGERS = "?bBhHiIlLqQ"
ORDERS = ("big", "little")


def counts(n, most, dtype="l", seed=0):
    return np.random.default_rng([seed, n]).integers(0, most + 1, n).astype(dtype)


def skewed(n, kind):
    """Counts that are hard to share out, or wrong."""
    found = np.zeros(n, "l")
    if n:
        found[{"first": 0, "last": -1, "middle": n // 2, "negative": n // 3, "too many": 0}[kind]] = {"negative": -1, "too many": 2**62}.get(kind, 20_000)
    return found


@pytest.mark.parametrize("dtype", DTYPES)
def test_repeat_each(dtype):
    kinds, mosts = itertools.cycle(COUNTS), itertools.cycle((1, 3, 9, 70))
    for shape, arrange in LAYOUTS:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x = ARRANGE[arrange](values(dtype, shape))
        for axis in (None, *range(len(shape)), -1, 7):
            n = x.size if axis is None else shape[axis] if -1 <= axis < len(shape) and shape else 1
            kind, most = next(kinds), next(mosts)
            times = counts(n, 1 if kind == "?" else min(most, 200_000 // max(x.size, 1) + 1), kind)
            check(lambda: x.repeat(times, axis), f"{shape} {arrange} along {axis}, counts {kind} up to {most}")
            check(lambda: np.repeat(x, axis=axis, repeats=times), f"np.repeat {shape} {arrange} along {axis}, counts {kind} up to {most}")
            for other in (times[1:], times[::2], times[::-1], times.tolist()[:3], times[:1], *times[:1], times[None], np.ma.array(times)):
                check(lambda: x.repeat(other, axis), f"{shape} {arrange} along {axis}, {np.shape(other)} counts")
    for kind in ("first", "last", "middle", "negative", "too many"):
        n = limited(dtype, 5000)
        check(lambda: values(dtype, (n,)).repeat(skewed(n, kind)), f"skewed counts, {kind}")
        check(lambda: values(dtype, (3, 40)).repeat(skewed(40, kind), 1), f"skewed counts of columns, {kind}")
        check(lambda: values(dtype, (40, 3)).repeat(skewed(40, kind), 0), f"skewed counts of rows, {kind}")


def test_counts_that_are_scalars():
    x = values("d", (4000,))
    for times in (np.int8(2), np.int32(3), np.int64(3), np.longlong(2), np.uint64(2), np.timedelta64(2), np.bool_(True), np.float64(2), np.array([2], "i4"), np.array(-1), np.array([[2]]), None, "2"):
        for axis in (None, 0):
            check(lambda: x.repeat(times, axis), f"{times!r} along {axis}")


def test_counts_that_change_meanwhile():
    """Whatever they become, nothing is written beyond the result."""
    code = """
        import threading
        import numpy as np, numpy_par as npp
        x, times, stop = np.arange(200_000.0), np.ones(200_000, "l"), []

        def change():
            while not stop:
                for value in (2**40, -1, 0, 1):
                    times[::7] = value

        thread = threading.Thread(target=change)
        with npp.enabled():
            thread.start()
            try:
                for _ in range(60):
                    times[:] = 1
                    if np.array_equal(times, np.ones(len(times))):
                        try:
                            npp._engine.call("repeat", x, times)
                        except (ValueError, MemoryError):
                            pass
            finally:
                stop.append(True)
                thread.join()
    """
    run_python(code, env={"NUMPY_PAR_MIN_ELEMENTS": "1"})


LENGTHS = (0, 1, 7, 8, 9, 63, 64, 65, 500, 4095, 4096, 4097, 10_007)
WIDE = [(n,) for n in LENGTHS] + [(3, 500), (500, 3), (500, 8), (64, 64), (9, 5000), (40, 7, 9), (2, 17, 400), (5, 0, 3), ()]


def bits(dtype, shape):
    """Zeros, and numbers of which some have nothing but zeros in their last byte."""
    drawn = np.random.default_rng(sum(shape)).integers(0, 4, shape)
    return np.asarray(np.choose(drawn, [0, 0, 1, 256 if np.dtype(dtype).itemsize > 1 else 128]), dtype)


@pytest.mark.parametrize("dtype", [*INTEGERS, ">i4", "d", "m8[s]", "O"])
def test_packbits(dtype):
    arranges = itertools.cycle(["plain", "plain", "plain", *ARRANGE])
    for shape in WIDE:
        for axis in (None, *range(-len(shape), len(shape)), 7):
            for order in ORDERS:
                x = ARRANGE[next(arranges)](bits(dtype, shape)) if shape else bits(dtype, shape)
                check(lambda: np.packbits(x, axis, bitorder=order), f"{shape} {x.strides} along {axis}, {order}")
            check(lambda: np.packbits(x, axis=axis), f"{shape} {x.strides} along {axis}")
    odd = np.arange(5000).astype("B").view("?")
    check(lambda: np.packbits(odd), "truth values other than 1")
    for arguments in ({"bitorder": "x"}, {"bitorder": None}, {"bitorder": b"big"}, {"axis": 1.0}, {"wrong": 1}):
        check(lambda: np.packbits(bits(dtype, (900,)), **arguments), arguments)
    check(lambda: np.packbits(bits(dtype, (900,)).tolist()), "a list")


def test_unpackbits():
    arranges = itertools.cycle(["plain", "plain", "plain", *ARRANGE])
    for shape in WIDE:
        for axis in (None, *range(-len(shape), len(shape)), 7):
            for count, order in itertools.product((None, 0, 1, 3, 8, 13, 9000, -1, -3, -8, -9000, 2**70, 1.0, np.int64(5), True), ORDERS):
                if count == 9000 and len(shape) > 2:
                    count = 300
                if 0 in shape and count is not None and count > 0:
                    continue  # NumPy itself writes nothing then
                x = ARRANGE[next(arranges)](values("B", shape)) if shape else values("B", shape)
                check(lambda: np.unpackbits(x, axis, count, order), f"{shape} {x.strides} along {axis}, {count} {order}")
    x = values("B", (900,))
    for arguments in ({"bitorder": "x"}, {"count": None, "bitorder": "little"}, {"axis": 0, "count": "3"}, {"wrong": 1}):
        check(lambda: np.unpackbits(x, **arguments), arguments)
    for other in (x.view("b"), x.view("?"), x.view("i4"), x.tolist(), np.ma.array(x)):
        check(lambda: np.unpackbits(other), type(other))


@pytest.mark.parametrize("dtype", DTYPES)
def test_byteswap(dtype):
    for shape, arrange in LAYOUTS:
        shape = SHAPES[shape](limited(dtype, next(SIZE)))
        x = ARRANGE[arrange](values(dtype, shape))
        for y in (x, x.T):
            check(lambda: y.byteswap(), f"{shape} {arrange}")
            check(lambda: y.byteswap(inplace=False), f"{shape} {arrange}")

        def in_place():
            whole = x.copy("K") if arrange == "read-only" else ARRANGE[arrange](values(dtype, shape))
            whole[...] = x
            assert whole.byteswap(True) is whole
            return whole.byteswap(), whole

        if np.dtype(dtype).char not in "gG":  # NumPy itself leaves what is between two numbers as it was
            check(in_place, f"{shape} {arrange}, in place")
    for arguments in ((1,), (None,), (True, True)):
        check(lambda: values(dtype, (900,)).byteswap(*arguments), arguments)
    check(lambda: ARRANGE["read-only"](values(dtype, (900,))).byteswap(inplace=True), "read-only")
    folded = np.lib.stride_tricks.as_strided(np.arange(2000.0), (30, 40), (8, 16))
    check(lambda: folded.copy().byteswap(True), "no overlap")


def test_byteswap_of_elements_that_share_memory():
    def case():
        x = np.lib.stride_tricks.as_strided(np.arange(2000.0), (30, 40), (8, 16))
        x.byteswap(inplace=True)
        return x.copy()

    check(case, "each as often as it is there")


@pytest.mark.parametrize("dtype", ["?", "h", "f", "d", "D", "V3", "i4,f8", "O"])
def test_asfortranarray(dtype):
    for shape, arrange in LAYOUTS:
        x = ARRANGE[arrange](values(dtype, SHAPES[shape](limited(dtype, next(SIZE)))))
        for y in (x, x.T, x[None]):
            got, want = npp.asfortranarray(y), np.asfortranarray(y)
            assert not (text := difference(want, got)) and got.flags.owndata == want.flags.owndata, f"{shape} {arrange}: {text}"
            assert (got is y) == (want is y)


@pytest.mark.parametrize("dtype", DTYPES)
def test_strided_copies(dtype):
    for n in (2, 63, 64, 65, 127, 500, 4097, 10_007):
        x = values(dtype, (limited(dtype, n),))
        for step in (-1, 2, -2, 3, 1):
            for first in (None, -2 if step < 0 else 1):
                y = x[first::step]
                check(lambda: y.copy(), f"{n} {first} {step}")
                check(lambda: np.copyto(np.zeros(y.shape, dtype), y), f"{n} {first} {step}, copyto")
        if n % 2 == 0 and len(x) == n:
            for y in (x.reshape(2, -1)[:, ::-1], x.reshape(-1, 2)[:, 0], x.reshape(2, -1)[::-1], x.reshape(2, -1)[::-1, ::-1], x.reshape(2, -1)[:, ::2]):
                check(lambda: y.copy(), f"{y.shape} {y.strides}")
                check(lambda: y.copy("F"), f"{y.shape} {y.strides}, F")


@pytest.fixture(scope="module")
def fences():
    return [Fence(1 << 18) for _ in range(2)]


@pytest.mark.parametrize("at_end", [True, False])
def test_nothing_beyond_the_ends_is_read(fences, at_end):
    for n in (1, 3, 8, 17, 63, 64, 65, 513, 4097):
        for dtype in ("?", "H", "I", "d", "D", "V3"):
            placed, times = fences[0].hold(values(dtype, (n,)), at_end), fences[1].hold(counts(n, 3), at_end)
            check(lambda: placed.repeat(times), f"repeat {n} {dtype}")
            if dtype in "?HI":
                check(lambda: np.packbits(placed), f"packbits {n} {dtype}")
            if dtype != "V3":
                check(lambda: placed.byteswap(), f"byteswap {n} {dtype}")
            for y in (placed[::-1], placed[::2], placed[1::2]):
                check(lambda: y.copy(), f"copy {n} {dtype} {y.strides}")
        placed = fences[0].hold(values("B", (n,)), at_end)
        for count in (None, 3, -3, 8 * n + 70):
            check(lambda: np.unpackbits(placed, count=count), f"unpackbits {n} {count}")


LARGE = np.linspace(0, 1, 60_000)
TIMES, MASK, OCTETS = counts(60_000, 3), LARGE > 0.3, values("B", (60_000,))
IN_PARALLEL = {
    "repeat": lambda: LARGE.repeat(TIMES),
    "repeat, small counts": lambda: LARGE.repeat(TIMES.astype("b")),
    "repeat rows": lambda: LARGE.reshape(-1, 30).repeat(TIMES[:2000], 0),
    "repeat columns": lambda: LARGE.reshape(30, -1).repeat(TIMES[:2000], 1),
    "repeat one": lambda: LARGE.repeat(skewed(60_000, "middle")),
    "packbits": lambda: np.packbits(MASK),
    "packbits of columns": lambda: np.packbits(MASK.reshape(-1, 30), 0),
    "unpackbits": lambda: np.unpackbits(OCTETS),
    "unpackbits of columns": lambda: np.unpackbits(OCTETS.reshape(-1, 30), 0),
    "byteswap": lambda: LARGE.byteswap(),
    "byteswap, strided": lambda: LARGE[::2].byteswap(),
    "backwards": lambda: LARGE[::-1].copy(),
    "ravel in Fortran's order": lambda: LARGE.reshape(200, 300).ravel("F"),
    "flatten in Fortran's order": lambda: LARGE.reshape(200, 300).flatten("F"),
    "copy in Fortran's order": lambda: LARGE.reshape(200, 300).copy("F"),
}


@pytest.mark.parametrize("name", IN_PARALLEL)
def test_it_is_in_parallel(name):
    """Otherwise all of the above would show nothing."""
    with npp.enabled():
        assert regions(IN_PARALLEL[name]) >= 1
    check(IN_PARALLEL[name], name)
