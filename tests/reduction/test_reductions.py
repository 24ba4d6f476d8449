"""ufunc.reduce on the engine, and what NumPy makes of it (sum, mean, max, any): bit for bit as NumPy, at every number of threads."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from kernel_values import HAS
from layouts import ARRANGE
from reductions import GRIDS, NUMBERS, SIZES, THREADS, TURN, axes_of, check, outcomes, plain
from support import difference, outcome, run_python, run_tests
from values import sample

UFUNCS = [
    u
    for u in (getattr(np, name) for name in sorted(dir(np)))
    if isinstance(u, np.ufunc) and u.nin == 2 and u.nout == 1 and not u.signature
]


@pytest.mark.parametrize("dtype", NUMBERS)
def test_every_size(dtype):
    every = dtype in "lefdD"  # the kernels' own; of the others those around what is cut
    for n, name in itertools.product([n for n in SIZES if every or n % 8 < 2], ("add", "maximum", "logical_or")):
        ufunc = getattr(np, name)
        check(lambda: ufunc.reduce(plain(dtype, n)), f"{name} {n}")
        if name == "add" or n > 300:
            check(lambda: ufunc.reduce(plain(dtype, n)[::-2]), f"{name} {n} strided")


@pytest.mark.parametrize("n", np.random.default_rng(7).integers(10**6, 10**7, 3))
@pytest.mark.parametrize("dtype", "efdDil")
def test_large_sizes(n, dtype):
    x = np.random.default_rng(n).integers(-1000, 1000, n).astype(dtype)
    if dtype in "efdD":
        x /= 7
    for line in (x, x[::-3]):
        check(lambda: (np.add.reduce(line), np.maximum.reduce(line), line.argmax(), np.add.accumulate(line)), f"{n}")
    grid = x[: n // 999 * 999].reshape(999, -1)
    for axis, turned in itertools.product((0, 1), (grid, grid.T)):
        check(lambda: (np.add.reduce(turned, axis), np.minimum.reduce(turned, axis), turned.argmin(axis)), f"{n} {axis}")


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_every_ufunc_and_dtype(ufunc):
    grids = itertools.cycle(GRIDS)
    for dtype, (name, arrange) in itertools.product(NUMBERS, ARRANGE.items()):
        shape = next(grids)
        axes = axes_of(shape)
        axis = axes[next(TURN) % len(axes)]
        check(lambda: ufunc.reduce(arrange(plain(dtype, shape)), axis=axis), f"{dtype} {name} {shape} {axis}", any_nan=True)


@pytest.mark.parametrize("shape", GRIDS, ids=str)
@pytest.mark.parametrize("arrange", ARRANGE)
def test_every_axis(shape, arrange):
    kinds = ("add d", "add f", "add e", "add D", "maximum d", "minimum i", "add b", "logical_and ?", "subtract d", "multiply f")
    for kind, axis, keepdims in itertools.product(kinds, axes_of(shape), (False, True)):
        name, dtype = kind.split()
        check(
            lambda: getattr(np, name).reduce(ARRANGE[arrange](plain(dtype, shape)), axis=axis, keepdims=keepdims),
            f"{kind} axis {axis} keepdims {keepdims}",
        )


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
@pytest.mark.parametrize("dtype", "efdgFD")
def test_extremes_that_are_zeros_or_nans(name, dtype):
    """Where several zeros, or NaNs, may be the answer it is NumPy's, sign and payload included."""
    ufunc = getattr(np, name)
    special = sample(dtype, 700)
    rest = -1 if "max" in name else 1
    for n, values in itertools.product((64, 1000, 40_001), ([0.0], [-0.0], [0.0, -0.0], [np.nan], [np.nan, -np.nan], [0.0, np.nan], special)):
        for seed in range(6):

            def case():
                rng = np.random.default_rng(seed)
                x = rng.random(n).astype(dtype) * np.dtype(dtype).type(rest)
                x[rng.integers(0, n, 1 + n // 50)] = rng.choice(np.asarray(values, dtype), 1 + n // 50)
                grid = x[: n // 8 * 8].reshape(8, -1)
                return ufunc.reduce(x), ufunc.reduce(grid, axis=1), ufunc.reduce(grid, axis=0)

            check(case, f"{n} {np.shape(values)} seed {seed}")


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
def test_which_zero_it_is(name):
    """Of an initial value, too; along an axis of one element; and where NumPy gathers rows that lie side by side."""
    zeros = (0.0, -0.0)
    shapes = [(20, 1, 2), (40, 1), (40, 3), (2000, 4), (1, 40), (3, 300), (30_000,)]
    for dtype, zero, initial, shape in itertools.product("efd", zeros, (*zeros, np._NoValue), shapes):
        for turn, axis in itertools.product((np.s_[:], np.s_[::-1], np.s_[..., ::-1]), range(len(shape))):
            check(
                lambda: getattr(np, name).reduce(np.full(shape, zero, dtype)[turn], axis, initial=initial),
                f"{dtype} {zero} {initial} {shape} {turn} {axis}",
            )


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
@pytest.mark.parametrize("dtype", "fd")
def test_extremes_of_columns_of_special_values(name, dtype):
    """Columns that have nothing else, and some of these; each by itself, for one that is NumPy's is followed by its neighbours."""
    special = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1e-30, -1e-30, 7.0], dtype)
    rng = np.random.default_rng(5)
    for rows, columns, initial, part in itertools.product((1, 2, 3, 4, 5, 9, 63), (600, 1111), (np._NoValue, -np.inf, 0.0, np.nan), (0.02, 1)):
        x = rng.random((rows, columns)).astype(dtype) - np.dtype(dtype).type(0.5)
        chosen = rng.random(columns) < part
        x[:, chosen] = special[rng.integers(0, len(special), (2, columns))[rng.integers(0, 2, (rows, columns)), np.arange(columns)]][:, chosen]
        check(lambda: getattr(np, name).reduce(x, 0, initial=initial), f"{rows} {columns} {initial} {part}")
        check(lambda: getattr(np, name).reduce(abs(x), 0), f"{rows} {columns} {part} abs")


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
@pytest.mark.parametrize("dtype", "fd")
def test_extremes_among_nans(name, dtype):
    """Nodes that are all NaN, or all but an infinity; signalling ones, which fmax of NumPy's leaves out or not by their place."""
    reduce = getattr(np, name).reduce
    for number, payload, part in itertools.product((1.0, -2.0, np.inf, -np.inf), (0, 1, -1), (0.001, 0.5, 1)):
        x = np.full(200_000, number, dtype)
        gaps = np.random.default_rng(3).random(x.size) < part
        gaps[100_000:140_000] = gaps[-5:] = True
        x[gaps] = np.nan
        words = x.view(f"u{x.itemsize}")
        odd = np.append(np.flatnonzero(gaps)[:-5:7], x.size - np.arange(1, 6))
        if payload == 1:
            words[odd] += 1
        elif payload == -1:  # its quiet bit is off
            words[odd] ^= (1 << (22 if dtype == "f" else 51)) + 1
        check(lambda: reduce(x), f"{number} {payload} {part}")
        check(lambda: reduce(x[-199 * 999 :].reshape(199, 999), 0), f"{number} {payload} {part} columns")


@pytest.mark.parametrize("dtype", "efdFDg")
def test_sums_of_special_values(dtype):
    """Infinities, overflow, NaNs, and the warnings that go with them."""
    for n, salt in itertools.product((9, 129, 5000, 70_001), range(5)):
        check(lambda: np.add.reduce(sample(dtype, n, salt=salt)), f"{n} {salt}", any_nan=True)
        check(lambda: np.add.reduce(np.full(n, -0.0, dtype)), f"{n} of -0.0")
        check(lambda: np.add.reduce(np.full(n, np.finfo(dtype).max, dtype)), f"{n} overflow", any_nan=True)


@pytest.mark.parametrize("state", ["warn", "raise", "ignore"])
def test_errors_have_numpys_words(state):
    for dtype in "efd":
        with np.errstate(all=state):
            check(lambda: np.add.reduce(np.full(50_000, np.finfo(dtype).max, dtype)), f"overflow {dtype}")
            check(lambda: np.add.reduce(np.array([np.inf, -np.inf] * 25_000, dtype)), f"invalid {dtype}", any_nan=True)


def test_overflow_in_a_cast():
    for shape, axis, target in itertools.product(((50_000,), (50, 1000), (1000, 3)), (None, 0, -1), "fe"):
        check(lambda: np.add.reduce(np.full(shape, 1e300), axis=axis, dtype=target), f"{shape} {axis} {target}")


@pytest.mark.parametrize("source", NUMBERS)
def test_dtype(source):
    for target, shape in itertools.product("?bilQefdFD", ((8192,), (50_000,), (200, 90), (3, 20_000))):
        for axis in axes_of(shape):
            check(lambda: np.add.reduce(plain(source, shape), axis=axis, dtype=target), f"to {target} {shape} {axis}")


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "bitwise_and", "logical_and", "hypot"])
@pytest.mark.parametrize("initial", [0, 3, -1, 2.5, None, np.float32(7), 10**30, "x", np._NoValue], ids=str)
def test_initial(name, initial):
    for dtype, axis in itertools.product("?bHldD", (None, 0, 1)):
        check(lambda: getattr(np, name).reduce(plain(dtype, (300, 90)), axis=axis, initial=initial), f"{dtype} {axis}")


def test_out():
    for dtype, axis, keepdims in itertools.product("ild", (None, 0, 1), (False, True)):
        for make in (np.zeros, lambda *a: np.zeros(*a).T, lambda shape, t: np.zeros(tuple(2 * n for n in shape), t)[tuple(slice(None, None, 2) for _ in shape)]):
            for to in "ildf":

                def case():
                    x = plain(dtype, (90, 90))
                    out = make(x.sum(axis, keepdims=keepdims).shape, to)
                    result = np.add.reduce(x, axis=axis, out=out, keepdims=keepdims)
                    return result is out, out

                check(case, f"{dtype} {axis} {keepdims} {to}")
    for axis, turn in itertools.product((None, 0, 1), (np.s_[::-1], np.s_[:, ::-1], np.s_[::-1, ::-1])):
        for name in ("add", "maximum", "multiply"):

            def backwards():
                x = plain("f", (90, 900))[turn]
                out = np.zeros(getattr(np, name).reduce(x, axis).shape, "f")
                return getattr(np, name).reduce(x, axis, out=out), getattr(np, name).reduce(x, axis, out=out[::-1] if out.ndim else out)

            check(backwards, f"{name} {axis} {turn}")
    for out in ((3,), (90, 1), (1,), (), (90, 90)):
        check(lambda: np.add.reduce(plain("d", (90, 90)), axis=0, out=np.zeros(out)), f"out {out}")

    def overlapping(part):
        x = plain("d", (90, 90))
        np.add.reduce(x, axis=0, out=x[part])
        return x

    check(lambda: overlapping(0), "the first row")
    check(lambda: overlapping((slice(None), 5)), "a column")


MASKS = {
    "none": lambda shape, rng: np.zeros(shape, bool),
    "all": lambda shape, rng: np.ones(shape, bool),
    "half": lambda shape, rng: rng.random(shape) < 0.5,
    "few gaps": lambda shape, rng: rng.random(shape) > 0.001,
    "few": lambda shape, rng: rng.random(shape) < 0.01,
    "Fortran": lambda shape, rng: np.asfortranarray(rng.random(shape) < 0.5),
    "strided": lambda shape, rng: np.repeat(rng.random(shape) < 0.5, 2, -1)[..., ::2],
    "of the last axis": lambda shape, rng: rng.random(shape[-1:]) < 0.5,
    "of the first axis": lambda shape, rng: rng.random((shape[0], *(1,) * (len(shape) - 1))) < 0.5,
    "bytes": lambda shape, rng: rng.integers(0, 3, shape, "u1").view(bool),
    "too long": lambda shape, rng: np.ones((2, *shape), bool),
    "of integers": lambda shape, rng: rng.integers(0, 2, shape),
}


@pytest.mark.parametrize("kind", MASKS)
def test_where(kind):
    for shape, dtype in itertools.product([(70_001,), (40_000, 3), (3, 20_000), (30, 40, 50)], "dfeDFl?"):
        for axis, keepdims, name in itertools.product(axes_of(shape), (False, True), ("add", "maximum", "logical_and")):
            if next(TURN) % 3:
                continue  # a third of them, for time
            mask = MASKS[kind](shape, np.random.default_rng(1))
            check(
                lambda: getattr(np, name).reduce(plain(dtype, shape), axis, keepdims=keepdims, where=mask, **({"initial": 1} if name == "maximum" else {})),
                f"{name} {dtype} {shape} {axis} {keepdims}",
            )


def test_where_with_other_arguments():
    mask = plain("?", (90, 90))
    for dtype, axis in itertools.product("ildf", (None, 0, 1)):
        check(lambda: np.maximum.reduce(plain(dtype, (90, 90)), axis, where=mask), "no initial value: NumPy raises")
        check(lambda: np.add.reduce(plain(dtype, (90, 90)), axis, dtype="d", initial=7, where=mask), "dtype, initial")
        check(lambda: np.add.reduce(plain(dtype, (90, 90)).T, 0, out=np.full(90, 7.0), where=mask), "out")
        check(lambda: np.mean(plain(dtype, (90, 90)), axis, where=mask), "mean")
        check(lambda: np.var(plain(dtype, (90, 90)), axis, where=mask), "var")

    def overlapping():
        x = np.ones((90, 90), bool)
        np.logical_and.reduce(plain("?", (90, 90)), 0, where=x, out=x[3])
        return x

    check(overlapping, "out= in the mask")


@pytest.mark.parametrize("case", ["axis=7", "axis=2**64", "axis=(2**70, 0)", "out=(None,)", "out=()", "axis=(0, 0)", "axis=1.5", "axis='x'", "dtype='S3'", "keepdims='x'", "wrong=1", "axis=()", "initial=None"])
def test_arguments_are_judged_by_numpy(case):
    for ufunc in (np.add, np.maximum, np.subtract, np.less):
        check(lambda: eval(f"ufunc.reduce(x, {case})", {"ufunc": ufunc, "x": plain("d", (90, 90))}), f"{ufunc.__name__}")


def test_empty_and_0d():
    for ufunc, shape, axis in itertools.product((np.add, np.maximum), ((), (0,), (3, 0), (0, 3), (1, 1)), (None, 0, -1)):
        check(lambda: ufunc.reduce(np.zeros(shape), axis=axis), f"{ufunc.__name__} {shape} {axis}")


def test_subclasses_and_strange_arrays():
    class Loud(np.ndarray):
        pass

    for make in (lambda x: x.view(Loud), np.ma.masked_array, lambda x: x.astype(">f8"), lambda x: x.astype("O"), lambda x: x.tolist(), np.matrix):
        check(lambda: str(np.add.reduce(make(plain("d", (90, 90))), axis=0)), "")


METHODS = [
    lambda x: x.sum(),
    lambda x: x.mean(0),
    lambda x: np.mean(x, axis=1),
    lambda x: x.max(1),
    lambda x: np.min(x),
    lambda x: np.any(x > 1),
    lambda x: np.all(x > 1, axis=1),
    lambda x: x.var(),
    lambda x: np.std(x, axis=0),
    lambda x: x.prod(axis=0),
    lambda x: np.average(x, axis=0, weights=np.arange(len(x))),
    lambda x: np.ptp(x),
    lambda x: np.count_nonzero(x > 1, axis=0),
    lambda x: np.nansum(x),
    lambda x: np.nanmean(x, axis=1),
    lambda x: np.nanmax(x, axis=0),
    lambda x: np.nanstd(x),
    lambda x: np.linalg.norm(x),
    lambda x: np.linalg.norm(x, axis=1),
    lambda x: np.trapezoid(x),
    lambda x: np.allclose(x, x),
    lambda x: np.array_equal(x, x),
]


@pytest.mark.parametrize("number", range(len(METHODS)))
def test_what_numpy_makes_of_them(number):
    for dtype, arrange in itertools.product("lefdD", ARRANGE):
        if dtype == "D" and number in (3, 4, 5, 6, 11, 12, 15):
            continue
        check(lambda: METHODS[number](ARRANGE[arrange](plain(dtype, (200, 150)))), f"{dtype} {arrange}")


@pytest.mark.parametrize("name", ["logical_or", "logical_and"])
def test_the_first_hit_ends_it(name):
    neutral = name == "logical_and"
    for n, hit in itertools.product((100, 70_000, 1_000_001), (0, 1, 0.3, 0.999)):

        def case():
            x = np.full(n, neutral)
            x[int(hit * (n - 1)) :: 7] = not neutral
            return getattr(np, name).reduce(x), getattr(np, name).reduce(x.astype("f")), getattr(np, name).reduce(np.full(n, neutral))

        check(case, f"{n} {hit}")


@pytest.mark.parametrize("name", ["logical_or", "logical_and"])
def test_a_first_hit_that_does_not_count(name):
    """It is under a mask, or in another line."""
    reduce, x = getattr(np, name).reduce, np.full((400, 500), name == "logical_and")
    x[0] ^= True
    below = np.broadcast_to(np.arange(400)[:, None] > 0, x.shape)
    for case in (lambda: reduce(x, None, where=below), lambda: reduce(x, None, None, None, False, True, below), lambda: reduce(x, 1), lambda: reduce(x.T, None)):
        check(case, name)
    assert outcomes(lambda: reduce(x, None, where=below)) == outcomes(lambda: reduce(x, 1)) == {"parallel"}


def test_they_run_in_parallel():
    x, grid = plain("d", 200_000), plain("d", (400, 500))
    assert outcomes(lambda: np.add.reduce(x)) == {"parallel"}
    for case in (np.sum, np.max, np.mean, lambda x: np.any(x > 99), lambda x: x.astype("i").sum(), lambda x: x.astype("f").mean(dtype="d")):
        assert outcomes(lambda: case(x)) == {"parallel"}
    for axis in (0, 1, None):
        assert outcomes(lambda: grid.sum(axis)) == outcomes(lambda: grid[:, 20:470].sum(axis)) == outcomes(lambda: grid.max(axis)) == {"parallel"}
    assert outcomes(lambda: np.add.reduce(x, where=x > 0)) == outcomes(lambda: grid.max(1, initial=0, where=grid < 0)) == {"parallel"}
    assert outcomes(lambda: np.multiply.reduce(grid, axis=0)) == outcomes(lambda: np.subtract.reduce(grid, axis=1)) == {"parallel"}


@pytest.mark.parametrize(
    "case, reason",
    [
        (lambda x: np.multiply.reduce(x), "one result from a row"),
        (lambda x: np.add.reduce(x, where=(x > 0).tolist()), "where="),
        (lambda x: np.add.reduce(x.astype("g"), dtype="d"), "a cast that is NumPy's"),
        (lambda x: np.any(x > -99), "one of the first elements decides"),
        (lambda x: np.maximum.reduce(np.where(x > 0, 0.0, -0.0)), "of several kinds"),
        (lambda x: np.add.reduce(x.astype(">f8")), "byte order"),
        (lambda x: np.add.reduce(x.reshape(20, 100, 100)[:, :30, :30], axis=(1, 2)), "gathers"),
    ],
)
def test_reasons(case, reason):
    old = np.lib.NumpyVersion(np.__version__) < "2.3.0"
    if old and reason == "gathers":
        pytest.skip("NumPy gathers rows since 2.3")
    found = outcomes(lambda: case(plain("d", 200_000)))
    assert any(reason in text for text in found), found


def test_a_buffer_of_another_size():
    before = np.getbufsize()
    try:
        for size in (4096, 8192, 16_384):
            np.setbufsize(size)
            check(lambda: np.add.reduce(plain("d", 100_000)), f"{size}")
            check(lambda: np.add.reduce(plain("f", 100_000), dtype="d"), f"{size} cast")
    finally:
        np.setbufsize(before)


def test_an_interrupt_comes_through():
    run_python(
        """
        import os, signal, threading
        import numpy as np
        import numpy_par as npp

        x = np.ones(60_000_000, "f")
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            with npp.enabled():
                while True:
                    np.add.reduce(x)
        except KeyboardInterrupt:
            print("interrupted")
        """
    )


def test_our_own_ufuncs_have_them_too():
    """Without the drop-in, where NumPy lets a ufunc have attributes (2.2)."""
    x = plain("d", 200_000)
    before = npp._engine.counters()["regions"]
    for name, method in itertools.product(("add", "maximum", "multiply"), ("reduce", "accumulate")):
        ours, numpys = getattr(getattr(npp, name), method), getattr(getattr(np, name), method)
        assert not difference(outcome(lambda _: numpys(x), None), outcome(lambda _: ours(x), None))
        assert not difference(outcome(lambda _: numpys(x[:5]), None), outcome(lambda _: ours(x[:5]), None))
    if hasattr(np.add, "__dict__"):
        assert npp._engine.counters()["regions"] > before


def test_explain():
    x = plain("d", 200_000)
    for method in (np.add.reduce, npp.add.reduce, np.maximum.accumulate):
        told = npp.explain(method, x.reshape(400, 500))
        assert told.parallel and told.path == "reduction" and told.elements == x.size
        assert told.loop == "float64 -> float64" and told.ufunc.endswith(("add.reduce", "maximum.accumulate"))
    told = npp.explain(np.add.reduce, x.astype("i1"))
    assert told.loop == "int64 -> int64"
    told = npp.explain(x.argmax)
    assert told.parallel and told.ufunc == "ndarray.argmax"
    told = npp.explain(np.multiply.reduce, x)
    assert not told.parallel and told.path == "numpy" and "order" in told.reason
    with pytest.raises(TypeError, match="sum is neither"):
        npp.explain(x.sum)


def test_explain_leaves_an_out_alone():
    out = np.full(500, 7.0)
    npp.explain(np.add.reduce, plain("d", (400, 500)), axis=0, out=out)
    assert (out == 7).all()


def test_an_endless_array():
    """Of one element, broadcast: nothing grows with it, and the first hit ends it."""
    x = np.broadcast_to(np.True_, (2**42,))
    with npp.enabled():
        assert np.any(x) and np.logical_or.reduce(x)


def test_a_small_stack():
    run_python(
        """
        import threading
        import numpy as np
        import numpy_par as npp

        threading.stack_size(96 * 1024)
        x = np.arange(60_000).reshape(60, 1000)

        def case():
            with npp.enabled():
                for dtype in "dDfF":
                    np.add.reduce(x, axis=None, dtype=dtype)
                    np.add.reduce(x, axis=1, dtype=dtype)
                    np.add.reduce(x[:, :300].astype(dtype), axis=None)
                    np.add.accumulate(x, axis=0, dtype=dtype)
                x.argmax(0)
                print("done")

        thread = threading.Thread(target=case)
        thread.start()
        thread.join()
        """
    )


@pytest.mark.parametrize("dtype", "fdeg?bHlD")
def test_minmax(dtype):
    for shape, (how, arrange) in itertools.product([(1000,), *GRIDS], ARRANGE.items()):
        for axis, keepdims, threads in itertools.product(axes_of(shape), (False, True), THREADS):
            if next(TURN) % 17:
                continue  # for time
            x = arrange(plain(dtype, shape))
            with npp.threads(threads):
                got = npp.minmax(x, axis, keepdims=keepdims)
            want = np.min(x, axis, keepdims=keepdims), np.max(x, axis, keepdims=keepdims)
            text = difference(want, got)
            assert not text, f"{shape} {how} {axis} {keepdims} {threads}: {text}"


def test_minmax_of_other_things():
    x = plain("d", 100_000)
    x[7000] = np.nan
    assert np.isnan(npp.minmax(x)).all()
    assert npp.minmax([3, 1, 2]) == (1, 3)
    assert npp.minmax(np.array(["b", "a"], "O")) == ("a", "b")
    assert repr(npp.minmax(np.repeat([0.0, -0.0, 1.0], 5000))) == repr((np.min([0.0, -0.0, 1.0]), np.float64(1)))
    with pytest.raises(ValueError, match="zero-size"):
        npp.minmax(np.zeros(0))
    with pytest.raises(np.exceptions.AxisError):
        npp.minmax(x, 1)
    before = npp._engine.counters()["regions"]
    npp.minmax(plain("d", 200_000))
    assert npp._engine.counters()["regions"] == before + 1  # one pass


@pytest.mark.parametrize("file", ["reduction/test_reductions.py", "scan/test_scans.py", "search/test_argextremes.py", "statistics/test_var.py"])
@pytest.mark.parametrize("level", HAS[:-1])
def test_levels(level, file):
    """Every size and special values at an instruction set that is forced; NumPy's order is the same at all of its own."""
    run_tests(file, "every_size or every_layout or extremes or special or zero or blocks", timeout=300, env={"NUMPY_PAR_ISA": level})
