"""What the environment sets: variables of ours, and the limits of control groups."""

import os
from collections.abc import Callable, Iterator
from os.path import join
from typing import TypeVar

_Number = TypeVar("_Number", int, float)


def variable(name: str, least: int) -> int | None:
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
        raise ImportError(f"the environment variable {name} must be a whole number of at least {least}, not {text!r}")
    return n


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
    return _least("cpu", _quota_v2, _quota_v1, root, self_cgroup)


def cgroup_memory(root: str = "/sys/fs/cgroup", self_cgroup: str | None = None) -> int | None:
    """Return the bytes that the control group's limit allows, or None for no limit.

    Parameters
    ----------
    root, self_cgroup
        As for `cgroup_cpus`.

    Returns
    -------
    int or None
        The least limit on the way from the process's group to the root, of version 2
        (``memory.high``, ``memory.max``) and version 1 (``memory.limit_in_bytes``).
    """
    return _least("memory", _limit_v2, _limit_v1, root, self_cgroup)


def last_level_cache(root: str = "/sys/devices/system/cpu/cpu0/cache") -> int | None:
    """Return the bytes of the last-level cache of a CPU, or None where nothing tells.

    Parameters
    ----------
    root : str
        Where Linux describes the caches. (``sysconf`` multiplies them on some machines.)

    Returns
    -------
    int or None
        The size of the largest cache of the highest level.
    """
    largest = None
    for index in range(8):
        level = _read(join(root, f"index{index}", "level"))
        size = (_read(join(root, f"index{index}", "size")) or "").strip()
        if level is None or not size[:-1].isdecimal() or size[-1] not in "KM":
            continue
        found = int(level), int(size[:-1]) << (10 if size[-1] == "K" else 20)
        largest = max(largest or found, found)
    return largest and largest[1]


def _least(
    controller: str,
    read_v2: Callable[[str], _Number | None],
    read_v1: Callable[[str], _Number | None],
    root: str,
    self_cgroup: str | None,
) -> _Number | None:
    if self_cgroup is None:
        self_cgroup = _read("/proc/self/cgroup") or ""
    limits = []
    for group, is_v2 in _groups(controller, root, self_cgroup):
        limits.append(read_v2(group) if is_v2 else read_v1(group))
    return min((limit for limit in limits if limit is not None), default=None)


def _groups(controller: str, root: str, self_cgroup: str) -> Iterator[tuple[str, bool]]:
    """Yield the groups on the way to the root, and whether they are of version 2."""
    for line in self_cgroup.splitlines():
        hierarchy, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if hierarchy == "0" and controllers == "":
            mounts, is_v2 = [root, join(root, "unified")], True
        elif controller in controllers.split(","):
            mounts, is_v2 = [join(root, controllers), join(root, controller)], False
        else:
            continue
        for mount in mounts:
            # A container may mount its own group as the root: then the path below
            # it does not exist, and the limit is in the root.
            own = path.strip("/").split("/")
            for depth in range(len(own), -1, -1):
                yield join(mount, *own[:depth]), is_v2


def _read(path: str) -> str | None:
    try:
        with open(path) as file:
            return file.read()
    except (OSError, ValueError):
        return None


def _quota_v2(group: str) -> float | None:
    fields = (_read(join(group, "cpu.max")) or "").split()
    if len(fields) != 2 or fields[0] == "max":
        return None
    return _ratio(fields[0], fields[1])


def _quota_v1(group: str) -> float | None:
    return _ratio(_read(join(group, "cpu.cfs_quota_us")), _read(join(group, "cpu.cfs_period_us")))


def _ratio(quota: str | None, period: str | None) -> float | None:
    try:
        part, whole = int(quota or ""), int(period or "")
    except ValueError:
        return None
    return part / whole if part > 0 and whole > 0 else None


def _limit_v2(group: str) -> int | None:
    limits = [_bytes(_read(join(group, name))) for name in ("memory.high", "memory.max")]
    return min((limit for limit in limits if limit is not None), default=None)


def _limit_v1(group: str) -> int | None:
    return _bytes(_read(join(group, "memory.limit_in_bytes")))


def _bytes(text: str | None) -> int | None:
    """Return a limit in a file; "max", and what version 1 has for it, are none."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and int(text) < 1 << 62 else None
