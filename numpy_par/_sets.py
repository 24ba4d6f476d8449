"""unique, unique_values: by the engine where it can (src/sets/), else by NumPy."""

from __future__ import annotations  # help() shows the names of types, not what is in them

from typing import Any

import numpy as np

from numpy_par._functions import engine_or_numpy

__all__ = ["unique", "unique_values"]

unique = engine_or_numpy(
    np.unique,
    __name__,
    """Do what `numpy.unique` does, on several threads and without a hash table.

    Parameters, results and errors are NumPy's. The sorted values of contiguous arrays of bool and integers are found
    here, with NumPy 2.3 or later: the numbers are sorted, and of equal neighbours one is kept. All else is done by
    NumPy: `return_index`, `return_inverse`, `return_counts`, `axis`, `sorted=False`, and other dtypes. With the
    drop-in, NumPy sorts for these by our sorts.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> npp.unique(np.arange(1_000_000) % 5)
    array([0, 1, 2, 3, 4])
    """,
)


def unique_values(x: Any) -> Any:
    """Return the different elements of an array, in ascending order.

    Parameters
    ----------
    x : array_like
        Of any shape and any dtype that NumPy sorts.

    Returns
    -------
    ndarray
        Of one dimension, of the dtype of `x`; each NaN counts. `numpy.unique_values` may give the same elements in
        another order, that of a hash table.

    Raises
    ------
    TypeError
        If elements cannot be compared.

    Examples
    --------
    >>> import numpy as np
    >>> import numpy_par as npp
    >>> npp.unique_values(np.arange(1_000_000) % 5)
    array([0, 1, 2, 3, 4])
    """
    return unique(x, equal_nan=False)
