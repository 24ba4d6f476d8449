"""How long a call keeps the GIL, and so every other Python thread, to itself."""

import sys
import threading
import time
from pathlib import Path


def held(call, times=5):
    """Return for how many seconds a call holds the GIL, on the mean of some calls.

    A second thread only wants to run Python code. Of its time on the clock, what it neither ran
    nor waited for a free core, it waited for the GIL; the kernel keeps all three accounts. A
    stopwatch alone would not do: with all cores at work for the call, a thread that stands still
    may as well lack a core.

    Parameters
    ----------
    call : callable
        Called without arguments. Results are kept to the end: freeing them is not the call.
    times : int
        How many calls.

    Returns
    -------
    float or None
        None where there is no GIL or no such account of the kernel.
    """
    if not getattr(sys, "_is_gil_enabled", lambda: True)() or not account_path().exists():
        return None
    interval = sys.getswitchinterval()
    # While it waits for the GIL, the other thread looks up this often to press for it, and may
    # then have to wait for a core: rarely, if a call is shorter than the interval.
    sys.setswitchinterval(0.05)
    try:
        other = Other()
        other.start()
        other.running.wait()
        results = [call() for _ in range(times)]
        other.stop = True
        other.join()
        del results
    finally:
        sys.setswitchinterval(interval)
    return other.waited / times


class Other(threading.Thread):
    """The thread that would like to run."""

    def __init__(self):
        super().__init__(daemon=True)
        self.running = threading.Event()
        self.stop = False
        self.waited = 0.0

    def run(self):
        """Spin in pure Python, and find out for how long that was not possible."""
        start = accounts()
        self.running.set()
        while not self.stop:
            pass
        clock, ran, queued = (end - begin for begin, end in zip(start, accounts()))
        self.waited = max(0, clock - ran - queued) / 1e9


def accounts():
    """Return, in nanoseconds: the clock, what this thread ran, what it waited for a core."""
    queued = int(account_path().read_text().split()[1])
    return time.perf_counter_ns(), time.thread_time_ns(), queued


def account_path():
    """Return the file in which Linux keeps the account of this thread."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
