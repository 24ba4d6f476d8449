"""How many threads: the defaults of the process and the limits of a context."""

import math
import os
import sys
from contextlib import contextmanager
from pathlib import Path

from numpy_par import _engine

#: Where the number of threads of the process came from, for `show_config`.
source = "not configured"


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
def threads(n: int):
    """Limit the threads of the calls made in this context.

    The limit belongs to the thread or asyncio task that enters the block (it is a
    context variable); it never exceeds the cap of the process.

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
    token = _engine.thread_limit.set(_engine.check_threads(n))
    try:
        yield
    finally:
        _engine.thread_limit.reset(token)


# -- the default -------------------------------------------------------------------


def cgroup_cpus(root: str = "/sys/fs/cgroup", self_cgroup: str | None = None) -> float | None:
    """Return the CPUs that the control group's quota allows, or None for no quota.

    Parameters
    ----------
    root : str
        Where the cgroup file systems are mounted.
    self_cgroup : str, optional
        The text of ``/proc/self/cgroup``.

    Returns
    -------
    float or None
        The least quota/period on the way from the process's group to the root, of
        version 2 (``cpu.max``) and version 1 (``cpu.cfs_quota_us``).
    """
    if self_cgroup is None:
        self_cgroup = _read(Path("/proc/self/cgroup")) or ""
    quotas = []
    for line in self_cgroup.splitlines():
        hierarchy, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if hierarchy == "0" and controllers == "":
            groups, read_quota = [Path(root), Path(root, "unified")], _quota_v2
        elif "cpu" in controllers.split(","):
            groups, read_quota = [Path(root, controllers), Path(root, "cpu")], _quota_v1
        else:
            continue
        for group in groups:
            # A container may mount its own group as the root: then the path below
            # it does not exist, and the quota is in the root.
            own = Path(path.lstrip("/"))
            for part in [own, *own.parents]:
                quotas.append(read_quota(group / part))
    return min((quota for quota in quotas if quota is not None), default=None)


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return None


def _quota_v2(group: Path) -> float | None:
    fields = (_read(group / "cpu.max") or "").split()
    if len(fields) != 2 or fields[0] == "max":
        return None
    return _ratio(fields[0], fields[1])


def _quota_v1(group: Path) -> float | None:
    return _ratio(_read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us"))


def _ratio(quota: str | None, period: str | None) -> float | None:
    try:
        quota, period = int(quota), int(period)
    except (TypeError, ValueError):
        return None
    return quota / period if quota > 0 and period > 0 else None


def _from_environment(name: str, least: int) -> int | None:
    """Return the number in a variable of ours, or None where it is unset or empty.

    Raises
    ------
    ImportError
        If it is something else than a whole number of at least `least`.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        n = int(text)
    except ValueError:
        n = None
    if n is None or n < least:
        raise ImportError(
            f"the environment variable {name} must be a whole number of at least "
            f"{least}, not {text!r}"
        )
    return n


def _omp_num_threads() -> int | None:
    """Return OMP_NUM_THREADS; what is no number there is for OpenMP to complain of.

    It may be a list, one number for each level of nesting.
    """
    text = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(text) if text.isdecimal() and int(text) >= 1 else None


def default_threads() -> tuple[int, str]:
    """Return the number of threads of a fresh process, and where it comes from."""
    n = _from_environment("NUMPY_PAR_NUM_THREADS", least=1)
    if n is not None:
        return n, "NUMPY_PAR_NUM_THREADS"
    n = _omp_num_threads()
    if n is not None:
        return n, "OMP_NUM_THREADS"
    try:
        cpus, origin = len(os.sched_getaffinity(0)), "CPU affinity"
    except AttributeError:
        cpus, origin = os.cpu_count() or 1, "number of CPUs"
    quota = cgroup_cpus()
    if quota is not None and math.ceil(quota) < cpus:
        return max(1, math.ceil(quota)), "cgroup CPU quota"
    return cpus, origin


def configure() -> None:
    """Apply the environment to the engine; once, on import."""
    global source
    n, source = default_threads()
    _engine.set_num_threads(min(n, _engine.MAX_THREADS))
    least = _from_environment("NUMPY_PAR_MIN_ELEMENTS", least=0)
    if least is not None:
        _engine.set_min_elements(least)
    if "threadpoolctl" in sys.modules:
        from numpy_par import _threadpoolctl

        _threadpoolctl.register()
