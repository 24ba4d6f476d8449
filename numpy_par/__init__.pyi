# The ufuncs have NumPy's types: they take and return what NumPy's do.
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar, overload

import numpy as np
from numpy import (
    abs as abs,
    absolute as absolute,
    acos as acos,
    acosh as acosh,
    add as add,
    allclose as allclose,
    arccos as arccos,
    arccosh as arccosh,
    arcsin as arcsin,
    arcsinh as arcsinh,
    arctan as arctan,
    arctan2 as arctan2,
    arctanh as arctanh,
    array_equal as array_equal,
    asin as asin,
    asinh as asinh,
    atan as atan,
    atan2 as atan2,
    atanh as atanh,
    bitwise_and as bitwise_and,
    bitwise_count as bitwise_count,
    bitwise_invert as bitwise_invert,
    bitwise_left_shift as bitwise_left_shift,
    bitwise_not as bitwise_not,
    bitwise_or as bitwise_or,
    bitwise_right_shift as bitwise_right_shift,
    bitwise_xor as bitwise_xor,
    cbrt as cbrt,
    ceil as ceil,
    conj as conj,
    conjugate as conjugate,
    copysign as copysign,
    cos as cos,
    cosh as cosh,
    deg2rad as deg2rad,
    degrees as degrees,
    divide as divide,
    divmod as divmod,
    equal as equal,
    exp as exp,
    exp2 as exp2,
    expm1 as expm1,
    fabs as fabs,
    float_power as float_power,
    floor as floor,
    floor_divide as floor_divide,
    fmax as fmax,
    fmin as fmin,
    fmod as fmod,
    frexp as frexp,
    gcd as gcd,
    greater as greater,
    greater_equal as greater_equal,
    heaviside as heaviside,
    hypot as hypot,
    invert as invert,
    isclose as isclose,
    isfinite as isfinite,
    isinf as isinf,
    isnan as isnan,
    isnat as isnat,
    lcm as lcm,
    ldexp as ldexp,
    left_shift as left_shift,
    less as less,
    less_equal as less_equal,
    log as log,
    log1p as log1p,
    log2 as log2,
    log10 as log10,
    logaddexp as logaddexp,
    logaddexp2 as logaddexp2,
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
    matmul as matmul,
    matvec as matvec,
    maximum as maximum,
    minimum as minimum,
    mod as mod,
    modf as modf,
    multiply as multiply,
    nanargmax as nanargmax,
    nanargmin as nanargmin,
    nanmean as nanmean,
    nanstd as nanstd,
    nansum as nansum,
    nanvar as nanvar,
    negative as negative,
    nextafter as nextafter,
    not_equal as not_equal,
    positive as positive,
    pow as pow,
    power as power,
    rad2deg as rad2deg,
    radians as radians,
    reciprocal as reciprocal,
    remainder as remainder,
    right_shift as right_shift,
    rint as rint,
    sign as sign,
    signbit as signbit,
    sin as sin,
    sinh as sinh,
    spacing as spacing,
    sqrt as sqrt,
    square as square,
    std as std,
    subtract as subtract,
    tan as tan,
    tanh as tanh,
    true_divide as true_divide,
    trunc as trunc,
    var as var,
    vecdot as vecdot,
    vecmat as vecmat,
)
from numpy.typing import ArrayLike, DTypeLike, NDArray

from numpy_par import linalg as linalg, memory as memory, strings as strings
from numpy_par._arena import Arena as Arena
from numpy_par._sliding import sliding as sliding

_Ufunc = TypeVar("_Ufunc", bound=np.ufunc)

__version__: str

@dataclass(frozen=True)
class Explanation:
    ufunc: str
    parallel: bool
    reason: str | None
    path: Literal["direct", "fused", "streamed", "iterator", "buffered", "gufunc", "reduction", "numpy"]
    loop: str | None
    kernel: str | None
    elements: int
    pieces: int
    threads: int
    ns_per_element: float | None
    ns_source: Literal["first piece", "calls"] | None
    numpy_seconds: float | None
    our_seconds: float | None

@dataclass(frozen=True)
class Row:
    call: str
    dtype: str | None
    outcome: str
    threads: int
    calls: int
    elements: int
    bytes: int
    seconds: float
    gil: float | None
    numpy_seconds: float | None
    known_seconds: float
    measured: int
    modelled: int
    least_ns: float | None
    most_ns: float | None
    @property
    def estimate(self) -> Literal["measured", "modelled", "not known"]: ...
    @property
    def saved(self) -> float | None: ...
    @property
    def gb_per_s(self) -> float: ...
    def to_dict(self) -> dict[str, Any]: ...

class Moments(NamedTuple):
    count: int  # type: ignore[assignment]  # it takes the place of tuple.count
    mean: Any
    variance: Any
    skewness: Any
    kurtosis: Any

def find_first(x: ArrayLike, predicate: np.ufunc, value: ArrayLike = ...) -> int: ...

class profile:
    def __enter__(self) -> profile: ...
    def __exit__(self, *exception: object) -> None: ...
    @property
    def rows(self) -> list[Row]: ...
    @property
    def busy(self) -> bool: ...
    def to_dict(self) -> list[dict[str, Any]]: ...
    def to_pandas(self) -> Any: ...
    def plot(self, ax: Any = None, most: int = 12) -> Any: ...

def cumsum(
    a: ArrayLike,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: NDArray[Any] | None = None,
    *,
    order: Literal["numpy", "blocked"] = "numpy",
) -> NDArray[Any]: ...
def disable() -> None: ...
def enable(*, exact: bool = False, pool: bool = True) -> None: ...
def enabled(*, exact: bool = False, pool: bool = True) -> AbstractContextManager[None]: ...
def explain(ufunc: Callable[..., Any], *args: Any, **kwargs: Any) -> Explanation: ...
def get_num_threads() -> int: ...
def is_enabled() -> bool: ...
def load_ipython_extension(ipython: Any) -> None: ...
def unload_ipython_extension(ipython: Any) -> None: ...
def parallelize(ufunc: _Ufunc) -> _Ufunc: ...
def minmax(a: ArrayLike, axis: int | tuple[int, ...] | None = None, *, keepdims: bool = False) -> tuple[Any, Any]: ...
def moments(x: ArrayLike, axis: int | None = None, *, ddof: float = 0) -> Moments: ...
def get_precision() -> Literal["exact", "close", "fast"]: ...
def precision(level: Literal["exact", "close", "fast"]) -> AbstractContextManager[None]: ...
def set_num_threads(n: int) -> None: ...
def set_precision(level: Literal["exact", "close", "fast"]) -> None: ...
@overload
def show_config(mode: Literal["stdout"] = "stdout") -> None: ...
@overload
def show_config(mode: Literal["dicts"]) -> dict[str, dict[str, Any]]: ...
def sum(
    a: ArrayLike,
    axis: int | tuple[int, ...] | None = None,
    dtype: DTypeLike | None = None,
    out: NDArray[Any] | None = None,
    keepdims: bool = ...,
    initial: complex = ...,
    where: ArrayLike = True,
    *,
    method: Literal["numpy", "exact"] = "numpy",
) -> Any: ...
def threads(n: int) -> AbstractContextManager[None]: ...
