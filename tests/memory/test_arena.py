"""Arena: arrays in one mapping, its buffer, files, and that nothing dangles."""

import asyncio
import ctypes
import hashlib
import io
import os
import pickle
import socket
import struct
import sys
import threading
import zlib

import numpy as np
import numpy_par as npp
import pytest
from numpy_par import Arena
from support import run_python

SHAPES = [(), 0, 1, 1000, (3, 4), (2, 0, 5), (64, 64, 3)]
DTYPES = ["f8", "f4", "f2", "i1", "u8", "?", "c16", "M8[s]", "S5", "U3", ">i4", [("a", "i4"), ("b", "f8")], object]


def lives_in(arena, array):
    base = np.frombuffer(arena, np.uint8).ctypes.data
    return base <= array.ctypes.data < base + arena.nbytes


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("order", "CF")
def test_arrays_as_numpys(shape, dtype, order):
    arena = Arena(1 << 22)
    want = np.zeros(shape, dtype, order)
    for got in (arena.empty(shape, dtype, order), arena.zeros(shape, dtype, order), arena.empty_like(want), arena.array(want)):
        assert (got.shape, got.dtype, got.strides) == (want.shape, want.dtype, want.strides)
        assert lives_in(arena, got) and got.ctypes.data % 64 == 0 and got.flags.owndata and got.base is None
        if dtype is not object:
            got[...] = want
            assert np.array_equal(got, want)
    assert np.array_equal(arena.zeros(shape, dtype), want) and np.array_equal(arena.array(want), want)


@pytest.mark.parametrize("value, dtype", [(7, None), (1.5, None), (True, None), (3, "f4"), ([1, 2, 3], None)])
def test_full(value, dtype):
    arena = Arena(1 << 16)
    want, got = np.full((2, 3), value, dtype), arena.full((2, 3), value, dtype)
    assert got.dtype == want.dtype and np.array_equal(got, want) and lives_in(arena, got)
    assert arena.arrays == 1


def test_array_is_a_copy():
    arena, given = Arena(1 << 16), np.arange(10)
    copy = arena.array(given)
    given[:] = 0
    assert copy[9] == 9 and arena.array([[1, 2]], "f4").dtype == np.float32


@pytest.mark.parametrize("alignment", [1, 16, 64, 4096, 2 << 20])
def test_alignment(alignment):
    arena = Arena(16 << 20, alignment=alignment)
    arrays = [arena.empty(n, "u1") for n in (1, 3, 100, 5000)]
    assert all(array.ctypes.data % alignment == 0 for array in arrays)
    for i, array in enumerate(arrays):
        array[:] = i
    assert all((array == i).all() for i, array in enumerate(arrays))


def test_numpys_own_results():
    arena = Arena(1 << 20)
    x = np.arange(1000.0)
    with arena:
        results = [np.empty(10), x + 1, np.sort(x), x[x > 5], np.concatenate([x, x]), x.astype("f4"), [1.0] * x]
        with Arena(1 << 16) as inner:
            assert lives_in(inner, np.ones(3))
        assert lives_in(arena, np.ones(3))
    assert all(lives_in(arena, result) for result in results) and not lives_in(arena, x + 1)
    assert arena.arrays == len(results) and np.array_equal(results[1], x + 1)


def test_only_this_thread_and_task():
    arena, seen = Arena(1 << 20), []

    def other():
        seen.append(lives_in(arena, np.ones(10)))

    with arena:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    async def inside():
        with arena:
            await asyncio.sleep(0.01)
            seen.append(lives_in(arena, np.ones(10)))

    async def outside():
        await asyncio.sleep(0.005)
        seen.append(lives_in(arena, np.ones(10)))

    async def both():
        await asyncio.gather(inside(), outside())

    asyncio.run(both())
    assert seen == [False, False, True]


def test_the_same_arena_in_many_threads():
    arena, wrong = Arena(4 << 20), []

    def work(seed):
        rng = np.random.default_rng(seed)
        with arena:
            for _ in range(300):
                arrays = [np.full(n, seed) for n in rng.integers(1, 2000, 5)]
                wrong.extend(array for array in arrays if (array != seed).any())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and arena.arrays == 0 and arena.used == 0


# -- having memory back --------------------------------------------------------------------


def test_what_is_on_top_is_free_at_once():
    arena = Arena(1 << 16)
    a, b, c = (arena.empty(100) for _ in range(3))
    address, used = c.ctypes.data, arena.used
    del c
    assert arena.used < used and arena.empty(100).ctypes.data == address
    del a
    assert arena.used > 0, "below something that lives"
    del b
    assert arena.used == 0 and arena.peak == used


def test_release():
    arena = Arena(1 << 16)
    a = arena.zeros(10)
    mark = arena.mark()
    b, c = arena.zeros(10), arena.zeros(10)
    with pytest.raises(BufferError, match="release: 2 arrays and 0 buffers"):
        arena.release(mark)
    view = b[3:]
    del b, c
    with pytest.raises(BufferError, match="release: 1 array and 0 buffers"):
        arena.release(mark)
    view[:] = 1  # nothing happened to it
    del view
    arena.release(mark)
    assert arena.used == mark and arena.arrays == 1 and not a.any()
    with pytest.raises(BufferError, match="reset: 1 array and"):
        arena.reset()
    del a
    arena.reset()


def test_a_block_over_the_mark_counts():
    """What was below the mark has gone since, and a new block lies across it."""
    arena = Arena(1 << 16)
    a = arena.empty(100)
    mark = arena.mark()
    del a
    across = arena.empty(1000)
    with pytest.raises(BufferError, match="1 array"):
        arena.release(mark)
    del across


def test_a_loop_that_lets_go_late():
    """Each array is made before the last one goes; and gaps of many sizes, against a list of what each holds."""
    arena = Arena(3 * 8000)
    for i in range(100):
        frame = arena.full(1000, float(i))
        assert (frame == i).all()
    del frame
    assert arena.used == 0
    rng = np.random.default_rng(0)
    arena, kept, refused = Arena(20_000), [], []
    for i in range(5000):
        if kept and rng.random() < 0.3:
            number, array = kept.pop(rng.integers(len(kept)))
            assert (array == number).all()
            del array
        else:
            try:
                kept.append((i, arena.full(rng.integers(1, 200), i)))
            except MemoryError:
                refused.append(sum(array.nbytes for _, array in kept))
                kept.pop(0)
    assert arena.arrays == len(kept) and min(refused, default=20_000) > 10_000, "no more than half is lost in gaps"
    kept.clear()
    assert arena.used == 0 and arena.arrays == 0


def test_scopes():
    arena = Arena(1 << 16)
    for _ in range(1000):
        with arena.scope():
            a = arena.empty(1000)
            with arena.scope(), arena:
                b = a + 1
                del b
            del a
    assert arena.used == 0
    with pytest.raises(BufferError, match="1 array"), arena.scope():
        kept = arena.empty(10)
    with pytest.raises(ZeroDivisionError), arena.scope():
        other = arena.empty(10)
        raise ZeroDivisionError
    assert arena.arrays == 2
    del kept, other
    assert arena.used == 0


def test_temporaries_need_no_scope():
    arena = Arena(40_000)  # of 8,000 bytes each: five
    x = np.ones(1000)
    with arena:
        for _ in range(100):
            y = x * 2 + x * 3 - 1
            del y
    assert arena.used == 0


def test_exports():
    arena = Arena(1 << 16)
    view = memoryview(arena)
    part = np.frombuffer(arena, np.float64, count=10)
    array = arena.zeros(10)
    assert arena.exports == 3 and arena.arrays == 1
    for refuse in (arena.close, arena.reset):
        with pytest.raises(BufferError, match="1 array and 2 buffers"):
            refuse()
    view[0] = 255
    assert array.view("u1")[0] == 255 and part.view("u1")[0] == 255
    view.release()
    del part, array
    arena.close()
    assert arena.closed and arena.exports == 0


def test_arrays_outlive_the_arena():
    array = Arena(1 << 20).full(1000, 7)
    others = [Arena(1 << 20).full(1000, i) for i in range(20)]
    assert (array == 7).all() and all((other == i).all() for i, other in enumerate(others))


def test_freed_by_another_thread():
    arena = Arena(1 << 20)
    arrays = [arena.full(100, i) for i in range(50)]
    thread = threading.Thread(target=arrays.clear)
    thread.start()
    thread.join()
    assert arena.arrays == 0


def test_closed():
    arena = Arena(1 << 16)
    arena.close()
    arena.close()
    assert "closed" in repr(arena) and arena.nbytes == 0
    for use in (lambda: arena.empty(1), lambda: memoryview(arena), arena.__enter__, arena.flush, lambda: arena.advise("normal")):
        with pytest.raises(ValueError, match="closed"):
            use()


# -- full ---------------------------------------------------------------------------------------


def test_full_arena():
    arena = Arena(10_000)
    x = np.ones(1000)
    first = arena.empty(1000)
    with pytest.raises(MemoryError, match=r"Arena.empty: Unable to allocate 7.81 KiB .* 2,000 of 10,000 bytes are free"):
        arena.empty(1000)
    with arena, pytest.raises(MemoryError, match="7.81 KiB"):
        x + 1
    assert arena.arrays == 1
    del first


def test_grow():
    arena = Arena(1000, grow=True)
    first = arena.full(100, 1.0)
    address = first.ctypes.data
    arrays = [arena.full(10_000, float(i)) for i in range(100)]
    assert arena.nbytes >= 8_000_000 and first.ctypes.data == address and (first == 1).all()
    assert all((array == i).all() for i, array in enumerate(arrays))
    assert lives_in(arena, arrays[-1])


def test_grow_has_an_end():
    arena = Arena(1000, grow=True)
    with pytest.raises(MemoryError):
        arena.empty(1 << 45, "u1")
    assert arena.empty(1000).size == 1000


def test_zeros_in_used_memory():
    for arena in (Arena(1 << 20), Arena(1 << 20, zero=True)):
        arena.full(100_000, 255, "u1")
        assert not arena.zeros(100_000, "u1").any()
    assert not arena.empty(100_000, "u1").any(), "zero=True"
    np.frombuffer(arena, np.uint8)[:] = 255  # by the back door
    assert not arena.zeros(500_000, "u1").any() and not arena.empty(500_000, "u1").any()


def test_large_zeros():
    arena = Arena(64 << 20)
    for _ in range(2):
        zeros = arena.zeros(7_000_001)
        assert not zeros.any()
        zeros[:] = 1
        del zeros


def test_resize():
    arena = Arena(1 << 20)
    a = arena.array(np.arange(100))
    a.resize(1000, refcheck=False)  # on top: in place
    assert np.array_equal(a[:100], np.arange(100)) and arena.arrays == 1 and arena.used == 8000
    b = arena.zeros(1)
    a.resize(2000, refcheck=False)  # below b: moves
    assert np.array_equal(a[:100], np.arange(100)) and not a[100:].any() and lives_in(arena, a)
    a.resize(5, refcheck=False)
    assert a.tolist() == [0, 1, 2, 3, 4] and not b.any()


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        (dict(nbytes=0), ValueError, "at least 1, not 0"),
        (dict(nbytes=-5), ValueError, "at least 1, not -5"),
        (dict(nbytes=1.5), TypeError, r"must be an int, not 1.5 \(float\)"),
        (dict(nbytes=True), TypeError, "must be an int"),
        (dict(nbytes=1 << 48), MemoryError, "more than there are addresses"),
        (dict(nbytes=1 << 46), MemoryError, "cannot map 70368744177664 bytes"),
        (dict(), TypeError, "nbytes is missing"),
        (dict(nbytes=1, alignment=3), ValueError, "power of two"),
        (dict(nbytes=1, alignment=0), ValueError, "power of two"),
        (dict(nbytes=1, alignment=1 << 22), ValueError, "power of two"),
        (dict(nbytes=1, alignment=1.0), TypeError, "alignment must be an int"),
        (dict(nbytes=1, hugepages="yes"), ValueError, "hugepages must be"),
        (dict(nbytes=1, hugepages=True, file="x"), ValueError, "hugepages=True is for memory"),
        (dict(nbytes=1, grow=1), TypeError, "grow must be True or False"),
        (dict(nbytes=1, zero=None), TypeError, "zero must be True or False"),
        (dict(nbytes=1, file="/no/such/folder/x"), FileNotFoundError, "no/such/folder"),
    ],
)
def test_refusals(arguments, error, text):
    with pytest.raises(error, match=text):
        Arena(**arguments)


def test_a_limit_on_addresses():
    run_python(
        """
        import resource, numpy_par as npp
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        arena = npp.Arena(1 << 20, grow=True)  # makes do with fewer addresses
        assert (arena.full(10 << 20, 1, "u1") == 1).all()
        try:
            npp.Arena(8 << 30)
        except MemoryError as error:
            assert "cannot map 8589934592 bytes" in str(error)
        else:
            raise AssertionError
        """
    )


def test_huge_pages():
    assert Arena(8 << 20).hugepages == Arena(8 << 20, hugepages=True).hugepages
    assert not Arena(8 << 20, hugepages=False).hugepages and not Arena(1 << 20).hugepages
    arena = Arena(8 << 20, hugepages=True)
    if arena.hugepages:
        address = arena.zeros(1_000_000).ctypes.data
        with open("/proc/self/smaps") as smaps:
            text = smaps.read()
        begin = text.index(f"{address:x}-")
        assert "hg" in text[text.index("VmFlags", begin) :].split("\n")[0]


def test_figures():
    arena = Arena(10_000)
    array = arena.empty(100)
    assert (arena.nbytes, arena.used, arena.peak) == (10_000, 800, 800)
    assert repr(arena) == "<numpy_par.Arena, 800 of 10,000 bytes used, 1 arrays, 0 buffers>"
    assert sys.getsizeof(arena) >= 10_000
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(arena)
    assert pickle.loads(pickle.dumps(array)).shape == (100,)


# -- its bytes ---------------------------------------------------------------------------------------


def test_consumers():
    """Whoever speaks the buffer protocol reads and writes it without a copy."""
    arena = Arena(4096)
    data = bytes(range(256)) * 16
    memoryview(arena)[:] = data
    assert hashlib.sha256(arena).digest() == hashlib.sha256(data).digest()
    assert zlib.crc32(arena) == zlib.crc32(data) and bytes(arena) == data
    struct.pack_into("<q", arena, 8, -2)
    assert struct.unpack_from("<q", arena, 8) == (-2,)
    assert (ctypes.c_char * 4096).from_buffer(arena)[0] == b"\0"
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"hello")
        assert right.recv_into(arena) == 5
    assert bytes(memoryview(arena)[:5]) == b"hello"
    assert np.from_dlpack(arena.empty(3)).shape == (3,)
    assert arena.exports == 0


def test_pyarrow():
    pyarrow = pytest.importorskip("pyarrow")
    arena = Arena(4096)
    arena.full(4096, 7, "u1")
    buffer = pyarrow.py_buffer(arena)
    assert buffer.size == 4096 and buffer.to_pybytes()[:2] == b"\7\7" and arena.exports == 1


def test_readinto_and_write_to():
    arena, data = Arena(10_000), os.urandom(5000)
    source, target = io.BytesIO(data), io.BytesIO()
    first = arena.readinto(source, 3000)
    rest = arena.readinto(source)
    assert first.tobytes() == data[:3000] and rest.tobytes() == data[3000:] and arena.readinto(source).size == 0
    assert arena.write_to(target) == arena.used and target.getvalue()[:3000] == data[:3000]
    assert target.getvalue()[3008:] == data[3000:], "aligned to 64"
    mark = arena.mark()
    last = arena.full(10, 9, "u1")
    target = io.BytesIO()
    assert arena.write_to(target, mark) == arena.used - mark
    assert target.getvalue().endswith(b"\t" * 10) and last.size == 10


class Drip(io.RawIOBase):
    """A few bytes at a time, as sockets and pipes."""

    def __init__(self, data=b""):
        self.data = bytearray(data)

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, buffer):
        n = min(7, len(buffer), len(self.data))
        buffer[:n], self.data = self.data[:n], self.data[n:]
        return n

    def write(self, buffer):
        self.data += bytes(buffer[:7])
        return min(7, len(buffer))


def test_short_reads_and_writes():
    arena, data, target = Arena(1000), os.urandom(100), Drip()
    assert arena.readinto(Drip(data)).tobytes() == data
    array = arena.array(np.frombuffer(data, "u1"))
    arena.write_to(target)
    assert bytes(target.data) == array.tobytes()


@pytest.mark.parametrize("how", ["path", "str", "file", "descriptor"])
def test_file(tmp_path, how):
    path = tmp_path / "arena"
    with open(path, "w+b") as file:
        arena = Arena(10_000, file={"path": path, "str": str(path), "file": file, "descriptor": file.fileno()}[how])
    numbers = arena.array(np.arange(1000))
    arena.flush()
    assert path.stat().st_size == 10_000 and np.array_equal(np.fromfile(path, np.int64, 1000), np.arange(1000))
    numbers[0] = -1
    arena.advise("sequential")
    arena.advise("willneed", 4096, 100)
    with Arena(file=path) as again:
        assert again.nbytes == 10_000
        content = again.empty(1000, np.int64)
        assert content[0] == -1 and content[999] == 999, "its arrays are what is in the file"
    del content
    assert not again.zeros(10).any() and np.fromfile(path, np.int64, 1)[0] == 0
    del numbers
    arena.close()


def test_file_grows(tmp_path):
    arena = Arena(100, file=tmp_path / "f", grow=True)
    arrays = [arena.full(1000, i) for i in range(50)]
    arena.flush()
    found = np.fromfile(tmp_path / "f", np.int64)
    assert all((found[1000 * i : 1000 * (i + 1)] == i).all() for i in range(len(arrays)))


def test_full_disk(tmp_path):
    with pytest.raises(OSError):
        Arena(1 << 44, file=tmp_path / "f")


@pytest.mark.parametrize(
    "arguments, text",
    [(("soon",), "advice must be one of"), (("normal", -1), "at least 0"), (("normal", 0, 5000), "at most 4096"), (("dontneed",), "would clear")],
)
def test_advise_refuses(arguments, text):
    with pytest.raises(ValueError, match=text):
        Arena(4096).advise(*arguments)


# -- processes --------------------------------------------------------------------------------------------


def test_fork():
    run_python(
        """
        import os, threading, numpy as np, numpy_par as npp
        arena = npp.Arena(16 << 20)
        stop = False
        def work():
            while not stop:
                with arena:
                    np.ones(1000) + 1
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        mine = arena.full(1000, 7)
        for _ in range(30):
            pid = os.fork()
            if pid == 0:
                with arena:
                    ok = (np.ones(1000) + 1 == 2).all() and (mine == 7).all()
                mine[:] = 8
                os._exit(0 if ok else 1)
            assert os.waitpid(pid, 0)[1] == 0
        stop = True
        for thread in threads:
            thread.join()
        assert (mine == 7).all(), "a child's memory is its own"
        """
    )


def test_exit_inside():
    run_python(
        """
        import numpy as np, numpy_par as npp
        arena = npp.Arena(1 << 20)
        arena.__enter__()
        kept = np.ones(1000)
        class AtExit:
            def __del__(self):
                self.array + 1
        last = AtExit()
        last.array = np.ones(10)
        """
    )


def test_with_the_engine():
    """numpy_par's own results, cut between threads, live in it as well."""
    arena = Arena(64 << 20)
    x = np.linspace(0, 1, 1_000_000)
    with arena, npp.enabled():
        y = np.sqrt(x * x + 1)
    assert lives_in(arena, y) and np.array_equal(y, np.sqrt(x * x + 1)) and arena.arrays == 1


# -- what a hostile reader found --------------------------------------------------------------------------


def test_the_rest_of_a_longer_file_is_not_zero(tmp_path):
    (tmp_path / "f").write_bytes(b"\xab" * (4 << 20))
    arena = Arena(1000, file=tmp_path / "f", grow=True)
    zeros = arena.zeros(100_000)
    assert not zeros.any()
    untouched = arena.empty(2 << 20, "u1")
    assert (untouched == 0xAB).all(), "empty() shows what is in the file"


def test_holes_stay_holes(tmp_path):
    with open(tmp_path / "f", "wb") as file:
        file.truncate(64 << 20)
    Arena(file=tmp_path / "f")
    assert os.stat(tmp_path / "f").st_blocks * 512 < 1 << 20


@pytest.mark.parametrize("mode", ["rb", "wb"])
def test_a_file_must_be_readable_and_writable(tmp_path, mode):
    (tmp_path / "f").write_bytes(b"1234")
    with open(tmp_path / "f", mode) as file, pytest.raises(ValueError, match="open for reading and writing"):
        Arena(100, file=file)
    with pytest.raises(ValueError, match="descriptor"):
        Arena(100, file=-1)


def test_readinto_without_room():
    arena = Arena(4096, grow=True)
    data = os.urandom(200_000)
    assert arena.readinto(io.BytesIO(data)).tobytes() == data, "it grows"
    arena = Arena(4096)
    source = io.BytesIO(data)
    first = arena.readinto(source)
    assert first.tobytes() == data[:4096] and source.tell() == 4096
    with pytest.raises(MemoryError):
        arena.readinto(source)
    assert source.tell() == 4096


def test_readinto_touches_what_it_reads():
    with open("/proc/self/statm") as statm:
        before = int(statm.read().split()[1])
    arena = Arena(1 << 30)
    arena.readinto(io.BytesIO(b"abc"))
    with open("/proc/self/statm") as statm:
        assert (int(statm.read().split()[1]) - before) * 4096 < 100 << 20


class WouldBlock(io.RawIOBase):
    def readinto(self, buffer):
        return None

    def write(self, buffer):
        return None


def test_files_that_would_block():
    arena = Arena(4096)
    array = arena.zeros(100)
    with pytest.raises(BlockingIOError):
        arena.readinto(WouldBlock(), 10)
    with pytest.raises(BlockingIOError) as caught:
        arena.write_to(WouldBlock())
    assert caught.value.characters_written == 0 and array.size == 100


def test_a_generator_that_is_closed_elsewhere():
    arena, other = Arena(1 << 16), Arena(1 << 16)

    async def inside():
        with arena, npp.enabled(), npp.memory.use_pool():
            yield

    async def main():
        generator = inside()
        task = asyncio.create_task(anext(generator))
        await task
        with other:
            await generator.aclose()
            assert lives_in(other, np.ones(10))
        assert not lives_in(other, np.ones(10))

    asyncio.run(main())
    assert np._core.multiarray.get_handler_name() == "default_allocator"


def test_the_block_on_top_grows_where_there_is_room():
    arena, kept = Arena(1 << 20, grow=True), []
    for i in range(200):
        array = arena.empty(1000 + i)
        array.resize(20_000 + i, refcheck=False)
        kept = [*kept[-3:], array]
        del array
    assert arena.nbytes < 4 << 20


def test_a_growing_arena_leaves_addresses_to_others():
    run_python(
        """
        import resource, numpy as np, numpy_par as npp
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        arenas = [npp.Arena(1 << 20, grow=True) for _ in range(3)]
        np.empty(1 << 30, "u1")
        """
    )


def test_growth_as_far_as_it_goes(tmp_path):
    run_python(
        f"""
        import resource, signal, numpy_par as npp
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_400_000, 1_400_000))
        arena = npp.Arena(1_000_000, file={str(tmp_path / "f")!r}, grow=True)
        first = arena.zeros(1_000_000, "u1")
        second = arena.zeros(100_000, "u1")
        try:
            arena.zeros(1_000_000, "u1")
        except MemoryError as error:
            assert "File too large" in str(error), error
        else:
            raise AssertionError
        """
    )


def test_zeros_are_not_touched():
    with open("/proc/self/statm") as statm:
        before = int(statm.read().split()[1])
    arena = Arena(1 << 30)
    arena.advise("normal")
    zeros = arena.zeros(1 << 29, "u1")
    with open("/proc/self/statm") as statm:
        assert (int(statm.read().split()[1]) - before) * 4096 < 100 << 20
    assert not zeros[:: 1 << 20].any()


def test_large_blocks_of_an_arena_that_grows_begin_at_different_lines_of_their_pages():
    """Loads from one do not wait for stores to the other; an arena of a fixed size holds what was asked for."""
    arena = Arena(1 << 22, grow=True)
    arrays = [arena.empty(16_384) for _ in range(6)]
    places = [array.ctypes.data % 4096 for array in arrays]
    assert all(place % 64 == 0 for place in places)
    assert all(256 <= (b - a) % 4096 <= 4096 - 256 for a, b in zip(places, places[1:])), places
    arena = Arena(6 * 16_384 * 8)
    arrays = [arena.empty(16_384) for _ in range(6)]
    assert arena.used == arena.nbytes and len(arrays) == 6
