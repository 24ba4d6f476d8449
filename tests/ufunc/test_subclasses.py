"""Other kinds of arrays, and what is no array: subclasses, the protocols, buffers, what NumPy refuses. As with NumPy."""

import numpy as np
import numpy_par as npp
import pytest
from support import check, difference, outcome
from tables import BY_KEY


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
    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        if out:
            kwargs["out"] = tuple(map(np.asarray, out))
        return "mine", getattr(ufunc, method)(*map(np.asarray, inputs), **kwargs)


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
    "range": lambda: range(3000),
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


def test_an_override_finds_numpys_ufunc():
    """Dispatchers keep tables of NumPy's ufuncs: what they are handed must be in them, and be callable again."""

    class Asks:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return {np.add: "found"}.get(ufunc), getattr(ufunc, method)(X, X)

    found, result = npp.add(X, Asks())
    assert found
    assert result.tobytes() == np.add(X, X).tobytes()
