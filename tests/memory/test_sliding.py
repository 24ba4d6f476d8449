"""sliding: windows over a stream are those of an array in memory."""

import io

import numpy as np
import numpy_par as npp
import pytest
from numpy.lib.stride_tricks import sliding_window_view


def windows(array, window, step):
    if len(array) < window:
        return []
    return list(np.moveaxis(sliding_window_view(array, window, axis=0), -1, 1)[::step])


def cut(array, sizes):
    """Into chunks of these lengths, again and again."""
    begin = i = 0
    while begin < len(array):
        yield array[begin : begin + sizes[i % len(sizes)]]
        begin += sizes[i % len(sizes)]
        i += 1


def same(got, want):
    got = [(window.copy(), window.flags.writeable) for window in got]
    assert len(got) == len(want)
    assert all(np.array_equal(window, other) and window.dtype == other.dtype and not writeable
               for (window, writeable), other in zip(got, want))


@pytest.mark.parametrize("dtype", ["u1", "i2", "f4", "f8", "c16", [("a", "i1"), ("b", "f8")]], ids=str)
@pytest.mark.parametrize("window, step", [(1, 1), (5, 3), (100, 1), (100, 100), (100, 250), (4096, 1024), (9000, 7)])
def test_chunks(dtype, window, step):
    array = np.zeros(30_011, dtype)
    for name in array.dtype.names or ["all"]:
        (array[name] if array.dtype.names else array)[:] = np.arange(30_011) % 127
    for sizes in ([1000], [1, 7, 20_000], [0, 3, 4096]):
        same(npp.sliding(cut(array, sizes), window, step), windows(array, window, step))


@pytest.mark.parametrize("row", [(3,), (2, 5), (7, 1, 3)])
def test_rows(row):
    array = np.random.default_rng(0).normal(size=(2000, *row))
    same(npp.sliding(cut(array, [13, 700]), 64, 16), windows(array, 64, 16))
    same(npp.sliding(cut(array[:, ::-1], [13]), 64, 16), windows(array[:, ::-1], 64, 16))


@pytest.mark.parametrize("tail", [0, 1, 3])
def test_files(tail):
    array = np.arange(50_000, dtype="f4")
    file = io.BytesIO(array.tobytes() + b"\0" * tail)
    same(npp.sliding(file, 1000, 333, dtype="f4"), windows(array, 1000, 333))


def test_the_memory_does_not_depend_on_the_stream():
    array = np.zeros(10_000)
    seen = {window.ctypes.data // 4096 for window in npp.sliding((array for _ in range(100)), 1000, 100)}
    assert len(seen) < 2 * (2 * 8000 + (1 << 16)) / 4096


def test_nothing_dangles():
    kept = list(npp.sliding(iter([np.ones(5000)]), 10, 10))
    assert all(window.sum() >= 0 for window in kept)


@pytest.mark.parametrize("stream", [[], [np.ones(0)], [np.ones(9)], io.BytesIO(b""), io.BytesIO(b"123")])
def test_too_short(stream):
    assert list(npp.sliding(stream, 10)) == []


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        (([np.ones(3)], 0), ValueError, "window must be at least 1, not 0"),
        (([np.ones(3)], 2, -1), ValueError, "step must be at least 1, not -1"),
        (([np.ones(3)], 2.0), TypeError, "window must be an int, not 2.0"),
        ((5, 2), TypeError, "not iterable"),
        (([5], 2), ValueError, "at least one dimension"),
        (([np.ones(3), np.ones(3, "f4")], 2), ValueError, "does not agree"),
        (([np.ones((3, 2)), np.ones((3, 4))], 2), ValueError, "does not agree"),
        (([np.ones(3, object)], 2), TypeError, "no memory of their own"),
        (([np.ones((3, 0))], 2), ValueError, "have no bytes"),
    ],
)
def test_refusals(arguments, error, text):
    with pytest.raises(error, match=text):
        list(npp.sliding(*arguments))


class Reader:
    """As the documentation of readinto has it."""

    def __init__(self, data):
        self.data = data

    def readinto(self, buffer):
        n = min(len(buffer), 1000, len(self.data))
        buffer[:n], self.data = self.data[:n], self.data[n:]
        return n


def test_a_reader_in_python():
    data = np.arange(5000, dtype="u1")
    same(npp.sliding(Reader(data.tobytes()), 100, 7), windows(data, 100, 7))


def test_an_array_is_one_chunk():
    array = np.arange(300.0).reshape(100, 3)
    same(npp.sliding(array, 10), windows(array, 10, 1))


def test_more_refusals():
    with pytest.raises(TypeError, match="dtype= is for files"):
        npp.sliding([np.ones(3)], 2, dtype="f4")
    with pytest.raises(MemoryError, match="needs a ring"):
        next(npp.sliding([np.ones(3)], 1 << 62))

    class Blocked:
        def readinto(self, buffer):
            return None

    with pytest.raises(BlockingIOError):
        next(npp.sliding(Blocked(), 2))
