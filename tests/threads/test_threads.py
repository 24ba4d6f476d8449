"""How many threads: the cap, the limit of a context, where the default comes from, and that the cap holds."""

import asyncio
import contextvars
import os
import threading

import numpy as np
import numpy_par as npp
import pytest
from support import run_python

# It measures time, or needs the CPUs for itself.
pytestmark = pytest.mark.alone

X = np.linspace(0, 1, 200_000)

# For subprocesses: what runs beside the Python threads, and a large call.
TASKS = """
import os, threading, time
import numpy as np
tasks = lambda: len(os.listdir("/proc/self/task"))
before = tasks()  # BLAS may have threads of its own
import numpy_par as npp
X = np.linspace(0, 1, 200_000)
"""
ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def run(code, **kwargs):
    """TASKS stands at the margin; code is indented as the test that it is in."""
    import textwrap

    return run_python(TASKS + textwrap.dedent(code), **kwargs)


@pytest.mark.parametrize("function", [npp.set_num_threads, npp.threads], ids=["set_num_threads", "threads"])
def test_wrong_numbers_are_refused(function):
    for wrong in (0, -1, -(2**40)):
        with pytest.raises(ValueError, match=r"at least 1|>= 1|\b1\b"):
            with_it(function, wrong)
    for wrong in ("2", 2.0, None, [2], 2 + 0j):
        with pytest.raises(TypeError, match="int"):
            with_it(function, wrong)
    with pytest.raises((ValueError, OverflowError)):
        with_it(function, 2**80)
    assert npp.get_num_threads() == 3


def with_it(function, n):
    value = function(n)
    if value is not None:
        with value:
            pass


def test_numpy_integers_are_integers():
    npp.set_num_threads(np.int64(2))
    assert npp.get_num_threads() == 2
    with npp.threads(np.uint8(1)):
        assert npp.get_num_threads() == 1


def test_the_cap():
    for n in (1, 2, 5):
        npp.set_num_threads(n)
        assert npp.get_num_threads() == n


def test_the_limit_ends_with_its_block():
    with npp.threads(2):
        assert npp.get_num_threads() == 2
        with npp.threads(1):
            assert npp.get_num_threads() == 1
        assert npp.get_num_threads() == 2
    assert npp.get_num_threads() == 3
    with pytest.raises(KeyError):
        with npp.threads(1):
            raise KeyError
    assert npp.get_num_threads() == 3


def test_the_limit_never_exceeds_the_cap():
    with npp.threads(50):
        assert npp.get_num_threads() == 3
        npp.set_num_threads(2)
        assert npp.get_num_threads() == 2


def test_the_limit_is_the_threads_own():
    """The cap is everybody's, the limit of a block is not."""
    seen = []
    with npp.threads(1):
        other = threading.Thread(target=lambda: seen.append(npp.get_num_threads()), **fresh_context())
        other.start()
        other.join()
    assert seen == [3]


def fresh_context():
    """Python 3.14 can let threads inherit the context; this one must not."""
    try:
        threading.Thread(context=contextvars.Context())
    except TypeError:
        return {}
    return {"context": contextvars.Context()}


def test_the_limit_is_the_tasks_own():
    async def one(n):
        with npp.threads(n):
            await asyncio.sleep(0.01)
            return npp.get_num_threads()

    async def all_of_them():
        return await asyncio.gather(*map(one, (1, 2, 3, 1)))

    assert asyncio.run(all_of_them()) == [1, 2, 3, 1]
    assert npp.get_num_threads() == 3


def test_the_limit_goes_with_the_context():
    context = contextvars.copy_context()
    with npp.threads(1):
        inside = contextvars.copy_context()
    assert inside.run(npp.get_num_threads) == 1
    assert context.run(npp.get_num_threads) == 3


def test_one_thread_runs_no_region():
    with npp.threads(1):
        before = npp._engine.counters()["regions"]
        npp.sqrt(X)
        assert npp._engine.counters()["regions"] == before
    npp.sqrt(X)
    assert npp._engine.counters()["regions"] == before + 1


DEFAULTS = [
    ({"NUMPY_PAR_NUM_THREADS": "5", "OMP_NUM_THREADS": "2"}, 5),
    ({"OMP_NUM_THREADS": "4"}, 4),
    ({"OMP_NUM_THREADS": "4,2"}, 4),
    ({"NUMPY_PAR_NUM_THREADS": "", "OMP_NUM_THREADS": "4"}, 4),
    ({"NUMPY_PAR_NUM_THREADS": "1"}, 1),
]
UNSET = {"NUMPY_PAR_NUM_THREADS": None, "OMP_NUM_THREADS": None}


@pytest.mark.parametrize("env, want", DEFAULTS, ids=lambda value: str(value))
def test_the_default_from_the_environment(env, want):
    """An empty variable is an unset one."""
    assert run_python("import numpy_par; print(numpy_par.get_num_threads())", env=UNSET | env) == str(want)


@pytest.mark.parametrize("wrong", ["0", "-3", "two", "1.5"])
@pytest.mark.parametrize("name", ["NUMPY_PAR_NUM_THREADS", "NUMPY_PAR_MIN_ELEMENTS"])
def test_nonsense_in_our_environment_is_named(name, wrong):
    run_python(
        f"""
        try:
            import numpy_par
        except ImportError as error:
            assert "{name}" in str(error) and "{wrong}" in str(error), error
        else:
            assert ("{name}", "{wrong}") == ("NUMPY_PAR_MIN_ELEMENTS", "0")
        """,
        env=UNSET | {name: wrong},
    )


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity here")
def test_the_default_obeys_the_affinity():
    text = run_python(
        """
        import os
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        import numpy_par
        print(numpy_par.get_num_threads())
        """,
        env=UNSET,
    )
    assert text == "1"


@pytest.mark.parametrize("order", ["numpy_par, threadpoolctl", "threadpoolctl, numpy_par"])
def test_threadpoolctl(order):
    """It sees us and limits us, whichever was imported first, and puts things back."""
    pytest.importorskip("threadpoolctl")
    run_python(
        f"""
        import {order}
        import numpy as np, numpy_par as npp, threadpoolctl
        def regions():
            before = npp._engine.counters()["regions"]
            npp.sqrt(np.ones(100_000))
            return npp._engine.counters()["regions"] - before
        assert npp.get_num_threads() == 4
        seen = threadpoolctl.threadpool_info()
        assert any(info["internal_api"] in ("openmp", "numpy_par") for info in seen), seen
        for _ in range(2):
            with threadpoolctl.threadpool_limits(1):
                assert npp.get_num_threads() == 1 and regions() == 0
            for n in (2, 3):
                with threadpoolctl.threadpool_limits(n):
                    assert npp.get_num_threads() == n and regions() == 1
            assert npp.get_num_threads() == 4 and regions() == 1
        """,
        env=UNSET | {"OMP_NUM_THREADS": "4"},
    )


def test_no_thread_before_the_first_large_call():
    run(
        """
        assert tasks() == before, "at import"
        npp.set_num_threads(4)
        with npp.threads(2):
            npp.explain(np.add, X, X)
        npp.add(1, 2)
        assert tasks() == before, "after a small call"
        npp.sqrt(X)
        assert before < tasks() <= before + 3
        """,
        env=ONE_BLAS_THREAD | {"NUMPY_PAR_MIN_ELEMENTS": "1000"},
    )


def test_the_cap_holds_for_all_python_threads_together():
    """Eight of them call at once, with a sampler counting the tasks of the process all the while."""
    run(
        """
        npp.set_num_threads(4)
        count, stop, failures = 8, threading.Event(), []
        barrier = threading.Barrier(count + 1)
        want = np.sqrt(X).tobytes()

        def work():
            barrier.wait()
            while not stop.is_set():
                if npp.sqrt(X).tobytes() != want:
                    failures.append("wrong answer")

        workers = [threading.Thread(target=work) for _ in range(count)]
        [worker.start() for worker in workers]
        barrier.wait()
        worst, until = 0, time.monotonic() + 2
        while time.monotonic() < until:
            worst = max(worst, tasks())
            time.sleep(0.001)
        stop.set()
        [worker.join() for worker in workers]
        assert worst <= before + count + 3, worst - before - count
        assert not failures
        print(worst - before - count, "workers beside", count, "Python threads")
        """,
        env=ONE_BLAS_THREAD,
    )


def test_ended_threads_leave_no_workers_behind():
    run(
        """
        npp.set_num_threads(3)
        for _ in range(100):
            thread = threading.Thread(target=npp.sqrt, args=(X,))
            thread.start()
            thread.join()
        time.sleep(0.2)
        assert tasks() <= before + 2, tasks()
        npp.sqrt(X)
        assert tasks() <= before + 2, tasks()
        """,
        env=ONE_BLAS_THREAD,
    )


def test_a_smaller_cap_is_kept_at_once():
    run(
        """
        npp.set_num_threads(8)
        npp.sqrt(X)
        npp.set_num_threads(2)
        npp.sqrt(X)
        time.sleep(0.2)
        assert tasks() <= before + 1, tasks()
        """,
        env=ONE_BLAS_THREAD,
    )


def test_a_caller_that_finds_the_workers_taken_does_not_wait():
    """While one thread has them for long, another's calls all come back, and run alone."""
    run(
        """
        npp.set_num_threads(2)
        long = np.full(3_000_000, 0.5, np.longdouble)
        done = threading.Event()
        thread = threading.Thread(target=lambda: (npp.power(long, long), done.set()))
        thread.start()
        time.sleep(0.02)
        calls = 0
        while not done.is_set():
            npp.sqrt(X)
            calls += 1
        thread.join()
        assert calls > 5, calls
        """
    )
