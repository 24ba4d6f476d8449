"""How many threads: the defaults of the process and the limits of a context."""

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from numpy_par import _engine, _environment
from numpy_par._context import Variable

#: Where the number of threads of the process came from, for `show_config`.
source = "not configured"

_limit = Variable(_engine.thread_limit)


def get_num_threads() -> int:
    """Return the number of threads that a call made here and now may use.

    The smallest of the cap of the process (`set_num_threads`), the limit of the
    context (`threads`) and what threadpoolctl or ``omp_set_num_threads`` allows.

    Examples
    --------
    >>> import numpy_par as npp
    >>> with npp.threads(1):
    ...     npp.get_num_threads()
    1
    """
    return _engine.get_num_threads()


def set_num_threads(n: int) -> None:
    """Set the cap on the threads of the whole process.

    However many Python threads call at once, the workers beside them are never more
    than ``n - 1``; a caller that finds them taken runs on its own.

    Parameters
    ----------
    n : int
        At least 1 (everything serial); may exceed the number of CPUs.

    Raises
    ------
    TypeError
        If `n` is not an int.
    ValueError
        If `n` is less than 1 or more than 1024.

    Examples
    --------
    >>> import numpy_par as npp
    >>> before = npp.get_num_threads()
    >>> npp.set_num_threads(2)
    >>> npp.get_num_threads()
    2
    >>> npp.set_num_threads(before)
    """
    global source
    _engine.set_num_threads(n)
    source = "set_num_threads"


@contextmanager
def threads(n: int) -> Iterator[None]:
    """Limit the threads of the calls made in this context.

    The limit belongs to the thread or asyncio task that enters the block (it is a
    context variable); it never exceeds the cap of the process. The block may end in another
    one, as that of a generator may: it does so without an error, and changes nothing there.

    Parameters
    ----------
    n : int
        At least 1 (serial).

    Raises
    ------
    TypeError
        If `n` is not an int.
    ValueError
        If `n` is less than 1 or more than 1024.

    Examples
    --------
    >>> import numpy_par as npp
    >>> with npp.threads(1):
    ...     y = npp.sqrt([1.0, 4.0])  # on this thread alone
    """
    with _limit.begin(_engine.check_threads(n)):
        yield


# -- the default -------------------------------------------------------------------


def _omp_num_threads() -> int | None:
    """Return OMP_NUM_THREADS; what is no number there is for OpenMP to complain of.

    It may be a list, one number for each level of nesting.
    """
    text = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(text) if text.isdecimal() and int(text) >= 1 else None


def default_threads() -> tuple[int, str]:
    """Return the number of threads of a fresh process, and where it comes from."""
    n = _environment.variable("NUMPY_PAR_NUM_THREADS", least=1)
    if n is not None:
        return n, "NUMPY_PAR_NUM_THREADS"
    n = _omp_num_threads()
    if n is not None:
        return n, "OMP_NUM_THREADS"
    try:
        cpus, origin = len(os.sched_getaffinity(0)), "CPU affinity"
    except AttributeError:
        cpus, origin = os.cpu_count() or 1, "number of CPUs"
    quota = _environment.cgroup_cpus()
    if quota is not None and math.ceil(quota) < cpus:
        return max(1, math.ceil(quota)), "cgroup CPU quota"
    return cpus, origin


def configure() -> None:
    """Apply the environment to the engine; once, on import."""
    global source
    n, source = default_threads()
    _engine.set_num_threads(min(n, _engine.MAX_THREADS))
    least = _environment.variable("NUMPY_PAR_MIN_ELEMENTS", least=0)
    if least is not None:
        _engine.set_min_elements(least)
    if "threadpoolctl" in sys.modules:
        from numpy_par import _threadpoolctl

        _threadpoolctl.register()
