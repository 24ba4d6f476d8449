"""Namespaces of NumPy with our ufuncs in the place of NumPy's."""

import functools
from collections.abc import Callable
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from numpy_par._parallelize import parallelize


def mirror(source: ModuleType, target: dict[str, Any]) -> list[str]:
    """Fill `target`, a module's globals, with the public names of `source`.

    Ufuncs become parallel. A Python function becomes the same code over globals in
    which the ufuncs are ours: `numpy.linalg.inv` checks its arguments as ever and
    then calls our gufunc. The rest is NumPy's own.
    """
    names = [name for name in source.__all__ if hasattr(source, name)]
    mirrored = _Mirror(target["__name__"])
    for name in names:
        target[name] = mirrored.of(getattr(source, name))
        if isinstance(target[name], np.ufunc):
            publish(target[name], target["__name__"])
    return names


def publish(ufunc: np.ufunc, module_name: str) -> None:
    """Let pickle find `ufunc` in a module; the first to publish it is its home.

    Before NumPy 2.2 a ufunc has no attributes of its own: there pickle looks
    through all modules.
    """
    if "__module__" not in getattr(ufunc, "__dict__", {"__module__": None}):
        ufunc.__module__ = module_name


class _Mirror:
    """Keeps one copy of the globals of each module that functions come from."""

    def __init__(self, module_name: str) -> None:
        self._module_name = module_name
        self._namespaces: dict[int, dict[str, Any]] = {}

    def of(self, value: Any) -> Any:
        """Return ours for a value of a module's."""
        if isinstance(value, np.ufunc):
            return _parallelize(value)
        function = getattr(value, "_implementation", value)
        if not isinstance(function, FunctionType):
            return value
        copy = FunctionType(
            function.__code__,
            self._namespace(function.__globals__),
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        wrapper = _with_overrides(value, copy)
        wrapper.__module__ = self._module_name
        return wrapper

    def _namespace(self, globals_: dict[str, Any]) -> dict[str, Any]:
        if id(globals_) in self._namespaces:
            return self._namespaces[id(globals_)]
        namespace = self._namespaces[id(globals_)] = dict(globals_)
        for name, value in globals_.items():
            function = getattr(value, "_implementation", value)
            if isinstance(function, FunctionType) and function.__globals__ is not globals_:
                continue  # another module's: NumPy's own will do
            if isinstance(value, ModuleType):
                namespace[name] = _extension_of_ufuncs(value)
            else:
                namespace[name] = self.of(value)
        return namespace


def _parallelize(ufunc: np.ufunc) -> np.ufunc:
    try:
        return parallelize(ufunc)
    except TypeError:  # loops for objects only
        return ufunc


def _extension_of_ufuncs(module: ModuleType) -> ModuleType | SimpleNamespace:
    """Mirror a private extension module such as `numpy.linalg._umath_linalg`."""
    ufuncs = {name: value for name, value in vars(module).items() if isinstance(value, np.ufunc)}
    if not ufuncs or not module.__name__.rpartition(".")[2].startswith("_"):
        return module
    return SimpleNamespace(**{**vars(module), **{name: _parallelize(value) for name, value in ufuncs.items()}})


def _with_overrides(original: Callable[..., Any], copy: Callable[..., Any]) -> Callable[..., Any]:
    """Let an argument with an ``__array_function__`` of its own have NumPy's function."""
    if not hasattr(original, "_implementation"):
        return functools.wraps(original)(copy)

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        for argument in (*args, *kwargs.values()):
            own = getattr(type(argument), "__array_function__", _NDARRAY_DISPATCH)
            if own is not _NDARRAY_DISPATCH:
                return original(*args, **kwargs)
        return copy(*args, **kwargs)

    return function


_NDARRAY_DISPATCH = np.ndarray.__array_function__
