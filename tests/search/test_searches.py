"""find_first, array_equal, allclose, isclose, count_nonzero: NumPy's answers at every number of threads, and no more work than they need."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE, LAYOUTS, MIXED
from reductions import GRIDS, NUMBERS, POOL, THREADS, outcomes, plain
from reductions import check as check_drop_in
from support import difference, outcome, run_python
from tables import ENTRIES
from values import sample

BLOCK = 4096  # src/search/find.h
SIZES = [*range(0, 301, 23), 1, 2, 499, 500, 501, *(k * BLOCK + d for k in (1, 2, 3, 8) for d in (-1, 0, 1)), 100_003]
TURN = itertools.count()
EMPTY: set = set()
BY_ENGINE = {"parallel", "nobody was free to help, or came in time"}


def turn_threads():
    npp.set_num_threads(THREADS[next(TURN) // 3 % len(THREADS)])


def same(name, case, label):
    """case(function) builds its operands itself; warnings compare by what they say, for a line of ours is between."""
    want = outcome(lambda _: case(getattr(np, name)), None)
    turn_threads()
    answers = [outcome(lambda _: case(getattr(npp, name)), None)]
    if next(TURN) % 17 == 0:
        with npp.enabled():
            answers.append(outcome(lambda _: case(getattr(np, name)), None))
    for got in answers:
        text = difference(want.result, got.result)
        assert not text, f"{name} {label}, {npp.get_num_threads()} threads: {text}"
        assert [w[:2] for w in want.warnings] == [w[:2] for w in got.warnings], f"{name} {label}"


def first(mask):
    return next((i for i, hit in enumerate(mask.ravel().tolist()) if hit), -1)


def places(n):
    """Of a hit: at the ends of what the threads take, within, and nowhere."""
    ends = [k * BLOCK + d for k in (1, 2, 7) for d in (-1, 0)]
    return [None, *sorted({i for i in (0, 1, n // 3, n // 2, 2 * n // 3, n - 2, n - 1, *ends) if 0 <= i < n})]


def by_engine(name, *args):
    return npp._engine.call(name, *args) is not NotImplemented


# -- find_first


@pytest.mark.parametrize("n", SIZES)
def test_every_place(n):
    for at in places(n):
        x = np.zeros(n)
        if at is not None:
            x[at] = 1
            x[at + 1 :: 2] = 1  # the lowest of several
        for threads in THREADS:
            npp.set_num_threads(threads)
            want = -1 if at is None else at
            assert npp.find_first(x, np.greater, 0.5) == want
            assert npp.find_first(x - 1, np.logical_not) == want
            assert npp.find_first(np.repeat(x[::-1], 2)[::-2], np.equal, np.ones(())) == want


def test_every_predicate():
    """Whatever of NumPy has a bool result, for all its dtypes, by NumPy's object and by ours."""
    for entry in ENTRIES:
        ufunc = entry.numpy
        if ufunc.nin > 2 or ufunc.nout != 1 or ufunc.signature:
            continue
        for signature in entry.signatures:
            turn_threads()
            # the first hit within the first block or not
            x = [sample(dtype, 3 * BLOCK, k, salt=next(TURN)) for k, dtype in enumerate(signature.inputs)]
            with np.errstate(all="ignore"):
                try:
                    mask = ufunc(*x)
                except Exception:
                    continue
                if mask.dtype != bool:
                    with pytest.raises(TypeError, match="must have a bool result"):
                        npp.find_first(x[0][:5], ufunc, *(v[:5] for v in x[1:]))
                    break
                for k in (0, first(mask) + 1, 2 * BLOCK):
                    cut = [v[k:] for v in x]
                    want = first(mask[k:])
                    assert npp.find_first(cut[0], ufunc, *cut[1:]) == npp.find_first(cut[0], entry.ours, *cut[1:]) == want, f"{entry.key} {signature}"


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_find_first_in_every_layout(layout):
    make = {"d": lambda k, shape: np.round(plain("d", shape) * (k + 1)), "i": lambda k, shape: sample("i", shape, k) % 50}
    for dtypes, n in itertools.product(("dd", "ii", "di"), (7, 1000, 20_011)):
        operands = layout.build(lambda k, shape: make[dtypes[k]](k, shape), [(), ()], n)
        x, y = (operands if operands[0].ndim >= operands[1].ndim else operands[::-1])
        if np.broadcast_shapes(x.shape, y.shape) != x.shape:
            with pytest.raises(ValueError, match="must broadcast to the shape of x"):
                npp.find_first(x, np.equal, y)
            continue
        for ufunc in (np.equal, np.not_equal, np.greater):
            turn_threads()
            assert npp.find_first(x, ufunc, y) == first(ufunc(x, y)), f"{dtypes} {n} {ufunc.__name__}"


@pytest.mark.parametrize("shape", GRIDS, ids=str)
def test_c_order(shape):
    for arrange in ARRANGE.values():
        x = plain("d", shape)
        x.flat[[x.size // 3, x.size // 2]] = np.nan
        turn_threads()
        assert npp.find_first(arrange(x), np.isnan) == x.size // 3
    assert npp.find_first(plain("d", shape).T, np.equal, 1e9) == -1


def test_python_numbers():
    for dtype, value in itertools.product(NUMBERS, (0, 1, 1.5, -1, 300, 2**40, 2**70, np.inf, np.nan, True, 2j, "x", None)):
        x = sample(dtype, 10_000)
        for ufunc in (np.greater, np.equal):
            want, got = (outcome(lambda _: f(), None).result for f in (lambda: first(ufunc(x, value)), lambda: npp.find_first(x, ufunc, value)))
            if not (isinstance(want, Exception) or isinstance(got, Exception)):
                assert got == want, f"{dtype} {value!r}"
            else:
                assert isinstance(got, Exception), f"{dtype} {value!r}"


def test_other_arrays():
    masked = np.ma.masked_array(np.arange(10_000), np.arange(10_000) < 300)
    assert npp.find_first(masked, np.greater, 5) == 300
    assert npp.find_first(list(range(5000)), np.greater, 4321) == 4322
    assert npp.find_first(np.arange(5000, dtype=object), np.greater, 4321) == 4322
    assert npp.find_first(np.eye(70).view(np.matrix), np.equal, 0) == 1
    assert npp.find_first(7.0, np.greater, 5) == 0
    assert npp.find_first(np.arange(5000).astype("M8[s]"), np.equal, np.datetime64(4999, "s")) == 4999
    assert npp.find_first(np.arange(5000).astype("U6"), np.equal, "4999") == 4999
    assert type(npp.find_first(np.arange(5000), np.equal, 3)) is int


@pytest.mark.parametrize(
    "error, text, args",
    [
        (TypeError, "predicate must be a ufunc, not <built-in function max>", (max,)),
        (TypeError, "predicate must be a ufunc, not 'isnan'", ("isnan",)),
        (TypeError, r"must have 1 input \(without a value\) and one output; greater has 2 and 1", (np.greater,)),
        (TypeError, r"must have 2 inputs \(with a value\) and one output; isnan has 1 and 1", (np.isnan, 1)),
        (TypeError, "and one output; modf has 1 and 2", (np.modf,)),
        (TypeError, r"and one output; matmul has 2 and 1", (np.matmul, 1)),
        (TypeError, "must have a bool result; add has float64 for x of float64", (np.add, 1)),
        (ValueError, r"value, of shape \(3,\), must broadcast to the shape of x, \(1000,\)", (np.add, [1, 2, 3])),
        (ValueError, r"value, of shape \(2, 1\), must broadcast", (np.add, np.ones((2, 1)))),
    ],
)
def test_what_does_not_fit(error, text, args):
    with pytest.raises(error, match=text):
        npp.find_first(np.zeros(1000), *args)


def test_nans_raise_no_flag():
    x = np.full(50_000, np.nan)
    with np.errstate(all="raise"):
        for ufunc in (np.greater, np.less, np.equal, np.greater_equal):
            assert npp.find_first(x, ufunc, 0.0) == -1
            assert npp.find_first(x, ufunc, x.astype("f")) == -1
        assert npp.find_first(x.astype("f"), np.isinf) == -1
        assert npp.array_equal(x, x) is False
        assert not npp.isclose(x, 1.0).any()


# -- array_equal


def check_array_equal(make, label):
    """make() gives an array; equal to its copy, different at some place."""
    n = make().size
    for equal_nan in (False, True):
        same("array_equal", lambda f: f(make(), make(), equal_nan=equal_nan), label)
        for at in places(n)[1:]:

            def case(f):
                x, y = make(), make()
                y.ravel("K")[...]  # a view or a copy, by its layout
                y[np.unravel_index(at, y.shape)] = y[np.unravel_index((at + n // 2) % n, y.shape)]
                return f(x, y, equal_nan)

            same("array_equal", case, f"{label} at {at}")


@pytest.mark.parametrize("dtype", [*NUMBERS, "M8[s]", "m8[s]", "U5", "S3", "O"])
def test_array_equal(dtype):
    sources = (plain, sample) if dtype in "efdgFDG" else (lambda dtype, n: sample(dtype, n) if dtype != "O" else np.arange(n, dtype=object),)
    for n, source in itertools.product((0, 1, 300, 3 * BLOCK + 1), sources):
        check_array_equal(lambda: source(dtype, n), f"{dtype} {n}")


@pytest.mark.parametrize("arrange", [*ARRANGE, *MIXED])
def test_array_equal_in_every_layout(arrange):
    how = [ARRANGE[name] for name in MIXED.get(arrange, (arrange, arrange))]
    for dtypes, shape, at in itertools.product(("dd", "df", "iq", "Fd", "ed"), ((9000,), (90, 110), (7, 30, 50)), (None, 0, 4444, -1)):

        def case(f, equal_nan=False):
            x, y = (plain("i", shape).astype(dtype) for dtype in dtypes)
            if at is not None:
                y.flat[at] += 1
            return f(how[0](x), how[1](y), equal_nan=equal_nan)

        same("array_equal", case, f"{dtypes} {shape} {at}")
        same("array_equal", lambda f: case(f, True), f"{dtypes} {shape} {at} equal_nan")


def test_nans_that_are_equal():
    for dtype, (at, other) in itertools.product("efdgFDG", itertools.product((0, 5000, 9999), repeat=2)):

        def case(f):
            x, y = plain(dtype, 10_000), plain(dtype, 10_000)
            x[at] = np.nan
            y[other] = np.nan if dtype in "efdg" else complex(0, np.nan)
            return f(x, y, equal_nan=True), f(x, y), f(x, x, True), f(x, np.arange(10_000), equal_nan=True)

        same("array_equal", case, f"{dtype} {at} {other}")


def test_array_equal_of_other_things():
    x = np.arange(10_000.0)
    for case in (
        lambda f: f(x, x[1:]),
        lambda f: f(x, x.reshape(100, 100)),
        lambda f: f(x, x.tolist()),
        lambda f: f(x, 1.0),
        lambda f: f(x, x.astype("U5")),
        lambda f: f(x.astype("M8[s]"), x.astype("M8[ms]")),
        lambda f: f(x.astype("u8"), x.astype("i8")),
        lambda f: f(np.ma.masked_less(x, 5), x),
        lambda f: f(x, x, equal_nan=1),
        lambda f: f(a1=x, a2=x, equal_nan=None),
        lambda f: f(x.astype("U5"), x.astype("U5"), equal_nan=True),
        lambda f: f(x),
        lambda f: f(x, x, True, 1),
        lambda f: f(x, x, wrong=1),
    ):
        same("array_equal", case, "")


# -- isclose, allclose


def pair(dtypes, shape, salt=0):
    """Some of the elements close, some equal, some not; some are infinite or NaN."""
    x, y = (np.asarray(sample(dtype, shape, k, salt)) for k, dtype in enumerate(dtypes))
    near = np.arange(x.size).reshape(shape)
    with np.errstate(all="ignore"):
        if y.dtype.kind == "f":
            y = np.where(near % 3 == 0, x.astype(y.dtype), np.where(near % 3 == 1, (x * (1 + 1e-5)).astype(y.dtype), y))
        return x, y.astype(dtypes[1])


def check_close(case, label):
    same("isclose", case, label)
    with np.errstate(over="ignore", under="ignore"):  # behind the first difference there are no warnings
        same("allclose", case, label)


@pytest.mark.parametrize("dtypes", ["dd", "ff", "fd", "df", "ld", "dl", "BH", "?d", "d?", "fi", "if", "ee", "ed", "gd", "dg", "DD", "QQ", "di"])
def test_isclose(dtypes):
    for n, equal_nan in itertools.product((0, 5, 300, 513, 4097, 30_001), (False, True)):
        check_close(lambda f: f(*pair(dtypes, n), equal_nan=equal_nan), f"{dtypes} {n}")
    with np.errstate(all="ignore"):
        for rtol, atol in ((0, 0), (0.0, 1e-8), (1, 0), (1e-3, 1), (-1.0, 0.5), (1e300, 0), (1e39, 1e39), (np.inf, 0), (0, np.nan), (np.float64(1e-5), 0), (np.float32(1e-5), 0), (1e-5, np.full(9000, 1e-8)), (2**60, 0), (True, 0)):
            check_close(lambda f: f(*pair(dtypes, 9000), rtol, atol), f"{dtypes} {rtol} {atol}")


@pytest.mark.parametrize("value", [0, 1, -3, 0.0, 1.5, 1e39, -1e39, 1e-50, np.inf, np.nan, 2**60, 10**400, True, 1j, np.float64(1.5), np.float32(1.5), np.int64(3), np.array(2.5), np.bool(1)], ids=repr)
def test_isclose_to_a_number(value):
    for dtype, equal_nan in itertools.product("?bhilQefdgD", (False, True)):

        def x():
            x = sample(dtype, 9000)
            if dtype in "efd" and abs(value) < 1e9 and isinstance(value, int | float):
                x[::2] = np.asarray(value).astype(dtype) * np.linspace(1 - 2e-5, 1 + 2e-5, 4500)
            return x

        check_close(lambda f: f(x(), value, equal_nan=equal_nan), f"{dtype} b")
        check_close(lambda f: f(value, x(), equal_nan=equal_nan), f"{dtype} a")
        check_close(lambda f: f(x(), value, 1e-3, 1e-3), f"{dtype} tolerances")


@pytest.mark.parametrize("dtype", "fd")
def test_bound_of_a_number(dtype):
    """Of a Python number it is rounded once, from double; that of an array at each operation."""
    for y in np.random.default_rng(0).random(30).tolist():
        x = np.array(y + 0.3 + 0.7 * y, dtype)
        x = np.resize(x + np.spacing(x) * np.arange(-6, 7, dtype=dtype), 900)
        same("isclose", lambda f: f(x.copy(), y, 0.7, 0.3), f"{dtype} {y!r}")
        same("isclose", lambda f: f(x.copy(), np.full(900, y, dtype), 0.7, 0.3), f"{dtype} {y!r} array")
        same("isclose", lambda f: f(x.copy(), x.dtype.type(y), 0.7, 0.3), f"{dtype} {y!r} scalar")


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_isclose_in_every_layout(layout):
    for dtypes, n in itertools.product(("dd", "ff", "ld"), (700, 20_011)):

        def case(f):
            x, y = layout.build(lambda k, shape: pair(dtypes, shape)[k], [(), ()], n)
            return f(x, y)

        check_close(case, f"{dtypes} {n}")


@pytest.mark.parametrize("dtype", "fd")
def test_close_everywhere_but(dtype):
    for n in SIZES[-14:]:
        for at in places(n):

            def case(f):
                x = plain(dtype, n)
                y = x * np.dtype(dtype).type(1 + 1e-6)
                if at is not None:
                    y[at] += 1 + abs(y[at])
                return f(x, y)

            check_close(case, f"{n} {at}")


@pytest.mark.parametrize("dtype", "fd")
def test_warnings_are_numpys(dtype):
    """Overflow and underflow, as np.errstate says; invalid never."""
    large, small = np.finfo(dtype).max, np.finfo(dtype).smallest_normal

    def case(f, values, state):
        x, y = (np.ones(9000, dtype) for _ in range(2))
        x[-7], y[-7] = values
        with np.errstate(**state):
            return f(x, y)

    states = ({}, {"all": "ignore"}, {"all": "raise"}, {"under": "warn"}, {"over": "ignore"}, {"invalid": "raise"})
    for values, state in itertools.product(((large, -large), (1, small), (np.inf, np.inf), (np.nan, 1), (1, np.inf), (1, 1)), states):
        same("isclose", lambda f: case(f, values, state), f"{values} {state}")
        same("allclose", lambda f: case(f, values, state), f"{values} {state}")
    same("isclose", lambda f: f(np.ones(9000, dtype), np.full(9000, large, dtype), rtol=2.0), "overflow of the bound")


@pytest.mark.parametrize("dtype", "fd")
def test_warnings_up_to_the_first_difference(dtype):
    """Whoever is ahead of it: those of the blocks up to its own. What is to be raised is, wherever it is."""
    large, n = np.finfo(dtype).max, 64 * BLOCK

    def case(f, overflow, differs, over="warn"):
        x = np.ones(n, dtype)
        x[overflow:] = large
        y = x.copy()
        y[differs] = np.inf
        with np.errstate(over=over):
            return f(x, y, rtol=1.5)

    for overflow, differs in itertools.product((1, BLOCK, 5 * BLOCK, n - 1), (0, 5 * BLOCK - 1, 5 * BLOCK, n - 2)):
        warned = overflow < (differs // BLOCK + 1) * BLOCK
        for _ in range(5):
            turn_threads()
            got = outcome(lambda _: case(npp.allclose, overflow, differs), None)
            assert got.result is False
            assert [w[1] for w in got.warnings] == ["overflow encountered in multiply"] * warned, f"{overflow} {differs}"
            with pytest.raises(FloatingPointError):
                case(npp.allclose, overflow, differs, "raise")


def test_close_to_other_things():
    x = np.arange(9000.0)
    for case in (
        lambda f: f(x, x[1:]),
        lambda f: f(x, x.tolist()),
        lambda f: f(np.ma.masked_less(x, 5), x),
        lambda f: f(x.view(np.matrix), x),
        lambda f: f(x, "x"),
        lambda f: f(x, None),
        lambda f: f(x),
        lambda f: f(b=x, a=x, atol=1, rtol=0),
        lambda f: f(x, x, 1, 1, True, 1),
        lambda f: f(x, x, equal_nan=1),
        lambda f: f(x, x, rtol="x"),
        lambda f: f(x, x, rtol=None),
        lambda f: f(x, x, wrong=1),
        lambda f: f(x.astype("m8[s]"), x.astype("m8[s]"), atol=1),
        lambda f: f(x.astype("M8[s]"), x.astype("M8[s]")),
        lambda f: f(1, 1.0),
    ):
        check_close(case, "")


# -- count_nonzero, with the drop-in


@pytest.mark.parametrize("dtype", [*NUMBERS, "M8[s]", "U5", "O"])
def test_count_nonzero(dtype):
    def make(shape):
        if dtype == "O":
            return np.arange(int(np.prod(shape))).astype(object).reshape(shape)
        x = sample(dtype, shape)
        x[np.arange(x.size).reshape(shape) % 3 == 1] = np.zeros(1, dtype)[0]
        return x

    for n in (0, 1, 63, 64, 65, 500, 4097, 40_003):
        check_drop_in(lambda: np.count_nonzero(make(n)), f"{dtype} {n}")
    for shape, (name, arrange) in itertools.product(((9000,), (90, 110), (7, 30, 50)), ARRANGE.items()):
        check_drop_in(lambda: np.count_nonzero(arrange(make(shape))), f"{dtype} {shape} {name}")
    check_drop_in(lambda: np.count_nonzero(make((90, 110)), axis=0), f"{dtype} axis")


def test_count_nonzero_of_other_things():
    for case in (
        lambda: np.count_nonzero(np.full(70_000, True)),
        lambda: np.count_nonzero(np.broadcast_to(np.float64(2), (300, 300))),
        lambda: np.count_nonzero(np.full(70_000, np.nan)),
        lambda: np.count_nonzero(np.full(70_000, -0.0)),
        lambda: np.count_nonzero([0, 1] * 5000),
        lambda: np.count_nonzero(np.ma.masked_less(np.arange(9000), 5)),
        lambda: np.count_nonzero(),
        lambda: np.count_nonzero(np.ones(9000), keepdims=True),
    ):
        check_drop_in(case, "")


# -- by whom, and how much of it


def test_by_the_engine():
    """Where numpy_par promises it, NumPy's functions are not asked."""
    x = plain("d", 50_000)
    for dtype in "?bhilQefdFD":
        y = plain(dtype, 50_000)
        assert by_engine("find_first", y, np.not_equal, y) and by_engine("array_equal", y, y.copy(), True), dtype
        assert EMPTY < outcomes(lambda: np.count_nonzero(y), "function.count_nonzero") <= BY_ENGINE, dtype
    for y in (x, x.astype("l"), 0, 1.5, np.float64(1), x.astype("?")):
        assert by_engine("isclose", x, y) and by_engine("allclose", x, y) and by_engine("isclose", x.astype("l"), y)
    for y in (x.astype("f"), 0, 1.5, np.float32(1)):
        assert by_engine("isclose", x.astype("f"), y)
    assert EMPTY < outcomes(lambda: np.array_equal(x, x.copy()), "function.array_equal") <= BY_ENGINE
    for function in (np.isclose, np.allclose):
        assert EMPTY < outcomes(lambda: function(x, x.copy()), "function.isclose") <= BY_ENGINE
    grid = x.reshape(200, 250)
    for a, b in ((grid, grid[0]), (grid[::2], grid[::2]), (grid.T, grid.T), (grid, grid[:, :1]), (grid[::2, ::-1], 0.0)):
        assert by_engine("isclose", a, b) and by_engine("find_first", a, np.greater, b)


def test_ends_at_the_first_hit():
    """10^11 elements would take a minute, and the truth values of all of them 100 GB."""
    run_python(
        """
        import numpy as np, numpy_par as npp
        npp.set_num_threads(3)
        for at in (0, 5000, 200_000):
            x = np.zeros(1_000_000)
            x[at] = 1
            large = np.broadcast_to(x, (100_000, 1_000_000))
            none = np.broadcast_to(np.zeros(1), large.shape)
            for _ in range(3):
                assert npp.find_first(large, np.greater, 0) == at
                assert npp.find_first(large, np.equal, x) == 0
                assert not npp.array_equal(large, none)
                assert not npp.array_equal(large, none, equal_nan=True)
                assert not npp.allclose(large, none)
                assert not npp.allclose(large, 0)
        """,
        timeout=20,
    )


def test_what_is_behind_the_hit_is_not_looked_at():
    """Counted in pieces that were run, not offered: the region of the whole array has more than the hit needs."""
    x = np.zeros(POOL * 16)
    npp.set_num_threads(1)
    x[-1] = 1
    assert npp.find_first(x, np.not_equal, 0) == len(x) - 1
    late = npp._engine.counters()["region_ns"]
    assert npp.find_first(x, np.not_equal, 0) == len(x) - 1
    late = npp._engine.counters()["region_ns"] - late
    x[BLOCK] = 1
    early = npp._engine.counters()["region_ns"]
    assert npp.find_first(x, np.not_equal, 0) == BLOCK
    early = npp._engine.counters()["region_ns"] - early
    assert early < late / 10
