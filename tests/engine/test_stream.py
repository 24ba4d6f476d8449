"""Results that go past the caches: the same bits, wherever they lie and however long they are."""

import numpy as np
import numpy_par as npp
import pytest
from numpy_par import _engine, _environment

DTYPES = "bhilefdgFD"


@pytest.fixture(autouse=True)
def all_are_streamed():
    """Whatever their size, and without the engine's measuring."""
    before = _engine.set_stream_threshold(0), _engine.set_min_elements(2)
    yield
    _engine.set_stream_threshold(before[0])
    _engine.set_min_elements(before[1])


def numbers(n, dtype, seed):
    return (np.random.default_rng(seed).integers(1, 50, n) * 0.75).astype(dtype)


@pytest.mark.parametrize("threads", [2, 7])
@pytest.mark.parametrize("dtype", DTYPES)
def test_same_bits(dtype, threads):
    npp.set_num_threads(threads)
    for n in (512, 513, 575, 1000, 2048, 4096 + 63, 100_003):
        x, y = numbers(n, dtype, 0), numbers(n, dtype, 1)
        for ufunc in (np.add, np.multiply, np.less):
            want, got = ufunc(x, y), getattr(npp, ufunc.__name__)(x, y)
            assert np.array_equal(want, got), (ufunc, n)
            assert npp.explain(ufunc, x, y).path == "streamed"


@pytest.mark.parametrize("offset", [0, 1, 2, 3, 5, 7])
def test_any_place(offset):
    """Where a result begins within a line of the cache, and what lies around it."""
    for n in (512, 600, 5000):
        x = numbers(n, "d", 0)
        around = np.full(n + 16, -1.0)
        npp.multiply(x, 2.5, out=around[offset : offset + n])
        want = np.full(n + 16, -1.0)
        want[offset : offset + n] = x * 2.5
        assert np.array_equal(around, want)
        raw = np.zeros(8 * n + 64, np.uint8)
        out = raw[offset : offset + 4 * n].view("f4") if offset % 4 == 0 else raw[offset : offset + n].view("i1")
        npp.add(np.ones(n, out.dtype), 1, out=out)
        assert (out == 2).all() and raw.sum() == raw[offset : offset + out.nbytes].sum()


def test_rows_and_columns():
    x = numbers(600_000, "d", 0).reshape(600, 1000)
    for y in (x[0], x[:, :1], x[::2, None][:1, 0, :1000]):
        assert np.array_equal(npp.add(x, y), np.add(x, y))
    assert np.array_equal(npp.add(x.T, x.T), np.add(x.T, x.T))
    assert np.array_equal(npp.add(x[:, ::2], x[:, ::2]), np.add(x[:, ::2], x[:, ::2]))


def test_inputs_far_apart():
    """A column of a large matrix: what lies between its elements is no matter of the blocks."""
    for step in (9, 600, 1000):
        x = numbers(2000 * step, "d", 0)[::step]
        assert npp.explain(np.add, x, x).path == "streamed"
        assert np.array_equal(npp.add(x, x), np.add(x, x))
        assert np.array_equal(npp.add(x, x[::-1]), np.add(x, x[::-1]))


def test_what_is_not_streamed():
    """A result in an input's memory, in steps, under a mask, in lines too short, or of large elements."""
    x = numbers(10_000, "d", 0)
    for args, kwargs in [
        ((x, x), {"out": x}),
        ((x[1:], x[1:]), {"out": x[:-1]}),
        ((x, x), {"out": np.empty((10_000, 2))[:, 0]}),
        ((x, x), {"where": x > 3, "out": np.zeros(10_000)}),
        ((x.reshape(100, 100), x[:100]), {}),
        ((x.astype("G"), x.astype("G")), {}),
    ]:
        assert npp.explain(np.add, *args, **kwargs).path != "streamed"
        want = np.add(*(a.copy() for a in args), **{k: v.copy() for k, v in kwargs.items()})
        assert np.array_equal(npp.add(*args, **kwargs), want)


def test_errors_and_movement():
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        npp.divide(np.ones(5000), np.zeros(5000))
    x = numbers(100_000, "d", 0)
    with npp.enabled():
        assert np.array_equal(x.astype("f4"), np.asarray(x.tolist(), "f4"))
        assert np.array_equal(np.where(x > 9, x, -x), np.array([a if a > 9 else -a for a in x.tolist()]))
        assert np.array_equal(x.copy(), x.tolist()) and np.array_equal(np.concatenate([x, x]), x.tolist() * 2)


def test_both_ways_are_measured():
    """Of large calls of one kind the first is run plainly, the second streamed; then the faster. explain() runs a first piece."""
    _engine.set_min_elements(-1)
    _engine.set_stream_threshold(1 << 20)
    npp.set_num_threads(2)
    x = np.ones(3_000_017)
    assert [npp.explain(np.hypot, x, x).path for _ in range(2)] == ["direct", "streamed"]
    assert npp.explain(np.hypot, x, x).path in ("direct", "streamed")


def test_last_level_cache(tmp_path):
    def cache(index, level, size):
        folder = tmp_path / f"index{index}"
        folder.mkdir()
        (folder / "level").write_text(f"{level}\n")
        (folder / "size").write_text(f"{size}\n")

    assert _environment.last_level_cache(str(tmp_path)) is None
    cache(0, 1, "32K")
    cache(1, 1, "48K")
    assert _environment.last_level_cache(str(tmp_path)) == 48 << 10
    cache(2, 2, "1024K")
    cache(3, 3, "2M")
    assert _environment.last_level_cache(str(tmp_path)) == 2 << 20
