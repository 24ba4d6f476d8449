"""Arrays that are not plain, keys that make views, operands that change meanwhile, and what explain() and profile() say."""

import operator
import re

import numpy as np
import numpy_par as npp
import pytest
from hook_calls import TABLE
from moving import changed, check, facts, index, mask, values
from support import difference, outcome, regions, run_python

N = 20_000
M, I = mask((N,), "half"), index(N, (N,))  # noqa: E741


def put(x, key, value):
    x[key] = value


class Plain(np.ndarray):
    """A subclass that adds nothing."""


class Named(np.ndarray):
    """A subclass with something of its own, which views and copies take over."""

    def __array_finalize__(self, of):
        self.name = getattr(of, "name", "new") + "'"


class Keyed(np.ndarray):
    """A subclass with an indexing of its own."""

    def __getitem__(self, key):
        return "mine", super().__getitem__(key)

    def __setitem__(self, key, value):
        super().__setitem__(key, value if np.isscalar(value) else np.asarray(value) + 1)

    def take(self, *args, **kwargs):
        return "taken"


class Refusing(np.ndarray):
    """A subclass that will have nothing to do with NumPy's functions."""

    def __array_function__(self, function, types, args, kwargs):
        return function.__name__


BASE = np.arange(N, dtype="d") % 97
KINDS = {
    "plain subclass": lambda: BASE.copy().view(Plain),
    "subclass with a name": lambda: BASE.copy().view(Named),
    "subclass with keys": lambda: BASE.copy().view(Keyed),
    "subclass without functions": lambda: BASE.copy().view(Refusing),
    "matrix": lambda: BASE.reshape(-1, 4).copy().view(np.matrix),
    "masked array": lambda: np.ma.array(BASE.copy(), mask=BASE > 40),
    "masked array without a mask": lambda: np.ma.array(BASE.copy()),
    "record array": lambda: np.rec.fromarrays([BASE, BASE.astype("i")], names="a,b"),
    "structured array": lambda: np.array(np.rec.fromarrays([BASE, BASE.astype("i")], names="a,b")).view([("a", "f8"), ("b", "i8")]),
    "chararray": lambda: np.char.array(BASE.astype("S4")),
    "list": lambda: BASE.tolist(),
}
CALLS = {
    "x[mask]": lambda x, m, i: x[m],
    "x[index]": lambda x, m, i: x[i],
    "x[index, None]": lambda x, m, i: x[i, None],
    "x[index, index]": lambda x, m, i: x[i, i],
    "x[slice]": lambda x, m, i: x[3:9],
    "x[3]": lambda x, m, i: x[3],
    "x[...]": lambda x, m, i: x[..., None],
    "x['a']": lambda x, m, i: x["a"],
    "x[mask] = 3": lambda x, m, i: put(x, m, 3),
    "x[mask] = values": lambda x, m, i: put(x, m, np.ones(np.count_nonzero(m))),
    "x[index] = 3": lambda x, m, i: put(x, i, 3),
    "x[index] = values": lambda x, m, i: put(x, i, np.arange(len(i))),
    "x[index, index] = 3": lambda x, m, i: put(x, (i, i % 4), 3),
    "put": lambda x, m, i: x.put(i, [3, 4]),
    "np.put": lambda x, m, i: np.put(x, i, np.arange(len(i)), "wrap"),
    "place": lambda x, m, i: np.place(x, m, np.arange(3)),
    "take out": lambda x, m, i: np.take(x, i, out=np.zeros(i.shape)),
    "x[3:] = values": lambda x, m, i: put(x, slice(3, None), np.ones(len(x) - 3)),
    "x[3:] = x": lambda x, m, i: put(x, slice(3, None), x[:-3]),
    "x['a'] = 3": lambda x, m, i: put(x, "a", 3),
    "compress": lambda x, m, i: x.compress(m),
    "extract": lambda x, m, i: np.extract(m, x),
    "take": lambda x, m, i: x.take(i),
    "np.take": lambda x, m, i: np.take(x, i),
    "nonzero": lambda x, m, i: x.nonzero(),
    "np.nonzero": lambda x, m, i: np.nonzero(x),
    "where": lambda x, m, i: np.where(m, x, x),
    "where of one": lambda x, m, i: np.where(x),
    "choose": lambda x, m, i: np.choose(np.asarray(m, "l"), [x, x]),
    "putmask": lambda x, m, i: np.putmask(x, m, x),
    "fill": lambda x, m, i: x.fill(3),
    "copyto": lambda x, m, i: np.copyto(x, 3),
    "repeat": lambda x, m, i: x.repeat(2),
    "repeat, each": lambda x, m, i: x.repeat(np.arange(x.size) % 3),
    "byteswap": lambda x, m, i: x.byteswap(),
    "packbits": lambda x, m, i: np.packbits(x > 3),
    "unpackbits": lambda x, m, i: np.unpackbits((x > 3).view("B")),
    "flatten": lambda x, m, i: x.flatten(),
    "ravel": lambda x, m, i: x.T.ravel(),
    "stack": lambda x, m, i: np.stack([x, x], -1),
    "column_stack": lambda x, m, i: np.column_stack([x, x]),
    "ascontiguousarray": lambda x, m, i: np.ascontiguousarray(x[::2]),
    "copy": lambda x, m, i: x.T.copy(),
}


def seen(x):
    """All that there is to see of any of these, as plain arrays and texts."""
    if isinstance(x, tuple):
        return [seen(part) for part in x]
    if isinstance(x, np.ma.MaskedArray):
        return [type(x), np.asarray(x.data), np.ma.getmaskarray(x), getattr(x, "fill_value", None)]
    if isinstance(x, np.ndarray):
        return [type(x), np.asarray(x).copy(), x.strides, getattr(x, "name", None), x.flags.owndata, x.flags.writeable, type(x.base)]
    return x


def told(x, call, m, i):
    try:
        return seen(call(x, m, i)), seen(x)
    except Exception as error:
        return type(error), str(error), seen(x)


@pytest.mark.parametrize("kind", KINDS)
def test_other_arrays(kind):
    """Made before and after enable(): NumPy's types, contents, and what these types do of their own."""
    for name, call in CALLS.items():
        if (kind, name) == ("matrix", "stack"):
            continue  # NumPy itself reads behind matrices, which have no third axis
        m = M.reshape(-1, 4) if kind == "matrix" else M
        i = I % (N // 4) if kind == "matrix" else I
        want = outcome(lambda _: told(KINDS[kind](), call, m, i), None)
        before = KINDS[kind]()
        with npp.enabled():
            after = KINDS[kind]()
            gots = [outcome(lambda _: told(x, call, m, i), None) for x in (before, after)]
        for got in gots:
            assert not (text := difference(want, got)), f"{name}: {text}"
    check(lambda: np.arange(N)[M], "and plain ones are as before")


@pytest.mark.parametrize("kind", ["plain subclass", "subclass with a name", "masked array", "matrix"])
def test_masks_and_indices_that_are_other_arrays(kind):
    view = {"plain subclass": lambda a: a.view(Plain), "subclass with a name": lambda a: a.view(Named), "masked array": np.ma.array, "matrix": np.matrix}[kind]
    for name, call in CALLS.items():
        check(lambda: told(BASE.copy(), call, view(M), I), f"mask, {name}")
        check(lambda: told(BASE.copy(), call, M, view(I)), f"index, {name}")
    for change in (lambda x: put(x, M, view(np.ones(np.count_nonzero(M)))), lambda x: put(x, ..., view(BASE)), lambda x: np.putmask(x, M, view(BASE))):
        check(lambda: changed(np.zeros(N), change), "values")


def test_memmap(tmp_path):
    file = tmp_path / "x"
    BASE.tofile(file)
    for mode in ("r", "c", "r+"):
        for name, call in CALLS.items():
            def case():
                BASE.tofile(file)
                x = np.memmap(file, "d", mode)
                return told(x, call, M, I)

            check(case, f"{mode} {name}")


class Number:
    """What NumPy takes for an index, or for an array."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value

    def __array__(self, dtype=None, copy=None):
        return I[:50]


KEYS = {
    "a slice": slice(2, 5), "all": slice(None), "steps": slice(None, None, -3), "ellipsis": ..., "a new axis": None, "an element": 3, "a number of NumPy's": np.int64(3), "True": True,
    "a bool of NumPy's": np.bool_(False), "a 0-d mask": np.array(True), "a 0-d index": np.array(3), "a list": [1, 2, 3], "a list of bools": [True] * N, "a tuple of a list": ([1, 2],), "nothing": (), "a field": "a",
    "an array-like": Number(3), "a range": range(5), "a mask and a new axis": (M, None), "a new axis and a mask": (None, M), "an index and an ellipsis": (I[:9], ...), "an ellipsis and an index": (..., I[:9]), "too large": 2**70, "bytes": b"a",
    "an empty list": [], "an empty array": np.zeros(0), "a long slice": slice(2**70),
}  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
def test_other_keys(name):
    key = KEYS[name]
    for x in (BASE, BASE.reshape(-1, 4).T, BASE.astype("i4,f8"), BASE[:1].reshape(())):
        check(lambda: x[key], f"{name} of {x.shape}")
        for value in (3, x.reshape(-1)[:1], np.ones(N)):
            check(lambda: changed(x.copy("K"), lambda x: put(x, key, value)), f"{name} of {x.shape} = {value!r}")


def test_views_are_views():
    x = np.arange(12.0).reshape(3, 4)
    fields = np.zeros(5, [("a", "f8"), ("b", "i4")])
    with npp.enabled():
        for view in (x[1:], x[..., None], x[None], x[:, 2], x[1], x[()], x.T, x.ravel(), x[::-1]):
            assert np.shares_memory(view, x) and view.base is not None
        assert type(x[1, 2]) is np.float64 and type(x[()]) is np.ndarray and type(np.array(3.0)[()]) is np.float64
        fields["a"][2] = 7
        assert fields[2]["a"] == 7 and fields["a"].base is fields
        assert not np.shares_memory(x[x > 3], x) and not np.shares_memory(x[[0, 1]], x)
        x[1:][0] = 5
        assert (x[1] == 5).all()


def test_reference_counts():
    """Of keys, values and targets nothing is kept."""
    code = """
        import sys
        from operator import setitem
        import numpy as np, numpy_par as npp
        x, m, i, v = np.zeros(9000), np.arange(9000) % 2 == 0, np.arange(9000), np.ones(4500)
        wrong = np.array([9000] * 9000)
        def calls():
            for case in (
                lambda: x[m], lambda: x[i], lambda: x[i, None], lambda: x.reshape(-1, 3)[i % 3000, i % 3], lambda: x.take(i), lambda: x.compress(m),
                lambda: np.extract(m, x), lambda: m.nonzero(), lambda: (i % 2).choose([x, x]), lambda: setitem(x, m, v), lambda: setitem(x, m, 3.0),
                lambda: setitem(x, slice(9), 1.0), lambda: np.putmask(x, m, x), lambda: x.fill(2.0), lambda: x[wrong], lambda: x.take(wrong), lambda: x[m[:-1]],
                lambda: setitem(x, m, v[:-1]), lambda: np.where(m, x, 1), lambda: np.where(m), lambda: x.repeat(2), lambda: np.stack([x, x], -1),
                lambda: np.column_stack([x, x]), lambda: x[::-1].ravel(), lambda: x.reshape(90, 100).T.flatten(), lambda: wrong.choose([x, x]), lambda: np.copyto(x, v[:1], where=m),
            ):
                try:
                    case()
                except (IndexError, ValueError):
                    pass
        objects = (x, m, i, v, wrong, x.dtype, m.dtype, i.dtype, None)
        with npp.enabled():
            calls()
            before = [sys.getrefcount(o) for o in objects]
            for _ in range(20):
                calls()
            after = [sys.getrefcount(o) for o in objects]
        assert all(b - a < 10 for a, b in zip(before, after)), (before, after)
    """
    run_python(code, env={"NUMPY_PAR_MIN_ELEMENTS": "1"})


@pytest.mark.parametrize("what", ["masks", "indices", "values"])
def test_operands_that_somebody_else_changes(what):
    """Nobody knows the answer, but there is one. Another process writes to the memory: that takes no GIL.

    Each element is valid at any time: where one is not, NumPy repeats the call, and does not survive a change meanwhile.
    """
    code = f"""
        import mmap, os, signal, time
        from operator import setitem
        import numpy as np
        n = 30_000

        def shared(*contents):
            place = np.frombuffer(mmap.mmap(-1, contents[0].nbytes), contents[0].dtype)
            place[:] = contents[0]
            return place, contents

        even, up = np.arange(n) % 2 == 0, np.arange(n)
        arrays = {{
            "masks": [shared(even, ~even, np.zeros(n, bool), np.ones(n, bool))],
            "indices": [shared(up, up[::-1], up - n), shared(up.astype("i"), up[::-1].astype("i")), shared(up % 3, up % 2), shared(up % 10_000, up * 0)],
            "values": [shared(up * 1.0, up * 0.0)],
        }}
        (m, _), = arrays["masks"]
        i, i4, columns, rows = (place for place, _ in arrays["indices"])
        (x, _), = arrays["values"]
        grid = x.reshape(-1, 3)
        child = os.fork()
        if child == 0:
            while True:
                for place, contents in arrays[{what!r}]:
                    for content in contents:
                        for part in (slice(0, n // 2), slice(n // 2, n), slice(n // 3, 2 * n // 3)):
                            place[part] = content[part]
        import numpy_par as npp
        npp.set_num_threads(3)
        cases = (
            lambda: x[m], lambda: grid[m[: n // 3]], lambda: grid[m.reshape(-1, 3)], lambda: x[::2][m[::2]], lambda: x.compress(m), lambda: np.extract(m, x), lambda: m.nonzero(), lambda: x.nonzero(),
            lambda: np.where(m.reshape(-1, 3)), lambda: setitem(x, m, 3.0), lambda: np.putmask(x, m, 1.0), lambda: np.where(m, x, 2.0), lambda: np.copyto(x, 1.0, where=m), lambda: np.add(x, 1, out=x, where=m),
            lambda: x[i], lambda: x[i4], lambda: grid[rows], lambda: grid[rows, columns], lambda: x.take(i), lambda: grid[:7].take(columns, 1), lambda: columns.choose([x, x, x]), lambda: setitem(x, slice(1, None), x[:-1]), lambda: x.repeat(2),
            lambda: setitem(x, i, 3.0), lambda: setitem(x, i4, x[::-1].copy()), lambda: setitem(grid, (rows, columns), 1.0), lambda: x.put(i, [1.0, 2.0]), lambda: np.place(x, m, [1.0, 2.0]), lambda: x.take(i, out=np.zeros(n)),
        )
        calls, end = 0, time.monotonic() + 1
        try:
            with npp.enabled():
                while time.monotonic() < end:
                    for case in cases:
                        case()
                    calls += 1
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        print(calls)
    """
    assert int(run_python(code, timeout=30, env={"NUMPY_PAR_MIN_ELEMENTS": "1"})) > 1


def test_many_threads_at_once():
    code = """
        import threading
        import numpy as np, numpy_par as npp
        x, m, i = np.arange(20_000.0), np.arange(20_000) % 3 == 0, np.arange(20_000)[::-1].copy()
        wrong = []

        def work(seed):
            for _ in range(60):
                o = np.zeros(20_000)
                o[m] = x[m]
                o[1:] = o[:-1]
                for a, b in ((x[m], np.arange(0, 20_000, 3.0)), (x[i], x[::-1]), (m.nonzero()[0], np.arange(0, 20_000, 3)), (o[1::3], x[::3])):
                    if not (a == b).all():
                        wrong.append(seed)

        with npp.enabled():
            threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
            [t.start() for t in threads]
            [t.join() for t in threads]
        assert not wrong
    """
    run_python(code, env={"NUMPY_PAR_MIN_ELEMENTS": "1"})


# -- what the package says of them -----------------------------------------------------

ROWS = re.findall(r"^FUNCTION\((\w+), (\w+), \d, \w+, ((?:indexing|movement)_\w+), (HOOKED|BOTH|CALLED)\)$", TABLE.read_text(), re.MULTILINE)
X, Y = np.arange(60_000.0), np.arange(60_000.0)[::-1].copy()
BIG, PLACES = mask((60_000,), "half"), index(60_000, (60_000,))
GRID = X.reshape(200, 300)
# Of each row of functions.def: the path of the call, what explain() is given, and the call's name in a profile.
SAID = {
    "ndarray.__getitem__": ("indexing", lambda: (X.__getitem__, BIG)),
    "ndarray.__setitem__": ("indexing", lambda: (X.copy().__setitem__, BIG, np.ones(np.count_nonzero(BIG)))),
    "function.array": (None, lambda: (np.array, GRID)),
    "function.ascontiguousarray": ("transposed", lambda: (np.ascontiguousarray, GRID.T)),
    "function.asfortranarray": ("transposed", lambda: (np.asfortranarray, GRID)),
    "ndarray.compress": ("indexing", lambda: (X.compress, BIG)),
    "ndarray.nonzero": ("indexing", lambda: (X.nonzero,)),
    "ndarray.take": ("indexing", lambda: (X.take, PLACES)),
    "ndarray.put": ("indexing", lambda: (X.copy().put, PLACES, Y)),
    "ndarray.choose": ("indexing", lambda: ((PLACES % 2).choose, [X, Y])),
    "ndarray.fill": (None, lambda: (X.copy().fill, 3.0)),
    "ndarray.flatten": ("transposed", lambda: (GRID.T.flatten,)),
    "ndarray.ravel": ("transposed", lambda: (GRID.T.ravel,)),
    "ndarray.repeat": ("repeated", lambda: (X.repeat, 3)),
    "ndarray.byteswap": (None, lambda: (X.byteswap,)),
    "function.packbits": ("bits", lambda: (np.packbits, np.tile(PLACES, 8))),
    "function.unpackbits": ("bits", lambda: (np.unpackbits, X.view("B"))),
    "ndarray.copy": (None, lambda: (X.copy,)),
    "ndarray.astype": (None, lambda: (X.astype, "f4")),
    "function.where": (None, lambda: (np.where, BIG, X, Y)),
    "function.extract": ("indexing", lambda: (np.extract, BIG, X)),
    "function.place": ("indexing", lambda: (np.place, X.copy(), BIG, Y)),
    "function.putmask": (None, lambda: (np.putmask, X.copy(), BIG, Y)),
    "function.copyto": (None, lambda: (np.copyto, X.copy(), Y)),
    "function.stack": ("interleaved", lambda: (np.stack, [X, Y], -1)),
    "function.column_stack": ("interleaved", lambda: (np.column_stack, [X, Y])),
    "function.concatenate": (None, lambda: (np.concatenate, [X, Y])),
    "function.nan_to_num": ("direct", lambda: (np.nan_to_num, X)),
}
# What has no hook: a call by name.
BY_NAME = {
    "compress": lambda: npp.compress(BIG, X),
    "partition_by": lambda: npp.partition_by(BIG, X),
}
OPERATORS = {"__getitem__": operator.getitem, "__setitem__": operator.setitem}
by_row = pytest.mark.parametrize("owner, name, uses", [(owner, name, uses) for owner, name, _, uses in ROWS if uses != "CALLED"])


def call_of(owner, name):
    """A call by the operator, if there is one: the methods for it are slots that NumPy's type has had from the start."""
    function, *args = SAID[f"{owner}.{name}"][1]()
    return lambda: OPERATORS.get(name, function)(*([function.__self__, *args] if name in OPERATORS else args))


@by_row
def test_each_row_is_tested(owner, name, uses):
    assert f"{owner}.{name}" in SAID
    with npp.enabled():
        assert regions(call_of(owner, name)) >= 1


def test_each_row_without_a_hook_is_tested():
    assert set(BY_NAME) == {name for _, name, _, uses in ROWS if uses == "CALLED"}
    for name, call in BY_NAME.items():
        assert regions(call) >= 1, name


@by_row
def test_explain(owner, name, uses):
    if uses == "HOOKED":
        pytest.skip("explain() does not know it")
    path, make = SAID[f"{owner}.{name}"]
    said = npp.explain(*make())
    assert said.parallel and said.reason is None and said.threads > 1, said
    assert path is None or said.path == path
    assert said.elements >= 60_000 and name in str(said)


def test_explain_of_functions_that_are_methods():
    for function, args in ((np.take, (X, PLACES)), (np.repeat, (X, 3)), (np.nonzero, (BIG,)), (np.compress, (BIG, X)), (np.choose, (PLACES % 2, [X, Y])), (np.ravel, (GRID.T,))):
        said = npp.explain(function, *args)
        assert said.parallel and said.reason is None, said
    assert npp.explain(np.take, [1, 2], 0).reason == "an argument that is not a plain ndarray"


def test_compress_of_two_masks():
    """Which of the two is the condition?"""
    assert not difference(np.compress(BIG, ~BIG[::-1]), npp.compress(BIG, ~BIG[::-1]))
    assert not difference(np.compress(BIG, X, 0), npp.compress(condition=BIG, a=X, axis=0))


@by_row
def test_explain_changes_nothing(owner, name, uses):
    if uses == "HOOKED":
        pytest.skip("explain() does not know it")
    function, *args = SAID[f"{owner}.{name}"][1]()
    target = getattr(function, "__self__", None) if owner == "ndarray" else args[0]
    before = np.array(target)
    npp.explain(function, *args)
    assert not difference(before, np.array(target))


@by_row
def test_profile(owner, name, uses):
    call = call_of(owner, name)
    with npp.enabled(), npp.profile() as profile:
        call()
    names = {row["call"].rpartition(".")[2] for row in profile.to_dict()}
    assert name in names, profile.to_dict()


def test_explain_gives_reasons():
    """Why NumPy runs a call, in words."""
    objects = X.astype(object)
    for args in ((X.__getitem__, slice(3)), (X.__getitem__, BIG[:-1]), (X.take, PLACES.astype("d")), (objects.__getitem__, BIG), (X.compress, BIG[:, None]), (X.repeat, [3]), (np.stack, [X, Y], 0), (X.ravel,), (X[::2].repeat, 3), (X.choose, [X, Y]), (np.where, X, X, Y), (X.__setitem__, BIG, np.ones(3)), (X.__setitem__, (PLACES, None), np.ones((60_000, 1))), (X.put, PLACES[::2], 3.0), (X.take, PLACES, None, np.zeros(3)), (X.__setitem__, PLACES, np.ones(3, "D")), (np.putmask, X, BIG, np.ones(3))):
        said = npp.explain(*args)
        assert not said.parallel and said.reason, f"{args[0]}: {said}"


def test_facts_tell_bases_apart():
    assert facts(X[:3]) != facts(X[:3].copy()) != facts(X[:3].reshape(1, 3)[0])


def lying(shape, strides, dtype="d"):
    """A view in the midst of other numbers."""
    around = np.arange(3000).astype(dtype)
    return np.lib.stride_tricks.as_strided(around[1500:], shape, strides)


CALLS_OF_ANY = {
    "x[mask]": lambda x, m, i: x[m],
    "x[mask of rows]": lambda x, m, i: x[m.reshape(len(m), -1)[:, 0]],
    "x[index]": lambda x, m, i: x[i],
    "x[index, …]": lambda x, m, i: x[(i,) * x.ndim],
    "x[mask] = values": lambda x, m, i: put(x, m, np.full(np.count_nonzero(m), 3.0)),
    "x[mask] = 3": lambda x, m, i: put(x, m, 3.0),
    "x[...] = values": lambda x, m, i: put(x, ..., np.ones(x.shape)),
    "take": lambda x, m, i: [x.take(i, axis) for axis in (None, *range(x.ndim))],
    "compress": lambda x, m, i: x.compress(m.reshape(-1)),
    "extract": lambda x, m, i: np.extract(m, x),
    "nonzero": lambda x, m, i: (x.nonzero(), m.nonzero()),
    "where": lambda x, m, i: np.where(m, x, x + 1),
    "choose": lambda x, m, i: m.astype("l").choose([x, x]),
    "putmask": lambda x, m, i: np.putmask(x, m, np.ones(x.shape)),
    "copyto": lambda x, m, i: np.copyto(x, 3.0, where=m),
    "fill": lambda x, m, i: x.fill(3),
    "repeat": lambda x, m, i: [x.repeat(3, axis) for axis in (None, *range(x.ndim))],
    "ravel": lambda x, m, i: (x.ravel(), x.flatten(), x.T.flatten(), x.T.copy()),
    "stack": lambda x, m, i: np.stack([x, x], -1),
    "column_stack": lambda x, m, i: np.column_stack([x, x]),
    "add": lambda x, m, i: np.add(x, 1, out=x, where=m),
}


@pytest.mark.parametrize("name", CALLS_OF_ANY)
def test_axes_of_length_one_have_any_stride(name):
    """Such an array is C-contiguous all the same."""
    for shape, strides in (((2, 1), (8, -8)), ((70, 1), (8, 800)), ((1, 4), (-800, 8)), ((30, 1, 4), (32, 16, 8)), ((1,), (0,)), ((1, 70, 1), (80, 8, -80)), ((5, 1, 1), (8, 0, 1600)), ((1, 1), (-8, -8))):
        def case():
            x, m = lying(shape, strides), lying(shape, [stride // 8 for stride in strides], "B").view("?")
            try:
                return CALLS_OF_ANY[name](x, m, np.zeros(65, int)), x.copy()
            except (IndexError, ValueError) as error:
                return type(error), str(error), x.copy()

        check(case, f"{shape} {strides}")
