"""The pool: where arrays come from, what becomes of their memory, and that NumPy is left as it was."""

import ctypes
import inspect
import threading
import tracemalloc

import numpy as np
import numpy_par as npp
import pytest
from numpy_par import memory
from support import resident, run_python

LEAST = npp._engine.POOL_LEAST
SIZES = sorted({LEAST, LEAST + 1, 100_003, *(2**i + d for i in range(17, 24, 2) for d in (-1, 0, 1))})
X = np.ones(LEAST)
handler_name = np._core.multiarray.get_handler_name


@pytest.fixture(autouse=True)
def off_again():
    limit = memory.limit(1 << 30)
    memory.trim()
    yield
    memory.use_pool(False)
    memory.limit(limit)


def taken():
    """Blocks that the pool has handed out so far."""
    stats = memory.stats()
    return stats.hits + stats.misses


def comes_from_pool(make):
    before = taken()
    array = make()
    return taken() - before == 1 and array.ctypes.data % 64 == 0


def allocator():
    """The bytes of NumPy's default handler: name, version, context and four functions."""
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return ctypes.string_at(get(npp._engine.default_handler, b"mem_handler"), 128 + 5 * ctypes.sizeof(ctypes.c_void_p))


def test_for_the_process():
    assert not comes_from_pool(lambda: np.empty(LEAST, "u1"))
    memory.use_pool()
    for make in (np.empty, np.zeros, np.ones, np.arange, lambda n: X + 1, lambda n: np.random.default_rng(0).random(n), lambda n: X.astype("f4")):
        assert comes_from_pool(lambda make=make: make(LEAST)), make
    seen = []
    thread = threading.Thread(target=lambda: seen.append(comes_from_pool(lambda: np.empty(LEAST, "u1"))))
    thread.start()
    thread.join()
    assert seen == [True], "new threads too"
    assert not comes_from_pool(lambda: np.empty(LEAST - 1, "u1"))
    assert memory.stats().everywhere
    memory.use_pool(False)
    assert not comes_from_pool(lambda: np.empty(LEAST, "u1"))


def test_for_a_context():
    seen = []

    def other():
        seen.append(comes_from_pool(lambda: np.empty(LEAST, "u1")))

    with memory.use_pool():
        assert comes_from_pool(lambda: np.empty(LEAST, "u1")) and handler_name() == "numpy_par_pool"
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        with memory.use_pool(False):
            assert not comes_from_pool(lambda: np.empty(LEAST, "u1"))
        assert comes_from_pool(lambda: np.empty(LEAST, "u1"))
        kept = np.arange(LEAST)
    assert handler_name() == "default_allocator" and not comes_from_pool(lambda: np.empty(LEAST, "u1"))
    assert seen == [False] and not memory.stats().everywhere
    assert handler_name(kept) == "numpy_par_pool" and kept[-1] == LEAST - 1, "it outlives the block"


def test_not_in_this_context_though_it_is_for_the_process():
    memory.use_pool()
    with memory.use_pool(False):
        assert not comes_from_pool(lambda: np.empty(LEAST, "u1"))
    assert comes_from_pool(lambda: np.empty(LEAST, "u1"))


def test_enable():
    before = allocator()
    npp.enable()
    assert comes_from_pool(lambda: np.empty(LEAST, "u1")) and allocator() != before
    npp.disable()
    assert not comes_from_pool(lambda: np.empty(LEAST, "u1")) and allocator() == before
    npp.enable(pool=False)
    assert not comes_from_pool(lambda: np.empty(LEAST, "u1")) and allocator() == before
    npp.disable()
    with npp.enabled():
        assert comes_from_pool(lambda: np.empty(LEAST, "u1")) and allocator() == before
    with npp.enabled(pool=False):
        assert not comes_from_pool(lambda: np.empty(LEAST, "u1"))


def test_use_pool_outlives_enable():
    memory.use_pool()
    npp.enable()
    npp.disable()
    assert memory.stats().everywhere
    memory.use_pool(False)
    assert not memory.stats().everywhere


def test_numpys_functions_come_back_with_the_last_array():
    """In a process of its own: an array that another test has left in a cache is one too."""
    run_python(
        "import ctypes\nimport numpy as np, numpy_par as npp\nfrom numpy_par import memory\n"
        + inspect.getsource(allocator)
        + f"""
before = allocator()
memory.use_pool()
first, second = np.ones({LEAST}), np.ones({LEAST})
memory.use_pool(False)
taken = memory.stats()
np.empty({LEAST}, "u1")
assert memory.stats() == taken, "off at once"
assert allocator() != before
del first
assert allocator() != before and second.sum() == {LEAST}
del second
assert allocator() == before
"""
    )


def test_anothers_handler_stays():
    """In a context with an allocator of its own (an arena stands for any) enabled() does not put the pool in its place."""
    with npp.Arena(1 << 20), npp.enabled():
        assert handler_name() == "numpy_par_arena"


@pytest.mark.parametrize("on", [1, "yes", None])
def test_use_pool_takes_a_bool(on):
    with pytest.raises(TypeError, match="use_pool: on must be True or False, not"):
        memory.use_pool(on)
    with pytest.raises(TypeError, match="enable: pool must be True or False, not"):
        npp.enable(pool=on)


@pytest.mark.parametrize("nbytes", SIZES)
def test_contents(nbytes):
    """Zeros are zeros, also in memory that was used, and arrays do not share it."""
    with memory.use_pool():
        for _ in range(3):
            arrays = [np.full(nbytes, i, "u1") for i in range(4)]
            arrays += [np.zeros(nbytes, "u1"), np.zeros(nbytes // 2 + 1, "u1")]
            assert all((array == i).all() for i, array in enumerate(arrays[:4]))
            assert not arrays[4].any() and not arrays[5].any()
            for array in arrays:
                array.fill(255)


@pytest.mark.parametrize("nbytes", [33 << 20, 70 << 20])
def test_large_zeros_cost_nothing_until_they_are_touched(nbytes):
    with memory.use_pool():
        np.zeros(nbytes, "u1").fill(1)  # used memory
        before = resident()
        zeros = np.zeros(nbytes, "u1")
        assert resident() - before < nbytes // 2
        assert not zeros.any()


@pytest.mark.parametrize("before", [10, LEAST // 2, LEAST, 300_000, 5 << 20])
@pytest.mark.parametrize("after", [10, LEAST - 1, LEAST, 310_000, 700_000, 6 << 20, 40 << 20])
def test_resize(before, after):
    with memory.use_pool():
        array = np.resize(np.arange(251, dtype="u1"), before).copy()
        want = array[:after].copy()
        array.resize(after, refcheck=False)
        assert np.array_equal(array[: min(before, after)], want) and not array[before:].any()
        assert after < LEAST or array.ctypes.data % 64 == 0 or before < LEAST


def test_growing_input():
    """np.fromiter makes its result larger again and again."""
    with memory.use_pool():
        assert np.array_equal(np.fromiter(range(1_000_000), np.int64), np.arange(1_000_000))


def test_sizes_that_numpy_guesses():
    """What free() is told of the size is wrong for these."""
    memory.use_pool()
    in_use = memory.stats().in_use
    for shape in [(LEAST, 0), (0, LEAST), (2, 0, LEAST)]:
        np.empty(shape)
    assert memory.stats().in_use == in_use


def test_freed_by_another_thread():
    memory.use_pool()
    in_use = memory.stats().in_use
    arrays = [np.full(LEAST + 4096 * i, i, "u2") for i in range(50)]
    thread = threading.Thread(target=arrays.clear)
    thread.start()
    thread.join()
    assert memory.stats().in_use == in_use


def test_blocks_begin_at_different_places():
    """Within a page, and far from its start: loads wait for stores whose addresses end alike."""
    with memory.use_pool():
        arrays = [np.empty(LEAST + 1000 * (i % 3), "u1") for i in range(100)]
        places = [array.ctypes.data % 4096 for array in arrays]
        assert all(place % 64 == 0 and 512 <= place <= 3584 for place in places)
        near = [abs((a - b + 2048) % 4096 - 2048) for i, a in enumerate(places) for b in places[max(0, i - 4) : i]]
        assert len(set(places)) > 20 and np.median(near) > 500
        for i, array in enumerate(arrays):
            array[:] = i
        assert all((array == i).all() for i, array in enumerate(arrays))


def test_used_again():
    memory.use_pool()
    for n in (LEAST, 1 << 20, 8_000_000):
        np.ones(n)
        before = memory.stats()
        for _ in range(10):
            np.ones(n)
        after = memory.stats()
        assert after.hits - before.hits == 10 and after.misses == before.misses
        assert after.faults_saved > before.faults_saved


def test_elision():
    """a * b + c takes as many blocks as with NumPy: the result goes into the temporary."""
    memory.use_pool()
    a = np.ones(100_000)
    before = taken()
    a * a + a  # noqa: B018
    assert taken() - before == 1


def test_tracemalloc_sees_the_arrays():
    memory.use_pool()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        array = np.empty(1 << 20, "u1")
        assert tracemalloc.get_traced_memory()[0] - before >= 1 << 20
        del array
        assert tracemalloc.get_traced_memory()[0] - before < 1 << 16
    finally:
        tracemalloc.stop()


# -- how much ----------------------------------------------------------------------------


def test_limit():
    memory.use_pool()
    memory.trim()
    memory.limit(1 << 20)
    arrays = [np.ones(LEAST, "u1") for _ in range(64)]
    arrays.clear()
    assert 0 < memory.stats().cached <= 1 << 20
    np.ones(4 << 20, "u1")
    assert memory.stats().cached <= 1 << 20, "a block larger than the limit is not kept"
    assert memory.limit(0) == 1 << 20 and memory.stats().cached == 0


@pytest.mark.parametrize("wrong, error", [(-1, ValueError), (1 << 70, ValueError), (1.5, TypeError), ("1", TypeError), (True, TypeError)])
def test_limit_refuses(wrong, error):
    with pytest.raises(error, match="limit: nbytes must be"):
        memory.limit(wrong)


def test_trim():
    memory.use_pool()
    before = resident()
    arrays = [np.ones(4 << 20, "u1") for _ in range(20)]
    arrays.clear()
    assert memory.stats().cached >= 80 << 20 and resident() - before > 70 << 20
    assert memory.trim() >= 80 << 20
    assert memory.stats().cached == 0 and resident() - before < 8 << 20


def test_trim_reaches_other_threads():
    memory.use_pool()
    done, go = threading.Event(), threading.Event()

    def keep():
        np.ones(LEAST, "u1")  # one idle block in this thread's cache
        done.set()
        go.wait()

    thread = threading.Thread(target=keep)
    thread.start()
    done.wait()
    memory.trim()
    assert memory.stats().cached == 0
    go.set()
    thread.join()


def test_memory_is_flat():
    """After 1,000 rounds of mixed sizes no more is resident than after 100."""
    text = run_python(
        """
        import numpy as np
        from numpy_par import memory
        from support import resident
        memory.use_pool()
        rng = np.random.default_rng(0)
        kept = []
        for i in range(1000):
            for n in rng.integers(1000, 500_000, 5):
                kept.append(np.ones(n))
            del kept[: max(0, len(kept) - 20)]
            if i == 100:
                early = resident()
        print(early, resident())
        """
    )
    early, late = map(int, text.split())
    assert late < early * 1.4


def test_idle_blocks_are_given_back():
    run_python(
        """
        import time, numpy as np
        from numpy_par import memory
        memory.use_pool()
        np.ones(10_000_000)
        assert memory.stats().cached >= 80_000_000
        deadline = time.monotonic() + 30
        while memory.stats().cached and time.monotonic() < deadline:
            time.sleep(0.5)
        assert memory.stats().cached == 0
        """
    )


def test_limits_from_the_environment():
    def limit(value):
        return run_python("from numpy_par import memory; print(memory.limit())", env={"NUMPY_PAR_POOL_BYTES": value})

    assert limit("123456") == "123456" and limit("0") == "0"
    assert int(limit("")) == memory.memory_allowed() // 8
    with pytest.raises(AssertionError, match="NUMPY_PAR_POOL_BYTES must be a whole number"):
        limit("lots")


def test_no_memory():
    """Where the system refuses, NumPy says so, as without the pool."""
    run_python(
        """
        import resource, numpy as np
        from numpy_par import memory
        memory.use_pool()
        np.ones(10_000_000)
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        try:
            np.ones(1 << 30)
        except MemoryError as error:
            assert "8.00 GiB" in str(error)
        else:
            raise AssertionError
        assert memory.stats().cached == 0, "it tries with what lies idle"
        np.ones(10_000_000)
        """
    )


# -- processes ----------------------------------------------------------------------------


def test_fork():
    run_python(
        """
        import os, threading, numpy as np
        from numpy_par import memory
        memory.use_pool()
        stop = False
        def work():
            rng = np.random.default_rng()
            while not stop:
                arrays = [np.full(n, n % 251, "u1") for n in rng.integers(60_000, 400_000, 8)]
                for array in arrays:
                    assert (array == len(array) % 251).all()
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        mine = np.arange(100_000)
        for _ in range(30):
            np.ones(50_000)
            pid = os.fork()
            if pid == 0:
                ok = mine.sum() == 4999950000
                for n in range(60_000, 400_000, 5000):
                    ok = ok and not np.zeros(n, "u1").any() and np.ones(n, "u1").all()
                del mine
                memory.trim()
                os._exit(0 if ok and memory.stats().cached == 0 else 1)
            assert os.waitpid(pid, 0)[1] == 0
        stop = True
        for thread in threads:
            thread.join()
        """
    )


def test_arrays_outlive_the_module():
    run_python(
        """
        import sys, numpy as np, numpy_par as npp
        npp.enable()
        arrays = [np.full(n, 7, "u1") for n in (100_000, 1_000_000, 10_000_000)]
        arena = npp.Arena(1 << 20)
        with npp.memory.use_pool():
            arrays.append(np.full(100_000, 7, "u1"))
        arrays.append(arena.full(1000, 7, "u1"))
        del npp, arena
        for name in [name for name in sys.modules if name.startswith("numpy_par")]:
            del sys.modules[name]
        import gc
        gc.collect()
        assert all((array == 7).all() for array in arrays)
        del arrays[::2]
        class AtExit:
            def __del__(self):
                self.array[:] = 8
        last = AtExit()
        last.array = np.full(1_000_000, 7, "u1")
        """
    )


def test_many_threads():
    """Threads that come and go, arrays that they hand to each other."""
    memory.use_pool()
    box, wrong = [], []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(100):
            n = int(rng.integers(LEAST, 20 * LEAST))
            box.append(np.full(n, n % 251, "u1"))
            if len(box) > 10:
                array = box.pop(0)
                if not (array == len(array) % 251).all():
                    wrong.append(len(array))

    for round_number in range(5):
        threads = [threading.Thread(target=work, args=(10 * round_number + i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_switching_while_threads_allocate():
    before = allocator()
    stop, wrong = threading.Event(), []

    def work(seed):
        rng = np.random.default_rng(seed)
        while not stop.is_set():
            n = int(rng.integers(LEAST, 4 * LEAST))
            array = np.full(n, n % 251, "u1")
            if not (array == n % 251).all():
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(2000):
        memory.use_pool()
        memory.use_pool(False)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong and allocator() == before


# -- BufferPool ------------------------------------------------------------------------------


def test_buffer_pool():
    pool = memory.BufferPool((3, 4), "f4")
    assert (pool.shape, pool.dtype, pool.made) == ((3, 4), np.float32, 1)
    with pool.acquire() as a, pool.acquire() as b:
        assert a.shape == (3, 4) and a.dtype == np.float32 and not np.may_share_memory(a, b)
        a[...], b[...] = 1, 2
    del a, b
    assert pool.made == 2 and "2 made" in repr(pool)
    for _ in range(10):
        with pool.acquire() as array:
            del array
    assert pool.made == 2


def test_what_somebody_still_sees_is_not_given_to_another():
    pool = memory.BufferPool(10, "i8")
    with pool.acquire() as array:
        array[:] = 1
        view = memoryview(array[3:])
    del array
    with pool.acquire() as other:
        other[:] = 2
    assert list(view) == [1] * 7
    del view
    made = pool.made
    with pool.acquire() as array:
        pass
    assert pool.made == made


def test_buffer_pool_after_an_error():
    pool = memory.BufferPool(10)
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), pool.acquire():
            raise ZeroDivisionError
    assert pool.made <= 2


def test_buffer_pool_threads():
    pool, wrong = memory.BufferPool(1000, "i8"), []

    def work(number):
        for _ in range(200):
            with pool.acquire() as array:
                array[:] = number
                if (array != number).any():
                    wrong.append(number)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and pool.made <= 17


# -- what a hostile reader found --------------------------------------------------------------


def test_zeros_in_locked_memory():
    """Pages that are locked cannot be dropped: they are cleared."""
    run_python(
        """
        import ctypes, numpy as np
        from numpy_par import memory
        memory.use_pool()
        array = np.full(5_000_000, 7.0)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mlock(ctypes.c_void_p(array.ctypes.data), ctypes.c_size_t(4096)) == 0:
            del array
            assert not np.zeros(5_000_000).any()
        """
    )


def test_as_many_arrays_as_with_numpy():
    """A process may have 65,530 mappings: the pool leaves most of them to others."""
    run_python(
        """
        import numpy as np, threading
        from numpy_par import memory
        memory.use_pool()
        arrays = [np.empty(270_000) for _ in range(30_000)]
        with open("/proc/self/maps") as maps:
            assert sum(1 for _ in maps) < 60_000
        thread = threading.Thread(target=lambda: arrays.append(np.ones(270_000)))
        thread.start()
        thread.join()
        assert len(arrays) == 30_001
        """
    )


def test_calls_and_blocks_in_any_order():
    first, second = memory.use_pool(), memory.use_pool()
    with first, second:
        pass
    assert not memory.stats().everywhere
    block = memory.use_pool()
    npp.enable()
    with block:
        pass
    assert memory.stats().everywhere
    npp.disable()
    assert not memory.stats().everywhere
    memory.use_pool()
    with memory.use_pool(False):
        pass
    assert memory.stats().everywhere
    memory.use_pool(False).__exit__(None, None, None)


def test_one_object_in_two_contexts():
    block = memory.use_pool()
    seen = []

    def other():
        with block:
            seen.append(handler_name())
        seen.append(handler_name())

    with block, block:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == ["numpy_par_pool", "default_allocator"] and handler_name() == "default_allocator"


def test_one_object_entered_again_takes_nobody_elses_wish():
    memory.use_pool()
    block = memory.use_pool()
    for _ in range(2):
        with block:
            pass
    assert memory.stats().everywhere
    memory.use_pool(False)
    assert not memory.stats().everywhere


def test_resize_of_a_block_of_several_mappings():
    """2.4 MB: whole huge pages, and a rest that is not."""
    with memory.use_pool():
        array = np.arange(300_000)
        array.resize(600_000, refcheck=False)
        assert np.array_equal(array[:300_000], np.arange(300_000)) and not array[300_000:].any()
