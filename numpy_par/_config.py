"""`show_config`: what numpy_par runs on."""

import platform
import sys
from typing import Literal, overload

import numpy as np

from numpy_par import _drop_in, _engine, _kernels, _threads, memory

Rows = dict[str, str | int]


@overload
def show_config(mode: Literal["stdout"] = "stdout") -> None: ...
@overload
def show_config(mode: Literal["dicts"]) -> dict[str, Rows]: ...
def show_config(mode: Literal["stdout", "dicts"] = "stdout") -> dict[str, Rows] | None:
    """Show the CPU, the threads and the libraries that numpy_par works with.

    Parameters
    ----------
    mode : {"stdout", "dicts"}
        Print a table, or return it as a dictionary of sections.

    Returns
    -------
    dict or None
        The sections "numpy_par", "cpu", "threads", "drop-in", "memory" and "libraries"
        for ``mode="dicts"``. "drop-in" has a row for each hook that is left out, and why.

    Raises
    ------
    ValueError
        If `mode` is neither of the two.

    Examples
    --------
    >>> import numpy_par as npp
    >>> npp.show_config("dicts")["numpy_par"]["version"] == npp.__version__
    True
    """
    if mode not in ("stdout", "dicts"):
        raise ValueError(f"show_config: mode must be 'stdout' or 'dicts', not {mode!r}")
    config = _config()
    if mode == "dicts":
        return config
    for section, rows in config.items():
        print(section)
        for name, value in rows.items():
            print(f"  {name:26s}{value}")
    return None


def _config() -> dict[str, Rows]:
    build = _engine.build_info()
    return {
        "numpy_par": {"version": _engine.version, "compiler": build["compiler"]},
        "cpu": {
            "name": _cpu_name(),
            "simd": build["simd"],
            "kernels": _kernels.level,
            "architecture": platform.machine(),
        },
        "threads": {
            "count": _engine.get_num_threads(),
            "cap": _engine.thread_cap(),
            "source": _threads.source,
            "first helper, awake": f"{build['arrival_awake_ns'] / 1000:.2f} us",
            "first helper, asleep": f"{build['arrival_asleep_ns'] / 1000:.2f} us",
            "wait for the last": f"{build['wait_ns'] / 1000:.2f} us",
        },
        "drop-in": _drop_in_rows(),
        "memory": {
            "pool": memory.status(),
            "pool limit": f"{memory.limit() / 2**20:,.0f} MiB",
        },
        "libraries": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "sleef": build["sleef"],
            "openmp": build["openmp"],
        },
    }


def _drop_in_rows() -> Rows:
    hooks = _drop_in.status()
    rows: Rows = {"enabled": _drop_in.is_enabled()}
    if hooks:  # they were tested by the first enable()
        effective = [name for name, state in hooks.items() if state in ("on", "off")]
        rows["hooks"] = f"{len(effective)} of {len(hooks)}"
        rows |= {f"without {name}": hooks[name] for name in hooks if name not in effective}
    return rows


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo") as cpuinfo:
            for line in cpuinfo:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
