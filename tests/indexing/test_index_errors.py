"""What NumPy refuses: the same exception with the same text, and a target that is as before."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from moving import changed, check, index, mask, values
from support import difference, outcome

N = 20_000
X, M = values("l", (N,)), mask((N,), "half")
I = index(N, (N,))  # noqa: E741


def put(x, key, value):
    x[key] = value


def with_one(at, wrong, kind="l"):
    """Indices of which one is out of bounds."""
    i = (np.arange(N) % 100).astype(kind)
    i[at] = wrong
    return i


READ = {
    "mask too short": lambda x: x[M[:-1]],
    "mask too long": lambda x: x[np.append(M, True)],
    "mask of one": lambda x: x[M[:1]],
    "mask of none": lambda x: x[M[:0]],
    "mask with too many axes": lambda x: x[M.reshape(-1, 2)],
    "mask of another shape": lambda x: x.reshape(-1, 2)[M.reshape(2, -1)],
    "mask of rows": lambda x: x.reshape(-1, 2)[M],
    "mask of a 0-d array": lambda x: x[:1].reshape(())[M],
    "index of a 0-d array": lambda x: x[:1].reshape(())[I],
    "index of floats": lambda x: x[I.astype("d")],
    "index of complex": lambda x: x[I.astype("D")],
    "index of dates": lambda x: x[I.astype("m8[s]")],
    "index of texts": lambda x: x[np.array(["a", "b"])],
    "index of objects": lambda x: x[I.astype("O")],
    "index of unsigned": lambda x: x[I.astype("Q")],
    "a float": lambda x: x[1.0],
    "a text": lambda x: x["a"],
    "too many indices": lambda x: x[I, I],
    "too many slices": lambda x: x[:, :],
    "too many of all": lambda x: x[0, I, None],
    "two ellipses": lambda x: x[..., ...],
    "indices that do not broadcast": lambda x: x.reshape(-1, 2)[I[:3], I[:4]],
    "an index into nothing": lambda x: x[:0][I],
    "compress: too long": lambda x: x.compress(np.append(M, True)),
    "compress: too long, but false there": lambda x: x.compress(np.append(M, False)),
    "compress: two axes": lambda x: x.compress(M.reshape(-1, 2)),
    "compress: no such axis": lambda x: x.compress(M, axis=1),
    "compress: out": lambda x: x.compress(M, out=np.zeros(np.count_nonzero(M), "l")),
    "compress: wrong out": lambda x: x.compress(M, out=np.zeros(3, "l")),
    "compress: wrong name": lambda x: x.compress(M, wrong=1),
    "compress: nothing": lambda x: x.compress(),
    "extract: too short": lambda x: np.extract(M[:-1], x),
    "extract: too long": lambda x: np.extract(np.append(M, True), x),
    "extract: nothing": lambda x: np.extract(M),
    "take: nothing": lambda x: x.take(),
    "take: floats": lambda x: x.take(I.astype("d")),
    "take: no such axis": lambda x: x.take(I, 1),
    "take: axis a float": lambda x: x.take(I, 1.0),
    "take: wrong mode": lambda x: x.take(I, mode="wrong"),
    "take: mode a number": lambda x: x.take(I + N, mode=1),
    "take: out": lambda x: x.take(I % 5, out=np.zeros(N, "l")),
    "take: out of another dtype": lambda x: x.take(I % 5, out=np.zeros(N, "d")),
    "take: wrong out": lambda x: x.take(I % 5, out=np.zeros(3, "l")),
    "take: wrong name": lambda x: x.take(I, wrong=1),
    "take: from nothing": lambda x: x[:0].take(I),
    "nonzero: an argument": lambda x: x.nonzero(1),
    "nonzero: 0-d": lambda x: x[:1].reshape(()).nonzero(),
    "where: two": lambda x: np.where(M, x),
    "where: no fit": lambda x: np.where(M, x[:3], x),
    "where: none": lambda x: np.where(),
    "where: by name": lambda x: np.where(M, x=x, y=x),
    "choose: nothing": lambda x: (x % 2).choose(),
    "choose: no choices": lambda x: (x % 2).choose([]),
    "choose: too few choices": lambda x: (x % 3).choose([x, x]),
    "choose: negative": lambda x: (x % 2 - 1).choose([x, x]),
    "choose: no fit": lambda x: (x % 2).choose([x[:3], x]),
    "choose: floats": lambda x: (x % 2).astype("d").choose([x, x]),
    "choose: an array of choices": lambda x: (x % 2).choose(np.array([x, x])),
    "choose: numbers": lambda x: (x % 2).choose([1, 2]),
    "choose: one number": lambda x: (x % 2).choose(5),
    "choose: out": lambda x: (x % 2).choose([x, x], out=np.zeros(N, "l")),
    "choose: wrong out": lambda x: (x % 2).choose([x, x], out=np.zeros(3, "l")),
    "choose: wrong mode": lambda x: (x % 2).choose([x, x], mode="wrong"),
    "choose: of two dtypes": lambda x: (x % 2).choose([x, x.astype("d")]),
}
WRITE = {
    "mask too short": lambda x: put(x, M[:-1], 1),
    "mask too long": lambda x: put(x, np.append(M, True), 1),
    "mask too long, but false there": lambda x: put(x, np.append(M, False), 1),
    "mask of another shape": lambda x: put(x.reshape(-1, 2), M.reshape(2, -1), 1),
    "mask of rows": lambda x: put(x.reshape(-1, 2), M, 1),
    "too many values": lambda x: put(x, M, np.ones(N + 1, "l")),
    "too few values": lambda x: put(x, M, np.ones(3, "l")),
    "no values": lambda x: put(x, M, np.ones(0, "l")),
    "values in two axes": lambda x: put(x, M, np.ones((2, 3), "l")),
    "one value in two axes": lambda x: put(x, M, np.ones((1, 1), "l")),
    "a row of values for two axes": lambda x: put(x.reshape(-1, 2), M.reshape(-1, 2), np.ones(2, "l")),
    "a text": lambda x: put(x, M, "a"),
    "a number that is too large": lambda x: put(x, M, 2**70),
    "a number that is too large, in a slice": lambda x: put(x, slice(3, None), 2**70),
    "None": lambda x: put(x, M, None),
    "a complex number": lambda x: put(x, M, 1j),
    "a list": lambda x: put(x, M, [1, 2]),
    "a slice and too many values": lambda x: put(x, slice(3), np.ones(4, "l")),
    "a slice and too few values": lambda x: put(x, slice(3), np.ones(2, "l")),
    "a slice and a row more": lambda x: put(x, slice(3), np.ones((2, 3), "l")),
    "a slice and axes of one": lambda x: put(x, slice(3), np.ones((1, 1, 3), "l")),
    "an element and an axis of one": lambda x: put(x, 3, np.ones(1, "l")),
    "an element and two": lambda x: put(x, 3, np.ones(2, "l")),
    "no such element": lambda x: put(x, N, 1),
    "no such element, negative": lambda x: put(x, -N - 1, np.ones(1, "l")),
    "too many slices": lambda x: put(x, (slice(3), slice(3)), 1),
    "two ellipses": lambda x: put(x, (..., ...), 1),
    "an index out of bounds": lambda x: put(x, with_one(N - 1, N), 1),
    "a float as a key": lambda x: put(x, 1.0, 1),
    "deleted": lambda x: x.__delitem__(slice(3)),
    "an index that is too small": lambda x: put(x, with_one(N - 1, -N - 1), X),
    "values of another number by index": lambda x: put(x, I, np.ones(3, "l")),
    "values of two axes by index": lambda x: put(x, I, np.ones((2, len(I)), "l")),
    "no values by index": lambda x: put(x, I, np.ones(0, "l")),
    "floats by index": lambda x: put(x, I, np.full(len(I), np.nan)),
    "complex by index": lambda x: put(x, I, np.ones(len(I), "D")),
    "a text by index": lambda x: put(x, I, "a"),
    "indices that do not broadcast": lambda x: put(x.reshape(-1, 2), (I[:3], I[:4]), 1),
    "an index for too many axes": lambda x: put(x, (I, I), 1),
    "rows out of bounds": lambda x: put(x.reshape(-1, 2), (with_one(3, N), I % 2), 1),
    "an index into nothing": lambda x: put(x[:0], I, 1),
    "put: out of bounds": lambda x: x.put(with_one(N // 2, N), X),
    "put: no values": lambda x: x.put(I, []),
    "put: wrong mode": lambda x: x.put(I, 1, "wrong"),
    "put: nothing": lambda x: x.put(I),
    "put: by name": lambda x: x.put(indices=I, values=X, mode="clip"),
    "put: into nothing": lambda x: x[:0].put(I, 1),
    "place: no values": lambda x: np.place(x, M, []),
    "place: no values and nothing to place": lambda x: np.place(x, M & False, []),
    "place: no fit": lambda x: np.place(x, M[:-1], X),
    "place: of floats": lambda x: np.place(x, M, [1.5]),
    "place: nothing": lambda x: np.place(x, M),
    "place: by name": lambda x: np.place(arr=x, mask=M, vals=X[:5]),
    "take: out, out of bounds": lambda x: X[:100].take(with_one(N - 1, 100), out=x),
    "take: out of another shape": lambda x: X.take(I[:-1], out=x),
    "take: out of another dtype": lambda x: X.astype("d").take(I, out=x),
    "take: out of itself": lambda x: x.take(I, out=x),
    "putmask: no fit": lambda x: np.putmask(x, M[:-1], x),
    "putmask: no values": lambda x: np.putmask(x, M, x[:0]),
    "putmask: of floats": lambda x: np.putmask(x, M, x.astype("d")),
    "putmask: a list": lambda x: np.putmask(x.tolist(), M, x),
    "putmask: nothing": lambda x: np.putmask(x, M),
    "fill: nothing": lambda x: x.fill(),
    "fill: two": lambda x: x.fill(np.ones(2)),
    "fill: a text": lambda x: x.fill("a"),
    "fill: too large": lambda x: x.fill(2**70),
    "copyto: no fit": lambda x: np.copyto(x, np.ones(3, "l")),
    "copyto: no cast": lambda x: np.copyto(x, np.ones(N)),
    "copyto: mask no fit": lambda x: np.copyto(x, 1, where=M[:-1]),
    "copyto: mask of numbers": lambda x: np.copyto(x, 1, where=x),
}


@pytest.mark.parametrize("name", READ)
def test_reading(name):
    for dtype, arrange in itertools.product(("l", "f", "S3"), ("plain", "strided")):
        if dtype == "l" or not name.startswith("choose"):
            x = ARRANGE[arrange](X.astype(dtype))
            check(lambda: READ[name](x), f"{dtype} {arrange}")


@pytest.mark.parametrize("name", WRITE)
def test_writing(name):
    for arrange in ("plain", "strided", "read-only", "misaligned", "byte-swapped"):
        check(lambda: changed(ARRANGE[arrange](X.copy()), WRITE[name]), arrange)


@pytest.mark.parametrize("at", [0, 1, 63, 64, N // 2, N - 1])
def test_out_of_bounds(at):
    """Wherever it is, it is the one that NumPy names."""
    grid = X.reshape(100, 200)
    for wrong, kind in itertools.product((100, 101, -101, 2**31 - 1, 2**62, -(2**62)), "lqi"):
        if abs(wrong) >= 2**31 and kind == "i":
            continue
        i = with_one(at, wrong, kind)
        label = f"{wrong} {kind}"
        check(lambda: X[:100][i], label)
        check(lambda: grid[i], f"{label}, rows")
        check(lambda: grid.T[:, :100].copy()[i % 100, i], f"{label}, second index")
        check(lambda: grid[i, i % 100], f"{label}, first index")
        check(lambda: grid[i.reshape(100, 200)], f"{label}, two axes")
        check(lambda: X[:100].take(i), f"take {label}")
        check(lambda: grid.take(i, 0), f"take {label} along the first axis")
        check(lambda: grid[:, :100].copy().take(i[:: N // 100] if at == 0 else i[-50:], 1), f"take {label} along the last axis")
        check(lambda: changed(X.copy()[:100], lambda x: put(x, i, 1)), f"assignment {label}")
        check(lambda: np.where(i == wrong, 2, i % 2).choose([X, X]), f"choose {label}")


def test_two_out_of_bounds():
    """The first in NumPy's order counts, whichever thread meets one first."""
    i = with_one(N - 1, 333)
    for first in (0, 100, N // 2, N - 2):
        i[first] = -444
        for case in (lambda: X[:100][i], lambda: X[:100].take(i), lambda: X[:100][i[::-1].copy()], lambda: X.reshape(100, 200)[i, i]):
            check(case, f"{first}")


def test_an_error_leaves_a_working_engine():
    with npp.enabled():
        for case in READ.values():
            outcome(lambda _: case(X.copy()), None)
        for case in WRITE.values():
            outcome(lambda _: case(X.copy()), None)
        assert not difference(np.sort(X[I]), np.sort(X.take(I)))
    check(lambda: X[M], "afterwards")
