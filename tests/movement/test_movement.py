"""copy, astype, where, copyto and concatenate on the engine, bit for bit as NumPy: results, strides, warnings."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from moving import check
from support import run_python
from values import sample

NUMBERS = "?bhilqBHILQefdgFDG"
OTHERS = ("M8[s]", "m8[ms]", "S5", "U3", "V7")
SIZES = (2, 3, 17, 64, 1001, 8193, 20_011)  # a prime number of them: every case meets all in turn
SHAPES = {"flat": lambda n: (n,), "grid": lambda n: (max(n // 7, 1), 7), "cube": lambda n: (2, 1, max(n // 2, 1)), "0-d": lambda n: ()}
LAYOUTS = [*itertools.product(("flat", "grid", "cube"), ARRANGE), ("0-d", "plain")]


def values(dtype, shape, salt=0):
    dtype = np.dtype(dtype)
    if dtype.kind == "V":
        return sample("B", (*shape, dtype.itemsize), salt=salt).view(dtype)[..., 0]
    return sample(dtype, shape, salt=salt)


def regions(case):
    before = npp._engine.counters()["regions"]
    with npp.enabled():
        case()
    return npp._engine.counters()["regions"] - before


@pytest.mark.parametrize("dtype", [*NUMBERS, *OTHERS])
def test_copy(dtype):
    turn = itertools.cycle(SIZES)
    for (shape, arrange), order in itertools.product(LAYOUTS, "CFAK"):
        n = next(turn)
        check(lambda: ARRANGE[arrange](values(dtype, SHAPES[shape](n))).copy(order), f"{shape}/{arrange} {n} {order}")


@pytest.mark.parametrize("source", NUMBERS)
def test_astype(source):
    turn = itertools.cycle(SIZES)
    for target, (shape, arrange) in itertools.product((*NUMBERS, ">f8", ">i2"), LAYOUTS):
        n = next(turn)
        check(lambda: ARRANGE[arrange](values(source, SHAPES[shape](n))).astype(target), f"to {target} {shape}/{arrange} {n}")


@pytest.mark.parametrize("kwargs", [{"order": "F"}, {"casting": "safe"}, {"casting": "no"}, {"casting": "wrong"}, {"subok": False}, {"copy": False}, {"order": "x"}, {"wrong": 1}], ids=str)
def test_keywords_of_astype(kwargs):
    for source, target in itertools.product("?if", "?ifD"):
        check(lambda: values(source, (40, 50)).astype(target, **kwargs), f"{source} {target}")
        check(lambda: values(source, (40, 50)).astype(dtype=target, **kwargs), f"{source} {target}")


@pytest.mark.parametrize("dtype", ["S3", "U9", "O", "M8[ms]", "i4,f8", np.dtypes.StringDType(), "nonsense", None, float, np.float32, np.dtypes.Int8DType], ids=str)
def test_other_dtypes_of_astype(dtype):
    for source in ("i", "d", "S5", "M8[s]"):
        check(lambda: np.arange(1000).astype(source).astype(dtype), source)


@pytest.mark.parametrize("x", [*NUMBERS, *OTHERS])
def test_where(x):
    turn = itertools.cycle(SIZES)
    for y, (shape, arrange) in itertools.product((x, "d", "b"), LAYOUTS):
        n = next(turn)
        lay, shape = ARRANGE[arrange], SHAPES[shape](n)
        condition = values("?", shape, 3)
        check(lambda: np.where(lay(condition.copy()), lay(values(x, shape)), lay(values(y, shape, 5))), f"{y} {shape}/{arrange}")
        check(lambda: np.where(condition, lay(values(x, shape)), values(x, ())), f"scalar {shape}/{arrange}")


@pytest.mark.parametrize("scalar", [0, 1.5, 2j, True, -1, 300, 2**40, 2**70, np.float32(1), np.int8(3), "x", None], ids=str)
def test_where_with_scalars(scalar):
    for dtype in "?bBilefdD":
        check(lambda: np.where(values("?", (5000,)), values(dtype, (5000,)), scalar), dtype)
        check(lambda: np.where(values("?", (5000,)), scalar, scalar), dtype)
        check(lambda: np.where(values(dtype, (5000,)), scalar, values(dtype, (5000,))), dtype)


def test_where_broadcasts():
    for shapes in itertools.product([(60, 1), (1, 50), (50,), (), (60, 50), (7,)], repeat=3):
        condition, x, y = (values(dtype, shape) for dtype, shape in zip("?di", shapes))
        check(lambda: np.where(condition, x, y), shapes)


def fill(to, *args, **kwargs):
    np.copyto(to, *args, **kwargs)
    return to


@pytest.mark.parametrize("target", NUMBERS)
def test_copyto(target):
    turn = itertools.cycle(SIZES)
    for source, (shape, arrange) in itertools.product((target, "?", "i", "d", ">f4"), LAYOUTS):
        if arrange == "read-only":
            continue
        n = next(turn)
        lay, shape = ARRANGE[arrange], SHAPES[shape](n)
        for kwargs in ({}, {"casting": "unsafe"}, {"where": values("?", shape, 2)}):
            check(lambda: fill(lay(values(target, shape)), lay(values(source, shape, 9)), **kwargs), f"{source} {shape}/{arrange} {kwargs}")


def test_copyto_other_arguments():
    x = values("d", (300, 40))
    for source in (1, 2.5, 1j, True, np.float32(3), [1.0] * 40, x[0], x[:, :1], x[:7], x[None], x[0, 0, None], None, "x"):
        for kwargs in ({}, {"where": False}, {"where": x[0] > 0}, {"where": [1] * 40}, {"casting": "no"}, {"wrong": 1}):
            check(lambda: fill(np.zeros((300, 40), "i4"), source, **kwargs), f"{source!r} {kwargs}")
            check(lambda: fill(np.zeros((300, 40)), source, **kwargs), f"{source!r} {kwargs}")
    check(lambda: fill(ARRANGE["read-only"](x.copy()), x), "read-only")


def folded(shape, strides, dtype="f8"):
    """A view whose elements share memory."""
    return np.lib.stride_tricks.as_strided(np.zeros(5000, dtype), shape, strides)


@pytest.mark.parametrize("shape, strides", [((60, 60), (8, 8)), ((2000,), (4,)), ((100, 50), (0, 8)), ((40, 50), (8, 64)), ((30, 20), (-8 * 0, 16))])
def test_outputs_that_overlap_themselves(shape, strides):
    """Which of two writes to one place is the last one depends on NumPy's order."""
    source = np.arange(float(np.prod(shape))).reshape(shape)

    def case(write):
        to = folded(shape, strides)
        write(to)
        return to.copy()

    for write in (lambda to: np.copyto(to, source), lambda to: np.add(source, 1.0, out=to), lambda to: np.copyto(to, source, where=source % 3 > 0)):
        check(lambda: case(write), f"{shape} {strides}")


def test_casts_of_small_arrays_happen_where_numpys_do():
    large, i = np.full(30, 1e300), np.arange(1, 61, dtype="i4")
    with np.errstate(all="warn"):
        check(lambda: np.multiply(np.full((30, 30), 1e300), large, dtype="f4"), "the first cannot")
        check(lambda: np.multiply(large, np.full((30, 30), 1e300), dtype="f4"), "the second cannot")
        check(lambda: np.maximum(np.ones((3, 30)), large, dtype="f4"), "maximum")
        check(lambda: np.multiply(large, large, dtype="f4", where=large > 0, out=np.zeros(30, "f4")), "under a mask")
        check(lambda: fill(np.zeros((3, 1), "i4"), np.full(5, np.nan), casting="unsafe"), "shapes are judged first")
        check(lambda: fill(np.zeros(1, "i4"), np.full(5, np.nan), casting="unsafe"), "shapes are judged first")
    check(lambda: np.divide(i[::2, None], i[1::2], order="A"), "order")
    check(lambda: np.divide.outer(i[:30], i[::2], order="A"), "order of an outer product")


def test_metadata_and_warnings():
    known = np.dtype("f8", metadata={"a": 1})
    x = np.zeros(900, known)
    for case in (lambda: np.concatenate([x, x]), lambda: np.concatenate([x]), lambda: x.copy(), lambda: np.where(x > 0, x, x), lambda: x.astype(known)):
        with npp.enabled():
            got = case()
        assert got.dtype.metadata == case().dtype.metadata
    for dtype in ("|a8", "=a8", "f8,a8"):
        check(lambda: np.ones(1000).astype(dtype), dtype)


def test_a_list_that_changes_meanwhile():
    code = """
        import threading, time
        import numpy as np, numpy_par as npp
        for wait in (0.001, 0.003, 0.006):
            arrays = [np.ones(1_000_000) for _ in range(6)]
            thread = threading.Thread(target=lambda: (time.sleep(wait), arrays.clear()))
            with npp.enabled():
                thread.start()
                for _ in range(20):
                    if arrays:
                        try:
                            np.concatenate(arrays)
                        except ValueError:
                            pass
            thread.join()
    """
    run_python(code)


def test_copyto_within_one_array():
    for there, back in itertools.product((slice(0, -1), slice(1, None), slice(None, None, -1), slice(0, None, 2), slice(None)), repeat=2):
        for dtype in "bdD":
            def case():
                x = values(dtype, (6001,)).copy()
                to, source = x[there], x[back]
                n = min(len(to), len(source))
                np.copyto(to[:n], source[:n])
                return x

            check(case, f"{dtype} {there} {back}")


@pytest.mark.parametrize("dtype", ["?", "h", "f", "d", "D", "g", "S5", "M8[s]", "O"])
def test_concatenate(dtype):
    turn = itertools.cycle((1, 5, 100, 3000))
    for ndim, arrange, count in itertools.product((1, 2, 3), ARRANGE, (1, 2, 5)):
        for axis in (*range(-ndim, ndim), None, ndim, 2**70):
            shape = (next(turn), 4, 3)[:ndim]
            check(lambda: np.concatenate([ARRANGE[arrange](values(dtype, shape, k).astype(dtype)) if dtype != "O" else np.full(shape, k, object) for k in range(count)], axis), f"{shape} {arrange} {axis}")


def test_concatenate_other_arguments():
    x = np.arange(1200.0).reshape(300, 4)
    for arrays in ([x, x.astype("f4")], [x, x[:, :1]], [x, x.tolist()], (x, x), [], [x, x[0]], [x[:0], x], [x, np.ma.array(x)], iter([x, x]), x):
        for kwargs in ({}, {"axis": 1}, {"out": np.empty((600, 4))}, {"dtype": "f4"}, {"dtype": "f4", "casting": "no"}, {"axis": 1.0}):
            if isinstance(arrays, (list, tuple, np.ndarray)):
                check(lambda: np.concatenate(arrays, **kwargs), f"{type(arrays)} {kwargs}")


def test_stacking_functions_go_through_concatenate():
    x = values("d", (300, 40))
    for function in (np.stack, np.hstack, np.vstack, np.dstack, np.column_stack):
        check(lambda: function([x, x, x]), function)


LARGE = np.linspace(0, 1, 60_000).reshape(200, 300)
IN_PARALLEL = {
    "copy": lambda: LARGE.copy(),
    "copy of a transposed": lambda: LARGE.T.copy(),
    "astype": lambda: LARGE.astype("f4"),
    "astype, byte-swapped": lambda: LARGE.astype(">f8"),
    "where": lambda: np.where(MASK, LARGE, 0.0),
    "copyto": lambda: np.copyto(np.empty((200, 300)), LARGE),
    "copyto, where": lambda: np.copyto(np.empty((200, 300)), LARGE, where=MASK),
    "concatenate": lambda: np.concatenate([LARGE, LARGE]),
    "concatenate, second axis": lambda: np.concatenate([LARGE, LARGE], axis=1),
    "clip": lambda: np.clip(LARGE, 0.2, 0.8),
    "round": lambda: np.round(LARGE, 2),
    "outer": lambda: np.subtract.outer(LARGE[0], LARGE[1]),
}
MASK = LARGE > 0.5


@pytest.mark.parametrize("name", IN_PARALLEL)
def test_it_is_in_parallel(name):
    """Otherwise all of the above would show nothing."""
    assert regions(IN_PARALLEL[name]) >= 1
    check(IN_PARALLEL[name], name)


def test_outer():
    for a, b in itertools.product([(50,), (3, 20), (), (0,), (2, 3, 4)], repeat=2):
        for ufunc, kwargs in ((np.add, {}), (np.power, {"dtype": "f4"}), (np.divmod, {}), (np.less, {"where": True}), (np.add, {"axis": 1})):
            check(lambda: ufunc.outer(values("d", a), values("i", b) + 1, **kwargs), f"{ufunc} {a} {b} {kwargs}")
    for wrong in (np.exp, np.matmul):
        check(lambda: wrong.outer(LARGE, LARGE), wrong)
    check(lambda: np.add.outer(LARGE[0], LARGE[0], LARGE[0]), "three")
    check(lambda: np.add.outer(np.matrix(LARGE[0]), LARGE[1]), "matrix")
