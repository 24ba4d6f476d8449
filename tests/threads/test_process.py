"""What goes wrong with threads: fork, starvation, signals, exit, many callers. Each in a process of its own, with a time limit."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from support import PATIENCE, environment, run_python

# It measures time, or needs the CPUs for itself.
pytestmark = pytest.mark.alone

START = """
import os, sys, threading, time
import numpy as np, numpy_par as npp
npp.set_num_threads(3)
npp._engine.set_rendezvous(1)  # helpers come, whatever else runs on these CPUs
X = np.linspace(0, 1, 100_001)
WANT = np.sqrt(X).tobytes()
def right():
    before = npp._engine.counters()["regions"]
    assert npp.sqrt(X).tobytes() == WANT
    return npp._engine.counters()["regions"] - before
def child(work, seconds=20):
    '''Fork, work in the child, and be told how it ended; a child that hangs is killed.'''
    pid = os.fork()
    if not pid:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            assert status == 0, status
            return
        time.sleep(0.005)
    os.kill(pid, 9)
    raise SystemExit("the child hangs")
"""
# Python ≥ 3.12 warns of a fork with threads alive: there must be none at that moment.
NO_WARNING = ("-W", "error::DeprecationWarning")


def run(code, **kwargs):
    return run_python(START + textwrap.dedent(code), **kwargs)


FORKS = {
    "before the first call": "child(lambda: right() or exit(2))",
    "after a call": "right(); child(lambda: right() or exit(2)); assert right()",
    "grandchild": "right(); child(lambda: (right() or exit(2), child(lambda: right() or exit(3)), right())); assert right()",
    "child that does not call": "right(); child(lambda: None); assert right()",
    "grandchild of one that does not call": "right(); child(lambda: child(lambda: right() or exit(3))); assert right()",
    "many": "[(right(), child(right)) for _ in range(30)]; assert right()",
    "after set_num_threads": "right(); npp.set_num_threads(5); child(lambda: right() or exit(2)); assert right()",
    "from another thread": "right(); t = threading.Thread(target=child, args=(right,)); t.start(); t.join(); assert right()",
    "child with threads": """
right()
def work():
    threads = [threading.Thread(target=right) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
child(work)
assert right()
""",
}


@pytest.mark.parametrize("name", FORKS)
def test_fork(name):
    # a fork from a program with Python threads of its own is warned of rightly
    run(FORKS[name], options=() if "thread" in name else NO_WARNING)


def test_fork_during_a_region_of_another_thread():
    run("""
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads: that is the point
        stop = threading.Event()
        def busy():
            while not stop.is_set():
                right()
        threads = [threading.Thread(target=busy) for _ in range(2)]
        [t.start() for t in threads]
        for _ in range(40):
            child(right)
        stop.set()
        [t.join() for t in threads]
        assert right()
    """)


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_multiprocessing(method, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
        import multiprocessing, sys
        import numpy as np, numpy_par as npp
        def work(n):
            npp.set_num_threads(3)
            npp._engine.set_rendezvous(1)
            x = np.linspace(0, 1, n)
            before = npp._engine.counters()["regions"]
            right = npp.sqrt(x).tobytes() == np.sqrt(x).tobytes()
            return right and npp._engine.counters()["regions"] > before
        if __name__ == "__main__":
            npp.set_num_threads(3)
            npp.sqrt(np.ones(100_000))
            with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
                assert all(pool.map(work, [100_000 + n for n in range(20)]))
            assert work(100_000)
        """)
    )
    subprocess.run(
        [sys.executable, *NO_WARNING, script, method], timeout=60 * PATIENCE, check=True, env=environment()
    )


def test_starvation():
    """No thread may be made (ulimit -u): serial, the right answer, no abort; with room again, threads again."""
    run(
        """
        import resource
        if os.getuid() == 0:  # the limit does not bind root
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
        soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        resource.setrlimit(resource.RLIMIT_NPROC, (1, hard))
        try:
            threading.Thread(target=int).start()
        except RuntimeError:
            pass
        else:
            print("threads cannot be forbidden here")
            raise SystemExit
        for _ in range(3):
            assert right() == 0
        other = npp.divide(X, 2.0)
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
        assert other.tobytes() == np.divide(X, 2.0).tobytes()
        until = time.monotonic() + 10  # it asks again now and then, not at every call
        while not right():
            assert time.monotonic() < until
        """,
        env={"OPENBLAS_NUM_THREADS": "1"},
    )


# How much address space a process may have beyond what it has, and how many helpers there are.
ROOM = """
import resource
HARD = resource.getrlimit(resource.RLIMIT_AS)[1]
def leave(mib):
    with open("/proc/self/statm") as f:
        pages = int(f.read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (mib << 20), HARD))
def lift():
    resource.setrlimit(resource.RLIMIT_AS, (HARD, HARD))
def helpers():
    names = []
    for task in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/comm") as f:
                names.append(f.read().strip())
        except OSError:  # it has just ended
            pass
    return names.count("numpy_par")
def await_helpers(n):
    until = time.monotonic() + 20
    while helpers() < n:
        right()
        assert time.monotonic() < until, helpers()
"""


@pytest.mark.parametrize("threads", [32, 64])
@pytest.mark.parametrize("mib", [20, 100, 200, 400])
def test_little_address_space(mib, threads):
    """ulimit -v: no more helpers than leave the program its room; all of them when there is room again."""
    run(
        ROOM
        + textwrap.dedent(f"""
        npp.set_num_threads({threads})
        leave({mib})
        for _ in range(20):
            right()
        assert helpers() <= {mib} // 64, helpers()
        np.empty(1 << 20)
        child(right)
        right()
        lift()
        await_helpers({threads} - 1)
        assert right()
        """)
    )


def test_little_address_space_when_the_team_shall_grow():
    """Those that there are go on."""
    run(
        ROOM
        + textwrap.dedent("""
        await_helpers(2)
        leave(20)
        npp.set_num_threads(64)
        for _ in range(20):
            assert right() and helpers() == 2
        time.sleep(0.15)  # it asks again
        assert right() and helpers() == 2
        lift()
        await_helpers(63)
        """)
    )


def test_starvation_of_a_team_that_is_there():
    """It goes on as it is, and one that ends is not to be had again."""
    run(
        ROOM
        + textwrap.dedent("""
        if os.getuid() == 0:  # the limit does not bind root
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
        right()
        soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        resource.setrlimit(resource.RLIMIT_NPROC, (1, hard))
        npp.set_num_threads(32)
        for _ in range(20):
            assert right()
        if helpers() > 2:
            print("threads cannot be forbidden here")
            raise SystemExit
        npp.set_num_threads(2)
        for _ in range(20):
            assert right() == 0
        assert helpers() == 0
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
        await_helpers(1)
        child(lambda: right() or exit(2))
        """),
        env={"OPENBLAS_NUM_THREADS": "1"},
    )


def test_the_stack_is_large_enough_for_lapack():
    """Where the stack of a process is unlimited, glibc gives its threads 2 MiB; OpenBLAS wants more for this."""
    run_python("""
        import os, resource, sys
        if not os.environ.get("BEGUN"):  # the limit at a process's start is what counts
            hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
            resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
            os.execve(sys.executable, sys.orig_argv, os.environ | {"BEGUN": "1"})
        import numpy as np, numpy_par as npp
        npp.set_num_threads(3)
        npp._engine.set_rendezvous(10**9)
        a = np.full((6, 300, 300), 2.0) + np.eye(300) * 50 + 0j
        assert np.array_equal(npp.linalg.inv(a), np.linalg.inv(a))
        assert npp._engine.counters()["helped"]
    """)


LONG = {
    "direct": "x = np.full(10_000_000, 0.7, np.longdouble); call = lambda: npp.power(x, x)",
    "buffered": "x = np.full(20_000_000, 0.7, 'f4'); call = lambda: npp.power(x, np.longdouble(0.3))",
    "broadcast": "x = np.full((4_000, 1), 0.7, np.longdouble); call = lambda: npp.power(x, x.T[:, :3000])",
    "gufunc": "x = np.full((20_000, 60, 60), 2); call = lambda: npp.matmul(x, x)",
    "one thread": "npp.set_num_threads(1); x = np.full(10_000_000, 0.7, np.longdouble); call = lambda: npp.power(x, x)",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_ctrl_c(name):
    """KeyboardInterrupt soon after the signal, and an engine that works on. The promise is 0.1 s; a loaded machine may be late."""
    code = START + LONG[name] + textwrap.dedent("""
        import signal
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's parent may ignore it
        right()
        print("ready", flush=True)
        try:
            call()
        except KeyboardInterrupt:
            print(time.monotonic(), flush=True)
            for _ in range(10):
                right()
            raise SystemExit(0)
        raise SystemExit("the call ended before the signal came, or did not notice it")
    """)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        time.sleep(0.3)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=60 * PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 0, err
    late = float(out) - sent
    print(f"{name}: KeyboardInterrupt {late * 1000:.0f} ms after the signal")
    assert late < 0.5 * PATIENCE


def test_another_signals_handler_runs():
    """A handler that raises nothing interrupts nothing."""
    run("""
        import signal
        heard = []
        signal.signal(signal.SIGALRM, lambda *args: heard.append(time.monotonic()))
        x = np.full(3_000_000, 0.7, np.longdouble)
        want = np.power(x[:1], x[:1])[0]
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert (npp.power(x, x) == want).all()
        assert heard
    """)


def test_a_handler_that_raises():
    run("""
        import signal
        def handler(*args):
            raise TimeoutError("enough")
        signal.signal(signal.SIGALRM, handler)
        x = np.full(20_000_000, 0.7, np.longdouble)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            npp.power(x, x)
        except TimeoutError as error:
            assert str(error) == "enough"
        else:
            raise SystemExit("not raised")
        assert right()
    """)


EXITS = {
    "with the pool asleep": "right()",
    "daemon threads computing": """
        def busy():
            while True:
                npp.sqrt(X)
        for _ in range(3):
            threading.Thread(target=busy, daemon=True).start()
        time.sleep(0.2)
    """,
    "a thread computing that exit waits for": """
        def busy():
            for _ in range(200):
                right()
        threading.Thread(target=busy).start()
    """,
    "a call in atexit": "import atexit; atexit.register(right); right()",
    "a call in atexit registered first": """
        del sys.modules["numpy_par"]
        import atexit
        atexit.register(lambda: right())
        right()
    """,
    "a call in a destructor": """
        class Last:
            def __del__(self, npp=npp, X=X):
                npp.sqrt(X)
        keep = Last()
        right()
    """,
    "sys.exit in a callback": """
        def leave(*args):
            sys.exit(0)
        with np.errstate(divide="call", call=leave):
            npp.divide(X, 0.0)
    """,
    "os._exit in a region of another thread": """
        threading.Thread(target=lambda: [npp.sqrt(X) for _ in range(10**9)], daemon=True).start()
        time.sleep(0.1)
        sys.stdout.flush()
        os._exit(0)
    """,
}


@pytest.mark.parametrize("name", EXITS)
def test_exit(name):
    for _ in range(3):
        run(EXITS[name], timeout=30)


def test_many_threads_of_many_kinds():
    """Threads that come and go, of different limits and ufuncs, errors among them; all answers right."""
    run("""
        import random
        calls = [
            (npp.sqrt, np.sqrt, (X,)),
            (npp.add, np.add, (X, X[::-1])),
            (npp.add, np.add, (X, np.arange(len(X)))),
            (npp.divmod, np.divmod, (X, 0.3)),
            (npp.matmul, np.matmul, (X[:90_000].reshape(-1, 3, 3), np.eye(3))),
            (npp.strings.str_len, np.strings.str_len, (X[:3000].astype("U"),)),
        ]
        wants = [numpys(*args) for _, numpys, args in calls]
        wants = [want if isinstance(want, tuple) else (want,) for want in wants]
        failures = []
        def work(seed):
            chance = random.Random(seed)
            try:
                for _ in range(60):
                    i = chance.randrange(len(calls))
                    ours, _, args = calls[i]
                    with npp.threads(chance.randrange(1, 5)):
                        got = ours(*args)
                    for a, b in zip(got if isinstance(got, tuple) else (got,), wants[i]):
                        assert a.tobytes() == b.tobytes()
                    if chance.random() < 0.1:
                        try:
                            npp.power(np.full(9000, 2), -np.arange(9000))
                        except ValueError:
                            pass
                        else:
                            raise AssertionError("not refused")
            except BaseException as error:
                failures.append(error)
        for round in range(4):
            threads = [threading.Thread(target=work, args=(round * 100 + n,)) for n in range(12)]
            [t.start() for t in threads]
            npp.set_num_threads(2 + round)
            [t.join() for t in threads]
        assert not failures, failures
        assert right()
    """, timeout=120)


def test_a_sub_interpreter_is_refused_clearly():
    """NumPy itself refuses one; ours is an ImportError that names the reason, not a crash."""
    run_python("""
        try:
            import _interpreters as interpreters
        except ImportError:
            try:
                import _xxsubinterpreters as interpreters
            except ImportError:
                raise SystemExit
        import numpy_par
        code = '\\n'.join([
            'try:',
            '    import numpy_par',
            'except ImportError as error:',
            '    assert "interpreter" in str(error), error',
            'else:',
            '    raise SystemError("imported")',
        ])
        interpreter = interpreters.create()
        problem = interpreters.run_string(interpreter, code)
        assert problem is None, problem
        interpreters.destroy(interpreter)
    """)


def test_the_process_ends_as_numpys_would(tmp_path):
    """No core, no message."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", START + "right()"],
        capture_output=True, text=True, timeout=60 * PATIENCE, env=environment(), cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not os.listdir(tmp_path)
