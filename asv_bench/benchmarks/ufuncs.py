"""One benchmark class for each ufunc of NumPy: types × sizes, NumPy and numpy_par."""

import os

import numpy as np

from .domains import cases
from .measure import alternate

FULL = os.environ.get("NPP_BENCH_FULL", "") not in ("", "0")
SIZES = [10**2, 10**3, 10**4, 10**5, 10**6, 10**7] if FULL else [10**6]


class _Ufunc:
    """What the classes below have in common; each has its `case`."""

    param_names = ("type", "size")
    timeout = 120
    # A full matrix has some thousand cases: little time for each.
    warmup_time = 0.01
    sample_time = 0.005
    repeat = (3, 10, 0.2)

    def setup(self, name, size):
        """Make the inputs."""
        self.inputs = self.case.inputs(np.dtype(name).char, size)

    def time_numpy(self, name, size):
        """Time NumPy's ufunc."""
        self.case.numpy(*self.inputs)

    def time_numpy_par(self, name, size):
        """Time numpy_par's ufunc."""
        self.case.numpy_par(*self.inputs)

    def track_speedup(self, name, size):
        """Return how many times faster numpy_par is, both measured in turn: the honest figure."""
        numpy, numpy_par = alternate(
            (self.case.numpy, self.case.numpy_par), self.inputs, seconds=0.05
        )
        return round(numpy / numpy_par, 2)

    track_speedup.unit = "times faster"


# The class is found by name: `asv run --bench ufuncs.exp` runs the benchmarks of exp.
for _name, _case in cases().items():
    _types = [np.dtype(code).name for code in _case.codes]
    globals()[_name] = type(
        _name, (_Ufunc,), {"case": _case, "params": (_types, SIZES), "__module__": __name__}
    )
