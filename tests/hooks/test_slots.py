"""What lies in NumPy's slots while the drop-in is on: what goes through numpy_par, what stays NumPy's, and that each slot is put back."""

import ctypes
import functools
import pickle
import sys
import warnings

import numpy as np
import numpy_par as npp
import pytest
from numpy_par import _drop_in
from support import regions, run_python

HELD = np.exp  # before any enable()
X = np.linspace(0, 1, 100_000)
HEADER = object.__basicsize__

pytestmark = pytest.mark.usefixtures("disabled_again")


def memory(address, size):
    return ctypes.string_at(address, size)


def slots():
    """The bytes of everything that a hook changes: of all ufuncs, and of the method tables."""
    modules = (np, np._core.umath, np.linalg._umath_linalg, np.strings)
    found = {f"ufunc {module.__name__}.{name}": memory(id(value) + HEADER, np.ufunc.__basicsize__ - HEADER)
             for module in modules for name, value in vars(module).items() if type(value) is np.ufunc}
    for owner in (np.ndarray, np.ufunc):
        for name, value in vars(owner).items():
            if type(value) is type(np.ndarray.sort):
                def_address = ctypes.c_void_p.from_address(id(value) + HEADER + 3 * ctypes.sizeof(ctypes.c_void_p)).value
                found[f"{owner.__name__}.{name}"] = memory(def_address, 32)
    for name, value in vars(np._core._multiarray_umath).items():
        if type(value) is type(len):
            def_address = ctypes.c_void_p.from_address(id(value) + HEADER).value
            vectorcall = id(value) + HEADER + 4 * ctypes.sizeof(ctypes.c_void_p)
            found[f"function {name}"] = memory(def_address, 32) + memory(vectorcall, ctypes.sizeof(ctypes.c_void_p))
    return found


def test_disable_puts_every_slot_back():
    npp.enable()
    npp.disable()  # the first time fills dictionaries of NumPy's that stay
    before = slots()
    assert len(before) > 250
    npp.enable()
    changed = {name for name, value in slots().items() if value != before[name]}
    assert {"ndarray.astype", "ufunc.reduce", "function where", "ufunc numpy.add"} <= changed
    npp.disable()
    assert slots() == before


CALLS = {
    "ufunc": lambda: np.add(X, X),
    "held ufunc": lambda: HELD(X),
    "operator": lambda: X + 1,
    "reflected operator": lambda: 2.0 * X,
    "in-place operator": lambda: X.copy().__imul__(2),
    "comparison": lambda: X < 0.5,
    "unary operator": lambda: -X,
    "power": lambda: X**2,
    "divmod": lambda: divmod(X, 0.1),
    "matmul of stacks": lambda: X.reshape(1000, 10, 10) @ X.reshape(1000, 10, 10),
    "linalg": lambda: np.linalg.det(X.reshape(-1, 4, 5)[..., :4]),
    "strings": lambda: np.strings.str_len(X.astype("S3")),
    "char": lambda: np.char.str_len(X.astype("S3")),
    "where": lambda: np.where(X > 0.5, X, 0),
    "function of Python code": lambda: np.hypot(*np.meshgrid(X[:300], X[:300])),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_goes_through(name):
    assert regions(CALLS[name]) == 0
    want = CALLS[name]()
    npp.enable(exact=True)
    assert regions(CALLS[name]) >= 1
    got = CALLS[name]()
    assert np.array_equal(got, want) if isinstance(want, np.ndarray) else len(got) == len(want)


def test_objects_subclasses_and_overrides_are_numpys():
    class Unit(np.ndarray):
        pass

    class Other:
        def __array_ufunc__(self, ufunc, method, *args, **kwargs):
            return ufunc, method

        __array_priority__ = 1000

    npp.enable()
    assert type(X.view(Unit) + 1) is Unit
    assert np.add(X, Other()) == (np.add, "__call__") and (X + Other())[0] is np.add
    assert np.add.reduce(Other()) == (np.add, "reduce")
    masked = np.ma.array(X, mask=X > 0.5) + 1
    assert masked.count() == (X <= 0.5).sum()
    assert (X.astype(object) + 1)[3] == X[3] + 1


def test_ufuncs_stay_what_they_are():
    npp.enable()
    assert pickle.loads(pickle.dumps(np.add)) is np.add
    assert np.add is HELD.__class__.__call__ or type(np.add) is np.ufunc
    assert np.add.reduce(np.arange(5)) == 10 and np.add.at(np.zeros(3), [0, 0], 1) is None


def test_functions_that_users_hold():
    """CPython hashes a function in C by what it calls, and bytecode that has run some times calls that at once."""
    held = {function: function.__name__ for function in (np.array, np.ascontiguousarray, np.asfortranarray)}
    hashes = [hash(function) for function in held]
    grid = np.ones((300, 400))

    def convert():
        for _ in range(50):
            np.array(grid), np.ascontiguousarray(grid.T), np.asfortranarray(grid)

    assert regions(convert) == 0
    npp.enable(exact=True)
    for function, name in list(held.items()):
        assert held[getattr(np, name)] == name and function == getattr(np, name)
        assert "dtype=None" in function.__text_signature__ and function.__doc__ and repr(function) == f"<built-in function {name}>"
        assert pickle.loads(pickle.dumps(function)) is function
    assert [hash(function) for function in held] == hashes
    convert()
    assert regions(convert) >= 100
    assert functools.partial(np.array, dtype="f4")(grid).dtype == "f4"
    assert [part.flags.f_contiguous for part in map(np.asfortranarray, [grid, grid.T])] == [True, True]
    npp.disable()
    assert regions(convert) == 0


def test_errors_are_numpys():
    cases = [lambda: X + X[:7], lambda: np.add(X), lambda: X.astype("wrong"), lambda: np.where(X, X), lambda: np.concatenate([X, X[None]]), lambda: np.copyto(X), lambda: np.array(), lambda: np.array(X, "wrong"), lambda: np.array(X, ndmin="x"), lambda: np.ascontiguousarray(X[::2], b=1)]
    for case in cases:
        errors = []
        for on in (False, True):
            if on:
                npp.enable()
            with pytest.raises(Exception) as caught:
                case()
            errors.append((caught.type, str(caught.value)))
            npp.disable()
        assert errors[0] == errors[1]


def test_errstate():
    npp.enable()
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="overflow encountered in multiply"):
        (X + 1) * 1e308 * 1e10
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        np.array([1e300, np.nan] * 5000).astype("i4")
    assert [str(w.message) for w in caught] == ["invalid value encountered in cast"] and caught[0].filename == __file__


def test_results_own_their_memory_and_elision_still_works():
    code = """
        import tracemalloc
        import numpy as np, numpy_par as npp
        x, y = np.ones(500_000), np.ones(500_000)

        def peak():
            tracemalloc.start()
            r = x * y + 1.0 - y * 2.0
            assert r.flags.owndata and not np.may_share_memory(r, x)
            top = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return top

        want = peak()
        npp.enable()
        peak()
        got = peak()
        assert abs(got - want) < 100_000, (want, got)
    """
    run_python(code)


def test_another_library_before_and_after():
    """What lies in a slot before is called by us; what comes later stays, and calls us."""
    code = """
        import ctypes
        import numpy as np, numpy_par as npp
        # the vectorcall of a ufunc, found by its change
        address, size = id(np.add), np.ufunc.__basicsize__
        read = lambda: [ctypes.c_size_t.from_address(address + at).value for at in range(16, size, 8)]
        before = read(); npp.enable(); after = read()
        [at] = [i for i, pair in enumerate(zip(before, after)) if pair[0] != pair[1]]
        slot = ctypes.c_size_t.from_address(address + 16 + 8 * at)
        ours = slot.value
        TYPE = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
        calls = []

        def over(below):
            function = TYPE(below)

            def call(self, args, nargs, kwnames):
                calls.append(below)
                return function(self, args, nargs, kwnames)

            return TYPE(call)

        x = np.ones(10_000)
        regions = lambda: npp._engine.counters()["regions"]
        npp.disable()
        assert slot.value == before[at]

        earlier = over(before[at])
        there = slot.value = ctypes.cast(earlier, ctypes.c_void_p).value
        npp.enable()
        n = regions(); np.add(x, x); assert regions() == n + 1 and not calls
        np.add(x[:1], x[:1]); assert len(calls) == 1
        npp.disable()
        assert slot.value == there, "left as found"
        slot.value = before[at]

        npp.enable()
        calls.clear()
        later = over(ours)
        there = slot.value = ctypes.cast(later, ctypes.c_void_p).value
        n = regions(); np.add(x, x); assert regions() == n + 1 and len(calls) == 1
        npp.disable()
        assert slot.value == there, "left to the other library"
        n = regions(); np.add(x, x); assert regions() == n and len(calls) == 2
        npp.enable()
        assert slot.value == there
        n = regions(); np.add(x, x); assert regions() == n + 1 and len(calls) == 3
        slot.value = ours  # the other library leaves
        npp.disable()
        assert slot.value == before[at]
    """
    run_python(code)


def test_enabling_while_others_compute():
    code = """
        import sys, threading
        import numpy as np, numpy_par as npp
        sys.setswitchinterval(1e-5)
        x = np.linspace(0, 1, 3000)
        want = np.sqrt(x * x + 1).astype("f4"), np.where(x > 0.5, x, 0.0)
        stop, wrong, rounds = threading.Event(), [], []

        def compute():
            n = 0
            while not stop.is_set():
                n += 1
                got = np.sqrt(x * x + 1).astype("f4"), np.where(x > 0.5, x, 0.0)
                if not all(map(np.array_equal, got, want)):
                    wrong.append(n)
            rounds.append(n)

        threads = [threading.Thread(target=compute) for _ in range(8)]
        for thread in threads:
            thread.start()
        for i in range(10_000):
            if i % 2:
                with npp.enabled():
                    pass
            else:
                npp.enable()
                npp.disable()
        stop.set()
        for thread in threads:
            thread.join()
        assert not wrong and len(rounds) == 8 and sum(rounds) > 100
    """
    run_python(code, timeout=120, env={"NUMPY_PAR_MIN_ELEMENTS": "1", "NUMPY_PAR_NUM_THREADS": "2"})


def test_names_of_hooks_are_in_the_status():
    npp.enable()
    assert {"add", "clip", "ndarray.astype", "ndarray.copy", "function.where", "ufunc.reduce", "ufunc.at"} <= set(_drop_in.status())
    assert _drop_in.status()["add"] == "on"
    npp.disable()
    assert set(_drop_in.status().values()) - {"off"} <= {"this NumPy takes its arguments in another way"}


@pytest.mark.parametrize("name, types, other", [("negative", "d->d", "absolute"), ("sqrt", "d->d", "square"), ("rint", "f->f", "floor")])
def test_a_loop_that_is_replaced(name, types, other):
    """As others do it: PyUFunc_ReplaceLoopBySignature puts a function in the ufunc's table."""
    functions_offset = HEADER + 4 * ctypes.sizeof(ctypes.c_int)

    def table(ufunc):
        return ctypes.cast(ctypes.c_void_p.from_address(id(ufunc) + functions_offset).value, ctypes.POINTER(ctypes.c_void_p))

    ufunc, other = getattr(np, name), getattr(np, other)
    x = (X + 1.25).astype(types[0])
    right, wrong = ufunc(x), other(x)
    with npp.enabled():
        assert np.array_equal(ufunc(x), right)
        number = ufunc.types.index(types)
        saved = table(ufunc)[number]
        table(ufunc)[number] = table(other)[other.types.index(types)]
        try:
            if np.array_equal(ufunc(x[:3]), wrong[:3]):  # NumPy itself honours it
                assert np.array_equal(ufunc(x), wrong)
        finally:
            table(ufunc)[number] = saved
        assert np.array_equal(ufunc(x), right)


def test_dtypes_that_are_not_built_in_are_let_go():
    dtype = np.dtype("f8", metadata={})
    array = np.ones(100_000, dtype)
    with npp.enabled():
        np.add(array, array)
        before = sys.getrefcount(dtype)
        np.add(array, array)
        assert sys.getrefcount(dtype) == before
