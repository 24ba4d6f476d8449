# What src/module/ and src/memory/ give to Python. None of it is public.
from contextvars import ContextVar
from types import CellType
from typing import Any, Literal, Self, TypedDict, TypeVar, final, type_check_only

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer, CapsuleType, disjoint_base

_Ufunc = TypeVar("_Ufunc", bound=np.ufunc)

@type_check_only
class _Report(TypedDict):
    reason: str | None
    kernel: str | None
    path: str
    elements: int
    pieces: int
    threads: int
    ns: float
    probed: bool
    numpys: float
    ours: float

@type_check_only
class _PoolFigures(TypedDict):
    hits: int
    misses: int
    faults_saved: int
    returned: int
    cached: int
    in_use: int
    peak: int
    limit: int
    everywhere: bool

@type_check_only
class _Counters(TypedDict):
    regions: int
    helped: int
    serial: int
    pieces: int
    region_ns: int
    numpy: int
    cpus_lost: int
    cpus_tried: int
    cpus_found: int
    profile_tables: int

@type_check_only
class _BuildInfo(TypedDict):
    simd: str
    compiler: str
    sleef: str
    openmp: int
    numpy_headers: str
    arrival_awake_ns: float
    arrival_asleep_ns: float
    wait_ns: float

@type_check_only
class _ArenaFigures(TypedDict):
    nbytes: int
    used: int
    peak: int
    arrays: int
    buffers: int
    alignment: int
    closed: bool
    hugepages: bool
    file: bool
    error: str | None

version: str
MAX_THREADS: int
POOL_LEAST: int

# Set in blocks: see _context.py.
thread_limit: ContextVar[CellType]
precision_here: ContextVar[CellType]
enabled_here: ContextVar[CellType]

# NumPy's allocators (NEP 49).
pool_handler: CapsuleType
numpy_handler: CapsuleType
default_handler: CapsuleType

@disjoint_base
class Arena(Buffer):  # by its protocol, which no class shows before Python 3.12
    def __new__(cls, nbytes: int, alignment: int, huge: bool, zero: bool, grow: bool, fd: int, /) -> Self: ...
    @property
    def _handler(self) -> CapsuleType: ...
    def _release(self, mark: int, /) -> None: ...
    def _close(self) -> None: ...
    def _figures(self) -> _ArenaFigures: ...
    def _flush(self) -> None: ...
    def _advise(self, offset: int, nbytes: int, advice: int, /) -> None: ...

@final
class Ring(Buffer):
    def __new__(cls, nbytes: int, /) -> Self: ...

# Calls. What `call` returns is the function's own; NotImplemented: NumPy is to do it.
def parallelize(ufunc: _Ufunc, /) -> _Ufunc: ...
def explain(ufunc: object, /, *args: object, **kwargs: object) -> _Report: ...
def explain_method(owner: np.ufunc | NDArray[Any] | None, name: str, /, *args: object, **kwargs: object) -> _Report: ...
def call(name: str, /, *args: object, **kwargs: object) -> Any: ...
def blocked_cumsum(array: NDArray[Any], out: NDArray[Any], /) -> None: ...
def exact_sum(array: NDArray[Any], out: NDArray[Any], /) -> None: ...
def moments(array: NDArray[Any], out: NDArray[np.float64], /) -> None: ...

# Threads.
def set_num_threads(n: int, /) -> None: ...
def get_num_threads() -> int: ...
def thread_cap() -> int: ...
def check_threads(n: int, /) -> int: ...

# The drop-in.
def install_hooks() -> None: ...
def remove_unused_hooks() -> None: ...
def enable_everywhere(value: bool | Literal["exact"], /) -> None: ...
def count_contexts(more: int, /) -> None: ...
def is_enabled() -> bool: ...
def hooks() -> list[tuple[str, str]]: ...

# The profile. A row: name, dtype, reason, ten sums (see _profile.py), least and most ns an element.
def begin_profile() -> None: ...
def end_profile() -> None: ...
def read_profile() -> list[
    tuple[
        str,
        np.dtype[Any] | str | None,
        str | None,
        *tuple[int, int, int, int, int, int, int, int, int, int],
        float | None,
        float | None,
    ]
]: ...

# Memory.
def use_pool_everywhere(on: bool, /) -> str | None: ...
def swap_handler(capsule: CapsuleType, /) -> CapsuleType: ...
def set_pool_limit(bytes: int, /) -> int: ...
def set_pool_huge_pages(yes: bool, /) -> None: ...
def trim_pool() -> int: ...
def pool_figures() -> _PoolFigures: ...

# Settings and figures.
def set_min_elements(n: int, /) -> int: ...
def set_stream_threshold(bytes: int, /) -> int: ...
def set_rendezvous(ns: int, /) -> None: ...
def stall_helper(ns: int, /) -> None: ...
def kernels() -> list[tuple[str, str, Literal["same", "close", "fast"], bool]]: ...
def choose_kernels(level: str | None, everything: bool, /) -> str: ...
def set_precision(number: int, /) -> int: ...
def get_precision() -> int: ...
def count_precisions(more: int, /) -> None: ...
def counters() -> _Counters: ...
def build_info() -> _BuildInfo: ...
