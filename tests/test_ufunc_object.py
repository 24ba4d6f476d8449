"""Ours are real ufuncs: attributes, documentation, methods, pickling, copying, the protocols of other array types."""

import copy
import inspect
import pickle

import numpy as np
import numpy_par as npp
import pytest
from layouts import LAYOUTS
from numpy._core import umath
from support import check, difference, outcome, run_python
from tables import BY_KEY, ENTRIES
from values import maker

by_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
binary = [e for e in ENTRIES if e.numpy.nin == 2 and e.numpy.nout == 1 and e.numpy.signature is None]


@by_entry
def test_attributes(entry):
    ours, numpys = entry.ours, entry.numpy
    assert type(ours) is np.ufunc
    assert ours is not numpys
    for name in "nin nout nargs ntypes types identity signature __name__ __doc__".split():
        assert getattr(ours, name) == getattr(numpys, name), name
    assert repr(ours) == repr(numpys)
    assert str(ours) == str(numpys)
    assert outcome(inspect.signature, ours) == outcome(inspect.signature, numpys) or "__signature__" in dir(ours)
    assert dir(ours) == dir(numpys)
    assert {ours: 1}[ours] == 1 and ours == ours and ours != numpys


@by_entry
def test_resolution_is_numpys(entry):
    for signature in entry.signatures:
        dtypes = (*signature.inputs, *(None,) * entry.numpy.nout)
        check(entry, lambda ufunc: ufunc.resolve_dtypes(dtypes), f"resolve {signature}", (2,))


@pytest.mark.parametrize("entry", [e for e in ENTRIES if "." not in e.key or e.key.startswith("strings")], ids=lambda e: e.key)
def test_copy_and_pickle_give_the_same_object(entry):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(entry.ours, protocol)) is entry.ours
    assert copy.copy(entry.ours) is entry.ours
    assert copy.deepcopy(entry.ours) is entry.ours
    assert pickle.loads(pickle.dumps(entry.numpy)) is entry.numpy


def test_pickles_open_in_a_fresh_process():
    text = pickle.dumps([npp.add, npp.strings.str_len, np.add]).hex()
    run_python(f"""
        import pickle
        add, length, numpys = pickle.loads(bytes.fromhex("{text}"))
        import numpy, numpy_par
        assert add is numpy_par.add and length is numpy_par.strings.str_len and numpys is numpy.add
    """)


@pytest.mark.parametrize("entry", binary, ids=lambda entry: entry.key)
def test_methods(entry):
    """reduce, accumulate, reduceat, outer, at: the answer, or the refusal, is NumPy's."""
    calls = {
        "reduce": lambda u, a, b: u.reduce(a),
        "reduce an axis": lambda u, a, b: u.reduce(a.reshape(60, 50), axis=1, keepdims=True),
        "reduce all": lambda u, a, b: u.reduce(a.reshape(60, 50), axis=None),
        "reduce two": lambda u, a, b: u.reduce(a.reshape(10, 6, 50), axis=(0, 2)),
        "reduce where": lambda u, a, b: u.reduce(a, where=np.arange(3000) % 2 == 0, initial=a[0]),
        "reduce out": lambda u, a, b: u.reduce(a.reshape(60, 50), out=np.empty(50, a.dtype)),
        "reduce nothing": lambda u, a, b: u.reduce(a[:0]),
        "accumulate": lambda u, a, b: u.accumulate(a),
        "accumulate an axis": lambda u, a, b: u.accumulate(a.reshape(60, 50), axis=1),
        "reduceat": lambda u, a, b: u.reduceat(a, [0, 5, 1000, 999]),
        "outer": lambda u, a, b: u.outer(a[:60], b[:70]),
        "outer out": lambda u, a, b: u.outer(a[:60], b[:70], out=np.zeros((60, 70), u.outer(a[:1], b[:1]).dtype)),
        "at": lambda u, a, b: (u.at(a, np.arange(3000) % 100, b), a),
        "at a slice": lambda u, a, b: (u.at(a, slice(1, 5), b[:4]), a),
    }
    for signature in entry.signatures[::2]:
        if entry.name in ("power", "left_shift", "multiply", "float_power") and not signature.parallel:
            continue  # Python's integers and texts would grow without end
        for name, call in calls.items():

            def case(ufunc):
                make = maker(entry, signature)
                with np.errstate(all="ignore"):
                    return call(ufunc, make(0, (3000,)), make(1, (3000,)))

            check(entry, case, f"{name}({signature})", (3,))


@by_entry
def test_methods_of_a_ufunc_that_is_not_binary_refuse(entry):
    for name in ("reduce", "accumulate", "reduceat", "outer", "at"):
        if entry.numpy.nin != 2 or entry.numpy.signature:
            check(entry, lambda ufunc: getattr(ufunc, name)(np.ones(5), [0]), name, (2,))


def test_results_of_scalars_are_scalars():
    for args in ((1.0, 2.0), (np.float32(1), 2), (np.array(1.0), 2), ([1.0], 2)):
        assert type(npp.add(*args)) is type(np.add(*args))
        assert type(npp.add(*args, out=...) if False else npp.add(*args)) is type(np.add(*args))
    assert type(npp.add(1, 2, out=np.empty(()))) is np.ndarray


class Tagged(np.ndarray):
    """Shows when NumPy calls it, and with what."""

    tag = ()

    def __array_finalize__(self, parent):
        self.tag = (*getattr(parent, "tag", ()), "finalized")

    def __array_wrap__(self, array, context=None, return_scalar=False):
        result = super().__array_wrap__(array, context, return_scalar)
        if isinstance(result, Tagged):
            name, args, position = context or (None, (), None)
            result.tag = (*self.tag, "wrapped", getattr(name, "__name__", None), len(args), position)
        return result


class Senior(Tagged):
    __array_priority__ = 10


class Refuses(np.ndarray):
    __array_ufunc__ = None


class Decides:
    """Not an array at all: takes part through __array_ufunc__ alone."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return ufunc.__name__, method, len(inputs), sorted(kwargs)


class Overrides(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [np.asarray(value) for value in inputs]
        return "mine", getattr(ufunc, method)(*plain, **kwargs)


class OnlyArray:
    """An old friend: an array when asked, with a wrapping of its own."""

    def __array__(self, dtype=None, copy=None):
        return np.arange(3000.0)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        return "wrapped", array


X = np.linspace(-3, 3, 3000)
KINDS = {
    "masked": lambda: np.ma.MaskedArray(X.copy(), mask=np.arange(3000) % 3 == 0),
    "tagged": lambda: X.copy().view(Tagged),
    "senior": lambda: X.copy().view(Senior),
    "refuses": lambda: X.copy().view(Refuses),
    "decides": Decides,
    "overrides": lambda: X.copy().view(Overrides),
    "only an array": OnlyArray,
    "matrix": lambda: np.asmatrix(X.copy()),
    "recarray": lambda: X.copy().view(np.recarray),
    "chararray": lambda: np.char.array(["a", "b"] * 50),
    "objects": lambda: np.array([1, 2.5, 3] * 1000, object),
    "texts": lambda: np.array(["one", "two"] * 100, "T"),
    "records": lambda: np.zeros(3000, "f8,i4"),
    "generator": lambda: (i for i in range(3)),
    "memoryview": lambda: memoryview(X),
    "bytearray": lambda: bytearray(b"abc" * 1000),
}
USES = {
    "unary": lambda ufunc, x: (npp.negative if ufunc is npp.add else np.negative)(x),
    "first": lambda ufunc, x: ufunc(x, 1.5),
    "second": lambda ufunc, x: ufunc(X, x),
    "both": lambda ufunc, x: ufunc(x, x),
    "out": lambda ufunc, x: ufunc(X, 1, out=x),
    "positional out": lambda ufunc, x: ufunc(X, 1, x),
    "in and out": lambda ufunc, x: ufunc(x, 1, out=x),
    "masked out": lambda ufunc, x: (ufunc(X, x, out=(y := X.copy()), where=X > 0), y),
    "not subok": lambda ufunc, x: ufunc(x, 1, subok=False),
    "reduce": lambda ufunc, x: ufunc.reduce(x),
    "outer": lambda ufunc, x: ufunc.outer(x, [1.0, 2.0]),
    "at": lambda ufunc, x: ufunc.at(x, [0, 0, 1], 1),
    "in a list": lambda ufunc, x: ufunc([x, x], 1),
}


def seen(value):
    """The answer with what a subclass hangs on it."""
    if isinstance(value, tuple):
        return tuple(map(seen, value))
    extra = getattr(value, "tag", None), getattr(value, "mask", None), getattr(value, "fill_value", None)
    return (type(value), *map(np.asarray, extra), value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_of_arrays(kind, use):
    def case(ufunc):
        with np.errstate(all="ignore"):
            return seen(USES[use](ufunc, KINDS[kind]()))

    want, got = outcome(case, np.add), outcome(case, npp.add)
    text = difference(want._replace(result=plain(want.result)), got._replace(result=plain(got.result)))
    assert not text, text


def plain(value):
    """Arrays without their class, which seen() names beside them: comparing must not call it."""
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return np.array(value, copy=True, subok=False) if isinstance(value, np.ndarray) else value


def test_memmap(tmp_path):
    path = tmp_path / "numbers"
    X.tofile(path)

    def case(ufunc):
        mapped = np.memmap(path, float, "r+")
        result = ufunc(mapped, 1.0), ufunc(mapped, 0.0, out=mapped), ufunc(mapped, mapped, dtype="f4", casting="unsafe")
        return [type(part).__name__ for part in result], [np.array(part) for part in result]

    check(BY_KEY["add"], case, "memmap")


def test_an_override_sees_our_ufunc():
    """It may ask which one it is, call it again, and get a parallel call."""

    class Asks:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return ufunc, getattr(ufunc, method)(X, X)

    ufunc, result = npp.add(X, Asks())
    assert ufunc is npp.add
    assert result.tobytes() == np.add(X, X).tobytes()


def test_private_ufuncs_by_parallelize():
    """What np.clip is made of, reachable through parallelize only."""
    clip = npp.parallelize(umath.clip)
    assert clip(X, -1.0, 1.0).tobytes() == umath.clip(X, -1.0, 1.0).tobytes()
    assert clip is npp.parallelize(umath.clip)
    assert LAYOUTS
