"""CPUs for which other processes compete: right answers, and no helper where there is none. Each in a process of its own."""

import contextlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support import PATIENCE, environment, run_python

# It measures time, or needs the CPUs for itself.
pytestmark = pytest.mark.alone

MODEL = {"NUMPY_PAR_MIN_ELEMENTS": None}
START = """
import time
import numpy as np, numpy_par as npp
npp.set_num_threads(2)
x = np.linspace(0, 1, 400_000)  # too large to follow what is found of other calls
want = np.sqrt(x).tobytes()
counters = npp._engine.counters
def call():
    assert npp.sqrt(x).tobytes() == want
def until(reached, seconds=20):
    end = time.monotonic() + seconds
    while not reached(counters()) and time.monotonic() < end:
        call()
    assert reached(counters()), counters()
def helpers():
    try:
        until(lambda now: now["helped"] > 3)
    except AssertionError:
        print("no room")
        raise SystemExit
def stall():
    '''A helper loses its CPU; the counters before that.'''
    helpers()
    before = counters()
    npp._engine.stall_helper(30_000_000)
    until(lambda now: now["cpus_lost"] > before["cpus_lost"])
    return before
"""
CPUS = sorted(os.sched_getaffinity(0))
BUSY = "while True: pass"


def run(code, **kwargs):
    if run_python(START + textwrap.dedent(code), env=MODEL, **kwargs) == "no room":
        pytest.skip("other processes leave no CPU to a helper")


def test_a_helper_that_stalls_is_not_called_for_a_while_and_then_tried_again():
    run("""
        before = stall()
        assert "other processes" in str(npp.explain(np.sqrt, x)), npp.explain(np.sqrt, x)
        until(lambda now: now["cpus_tried"] > before["cpus_tried"])
    """)


def test_what_is_refused_for_busy_cpus_is_told():
    run("""
        stall()
        with npp.profile() as record:
            call()
        assert any("other processes" in row.outcome for row in record.rows), str(record)
    """)


def test_a_fork_gives_the_child_all_cpus_back():
    run("""
        import os
        stall()
        child = os.fork()
        if not child:
            os._exit("other processes" in str(npp.explain(np.sqrt, x)))
        assert os.waitpid(child, 0)[1] == 0
    """)


@contextlib.contextmanager
def neighbours(count, *, nice=0, session=False, cpu=None):
    """Busy processes: free to move, or pinned to a CPU; in this session or in one of their own each."""
    set_up = f"import os; os.nice({nice}); {cpu} is None or os.sched_setaffinity(0, [{cpu}])\n"
    processes = []
    try:
        for _ in range(count):
            processes.append(subprocess.Popen([sys.executable, "-c", set_up + BUSY], start_new_session=session))
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


WORK = """
y = np.linspace(1, 2, 60_000)
A = np.linspace(0, 1, 40_000).reshape(200, 200)
calls = [lambda: npp.sqrt(x), lambda: npp.add(y, y), lambda: npp.multiply(A, A[:, :1]), lambda: npp.add.reduce(A, axis=1)]
wants = [call().tobytes() for call in calls]
end = time.monotonic() + 0.6
while time.monotonic() < end:
    for call, want in zip(calls, wants):
        assert call().tobytes() == want
"""
KINDS = [
    *(dict(count=1, nice=nice, session=session, cpu=cpu) for nice in (0, 19) for session in (False, True) for cpu in [None, *CPUS[:2]]),
    *(dict(count=count, session=True) for count in (2, 4, 8)),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_beside_busy_processes(kind):
    with neighbours(**kind):
        run(WORK)


def test_under_a_quota_of_one_and_a_half_cpus():
    """Where all threads are stopped together for the rest of each period."""
    group = Path("/sys/fs/cgroup/cpu/numpy_par_test")
    try:
        group.mkdir()
        (group / "cpu.cfs_quota_us").write_text("150000")
    except OSError as error:
        pytest.skip(f"no cgroup with a quota can be made here: {error}")
    try:
        script = f"open({str(group / 'cgroup.procs')!r}, 'w').write('0')\n" + START + WORK
        subprocess.run([sys.executable, "-c", script], check=True, timeout=60 * PATIENCE, env=environment(**MODEL))
    finally:
        group.rmdir()
