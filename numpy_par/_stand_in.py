"""A stand-in for an array, of which NumPy's quantile() sees no more than it needs.

NumPy copies the array, partitions the copy at some ranks, and looks at the elements there. A stand-in has the shape
and the dtype of the array, and one element's memory. Where NumPy partitions it, it asks the engine for the elements at
these ranks (src/order/quantile.c); where NumPy looks at an element, it has been found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["StandIn", "UnknownUseError"]


class UnknownUseError(Exception):
    """NumPy does something else with the array than in versions that are known, and has to do the call itself."""


class StandIn(np.ndarray[Any, Any]):
    """The elements of an array at the ranks at which it is partitioned.

    Parameters
    ----------
    array : ndarray
        Whose elements are asked for.
    find : callable
        Returns an array of the elements at ascending ranks, which are an array of intp; None: ask NumPy.
    """

    _array: NDArray[Any]
    _find: Callable[[NDArray[np.intp]], NDArray[Any] | None]
    _ranks: NDArray[np.intp]
    _elements: NDArray[Any]
    asked: list[bool]  #: True once NumPy has asked for elements: what it gave an answer for before would be no element

    def __new__(
        cls, array: NDArray[Any], find: Callable[[NDArray[np.intp]], NDArray[Any] | None], shape: tuple[int, ...] = ()
    ) -> StandIn:
        one = np.zeros((), array.dtype)
        self = np.broadcast_to(one, shape or array.shape).view(cls)
        self._array = array
        self._find = find
        self.asked = []
        return self

    def ravel(self, order: Any = "C") -> StandIn:
        return self._again((self._array.size,))

    def flatten(self, order: Any = "C") -> StandIn:
        return self.ravel()

    def copy(self, order: Any = "C") -> StandIn:
        return self._again(self._array.shape)

    def _again(self, shape: tuple[int, ...]) -> StandIn:
        other = StandIn(self._array, self._find, shape)
        other.asked = self.asked
        return other

    def partition(self, kth: Any, axis: int = -1, kind: Any = "introselect", order: Any = None) -> None:  # type: ignore[override]
        """Find the elements at these ranks. As in NumPy, negative ones count from the end."""
        size = self._array.size
        ranks = np.asarray(kth, np.intp).reshape(-1)
        if ranks.size and (ranks.min() < -size or ranks.max() >= size):
            np.empty(1).partition(1)  # raises NumPy's error
        self._ranks = np.unique(np.where(ranks < 0, ranks + size, ranks))
        found = self._find(self._ranks)
        if found is None:
            found = np.partition(self._array.reshape(-1), self._ranks)[self._ranks]
        self._elements = found
        self.asked.append(True)

    def __getitem__(self, key: Any) -> Any:
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        ranks = np.asarray(first, np.intp)
        ranks = np.where(ranks < 0, ranks + self._array.size, ranks)
        places = np.minimum(np.searchsorted(self._ranks, ranks), len(self._ranks) - 1)
        if not np.array_equal(self._ranks[places], ranks):
            raise UnknownUseError("an element that was not partitioned")
        return self._elements[(places, *rest)]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        raise UnknownUseError(ufunc.__name__)

    def take(self, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
        return self[indices]
